"""The first page: each part only for whom it is meant, and at a constant cost."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet, ImportJob, Review
from readers.models import Branch, Reader

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")
# Beyond these: the session, the user, what the user's and the roles' rights are, and
# whether a role has a limit.
OF_THE_SESSION = 5


@pytest.fixture
def today():
    return timezone.localdate()


def open_dashboard(client, user):
    client.force_login(user)
    response = client.get(INDEX)
    assert response.status_code == 200
    return response


def parts(client, user):
    return open_dashboard(client, user).context["dashboard"]


def grant(user, *names):
    for name in names:
        app_label, codename = name.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app_label, codename=codename)
        )
    return User.objects.get(pk=user.pk)


def join(username, **values):
    user = User.objects.create(username=username, first_name=username.title())
    Reader.objects.filter(user=user).update(**values)
    return user


# --- Refusals ---------------------------------------------------------------------


@pytest.mark.parametrize("signed_in", [False, True])
def test_who_is_not_staff_is_sent_to_sign_in(client, outsider, signed_in):
    if signed_in:
        client.force_login(outsider)

    assert client.get(INDEX)["Location"].startswith(reverse("admin:login"))


def test_bystander_sees_nothing_but_which_roles_there_are(client, bystander, today):
    join("anna", expires_on=today)
    Group.objects.create(name="Night shift")

    response = open_dashboard(client, bystander)

    page = response.content.decode()
    assert set(response.context["dashboard"]) == {"roles"}
    assert "You have no role yet" in page
    assert "Night shift" in page and "Front desk" in page
    assert "Anna" not in page and reverse("admin:accounts_user_add") not in page


def test_front_desk_sees_people_but_no_changes_and_no_imports(client, front_desk):
    seen = parts(client, front_desk)

    assert "figures" in seen
    assert "changes" not in seen and "imports" not in seen


@pytest.mark.parametrize("name", ["portal.view_changeset", "portal.view_history"])
def test_changes_need_both_permissions(client, bystander, name):
    assert "changes" not in parts(client, grant(bystander, name))


REVIEW = ["portal.view_changeset", "portal.view_history", "portal.review_history"]


@pytest.mark.parametrize("missing", REVIEW)
def test_reviews_need_their_three_permissions(client, bystander, missing):
    user = grant(bystander, *(name for name in REVIEW if name != missing))

    assert "review" not in parts(client, user)


def test_imports_alone_can_be_seen(client, bystander):
    seen = parts(client, grant(bystander, "portal.view_importjob"))

    assert set(seen) == {"imports"}


def test_names_are_for_who_may_view_people(client, bystander):
    join("anna")
    reader = grant(bystander, "portal.view_changeset", "portal.view_history")

    response = open_dashboard(client, reader)

    assert "Anna" not in response.content.decode()
    told = [item["what"] for item in response.context["dashboard"]["changes"]]
    assert "1 person created" in told


@pytest.mark.parametrize(
    ("role", "adds", "imports"),
    [
        ("Front desk", True, False),
        ("Importer", True, True),
        ("Auditor", False, False),
    ],
)
def test_quick_actions_are_for_who_may_do_them(client, bystander, role, adds, imports):
    bystander.groups.add(Group.objects.get(name=role))
    page = open_dashboard(client, bystander).content.decode()
    main = page.split('id="main"')[1]

    assert (reverse("admin:accounts_user_add") in main) is adds
    assert (reverse("admin:accounts_user_import") in main) is imports


# --- What is shown ----------------------------------------------------------------


def figures(seen):
    return [figure["value"] for figure in seen["figures"]]


def test_figures_count_people(client, auditor, today):
    join("anna", expires_on=today)
    join("ben", expires_on=today + timedelta(days=30))
    join("cem", expires_on=today + timedelta(days=31))
    join("dora", joined_on=today - timedelta(days=9), expires_on=today - timedelta(1))
    User.objects.filter(username="cem").update(is_active=False)

    # People, active, staff, expiring, expired, without e-mail.
    assert figures(parts(client, auditor)) == [5, 4, 1, 2, 1, 4]


def test_each_figure_leads_to_the_people_it_counts(client, auditor, today):
    join("anna", expires_on=today)
    join("dora", joined_on=today - timedelta(days=9), expires_on=today - timedelta(1))
    User.objects.filter(username="anna").update(is_active=False)

    for figure in parts(client, auditor)["figures"]:
        listed = client.get(figure["link"]).context["cl"].result_count
        assert (figure["label"], listed) == (figure["label"], figure["value"])


def test_months_are_twelve_and_count_who_joined(client, auditor, today):
    this_month = today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    Reader.objects.update(joined_on=last_month)
    join("anna", joined_on=this_month)
    join("ben", joined_on=last_month)
    join("old", joined_on=this_month - timedelta(days=366))
    join("early", joined_on=today + timedelta(days=1))

    seen = parts(client, auditor)

    assert len(seen["months"]) == 12
    assert seen["months"][-2:] == [(last_month, 2), (this_month, 1)]
    assert sum(people for _month, people in seen["months"]) == 3
    drawn = json.loads(seen["chart"])
    assert drawn["datasets"][0]["data"] == [n for _month, n in seen["months"]]
    assert len(drawn["labels"]) == 12


def test_chart_has_its_numbers_in_a_table_too(client, auditor, today):
    page = open_dashboard(client, auditor).content.decode()

    assert f'<th scope="row">{today:%B %Y}</th>' in page


def test_ten_nearest_expiries_are_listed_in_order(client, auditor, today):
    for days in (12, 3, 30, 31, 0, 9, 8, 7, 6, 5, 4, 2, 1):
        join(f"in{days:02}", expires_on=today + timedelta(days=days))
    User.objects.filter(username="in00").update(is_active=False)

    listed = [
        item["reader"].user.username for item in parts(client, auditor)["expiring"]
    ]

    assert listed == [f"in{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 12)]


def test_what_waits_for_a_review_is_counted_with_its_age(client, auditor):
    act = ChangeSet.objects.create(kind="action")
    for made in ChangeSet.objects.waiting():
        Review.objects.create(change_set=made, verdict="reviewed", by=act)
    assert parts(client, auditor)["review"] == {
        "waiting": 0,
        "oldest": None,
        "flagged": 0,
    }

    long_ago = timezone.now() - timedelta(days=4)
    for n, days in enumerate((4, 2, 1)):
        with change_set(at=long_ago + timedelta(days=4 - days)):
            User.objects.create(username=f"s{n}", is_staff=True)
    flagged = ChangeSet.objects.first()
    Review.objects.create(change_set=flagged, verdict="flagged", by=act)

    response = open_dashboard(client, auditor)
    assert response.context["dashboard"]["review"] == {
        "waiting": 2,
        "oldest": long_ago,
        "flagged": 1,
    }
    page = response.content.decode().replace("\xa0", " ")
    assert "the oldest for 4 days" in page
    assert f"{reverse('admin:portal_review')}?show=flagged" in page


def changes(client, user):
    return [item["what"] for item in parts(client, user)["changes"]]


def test_changes_are_told_in_words(client, auditor, branch):
    with change_set(kind=ChangeSet.Kind.FORM, actor=auditor, reason="as <b>asked</b>"):
        anna = User.objects.create(username="a", first_name="Anna", last_name="Berg")
    anna.reader.notes = "Large print"
    anna.reader.save()
    branch.name = "Main hall"
    branch.save()

    told = changes(client, auditor)

    assert told[:3] == [
        "Changed Name of Main hall",
        "Changed Notes of Anna Berg",
        "Created Anna Berg",
    ]
    page = client.get(INDEX).content.decode()
    assert "as &lt;b&gt;asked&lt;/b&gt;" in page
    made = ChangeSet.objects.get(actor_id=auditor.pk)
    assert reverse("admin:portal_changeset_change", args=[made.pk]) in page


def test_deleted_person_is_named(client, auditor):
    anna = User.objects.create(username="a", first_name="Anna")
    anna.reader.notes = "Large print"
    anna.reader.save()
    card = anna.reader.card_number
    anna.delete()

    assert changes(client, auditor)[:3] == [
        "Deleted Anna",
        f"Changed Notes of {card}",
        "Created Anna",
    ]


def test_person_is_named_as_then(client, auditor):
    anna = User.objects.create(username="a", first_name="Ana")
    anna.first_name = "Anna"
    anna.save()

    assert changes(client, auditor)[:2] == ["Changed First name of Anna", "Created Ana"]


def test_big_changes_are_told_by_their_counts(client, auditor):
    with change_set(kind=ChangeSet.Kind.IMPORT, subject="may.csv"):
        User.objects.bulk_create(User(username=f"u{n}") for n in range(600))

    assert changes(client, auditor)[0] == "Imported 600 people from may.csv"


def test_last_eight_changes_are_shown(client, auditor):
    for n in range(10):
        Branch.objects.create(code=f"B{n}", name=f"Branch {n}")

    assert changes(client, auditor) == [f"Created Branch {n}" for n in range(9, 1, -1)]


def test_last_five_imports_are_shown(client, auditor):
    for n in range(7):
        ImportJob.objects.create(
            file_name=f"file-{n}.csv", state=ImportJob.State.FAILED, sha256="0"
        )

    page = open_dashboard(client, auditor)

    listed = [job.file_name for job in page.context["dashboard"]["imports"]]
    assert listed == [f"file-{n}.csv" for n in range(6, 1, -1)]
    assert "Failed" in page.content.decode()


def test_administrator_of_an_empty_portal_sees_every_part(client, root):
    page = open_dashboard(client, root).content.decode()

    assert "No card expires in the next 30 days." in page
    assert "No file has been imported yet." in page


# --- Cost -------------------------------------------------------------------------


def queries_of_the_page(client, user):
    open_dashboard(client, user)  # Content types are looked up once per process.
    with CaptureQueriesContext(connection) as queries:
        open_page = client.get(INDEX)
    assert open_page.status_code == 200
    return len(queries)


def fill(count, today):
    start = User.objects.count()
    for n in range(start, start + count):
        join(f"user{n}", expires_on=today + timedelta(days=n % 40))
    for n in range(start, start + count):
        Branch.objects.create(code=f"C{n}", name=f"Branch {n}")
        ImportJob.objects.create(file_name=f"{n}.csv", state="failed", sha256="0")


def test_cost_does_not_grow_with_the_tables(client, manager, today):
    fill(10, today)
    of_ten = queries_of_the_page(client, manager)
    fill(90, today)
    of_hundred = queries_of_the_page(client, manager)

    assert of_hundred == of_ten
    assert of_hundred <= 17 + OF_THE_SESSION
