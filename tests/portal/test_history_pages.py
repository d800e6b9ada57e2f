"""The history page of a person, and the way back to a version."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Branch, Category, Reader
from tests.posts import seen_plan

pytestmark = pytest.mark.django_db


def history_url(person):
    return reverse("admin:accounts_user_history", args=[person.pk])


def revert_url(person, row, model="reader"):
    args = [person.pk, model, row.history_id]
    return reverse("admin:accounts_user_revert", args=args)


@pytest.fixture
def moved(reader_user, front_desk, branch):
    """A person who was moved to a branch, for a reason."""
    north = Branch.objects.create(code="N", name="North")
    reader = reader_user.reader
    for where, reason in ((branch, "Joined"), (north, "Moved house")):
        reader.branch = where
        with change_set(actor=front_desk, reason=reason, kind="form"):
            reader.save()
    return reader_user


def first_version(person):
    return person.reader.history.order_by("history_id")[1]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("outsider", 302),
        ("bystander", 403),
        ("front_desk", 403),
        ("importer", 403),
        ("auditor", 200),
        ("manager", 200),
        ("root", 200),
    ],
)
def test_history_needs_its_own_right(request, client, moved, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(history_url(moved)).status_code == status


@pytest.mark.parametrize("who", ["front_desk", "importer", "auditor", "bystander"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_revert_is_refused_without_its_right(request, client, moved, who, method):
    client.force_login(request.getfixturevalue(who))
    url = revert_url(moved, first_version(moved))

    response = getattr(client, method)(url)

    assert response.status_code == 403
    assert Reader.objects.get(user=moved).branch.name == "North"


def test_revert_needs_a_token(moved, manager):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(manager)

    response = strict.post(revert_url(moved, first_version(moved)))

    assert response.status_code == 403


def test_looking_at_a_revert_writes_nothing(client, moved, manager):
    client.force_login(manager)
    before = ChangeSet.objects.count()

    page = client.get(revert_url(moved, first_version(moved))).content.decode()

    assert "Main library" in page and "North" in page
    assert ChangeSet.objects.count() == before
    assert Reader.objects.get(user=moved).branch.name == "North"


def test_version_of_somebody_else_is_not_found(client, moved, manager, front_desk):
    client.force_login(manager)
    other = front_desk.reader.history.first()

    assert client.get(revert_url(moved, other)).status_code == 404


def confirm(client, url, **data):
    sent = {**seen_plan(client, url), "change_reason": "By mistake", **data}
    return client.post(url, sent)


def problems(response):
    [step] = response.context["plan"].blocked
    return " ".join(step.problems)


def test_revert_brings_the_version_back_as_a_change_of_its_own(client, moved, manager):
    client.force_login(manager)
    undone = moved.reader.history.first().change_set
    rows = list(moved.reader.history.values_list("history_id", "branch"))

    response = confirm(client, revert_url(moved, first_version(moved)))

    assert response.status_code == 302
    reader = Reader.objects.get(user=moved)
    made = reader.history.first().change_set
    assert reader.branch.name == "Main library"
    assert (made.kind, made.reason, made.actor_id, made.reverts) == (
        "revert",
        "By mistake",
        manager.pk,
        undone,
    )
    assert list(reader.history.values_list("history_id", "branch"))[1:] == rows


def test_change_between_look_and_confirmation_is_kept(client, moved, manager):
    client.force_login(manager)
    url = revert_url(moved, first_version(moved))
    sent = {**seen_plan(client, url), "change_reason": "By mistake"}
    reader = Reader.objects.get(user=moved)
    reader.notes = "Written meanwhile"
    reader.save()

    response = client.post(url, sent, follow=True)

    reader.refresh_from_db()
    assert (reader.notes, reader.branch.name) == ("Written meanwhile", "North")
    assert "meanwhile" in str([str(m) for m in response.context["messages"]])


def test_posted_values_are_ignored(client, moved, manager):
    client.force_login(manager)

    confirm(client, revert_url(moved, first_version(moved)), notes="Smuggled in")

    assert Reader.objects.get(user=moved).notes == ""


def test_missing_branch_cannot_be_reverted_to(client, moved, manager, branch):
    client.force_login(manager)
    version = first_version(moved)
    branch.delete()

    response = confirm(client, revert_url(moved, version))

    assert "Main library" in problems(response)
    assert Reader.objects.get(user=moved).branch.name == "North"


def test_card_taken_meanwhile_cannot_be_reverted_to(client, reader_user, manager):
    version = reader_user.reader.history.first()
    taken = reader_user.reader.card_number
    reader_user.reader.card_number = "LIB-2"
    reader_user.reader.save()
    User.objects.create_user("other")
    Reader.objects.filter(user__username="other").update(card_number=taken)
    client.force_login(manager)

    response = confirm(client, revert_url(reader_user, version))

    assert "other" in problems(response)


def test_groups_come_back_with_the_user(client, reader_user, root):
    group = Group.objects.get(name="Auditor")
    reader_user.groups.add(group)
    version = reader_user.history.first()
    reader_user.groups.clear()
    client.force_login(root)

    confirm(client, revert_url(reader_user, version, "user"))

    assert list(reader_user.groups.all()) == [group]


def test_person_page_tells_user_and_reader_as_one_story(client, moved, auditor):
    client.force_login(auditor)
    page = client.get(history_url(moved)).content.decode()

    assert "Moved house" in page and "front_desk" in page
    assert "Person created" in page and "Reader created" in page
    assert page.index("Moved house") < page.index("Joined<") < page.index("Person cre")
    assert "Revert" not in page and "back to here" not in page


def test_values_are_shown_by_name_even_when_gone(client, moved, auditor, branch):
    branch.delete()
    client.force_login(auditor)

    page = client.get(history_url(moved)).content.decode()

    assert "Main library (gone)" in page


def test_story_is_paged(client, reader_user, manager):
    for number in range(30):
        reader_user.reader.notes = f"Note {number}."
        reader_user.reader.save()
    client.force_login(manager)

    first = client.get(history_url(reader_user)).content.decode()
    second = client.get(history_url(reader_user), {"p": "2"}).content.decode()

    assert "Note 29." in first and "Note 4." not in first.replace("Note 4.<", "")
    # The oldest row of a page still knows what was before it.
    assert "Note 4." in second
    assert client.get(history_url(reader_user), {"p": "x"}).status_code == 200


def test_change_set_page_lists_what_it_did(client, moved, auditor):
    client.force_login(auditor)
    made = moved.reader.history.first().change_set

    page = client.get(reverse("admin:portal_changeset_change", args=[made.pk]))

    assert page.status_code == 200
    assert "Moved house" in page.content.decode()
    assert "North" in page.content.decode()


@pytest.mark.parametrize("who", ["bystander", "front_desk", "importer"])
def test_change_sets_are_refused_without_the_right(request, client, moved, who):
    client.force_login(request.getfixturevalue(who))
    made = moved.reader.history.first().change_set

    for name, args in (("changelist", []), ("change", [made.pk])):
        url = reverse(f"admin:portal_changeset_{name}", args=args)
        assert client.get(url).status_code == 403


def test_category_has_a_history_of_its_own(client, auditor):
    category = Category.objects.create(name="Adult", loan_period=28)
    category.loan_period = 14
    category.save()
    client.force_login(auditor)

    page = client.get(reverse("admin:readers_category_history", args=[category.pk]))

    assert ">28<" in page.content.decode() and ">14<" in page.content.decode()
