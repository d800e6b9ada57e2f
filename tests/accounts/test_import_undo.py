"""After the import: its people, the letters to the new ones, and its undoing."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.urls import reverse

from accounts.models import User
from portal.imports.work import carry_on
from portal.models import ChangeSet, ImportJob, Letter, SecurityEvent
from portal.outbox.work import send_due
from portal.security.events import Kind
from readers.models import Reader
from tests.accounts.rights import permission
from tests.import_steps import (
    confirm,
    import_people,
    newest_job,
    page_of,
    press,
    text_of,
)
from tests.posts import seen_plan

pytestmark = pytest.mark.django_db

State = ImportJob.State
TWO = (
    "username,first_name,email\n"
    "anna.berg,Anne,a@example.org\n"
    "new.one,Zoë,z@example.org\n"
)


@pytest.fixture(autouse=True)
def _signed_in(client, manager, reader_user):
    client.force_login(manager)


@pytest.fixture
def job(client):
    return import_people(client, TWO)


def revert(client, made):
    """Look at what would be taken back, then take it back."""
    url = reverse("admin:portal_changeset_revert", args=[made.pk])
    sent = {**seen_plan(client, url), "change_reason": "The wrong file"}
    return press(client, url, sent)


def state_of(job):
    job.refresh_from_db()
    return job.state


def listed(client, job):
    url = reverse("admin:accounts_user_changelist")
    page = client.get(url, {"imported": str(job.pk)})
    return {user.username for user in page.context["cl"].result_list}


# --- The people of an import -----------------------------------------------------


def test_the_list_shows_the_people_of_an_import(client, job):
    import_people(client, "username\nanother\n")

    assert listed(client, job) == {"anna.berg", "new.one"}


def test_the_list_shows_those_whose_reader_alone_changed(client, reader_user):
    job = import_people(client, "username,notes\nanna.berg,Likes maps\n")

    assert listed(client, job) == {"anna.berg"}


@pytest.mark.parametrize("asked", ["nonsense", "0" * 32, "%00", "1"])
def test_an_import_that_is_none_has_no_people(client, job, asked):
    url = reverse("admin:accounts_user_changelist")
    page = client.get(url, {"imported": asked}, follow=True)

    assert page.context["cl"].result_count == 0


def test_who_may_not_see_imports_finds_nobody_by_that_of_somebody_else(
    client, job, bystander
):
    bystander.user_permissions.add(permission("view_user"))
    client.force_login(bystander)

    assert listed(client, job) == set()


def test_the_result_leads_to_the_people_of_the_import(client, job):
    page = client.get(page_of(job, "result"))

    assert f"{reverse('admin:accounts_user_changelist')}?imported={job.pk}" in (
        page.content.decode()
    )


# --- Undoing ---------------------------------------------------------------------


def test_who_may_not_revert_is_offered_no_undoing(client, importer):
    client.force_login(importer)
    job = import_people(client, TWO)
    page = client.get(page_of(job, "result"))
    url = reverse("admin:portal_changeset_revert", args=[job.change_set_id])

    assert url not in page.content.decode()
    assert client.post(url, {"change_reason": "x"}).status_code == 403
    assert state_of(job) == State.DONE


def test_an_undone_import_says_so(client, job):
    url = reverse("admin:portal_changeset_revert", args=[job.change_set_id])
    assert url in client.get(page_of(job, "result")).content.decode()

    revert(client, job.change_set)
    page = client.get(page_of(job, "result"))

    assert state_of(job) == State.UNDONE
    assert "What it did was taken back." in text_of(page)
    assert url not in page.content.decode()


def test_undoing_takes_back_what_the_import_did_as_one_act(client, job):
    revert(client, job.change_set)

    assert not User.objects.filter(username="new.one").exists()
    anna = User.objects.get(username="anna.berg")
    assert (anna.first_name, anna.email) == ("Anna", "anna@example.org")
    made = ChangeSet.objects.first()
    assert (made.kind, made.reverts_id) == ("revert", job.change_set_id)


def test_what_was_undone_comes_back_when_that_is_undone(client, job):
    revert(client, job.change_set)
    revert(client, ChangeSet.objects.first())

    assert state_of(job) == State.DONE
    assert User.objects.filter(username="new.one").exists()
    assert Reader.objects.filter(user__username="new.one").count() == 1
    assert User.objects.get(username="anna.berg").first_name == "Anne"


def test_who_was_changed_since_stays(client, job):
    User.objects.filter(username="anna.berg").update(first_name="Annika")
    revert(client, job.change_set)

    assert User.objects.get(username="anna.berg").first_name == "Annika"
    assert not User.objects.filter(username="new.one").exists()


def test_the_revert_of_something_else_leaves_imports_alone(client, job, manager):
    other = import_people(client, "username\nanother\n")
    revert(client, other.change_set)

    assert (state_of(job), state_of(other)) == (State.DONE, State.UNDONE)


# --- Letters ---------------------------------------------------------------------


def test_nobody_is_written_to_unasked(client, job):
    assert mail.outbox == []


def test_new_people_with_an_address_are_invited_once(client):
    text = f"{TWO}new.two,Li,\n"
    job = import_people(client, text, invites="on")
    press(client, page_of(job, "commit"))

    assert [letter.to for letter in mail.outbox] == [["z@example.org"]]


def test_nobody_is_invited_by_what_was_not_imported(client):
    text = f"{TWO}bad one,Bo,b@example.org\n"
    import_people(client, text, invites="on")
    assert (newest_job().state, mail.outbox) == (State.READY, [])

    import_people(client, text, rows="good", invites="on")
    assert [letter.to for letter in mail.outbox] == [["z@example.org"]]


def test_the_letter_leads_to_the_address_of_the_portal(client):
    import_people(client, TWO, invites="on")

    assert "http://testserver/" in mail.outbox[0].body


@pytest.fixture
def waiting_mail(settings):
    """No worker takes the letters before the tests look at them."""
    dummy = {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    settings.TASKS = {"default": dummy}


def imported(client):
    """An import by hand, for no worker runs."""
    job = import_people(client, TWO, invites="on")
    carry_on(job.pk)
    confirm(client, job)
    carry_on(job.pk)
    return newest_job()


def test_letters_are_ordered_with_the_import_for_its_new_people(client, waiting_mail):
    job = imported(client)

    letter = Letter.objects.get()
    new = User.objects.get(username="new.one")
    assert (letter.person_id, letter.person_name, letter.job) == (
        new.pk,
        "new.one",
        job,
    )
    assert (letter.state, letter.actor_name) == ("waiting", "manager")
    event = SecurityEvent.objects.get(kind=Kind.INVITATION_QUEUED)
    assert event.details == {"count": 1, "job": str(job.pk)}


def test_undoing_cancels_the_letters_that_wait(client, waiting_mail):
    job = imported(client)
    revert(client, job.change_set)
    send_due.call()

    letter = Letter.objects.get()
    assert (letter.state, letter.error) == ("cancelled", "The import was undone.")
    assert mail.outbox == []


def test_letter_of_an_undone_import_is_not_sent(client, waiting_mail):
    """Though nobody cancelled it, and its person is there."""
    job = imported(client)
    ImportJob.objects.filter(pk=job.pk).update(state=State.UNDONE)
    send_due.call()

    assert Letter.objects.get().error == "The import was undone."
    assert mail.outbox == []


def test_letters_that_were_sent_stay_sent_when_it_is_undone(client):
    job = import_people(client, TWO, invites="on")
    revert(client, newest_job().change_set)

    assert job.letters.get().state == "sent"


def test_whoever_lost_the_right_to_invite_orders_no_letters(
    client, manager, waiting_mail
):
    job = import_people(client, TWO, invites="on")
    carry_on(job.pk)
    confirm(client, job)
    manager.groups.set(Group.objects.filter(name="Importer"))
    Group.objects.get(name="Importer").permissions.remove(permission("invite_user"))
    carry_on(job.pk)

    assert newest_job().state == State.DONE
    assert not Letter.objects.exists()


def test_result_tells_what_became_of_the_letters(client, waiting_mail):
    job = imported(client)
    page = client.get(page_of(job, "result"))

    assert page.context["letters"] == [("Waiting", 1)]
    assert f"?job={job.pk}" in page.content.decode()
    listed = client.get(reverse("admin:portal_letter_changelist"), {"job": job.pk})
    assert [found.job for found in listed.context["cl"].result_list] == [job]


def test_result_without_letters_tells_of_none(client, job):
    assert "Invitations" not in text_of(client.get(page_of(job, "result")))
