"""Staff of one branch see the history of its people, and nothing of others."""

import json

import pytest

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Reader
from tests.portal.limited import change, history_page, person, staff_of

pytestmark = pytest.mark.django_db

LIST = history_page("changeset_changelist")


@pytest.fixture(autouse=True, params=["few", "many"])
def people_seen(request, monkeypatch):
    """The same is seen, whether it is found by the people or by the change sets."""
    if request.param == "many":
        monkeypatch.setattr("accounts.visibility.FEW", 0)


@pytest.fixture
def auditor_of_north(north, client):
    user = staff_of(north, "Auditor")
    client.force_login(user)
    return user


@pytest.fixture
def both(nora, mike, auditor_of_north):
    return change("Cards for all", nora, mike, category=None, notes="Has a new card")


def read(client, address):
    return client.get(address, follow=True).content.decode()


def is_missing(response):
    # The admin leads away from what is not there.
    return response.status_code in (302, 404)


# --- The list ---------------------------------------------------------------------


def test_list_has_only_change_sets_with_something_seen(client, both, branch):
    shown = read(client, LIST)

    assert "Nora joins" in shown and "Cards for all" in shown
    assert "Mike joins" not in shown


def test_line_tells_of_what_is_seen(client, both):
    shown = read(client, LIST)

    assert "Nora: 1 person changed" in shown or "Changed Nora" in shown
    assert "Mike" not in shown and "2 people" not in shown


def test_big_change_set_is_told_without_figures(client, both, monkeypatch):
    monkeypatch.setattr("portal.history.partly.COUNTED", 1)
    shown = read(client, LIST)

    assert "Cards for all" in shown and "2 people" not in shown


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "mike"}, False),
        ({"q": "nora"}, True),
        ({"object": "readers.reader"}, True),
        ({"field": "readers.reader.notes"}, True),
        ({"field": "readers.reader.phone"}, False),
    ],
)
def test_search_and_filters_go_by_what_is_seen(client, both, mike, query, expected):
    Reader.objects.filter(user=mike).update(phone="+493012345678")
    shown = read(client, history_page("changeset_changelist", **query))

    assert ("Cards for all" in shown) is expected


@pytest.mark.parametrize(("field", "expected"), [("phone", True), ("notes", False)])
def test_field_filter_goes_by_the_fields_of_those_seen(
    client, auditor_of_north, nora, mike, field, expected
):
    with change_set(reason="Phones and notes"):
        Reader.objects.filter(user=nora).update(phone="+493012345678")
        Reader.objects.filter(user=mike).update(notes="Elsewhere")
    query = {"field": f"readers.reader.{field}"}
    shown = read(client, history_page("changeset_changelist", **query))

    assert ("Phones and notes" in shown) is expected


# --- A change set -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["change", "objects"])
def test_opened_change_set_shows_only_what_is_seen(client, both, name):
    shown = read(client, history_page(f"changeset_{name}", both.pk))

    assert "Notes" in shown
    assert shown.count("rr-badge--update") == 1


@pytest.mark.parametrize("name", ["change", "objects", "revert"])
def test_change_set_of_others_is_not_there(client, auditor_of_north, mike, name):
    made = ChangeSet.objects.get(reason="Mike joins")

    assert is_missing(client.get(history_page(f"changeset_{name}", made.pk)))


def test_history_moves_with_the_person(client, both, mike, north, branch):
    Reader.objects.filter(user=mike).update(branch=north)
    Reader.objects.filter(user__username="nora").update(branch=branch)
    shown = read(client, LIST)

    assert "Mike joins" in shown and "Nora joins" not in shown


# --- An import --------------------------------------------------------------------


def bring_in(actor, *people):
    with change_set(
        kind=ChangeSet.Kind.IMPORT, actor=actor, subject="south-debtors.csv"
    ) as act:
        Reader.objects.filter(user__in=people).update(notes="From a file")
    return act.recorded


@pytest.fixture
def imported(importer, nora, mike, auditor_of_north):
    return bring_in(importer, nora, mike)


def pages_of_import(made, person):
    story = f"/admin/accounts/user/{person.pk}/history/"
    first = ChangeSet.objects.get(reason="Nora joins")
    return {
        "list": LIST,
        "dashboard": "/admin/",
        "change": history_page("changeset_change", made.pk),
        "story": story,
        "field": f"{story}?field=reader.notes",
        "compare": f"{story}compare/?one={first.pk}&other={made.pk}",
        "as_of": f"{story}as-of/?at={made.started_at:%Y-%m-%d}",
        "csv": history_page("changeset_export", "csv"),
        "jsonl": history_page("changeset_export", "jsonl"),
    }


ABOUT_IMPORT = ["list", "dashboard", "change", "story", "field", "compare", "as_of"]
ABOUT_IMPORT += ["csv", "jsonl"]


@pytest.mark.parametrize("name", ABOUT_IMPORT)
def test_file_of_somebody_elses_import_is_not_named(client, imported, nora, name):
    response = client.get(pages_of_import(imported, nora)[name])
    text = b"".join(response).decode()

    assert "Import" in text
    assert "south-debtors" not in text


def test_line_tells_what_somebody_else_imported(client, imported):
    shown = read(client, LIST)

    assert "Imported 1 person: 1 person changed" in shown


def test_search_does_not_find_the_file_of_somebody_elses_import(client, imported):
    assert "Imported" not in read(client, f"{LIST}?q=debtors")


def test_file_of_ones_own_import_is_named_and_found(
    client, nora, mike, auditor_of_north
):
    bring_in(auditor_of_north, nora, mike)

    assert "Imported 1 person from south-debtors.csv" in read(client, LIST)
    assert "Imported" in read(client, f"{LIST}?q=debtors")


def test_file_of_an_import_is_named_to_unlimited_staff(client, imported, root):
    client.force_login(root)

    assert "from south-debtors.csv" in read(client, f"{LIST}?q=debtors")


# --- What was deleted -------------------------------------------------------------


def test_deleted_people_go_by_their_last_branch(client, both, nora, mike):
    nora.delete()
    mike.delete()
    shown = read(client, history_page("deleted"))

    assert "Nora" in shown and "Mike" not in shown


def test_deleted_of_others_are_not_found(client, both, mike):
    mike.delete()

    assert "Nothing deleted matches" in read(client, history_page("deleted", q="mike"))


# --- Export -----------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_export_has_only_what_is_seen(client, both, ending):
    response = client.get(history_page("changeset_export", ending))
    text = b"".join(response.streaming_content).decode()

    assert "Nora" in text and "Cards for all" in text
    assert "mike" not in text.lower()


# --- Personal fields --------------------------------------------------------------


@pytest.fixture
def secret(auditor, client, north):
    """Somebody with personal data, and an auditor who may see none of it."""
    client.force_login(auditor)
    made = person("Nora", north, birth_date="1990-05-17", phone="+493012345678")
    change("Says more", made, notes="Prefers mornings", birth_date="1991-06-18")
    return made


VALUES = ("1990-05-17", "1991-06-18", "May 17", "17 May", "June 18", "18 June")
VALUES += ("+49301", "30 1234", "mornings")


def pages_about(user):
    story = f"/admin/accounts/user/{user.pk}/history/"
    first, last = ChangeSet.objects.filter(reason__in=["Nora joins", "Says more"])[::-1]
    return {
        "story": story,
        "field": f"{story}?field=reader.birth_date",
        "compare": f"{story}compare/?one={first.pk}&other={last.pk}",
        "now": f"{story}compare/?one={first.pk}&other=now",
        "as_of": f"{story}as-of/?at={last.started_at:%Y-%m-%d}",
        "change": history_page("changeset_change", last.pk),
        "objects": history_page("changeset_objects", first.pk),
        "export": history_page("changeset_export", "csv"),
        "lines": history_page("changeset_export", "jsonl"),
    }


PAGES = ["story", "field", "compare", "now", "as_of", "change", "objects", "export"]


@pytest.mark.parametrize("name", [*PAGES, "lines"])
def test_personal_values_are_hidden(client, secret, name):
    response = client.get(pages_about(secret)[name])
    text = b"".join(response).decode()

    assert "•••" in text or "•••" in json.dumps(text)
    assert not any(value in text.replace("\\u", "") for value in VALUES)


@pytest.mark.parametrize("notes", ["", "Prefers mornings"])
def test_field_page_does_not_tell_whether_a_hidden_field_was_filled(
    client, auditor, north, notes
):
    client.force_login(auditor)
    made = person("Nora", north, notes=notes)
    Reader.objects.get(user=made).delete()
    page = client.get(f"/admin/accounts/user/{made.pk}/history/?field=reader.notes")
    changes = [entry.objects[0].changes for entry in page.context["entries"]]

    assert [[(one.old, one.new) for one in each] for each in changes] == [
        [("•••", "")],
        [("", "•••")],
    ]
    assert page.context["now"] == "•••"


def test_field_page_tells_who_may_see_it_of_values_alone(client, root, north):
    client.force_login(root)
    made = person("Nora", north)
    page = client.get(f"/admin/accounts/user/{made.pk}/history/?field=reader.notes")

    assert page.context["entries"] == []


def test_search_does_not_find_by_what_is_hidden(client, secret):
    assert "Nora joins" not in read(client, f"{LIST}?q=30123")
    User.objects.get(pk=secret.pk).delete()
    assert "Nothing deleted matches" in read(client, history_page("deleted", q="30123"))


# --- Oneself ------------------------------------------------------------------------


@pytest.fixture
def boss(north, client):
    """Keeps the people of North, and somebody noted something about them."""
    user = staff_of(north, "Manager")
    change("Noted", user, notes="Talks a lot")
    client.force_login(user)
    return user


def pages_about_oneself(user):
    story = f"/admin/accounts/user/{user.pk}/history/"
    noted = ChangeSet.objects.get(reason="Noted")
    return {
        "story": story,
        "field": f"{story}?field=reader.notes",
        "as_of": f"{story}as-of/?at={noted.started_at:%Y-%m-%d}",
        "change": history_page("changeset_change", noted.pk),
        "export": history_page("changeset_export", "csv"),
    }


@pytest.mark.parametrize("name", ["story", "field", "as_of", "change", "export"])
@pytest.mark.parametrize("is_here", [True, False])
def test_notes_that_ones_own_page_masks_are_not_told(
    client, north, branch, boss, name, is_here
):
    change("Moved", boss, branch=north if is_here else branch)
    response = client.get(pages_about_oneself(boss)[name], follow=True)

    assert (b"Talks a lot" in b"".join(response)) == is_here
