"""Exporting the History page: its own right, its filters, csv, xlsx and JSON Lines."""

import csv
import io
import json

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from portal.history import exporting
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Branch, Reader
from tests.sheets import read_sheet

pytestmark = pytest.mark.django_db

FORMATS = ["csv", "xlsx", "jsonl"]


def url(format):
    return reverse("admin:portal_changeset_export", args=[format])


def grant(user, *names):
    for name in names:
        app_label, codename = name.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app_label, codename=codename)
        )
    return User.objects.get(pk=user.pk)


def body(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows(client, format="csv", **query):
    content = body(client.get(url(format), query))
    if format == "jsonl":
        return [json.loads(line) for line in content.splitlines()]
    if format == "xlsx":
        sheet = read_sheet(content, "history.xlsx")
        return [dict(zip(sheet.columns, row.cells, strict=True)) for row in sheet.rows]
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture
def told(manager, reader_user, branch):
    with change_set(kind="form", actor=manager, subject="Person", reason="=1+1"):
        User.objects.filter(pk=reader_user.pk).update(
            email="n@example.org", last_name="B"
        )
        Reader.objects.filter(user=reader_user).update(branch=branch)
    with change_set(kind="import", actor=manager, subject="june.csv"):
        Branch.objects.bulk_create(Branch(code=f"B{n}", name=f"N{n}") for n in range(3))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("who", ["bystander", "front_desk", "importer", "outsider"])
def test_export_needs_the_right(request, client, told, who, format):
    client.force_login(request.getfixturevalue(who))

    assert client.get(url(format)).status_code in (302, 403)


@pytest.mark.parametrize(
    "names",
    [
        ["portal.view_changeset", "portal.view_history"],
        ["portal.view_changeset", "portal.export_history"],
        ["portal.view_history", "portal.export_history"],
    ],
)
def test_each_right_is_needed(client, bystander, told, names):
    client.force_login(grant(bystander, *names))

    assert client.get(url("csv")).status_code == 403


def test_button_is_for_those_who_may(client, auditor, bystander, told):
    address = reverse("admin:portal_changeset_changelist")
    client.force_login(grant(bystander, "portal.view_changeset", "portal.view_history"))
    assert url("csv") not in client.get(address).content.decode()
    client.force_login(auditor)
    assert url("csv") in client.get(address).content.decode()


@pytest.mark.parametrize("format", ["ods", "html", "CSV"])
def test_other_formats_are_not_found(client, auditor, format):
    client.force_login(auditor)
    address = url("csv").replace("csv", format)

    assert client.get(address).status_code in (302, 404)


def test_strange_filters_lead_back_to_the_list(client, auditor):
    client.force_login(auditor)

    response = client.get(url("csv"), {"started_at__gt": "no time"})

    assert response.status_code == 302
    assert response["Location"] == reverse("admin:portal_changeset_changelist")


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_sheets_have_a_row_for_each_changed_field(client, auditor, told, format):
    client.force_login(auditor)
    made = ChangeSet.objects.get(subject="Person")

    found = rows(client, format, actor="manager", kind="form")

    assert [
        (r["Kind of object"], r["Field"], r["Before"], r["After"]) for r in found
    ] == [
        ("Person", "Last name", "Berg", "B"),
        ("Person", "E-mail", "anna@example.org", "n@example.org"),
        ("Reader", "Branch", "", "Main library"),
    ]
    assert {(r["Change set"], r["Who"], r["How"], r["Change"]) for r in found} == {
        (str(made.pk), "manager", "Form", "changed")
    }


def test_csv_never_holds_a_formula(client, auditor, told):
    client.force_login(auditor)

    assert rows(client, kind="form")[0]["Reason"] == "'=1+1"


def test_lines_of_json_have_one_object_each(client, auditor, told):
    client.force_login(auditor)

    person, reader = rows(client, "jsonl", actor="manager", kind="form")

    assert person["model"] == "accounts.user" and reader["model"] == "readers.reader"
    assert person["change"] == "update" and person["reason"] == "=1+1"
    assert person["fields"]["email"] == {
        "label": "E-mail",
        "old": "anna@example.org",
        "new": "n@example.org",
    }


def test_filter_by_field_leaves_that_field_alone(client, auditor, told):
    client.force_login(auditor)

    found = rows(client, field="accounts.user.email")

    assert [(r["Field"], r["After"]) for r in found] == [("E-mail", "n@example.org")]


def test_filter_by_object_leaves_those_objects_alone(client, auditor, told):
    client.force_login(auditor)

    found = rows(client, object="readers.reader", actor="manager")

    assert {r["Kind of object"] for r in found} == {"Reader"}


def test_search_narrows_the_export(client, auditor, told):
    client.force_login(auditor)

    assert {r["What"] for r in rows(client, q="june")} == {
        "Imported 3 branches from june.csv"
    }


def test_what_one_may_not_view_is_left_out(client, bystander, told):
    rights = ["view_changeset", "view_history", "export_history"]
    client.force_login(grant(bystander, *(f"portal.{name}" for name in rights)))

    content = body(client.get(url("csv"), {"actor": "manager"})).decode()

    assert "n@example.org" not in content and "Main library" not in content
    assert "june.csv" in content


def test_password_is_in_no_export(client, auditor, told, reader_user):
    reader_user.set_password("a long new password")
    reader_user.save()
    client.force_login(auditor)

    for format in FORMATS:
        names = {key for row in rows(client, format) for key in row.get("fields", [])}
        assert "password" not in names
    assert "Password" not in {row["Field"] for row in rows(client)}


def test_big_and_small_change_sets_come_whole_and_in_order(
    client, auditor, told, monkeypatch
):
    monkeypatch.setattr(exporting, "ROWS", 2)
    monkeypatch.setattr(exporting, "BATCH", 3)
    client.force_login(auditor)

    found = rows(client, "jsonl")

    sets = [row["change_set"] for row in found]
    assert sets == sorted(sets, reverse=True)
    assert set(sets) == set(ChangeSet.objects.values_list("pk", flat=True))
    objects = ChangeSet.objects.values_list(
        "created_count", "changed_count", "deleted_count"
    )
    assert len([row for row in found if "id" in row]) == sum(map(sum, objects))


def test_number_of_queries_goes_by_batches(
    client, auditor, django_assert_max_num_queries
):
    client.force_login(auditor)

    def cost():
        with django_assert_max_num_queries(80) as queries:
            rows(client)
        return len(queries)

    Branch.objects.create(code="A", name="A")
    few = cost()
    for n in range(60):
        Branch.objects.create(code=f"B{n}", name=f"B{n}")

    assert cost() == few
