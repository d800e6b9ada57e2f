"""Which acts wait for a review: each kind of sensitive change, through real posts."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import User
from portal.history.review import reasons_for_review
from portal.models import ChangeSet
from readers.models import Reader
from tests.accounts.rights import change_page, permission, send
from tests.accounts.test_add_person import ADD, filled
from tests.import_steps import import_people

pytestmark = pytest.mark.django_db

PEOPLE = "admin:accounts_user_changelist"


@pytest.fixture(autouse=True)
def _signed_in(client, root):
    client.force_login(root)


@pytest.fixture
def since(reader_user):
    """The change sets of the test alone, oldest first."""
    last = ChangeSet.objects.first().pk

    def since():
        return list(ChangeSet.objects.filter(pk__gt=last).order_by("pk"))

    return since


def only(found):
    [made] = found
    return made


def why(made):
    return reasons_for_review([made])[made.pk]


def role_page(role, name="change"):
    return reverse(f"admin:auth_group_{name}", args=[role.pk])


# --- Not sensitive ----------------------------------------------------------------


def test_ordinary_new_person_is_not_sensitive(client, since):
    client.post(ADD, filled(username="new", email="new@example.org"))

    made = only(since())
    assert (made.created_count, made.is_sensitive, why(made)) == (2, False, [])


@pytest.mark.parametrize(
    "changed",
    [
        {"first_name": "Hanna"},
        {"username": "hanna.berg"},
        {"is_active": None},
        {"reader__0__notes": "Large print"},
        {"reader__0__phone": "+49 30 901821"},
    ],
    ids=str,
)
def test_ordinary_edit_is_not_sensitive(client, reader_user, since, changed):
    send(client, change_page(reader_user), **changed)

    assert not only(since()).is_sensitive


def test_deletion_of_an_ordinary_person_is_not_sensitive(client, reader_user, since):
    url = reverse("admin:accounts_user_delete", args=[reader_user.pk])
    client.post(url, {"post": "yes", "change_reason": "Moved away"})

    assert not only(since()).is_sensitive


def test_import_of_ordinary_people_is_not_sensitive(client, since):
    import_people(client, "username,email\na.new,a@example.org\nb.new,b@example.org\n")

    assert not only(since()).is_sensitive


@pytest.mark.parametrize("kind", ["branch", "category"])
def test_edit_of_a_small_table_is_not_sensitive(client, request, kind, since):
    obj = request.getfixturevalue(kind)
    url = reverse(f"admin:readers_{kind}_change", args=[obj.pk])
    send(client, url, name="Another")

    assert [made.is_sensitive for made in since()] == [False, False]


# --- Rights, e-mail, card number --------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"is_staff": "on"}, "Staff status of 1 person"),
        ({"is_superuser": "on"}, "Superuser status of 1 person"),
        ({"email": "new@example.org"}, "E-mail of 1 person"),
        ({"email": ""}, "E-mail of 1 person"),
        ({"reader__0__card_number": "LIB-88"}, "Card number of 1 reader"),
    ],
    ids=str,
)
def test_edit_of_a_person_is_sensitive(client, reader_user, since, changed, reason):
    send(client, change_page(reader_user), **changed)

    made = only(since())
    assert (made.is_sensitive, why(made)) == (True, [reason])


def test_role_given_and_taken_is_sensitive(client, front_desk, since):
    role = Group.objects.get(name="Auditor")
    kept = Group.objects.get(name="Front desk")
    before = len(since())
    send(client, change_page(front_desk), groups=[kept.pk, role.pk])
    send(client, change_page(front_desk), groups=[kept.pk])

    given, taken = since()[before:]
    assert given.is_sensitive and taken.is_sensitive
    assert why(given) == why(taken) == ["Groups of 1 person"]


def test_permission_of_a_person_is_sensitive(client, front_desk, since):
    before = len(since())
    send(
        client,
        change_page(front_desk),
        user_permissions=[permission("delete_user").pk],
    )

    made = only(since()[before:])
    assert (made.is_sensitive, why(made)) == (True, ["User permissions of 1 person"])


def test_new_staff_member_is_sensitive(client, since):
    role = Group.objects.get(name="Auditor")
    data = filled(username="new", email="new@example.org", is_staff="on")
    client.post(ADD, data | {"groups": [role.pk]})

    made = only(since())
    assert (made.created_count, made.is_sensitive) == (2, True)
    assert why(made) == ["Groups of 1 person", "Staff status of 1 person"]


def test_deletion_of_staff_is_sensitive(client, front_desk, since):
    before = len(since())
    url = reverse("admin:accounts_user_delete", args=[front_desk.pk])
    client.post(url, {"post": "yes", "change_reason": "Left"})

    assert only(since()[before:]).is_sensitive


def test_permissions_and_name_of_a_role_are_sensitive(client, since):
    role = Group.objects.create(name="Night shift")
    before = len(since())
    send(client, role_page(role), permissions=[permission("view_user").pk])
    send(client, role_page(role), name="Day shift")

    given, renamed = since()[before:]
    assert (given.is_sensitive, why(given)) == (True, ["Permissions of 1 group"])
    assert (renamed.is_sensitive, why(renamed)) == (True, ["Name of 1 group"])


def test_role_deleted_under_its_members_is_sensitive(client, reader_user, since):
    """The other side of the relation: the people lose it."""
    role = Group.objects.create(name="Night shift")
    role.user_set.add(reader_user)
    before = len(since())
    client.post(
        role_page(role, "delete"), {"post": "yes", "change_reason": "Not needed"}
    )

    made = only(since()[before:])
    assert (made.is_sensitive, why(made)) == (True, ["Groups of 1 person"])


def test_role_given_from_its_own_side_is_sensitive(reader_user, since):
    """The portal has no page for it, a shell has: both sides are one change."""
    role = Group.objects.create(name="Night shift")
    before = len(since())
    role.user_set.add(reader_user)
    role.user_set.clear()

    assert [made.is_sensitive for made in since()[before:]] == [True, True]


def test_import_that_changes_an_email_is_sensitive(client, reader_user, since):
    import_people(client, "username,email\nanna.berg,new@example.org\nb.new,b@a.org\n")

    made = only(since())
    assert (made.kind, made.is_sensitive) == ("import", True)
    assert why(made) == ["E-mail of 1 person"]


def test_revert_of_a_sensitive_change_is_sensitive(client, reader_user, since):
    send(client, change_page(reader_user), is_staff="on")
    url = reverse("admin:portal_changeset_revert", args=[since()[0].pk])
    digest = client.get(url).context["plan"].digest
    client.post(url, {"digest": digest, "change_reason": "By mistake"})

    given, back = since()
    assert (back.reverts, back.is_sensitive) == (given, True)
    assert why(back) == ["Staff status of 1 person"]


# --- Many objects -----------------------------------------------------------------


@pytest.fixture
def many(settings):
    settings.REVIEW_ROWS = 4
    return [User.objects.create(username=f"p{n}") for n in range(5)]


@pytest.mark.parametrize(("count", "is_sensitive"), [(4, False), (5, True)])
def test_action_over_the_configured_number_is_sensitive(
    client, many, since, count, is_sensitive
):
    before = len(since())
    chosen = [person.pk for person in many[:count]]
    sent = {"action": "deactivate", "_selected_action": chosen, "confirm": "1"}
    client.post(reverse(PEOPLE), sent)

    made = only(since()[before:])
    assert (made.changed_count, made.is_sensitive) == (count, is_sensitive)
    assert why(made) == (["5 objects"] if is_sensitive else [])


@pytest.mark.parametrize(("people", "is_sensitive"), [(2, False), (3, True)])
def test_import_over_the_configured_number_is_sensitive(
    client, many, since, people, is_sensitive
):
    """A person is two objects: the User and the Reader."""
    before = len(since())
    import_people(client, "username\n" + "".join(f"n{n}\n" for n in range(people)))

    assert only(since()[before:]).is_sensitive is is_sensitive


def test_objects_are_told_even_if_the_setting_has_grown(client, many, since, settings):
    Reader.objects.update(notes="Moved")
    settings.REVIEW_ROWS = 1000

    made = since()[-1]
    assert (made.is_sensitive, why(made)) == (True, [f"{made.changed_count} objects"])


def test_bulk_of_everything_tells_each_reason_with_its_count(client, many, since):
    User.objects.update(is_staff=True, email="")
    Reader.objects.filter(user__in=many[:3]).update(card_number="")

    assert "Staff status of 6 people" in why(since()[-2])
    assert why(since()[-1]) == ["Card number of 3 readers"]
