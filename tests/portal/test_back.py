"""Back to an old value of one field, and a whole person back to a point."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Branch, Reader
from tests.conftest import make_staff
from tests.portal.pages import all_rows
from tests.posts import seen_plan

pytestmark = pytest.mark.django_db


def field_url(person, row, field, model="user"):
    args = [person.pk, model, row.history_id, field]
    return reverse("admin:accounts_user_revert_field", args=args)


def back_url(person, point):
    return reverse("admin:accounts_user_back", args=[person.pk, point])


def confirm(client, url, **changed):
    sent = {**seen_plan(client, url), "change_reason": "By mistake", **changed}
    return client.post(url, sent, follow=True)


def problems(client, url):
    plan = client.get(url).context["plan"]
    return " ".join(text for step in plan.blocked for text in step.problems)


def now(person):
    """The names and the branch as the database has them."""
    reader = Reader.objects.get(user=person.pk)
    person = User.objects.get(pk=person.pk)
    roles = set(person.groups.values_list("name", flat=True))
    return person.first_name, person.last_name, str(reader.branch), roles


BEFORE = ("Anna", "Berg", "Main library", {"Importer"})
AFTER = ("Hanna", "Bergström", "North", set())


@pytest.fixture
def anna(reader_user, branch):
    """Who was changed twice since she was as BEFORE says: User, Reader and roles."""
    with change_set():
        reader_user.groups.add(Group.objects.get(name="Importer"))
        Reader.objects.filter(user=reader_user).update(branch=branch)
    with change_set():
        User.objects.filter(pk=reader_user.pk).update(first_name="Hanna")
        reader_user.groups.clear()
    with change_set():
        User.objects.filter(pk=reader_user.pk).update(last_name="Bergström")
        north = Branch.objects.create(code="N", name="North")
        Reader.objects.filter(user=reader_user).update(branch=north)
    return User.objects.get(pk=reader_user.pk)


def version(anna):
    """The User as BEFORE says."""
    return anna.history.order_by("history_id")[1]


@pytest.fixture
def point(anna):
    return version(anna).change_set_id


@pytest.fixture
def clerk(db):
    """May change and revert people, and may not view a Reader."""
    clerk = make_staff("clerk")
    names = ["view_user", "change_user", "view_history", "revert_history"]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
    return clerk


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize("who", ["bystander", "front_desk", "importer", "auditor"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_going_back_needs_its_right(request, client, anna, point, who, method):
    client.force_login(request.getfixturevalue(who))
    for url in (field_url(anna, version(anna), "groups"), back_url(anna, point)):
        assert getattr(client, method)(url).status_code == 403
    assert now(anna) == AFTER


def test_going_back_needs_a_token(anna, point, manager):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(manager)
    for url in (field_url(anna, version(anna), "groups"), back_url(anna, point)):
        assert strict.post(url).status_code == 403


def test_looking_writes_nothing(client, anna, point, manager):
    client.force_login(manager)
    before = all_rows()
    for url in (field_url(anna, version(anna), "first_name"), back_url(anna, point)):
        assert "Hanna" in client.get(url).content.decode()

    assert all_rows() == before


def test_way_back_is_not_shown_to_who_may_not_go_it(client, anna, auditor):
    client.force_login(auditor)
    history = reverse("admin:accounts_user_history", args=[anna.pk])
    for query in ({}, {"field": "user.first_name"}):
        shown = client.get(history, query).content.decode()
        assert "/revert/" not in shown and "/back/" not in shown


def test_fields_and_versions_that_are_none_are_not_found(client, anna, manager):
    client.force_login(manager)
    for url in (
        field_url(anna, version(anna), "password"),
        field_url(anna, version(anna), "id"),
        field_url(anna, version(anna), "branch"),
        field_url(anna, manager.history.first(), "first_name"),
        field_url(anna, version(anna), "first_name", model="group"),
    ):
        assert client.post(url).status_code == 404


def test_points_that_are_none_are_said_so(client, anna, manager):
    client.force_login(manager)
    others = manager.history.first().change_set_id
    for point in ("x", "0", "9" * 30, others):
        shown = client.post(back_url(anna, point), follow=True).content.decode()
        assert "no point of this history" in shown


def test_nobody_goes_back_to_being_gone(client, anna, manager):
    User.objects.filter(pk=anna.pk).delete()
    gone = ChangeSet.objects.first()
    User.objects.create(pk=anna.pk, username="anna.berg")
    client.force_login(manager)
    shown = client.post(back_url(anna, gone.pk), follow=True).content.decode()

    assert "It was not there at that point" in shown
    assert User.objects.filter(pk=anna.pk).exists()


@pytest.mark.parametrize("sent", [{"change_reason": " "}, {"digest": ""}])
def test_reason_and_what_was_seen_are_needed(client, anna, point, manager, sent):
    client.force_login(manager)
    for url in (field_url(anna, version(anna), "groups"), back_url(anna, point)):
        confirm(client, url, **sent)

    assert now(anna) == AFTER


def test_change_between_look_and_confirmation_is_kept(client, anna, point, manager):
    client.force_login(manager)
    for url in (field_url(anna, version(anna), "first_name"), back_url(anna, point)):
        sent = {**seen_plan(client, url), "change_reason": "By mistake"}
        User.objects.filter(pk=anna.pk).update(last_name=f"Written {len(url)}")
        before = now(anna)
        shown = client.post(url, sent).content.decode()
        assert "Somebody changed this meanwhile" in shown and now(anna) == before


def test_reader_that_may_not_be_viewed_stays(client, anna, point, clerk):
    clerk.user_permissions.add(Permission.objects.get(codename="manage_staff"))
    Group.objects.get(name="Importer").permissions.clear()
    client.force_login(clerk)
    shown = client.get(back_url(anna, point)).content.decode()
    assert "1 more object that you may not see" in shown and "Main library" not in shown
    confirm(client, back_url(anna, point))

    assert now(anna) == ("Anna", "Berg", "North", {"Importer"})


def test_rights_beyond_ones_own_do_not_come_back(client, anna, point, manager):
    role = Group.objects.get(name="Importer")
    role.permissions.add(Permission.objects.get(codename="delete_session"))
    client.force_login(manager)
    for url in (field_url(anna, version(anna), "groups"), back_url(anna, point)):
        assert "may not hand out" in problems(client, url)
        confirm(client, url)

    assert not User.objects.get(pk=anna.pk).groups.exists()


# --- One field -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "left"),
    [
        ("first_name", ("Anna", "Bergström", "North", set())),
        ("groups", ("Hanna", "Bergström", "North", {"Importer"})),
    ],
)
def test_field_comes_back_and_nothing_else(client, anna, manager, field, left):
    client.force_login(manager)
    page = confirm(client, field_url(anna, version(anna), field))
    made = ChangeSet.objects.first()

    assert now(anna) == left
    assert page.redirect_chain[0][0].endswith(f"?field=user.{field}")
    assert (made.kind, made.reason, made.changed_count) == ("revert", "By mistake", 1)
    assert made.reverts_id == anna.history.order_by("history_id")[2].change_set_id


def test_field_of_the_reader_comes_back(client, anna, manager):
    client.force_login(manager)
    row = anna.reader.history.order_by("history_id")[1]
    confirm(client, field_url(anna, row, "branch", model="reader"))

    assert now(anna) == ("Hanna", "Bergström", "Main library", set())


def test_each_old_value_is_offered_and_the_one_before_all(client, anna, manager):
    client.force_login(manager)
    history = reverse("admin:accounts_user_history", args=[anna.pk])
    names = client.get(history, {"field": "user.first_name"}).content.decode()
    roles = client.get(history, {"field": "user.groups"}).content.decode()
    created, given = anna.history.order_by("history_id")[:2]

    # «Hanna» is there already, and before «Anna» there was nobody.
    assert names.count("Back to this value") == 1
    assert field_url(anna, created, "first_name") in names
    assert "Back to the value before" not in names
    assert field_url(anna, given, "groups") in roles
    User.objects.get(pk=anna.pk).groups.add(Group.objects.get(name="Auditor"))
    roles = client.get(history, {"field": "user.groups"}).content.decode()
    assert field_url(anna, created, "groups") in roles


def test_value_that_is_there_already_changes_nothing(client, anna, manager):
    client.force_login(manager)
    before = ChangeSet.objects.count()
    url = field_url(anna, anna.history.first(), "first_name")
    shown = confirm(client, url).content.decode()

    assert "Nothing." in shown and ChangeSet.objects.count() == before


def test_taken_value_does_not_come_back(client, anna, manager):
    row = version(anna)
    User.objects.filter(pk=anna.pk).update(email="other@example.org")
    User.objects.create_user("twin", "ANNA@example.org")
    client.force_login(manager)
    url = field_url(anna, row, "email")
    assert "twin" in problems(client, url)
    confirm(client, url)

    assert User.objects.get(pk=anna.pk).email == "other@example.org"


def test_other_values_of_that_version_may_be_taken(client, anna, manager):
    row = version(anna)
    User.objects.filter(pk=anna.pk).update(username="hanna", email="h@example.org")
    User.objects.create_user("anna.berg")
    client.force_login(manager)
    confirm(client, field_url(anna, row, "email"))

    assert User.objects.get(pk=anna.pk).email == "anna@example.org"


def test_role_that_is_gone_does_not_come_back(client, anna, manager):
    row = version(anna)
    Group.objects.get(name="Importer").delete()
    client.force_login(manager)

    assert "Importer is no longer there" in problems(
        client, field_url(anna, row, "groups")
    )


# --- A whole person --------------------------------------------------------------


def test_person_comes_back_in_one_change_set(client, anna, point, manager):
    client.force_login(manager)
    before = ChangeSet.objects.count()
    confirm(client, back_url(anna, point))
    made = ChangeSet.objects.first()

    assert now(anna) == BEFORE
    assert ChangeSet.objects.count() == before + 1
    assert (made.kind, made.reason, made.changed_count) == ("revert", "By mistake", 2)
    # Two were undone, so that it names none of them.
    assert made.reverts is None


def test_last_change_is_named_when_it_alone_is_undone(client, anna, manager):
    client.force_login(manager)
    undone = anna.history.first().change_set
    confirm(client, back_url(anna, anna.history.all()[1].change_set_id))

    assert now(anna) == ("Hanna", "Berg", "Main library", set())
    assert ChangeSet.objects.first().reverts == undone


def test_going_back_is_undone(client, anna, point, manager):
    client.force_login(manager)
    shown = confirm(client, back_url(anna, point)).content.decode()
    undo = reverse("admin:portal_changeset_revert", args=[ChangeSet.objects.first().pk])
    assert f'action="{undo}"' in shown
    client.post(undo, {"undo": "1"})

    assert now(anna) == AFTER


def test_what_cannot_come_back_is_left_and_said_so(
    client, anna, point, manager, branch
):
    branch.delete()
    client.force_login(manager)
    assert "Main library (gone) is no longer there" in problems(
        client, back_url(anna, point)
    )
    shown = confirm(client, back_url(anna, point)).content.decode()

    assert "Left as it is: Reader" in shown
    assert now(anna) == ("Anna", "Berg", "North", {"Importer"})


def test_reader_that_came_later_stays(client, anna, manager):
    """A person never ends without one."""
    with change_set():
        User.objects.bulk_create([User(username="late", first_name="Late")])
    late = User.objects.get(username="late")
    alone = ChangeSet.objects.first()
    Reader.objects.filter(user=late).delete()
    late.refresh_from_db()
    reader = Reader.objects.for_user(late)
    User.objects.filter(pk=late.pk).update(first_name="Later")
    client.force_login(manager)
    assert reader.history.first().change_set_id > alone.pk
    confirm(client, back_url(late, alone.pk))

    assert User.objects.get(pk=late.pk).first_name == "Late"
    assert Reader.objects.get(user=late) == reader


def test_newest_point_changes_nothing(client, anna, manager):
    client.force_login(manager)
    before = ChangeSet.objects.count()
    newest = anna.history.first().change_set_id
    shown = confirm(client, back_url(anna, newest)).content.decode()

    assert "Nothing." in shown and ChangeSet.objects.count() == before


def test_branch_goes_back_as_well(client, manager, branch):
    first = branch.history.get()
    Branch.objects.filter(pk=branch.pk).update(name="Old house", code="OLD")
    client.force_login(manager)
    args = [branch.pk, "branch", first.history_id, "name"]
    confirm(client, reverse("admin:readers_branch_revert_field", args=args))
    branch.refresh_from_db()

    assert (branch.name, branch.code) == ("Main library", "OLD")
    point = [branch.pk, first.change_set_id]
    confirm(client, reverse("admin:readers_branch_back", args=point))
    branch.refresh_from_db()
    assert (branch.name, branch.code) == ("Main library", "MAIN")


def test_plan_costs_the_same_for_a_long_story(
    client, manager, anna, point, django_assert_max_num_queries
):
    def costs():
        for url in (back_url(anna, point), field_url(anna, version(anna), "groups")):
            with django_assert_max_num_queries(70) as captured:
                assert client.get(url).context["plan"].ready
            yield len(captured)

    client.force_login(manager)
    list(costs())
    short = list(costs())
    for number in range(40):
        User.objects.filter(pk=anna.pk).update(first_name=f"Anna {number}")
        Reader.objects.filter(user=anna).update(notes=f"Note {number}.")

    assert list(costs()) == short
