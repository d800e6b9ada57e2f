"""Going back reaches no further than the rights of whoever goes back."""

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import RoleLimit, User
from portal.history.acts import change_set
from portal.jobs import run_revert_job
from portal.models import ChangeSet, ImportJob, RevertJob
from readers.models import Reader
from tests.conftest import make_staff
from tests.portal.limited import change, history_page, staff_of
from tests.posts import seen_plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=["one by one", "as crowds"])
def way(request, settings):
    """The outcome is the same, whether Python or the database looks at an object."""
    if request.param == "as crowds":
        settings.REVERT_ONE_BY_ONE_ROWS = 0


def page(made):
    return history_page("changeset_revert", made.pk)


def read(client, address):
    return client.get(address).content.decode()


def confirm(client, address, **sent):
    sent = {**seen_plan(client, address), "change_reason": "By mistake", **sent}
    return client.post(address, sent, follow=True).content.decode()


def reader(user):
    return Reader.objects.get(user=user)


# --- Other branches ---------------------------------------------------------------


def test_plan_shows_what_is_seen_and_counts_the_rest(
    client, manager_of_north, nora, mike
):
    made = change("Notes for all", nora, mike, notes="After")
    shown = read(client, page(made))

    assert reader(nora).card_number in shown and reader(mike).card_number not in shown
    assert "1 more object that you may not see" in shown


def test_revert_leaves_what_is_not_seen_and_says_so(
    client, manager_of_north, nora, mike
):
    made = change("Notes for all", nora, mike, notes="After")
    shown = confirm(client, page(made))

    assert reader(nora).notes == "Before" and reader(mike).notes == "After"
    assert "1 object was left as it is" in shown


def test_undo_of_what_is_seen_in_part_asks_first(client, manager_of_north, nora, mike):
    made = change("Notes for all", nora, mike, notes="After")
    shown = confirm(client, page(made), undo="1")

    assert reader(nora).notes == reader(mike).notes == "After"
    assert "Not everything can be undone" in shown


def test_change_set_of_others_cannot_be_reverted(client, manager_of_north, mike):
    made = change("Notes", mike, notes="After")
    client.post(page(made), {"change_reason": "Why not", "digest": "x", "undo": "1"})

    assert reader(mike).notes == "After"


@pytest.fixture
def sees_all(client, north):
    """Sees and audits everybody, and may change the people of North alone."""
    user = staff_of(north, "Manager")
    everything = Group.objects.create(name="Sees all")
    rights = Group.objects.get(name="Manager").permissions
    everything.permissions.set(rights.filter(codename__startswith="view_"))
    user.groups.add(everything)
    client.force_login(user)
    return user


def test_who_sees_all_changes_back_only_what_they_reach(client, sees_all, nora, mike):
    made = change("Notes for all", nora, mike, notes="After")
    assert "does not reach it" in read(client, page(made))
    confirm(client, page(made))

    assert reader(nora).notes == "Before" and reader(mike).notes == "After"


def test_nobody_is_put_back_into_a_branch_out_of_reach(
    client, manager_of_north, north, mike
):
    made = change("Moves", mike, branch=north)
    assert "a branch that you do not reach" in read(client, page(made))
    confirm(client, page(made))

    assert reader(mike).branch == north


def test_person_of_the_branch_is_reverted_and_deleted(client, manager_of_north, nora):
    made = ChangeSet.objects.get(reason="Nora joins")
    confirm(client, page(made))

    assert not User.objects.filter(pk=nora.pk).exists()


def test_problem_does_not_name_whom_one_does_not_see(
    client, manager_of_north, nora, mike
):
    with change_set(reason="Trade"):
        User.objects.filter(pk=nora.pk).update(username="other")
    made = ChangeSet.objects.first()
    User.objects.filter(pk=mike.pk).update(username="nora", first_name="Michael")
    shown = read(client, page(made))

    assert "is taken now" in shown and "Michael" not in shown


def test_job_asks_again_what_its_owner_reaches(
    client, manager_of_north, nora, branch, settings
):
    settings.REVERT_IN_BACKGROUND_ROWS = 0
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }
    made = change("Notes", nora, notes="After")
    confirm(client, page(made))
    RoleLimit.objects.get().branches.set([branch])
    [job] = RevertJob.objects.all()
    run_revert_job.call(job_id=job.pk)
    job.refresh_from_db()

    assert job.status == RevertJob.Status.REFUSED and reader(nora).notes == "After"


def test_import_that_is_seen_in_part_is_not_undone(
    client, manager_of_north, nora, mike, manager
):
    made = change("Imported", nora, mike, notes="After")
    job = ImportJob.objects.create(
        target="accounts.user",
        owner=manager,
        owner_name="manager",
        file_name="people.csv",
        state=ImportJob.State.DONE,
        change_set=made,
    )
    confirm(client, page(made))
    job.refresh_from_db()

    assert reader(nora).notes == "Before" and job.state == ImportJob.State.DONE


# --- Restoring --------------------------------------------------------------------


def restore(client, user):
    row = User.history.filter(id=user.pk, history_type="-").get()
    address = history_page("restore", chosen=f"accounts.user:{row.pk}")
    shown = read(client, address) if client.get(address).context else ""
    sent = {**seen_plan(client, address), "change_reason": "By mistake"}
    client.post(address, {**sent, "chosen": f"accounts.user:{row.pk}"})
    return shown


def test_deleted_person_of_the_branch_comes_back(client, manager_of_north, nora):
    key = nora.pk
    User.objects.get(pk=key).delete()
    nora.pk = key
    restore(client, nora)

    assert Reader.objects.get(user=key).notes == "Before"


def test_deleted_person_of_another_branch_stays_deleted(client, manager_of_north, mike):
    key = mike.pk
    User.objects.get(pk=key).delete()
    mike.pk = key

    assert "Mike" not in restore(client, mike)
    assert not User.objects.filter(pk=key).exists()


# --- Personal fields --------------------------------------------------------------


@pytest.fixture
def discreet(client):
    """May change and bring back all people, and see no personal field."""
    role = Group.objects.get(name="Manager")
    role.permissions.remove(
        *Permission.objects.filter(codename__in=["view_notes", "view_birth_date"])
    )
    user = make_staff("discreet", "Manager")
    client.force_login(user)
    return user


def test_hidden_field_is_not_changed_back(client, discreet, nora):
    made = change("Says more", nora, notes="Prefers mornings")
    shown = read(client, page(made))
    confirm(client, page(made))

    assert reader(nora).notes == "Prefers mornings"
    assert "personal fields that you may not change back" in shown
    assert "mornings" not in shown and "Before" not in shown.split("<form")[-1].replace(
        "Before</th>", ""
    )


def test_field_that_is_seen_is_changed_back(client, discreet, nora):
    made = change("Phone", nora, phone="+493012345678")
    confirm(client, page(made))

    assert reader(nora).phone == ""


def test_hidden_values_come_back_unseen_with_a_deleted_person(client, discreet, nora):
    Reader.objects.filter(user=nora).update(notes="Prefers mornings")
    key = nora.pk
    User.objects.get(pk=key).delete()
    nora.pk = key
    shown = restore(client, nora)

    assert "•••" in shown and "mornings" not in shown
    assert Reader.objects.get(user=key).notes == "Prefers mornings"


# --- Rights -----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["manager", "root"])
def test_nobody_changes_their_own_rights_back(request, client, who, way):
    user = request.getfixturevalue(who)
    client.force_login(user)
    with change_set(reason="Gives and takes"):
        user.groups.add(Group.objects.get(name="Importer"))
    made = ChangeSet.objects.first()
    assert "Nobody changes their own rights" in read(client, page(made))
    confirm(client, page(made))

    assert user.groups.filter(name="Importer").exists()


def test_role_does_not_lose_its_limit(client, manager_of_north, north):
    clerks = Group.objects.create(name="Clerks")
    clerks.permissions.add(Permission.objects.get(codename="view_user"))
    with change_set(reason="North only"):
        RoleLimit.objects.create(role=clerks).branches.add(north)
    made = ChangeSet.objects.first()
    confirm(client, page(made))

    assert RoleLimit.objects.filter(role=clerks).exists()
