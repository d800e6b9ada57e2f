"""«Undo» in the message: one POST takes one act back, whole or not at all."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.models import ChangeSet
from readers.models import Reader
from tests.import_steps import import_people, page_of, text_of
from tests.posts import posted, seen_plan

pytestmark = pytest.mark.django_db

PEOPLE = "admin:accounts_user_changelist"
REVERT = "admin:portal_changeset_revert"
NEW = "username,last_name\nnew.one,One\nnew.two,Two\n"
OFFER = re.compile(r'action="(/admin/portal/changeset/\d+/revert/)"')


def save(client, person, **changed):
    url = reverse("admin:accounts_user_change", args=[person.pk])
    data = posted(client.get(url), **changed)
    return client.post(url, data, follow=True)


def delete(client, person):
    url = reverse("admin:accounts_user_delete", args=[person.pk])
    data = {"post": "yes", "change_reason": "Moved away"}
    return client.post(url, data, follow=True)


def act(client, action, person, **data):
    chosen = {"action": action, "_selected_action": person.pk}
    return client.post(reverse(PEOPLE), chosen | data, follow=True)


def offered(page):
    found = OFFER.findall(page.content.decode())
    assert len(found) <= 1
    return found[0] if found else None


def undo(client, page):
    return client.post(offered(page), {"undo": "1"}, follow=True)


@pytest.mark.parametrize("who", ["front_desk", "importer"])
def test_undo_is_not_offered_to_who_may_not_revert(request, client, reader_user, who):
    client.force_login(request.getfixturevalue(who))
    page = save(client, reader_user, first_name="Hanna")

    assert "was changed" in page.content.decode()
    assert offered(page) is None


@pytest.mark.parametrize("who", ["bystander", "front_desk", "auditor"])
def test_undo_is_refused_without_the_right(request, client, manager, reader_user, who):
    client.force_login(manager)
    url = offered(save(client, reader_user, first_name="Hanna"))
    client.force_login(request.getfixturevalue(who))

    assert client.post(url, {"undo": "1"}).status_code == 403
    assert User.objects.get(pk=reader_user.pk).first_name == "Hanna"


def test_undo_needs_a_token_and_a_post(client, manager, reader_user):
    client.force_login(manager)
    url = offered(save(client, reader_user, first_name="Hanna"))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(manager)

    assert strict.post(url, {"undo": "1"}).status_code == 403
    client.get(url, {"undo": "1"})
    assert User.objects.get(pk=reader_user.pk).first_name == "Hanna"


def test_save_that_changed_nothing_offers_nothing(client, manager, reader_user):
    client.force_login(manager)

    assert offered(save(client, reader_user)) is None


def test_save_is_undone(client, manager, reader_user):
    client.force_login(manager)
    page = undo(client, save(client, reader_user, first_name="Hanna"))
    made = ChangeSet.objects.first()

    assert User.objects.get(pk=reader_user.pk).first_name == "Anna"
    assert (made.kind, bool(made.reason)) == ("revert", True)
    # And that can be undone in its turn.
    undo(client, page)
    assert User.objects.get(pk=reader_user.pk).first_name == "Hanna"


def test_new_person_is_undone_with_the_reader(client, manager):
    client.force_login(manager)
    url = reverse("admin:accounts_user_add")
    data = posted(
        client.get(url), first_name="New", last_name="One", username="new.one"
    )
    undo(client, client.post(url, data, follow=True))

    assert not User.objects.filter(username="new.one").exists()
    assert Reader.objects.count() == User.objects.count()


def test_deletion_is_undone(client, manager, reader_user):
    client.force_login(manager)
    card = reader_user.reader.card_number
    undo(client, delete(client, reader_user))

    assert User.objects.get(pk=reader_user.pk).reader.card_number == card


def test_action_is_undone(client, manager, reader_user):
    client.force_login(manager)
    undo(client, act(client, "deactivate", reader_user, confirm="1"))

    assert User.objects.get(pk=reader_user.pk).is_active


def test_deletion_of_several_is_undone(client, manager, reader_user):
    client.force_login(manager)
    sent = {"post": "yes", "change_reason": "Moved away"}
    undo(client, act(client, "delete_selected", reader_user, **sent))

    assert User.objects.filter(pk=reader_user.pk).exists()


def test_what_was_changed_since_is_shown_and_not_half_undone(
    client, manager, reader_user
):
    client.force_login(manager)
    page = save(client, reader_user, first_name="Hanna", reader__0__notes="Kind")
    Reader.objects.filter(user=reader_user).update(notes="Very kind")
    shown = undo(client, page)

    assert "Very kind" in shown.content.decode()
    assert "Not everything can be undone" in shown.content.decode()
    assert User.objects.get(pk=reader_user.pk).first_name == "Hanna"


@pytest.mark.parametrize("who", ["importer", "root"])
def test_undo_of_an_import_is_offered_to_who_may_revert(request, client, who):
    client.force_login(request.getfixturevalue(who))
    job = import_people(client, NEW)

    page = client.get(page_of(job, "result"))

    may = who == "root"
    assert (reverse(REVERT, args=[job.change_set_id]) in page.content.decode()) is may
    assert ("ask a manager" in text_of(page)) is not may


def test_import_is_undone_whole_after_a_look(client, manager):
    client.force_login(manager)
    job = import_people(client, NEW)
    assert User.objects.filter(username__startswith="new.").count() == 2
    url = reverse(REVERT, args=[job.change_set_id])
    client.post(url, seen_plan(client, url) | {"change_reason": "The wrong file"})

    job.refresh_from_db()
    assert job.state == "undone"
    assert not User.objects.filter(username__startswith="new.").exists()
    assert Reader.objects.count() == User.objects.count()
