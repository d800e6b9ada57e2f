"""Rights to one half of a person give nothing of the other, by no page."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Reader
from tests.conftest import make_staff
from tests.posts import posted, seen_plan

USERS = ["view_user", "add_user", "change_user"]
HISTORY = ["view_history", "view_changeset", "revert_history"]
SECRET = "Owes for a lost atlas"


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


@pytest.fixture
def clerk(db):
    """May do all with users and their history, and nothing with readers."""
    user = make_staff("clerk")
    user.user_permissions.set(Permission.objects.filter(codename__in=USERS + HISTORY))
    return user


@pytest.fixture
def anna(reader_user, root):
    """Her Reader was changed once."""
    with change_set(actor=root):
        reader_user.reader.notes = SECRET
        reader_user.reader.expires_on = timezone.localdate()
        reader_user.reader.save()
    return reader_user


def first_reader_version(person):
    rows = Reader.history.model.objects.filter(user_id=person.pk)
    return rows.order_by("history_id").first()


def test_reader_is_neither_shown_nor_changed_on_the_page(client, clerk, anna):
    client.force_login(clerk)
    change = page("accounts_user_change", anna.pk)
    shown = client.get(change)
    inline = {
        "reader-TOTAL_FORMS": "1",
        "reader-INITIAL_FORMS": "1",
        "reader-0-id": anna.reader.pk,
        "reader-0-joined_on": "2026-01-15",
        "reader-0-notes": "Mine",
    }
    response = client.post(change, posted(shown, first_name="New") | inline)

    assert response.status_code == 302
    assert SECRET not in shown.content.decode()
    anna.reader.refresh_from_db()
    assert anna.reader.notes == SECRET


def test_adding_a_person_makes_a_blank_reader_whatever_is_sent(client, clerk):
    client.force_login(clerk)
    add = page("accounts_user_add")
    inline = {
        "reader-TOTAL_FORMS": "1",
        "reader-INITIAL_FORMS": "0",
        "reader-0-joined_on": "2026-01-15",
        "reader-0-notes": "Mine",
    }
    sent = posted(client.get(add), username="new", access="none")
    client.post(add, sent | inline)

    assert Reader.objects.get(user__username="new").notes == ""


def test_reader_is_left_out_of_the_history_page(client, clerk, anna):
    client.force_login(clerk)
    shown = client.get(page("accounts_user_history", anna.pk))

    assert shown.status_code == 200
    assert SECRET not in shown.content.decode()
    assert anna.reader.card_number not in shown.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_reader_is_not_reverted(client, clerk, anna, method):
    client.force_login(clerk)
    version = first_reader_version(anna)
    revert = page("accounts_user_revert", anna.pk, "reader", version.pk)
    sent = {**seen_plan(client, revert), "change_reason": "To see"}
    response = getattr(client, method)(revert, sent)

    assert SECRET not in response.content.decode()
    anna.reader.refresh_from_db()
    assert anna.reader.notes == SECRET


def test_looking_at_readers_does_not_revert_them(client, clerk, anna):
    clerk.user_permissions.add(Permission.objects.get(codename="view_reader"))
    client.force_login(clerk)
    version = first_reader_version(anna)
    revert = page("accounts_user_revert", anna.pk, "reader", version.pk)
    client.post(revert, {**seen_plan(client, revert), "change_reason": "To see"})

    anna.reader.refresh_from_db()
    assert anna.reader.notes == SECRET


def test_expiry_of_readers_is_not_extended(client, clerk, anna):
    client.force_login(clerk)
    until = "2099-01-01"
    sent = {"until": until, "shown_until": until, "confirm": "1"}
    client.post(
        page("accounts_user_changelist"),
        {"action": "extend_expiry", "_selected_action": anna.pk, **sent},
    )

    anna.reader.refresh_from_db()
    assert anna.reader.expires_on == timezone.localdate()


def test_change_set_shows_only_what_one_may_view(client, clerk, anna):
    client.force_login(clerk)
    newest = ChangeSet.objects.first()
    shown = client.get(page("portal_changeset_change", newest.pk))

    assert shown.status_code == 200
    assert SECRET not in shown.content.decode()


def test_change_set_shows_no_people_to_who_may_not_view_them(client, clerk, anna):
    clerk.user_permissions.remove(*Permission.objects.filter(codename__in=USERS))
    made = anna.history.order_by("history_id").first().change_set
    client.force_login(User.objects.get(pk=clerk.pk))
    shown = client.get(page("portal_changeset_change", made.pk))

    assert shown.status_code == 200
    assert anna.email not in shown.content.decode()


@pytest.mark.parametrize("field", ["is_active", "is_staff", "is_superuser"])
def test_nobody_shuts_themselves_out_by_a_revert(client, root, field):
    User.objects.filter(pk=root.pk).update(**{field: False})
    User.objects.filter(pk=root.pk).update(**{field: True})
    rows = root.history.order_by("history_id")
    client.force_login(root)
    revert = page("accounts_user_revert", root.pk, "user", rows[1].pk)
    client.post(revert, {**seen_plan(client, revert), "change_reason": "By mistake"})

    assert getattr(User.objects.get(pk=root.pk), field)
