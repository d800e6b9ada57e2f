"""Invitations: what is refused, whose link works, and what the letter says."""

import re
from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import InvitationRefused, send_invitation
from accounts.models import User
from accounts.tokens import invitation_link, invitation_tokens
from portal.models import Letter, SecurityEvent
from portal.outbox import post
from portal.security.events import Kind

pytestmark = pytest.mark.django_db

BASE_URL = "https://portal.example.org/"
CHOSEN = "seventeen green herons"


@pytest.fixture
def invited():
    """Somebody whom staff have just created: no usable password."""
    user = User(
        username="anna.berg",
        email="anna@example.org",
        first_name="Anna",
        last_name="Berg",
        is_staff=True,
    )
    user.set_unusable_password()
    user.save()
    return user


def path_of(user):
    return invitation_link(user, "")


def open_link(client, path):
    """Open an invitation as a browser does; the form's page, or that of a dead link."""
    return client.get(path, follow=True)


def choose(client, user, first=CHOSEN, second=CHOSEN):
    [(form_path, _status)] = open_link(client, path_of(user)).redirect_chain
    data = {"new_password1": first, "new_password2": second}
    return client.post(form_path, data, follow=True)


# --- Refusals ---------------------------------------------------------------------


def test_person_without_email_is_refused(
    invited, manager, django_capture_on_commit_callbacks
):
    invited.email = ""

    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(InvitationRefused, match="Anna Berg has no e-mail address"),
    ):
        send_invitation(user=invited, actor=manager, base_url=BASE_URL)
    assert mail.outbox == []


def test_inactive_person_is_refused(invited, manager):
    invited.is_active = False

    with pytest.raises(InvitationRefused, match="not active"):
        send_invitation(user=invited, actor=manager, base_url=BASE_URL)


def test_impossible_address_is_refused(invited, manager):
    invited.email = "anna at home"

    with pytest.raises(InvitationRefused, match="«anna at home», is not valid"):
        send_invitation(user=invited, actor=manager, base_url=BASE_URL)


def assert_dead(client, path):
    response = open_link(client, path)
    assert response.status_code == 200
    assert "form" not in response.context or response.context["form"] is None
    assert "This link does not work" in response.content.decode()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path[:-2] + ("a/" if path[-2] != "a" else "b/"),
        lambda path: path[:-6] + "/",
        lambda path: re.sub(r"/[^/]+/$", "/set-password/", path),
        lambda path: re.sub(r"/[^/]+/$", "/x/", path),
        lambda path: re.sub(r"/invitation/[^/]+/", "/invitation/OTk5OTk5/", path),
        lambda path: re.sub(r"/invitation/[^/]+/", "/invitation/%20%F0/", path),
    ],
)
def test_spoilt_link_is_dead(client, invited, spoil):
    assert_dead(client, spoil(path_of(invited)))


def test_link_of_another_person_is_dead(client, invited, outsider):
    theirs, ours = path_of(outsider).split("/"), path_of(invited).split("/")

    assert_dead(client, "/".join([*ours[:2], ours[2], theirs[3], ""]))


@pytest.mark.parametrize(
    "change",
    [
        {"email": "other@example.org"},
        {"is_active": False},
        {"password": "!newer"},
        {"last_login": timezone.now()},
    ],
)
def test_link_dies_with_what_it_was_made_for(client, invited, change):
    path = path_of(invited)
    User.objects.filter(pk=invited.pk).update(**change)

    assert_dead(client, path)


def test_old_link_is_dead(client, invited):
    path = path_of(invited)
    lifetime = django_settings.INVITATION_LIFETIME.total_seconds()
    with mock.patch("django.core.signing.time.time") as clock:
        clock.return_value = timezone.now().timestamp() + lifetime - 60
        assert open_link(client, path).context["form"]
        clock.return_value += 120
        assert_dead(client, path)


def test_link_outlives_a_password_reset(client, invited, settings):
    settings.PASSWORD_RESET_TIMEOUT = 1
    settings.INVITATION_LIFETIME = timedelta(days=14)
    path = path_of(invited)
    with mock.patch("django.core.signing.time.time") as clock:
        clock.return_value = timezone.now().timestamp() + 13 * 86400
        assert open_link(client, path).context["form"]


def test_used_link_is_dead(client, invited):
    path = path_of(invited)
    choose(client, invited)

    assert_dead(client, path)


def test_dead_link_is_the_same_for_known_and_unknown_people(client, invited):
    known = reverse("accounts:invitation", args=["MQ", "x"])
    unknown = reverse("accounts:invitation", args=["OTk5OTk5", "x"])

    assert client.get(known).content == client.get(unknown).content


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (CHOSEN, "something else", "two password fields"),
        ("short", "short", "too short"),
        ("anna.berg.anna", "anna.berg.anna", "too similar"),
        ("", "", "required"),
    ],
)
def test_weak_or_mistyped_password_is_refused(client, invited, first, second, message):
    response = choose(client, invited, first, second)

    assert message in response.content.decode()
    invited.refresh_from_db()
    assert not invited.has_usable_password()


def test_form_cannot_be_posted_without_the_session_of_the_link(client, invited):
    open_link(client, path_of(invited))
    [uid] = re.findall(r"/invitation/([^/]+)/", path_of(invited))
    form_path = reverse("accounts:invitation", args=[uid, "set-password"])
    client.cookies.clear()

    client.post(form_path, {"new_password1": CHOSEN, "new_password2": CHOSEN})

    invited.refresh_from_db()
    assert not invited.has_usable_password()


# --- What works -------------------------------------------------------------------


def test_chosen_password_signs_in(client, invited):
    response = choose(client, invited)

    page = response.content.decode()
    assert "Your password is set" in page and "anna.berg" in page
    assert reverse("admin:login") in page
    assert client.login(username="anna.berg", password=CHOSEN)


def test_person_who_is_not_staff_is_not_sent_to_sign_in(client, invited):
    User.objects.filter(pk=invited.pk).update(is_staff=False)

    page = choose(client, invited).content.decode()

    assert "does not open them yet" in page
    assert reverse("admin:login") not in page


def test_done_page_alone_names_nobody(client, invited):
    page = client.get(reverse("accounts:invitation_done")).content.decode()

    assert "anna.berg" not in page


def test_token_leaves_the_address_and_the_referrer(client, invited):
    first = client.get(path_of(invited))
    form = client.get(first["Location"])

    assert first["Referrer-Policy"] == "no-referrer"
    assert path_of(invited).split("/")[3] not in first["Location"]
    assert "no-cache" in form["Cache-Control"]
    assert form.context["form"]


def test_form_is_accepted_with_csrf_checks(invited):
    client = Client(enforce_csrf_checks=True)
    page = open_link(client, path_of(invited))
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    data = {"new_password1": CHOSEN, "new_password2": CHOSEN}
    [(form_path, _status)] = page.redirect_chain
    client.post(form_path, {**data, "csrfmiddlewaretoken": token[1]})

    invited.refresh_from_db()
    assert invited.check_password(CHOSEN)


def test_invitation_replaces_a_password_that_was_handed_out(client, invited):
    invited.set_password("handed-out-9999")
    invited.must_change_password = True
    invited.save()

    choose(client, invited)

    invited.refresh_from_db()
    assert not invited.must_change_password
    assert not invited.check_password("handed-out-9999")


def test_letter_names_who_invites_and_how_long_it_is_valid(
    invited, manager, settings, django_capture_on_commit_callbacks
):
    settings.INVITATION_LIFETIME = timedelta(days=5)
    manager.first_name, manager.last_name = "Mira", "O'Neill <b>"
    manager.save()
    with django_capture_on_commit_callbacks(execute=True):
        send_invitation(user=invited, actor=manager, base_url=BASE_URL)

    [letter] = mail.outbox
    [(html, _type)] = letter.alternatives
    assert letter.to == ["anna@example.org"]
    assert letter.subject == "Mira O'Neill <b> invites you to Reading Room"
    for said in ("anna.berg", "for 5 days", "https://portal.example.org/invitation/"):
        assert said in letter.body and said in html
    assert "O'Neill <b>" in letter.body and "&lt;b&gt;" in html


def test_link_in_the_letter_works(
    client, invited, manager, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        send_invitation(user=invited, actor=manager, base_url=BASE_URL)

    [path] = re.findall(r"https://portal.example.org(/\S+)", mail.outbox[0].body)
    assert open_link(client, path).context["form"]


def test_letter_waits_for_the_commit_and_its_row_holds_no_secret(
    invited, manager, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        send_invitation(user=invited, actor=manager, base_url=BASE_URL)

    assert len(callbacks) == 1 and mail.outbox == []
    token = invitation_tokens.make_token(invited)
    assert token not in str(Letter.objects.values().get())


def test_choosing_a_password_leaves_no_history(client, invited):
    before = invited.history.count()
    choose(client, invited)

    assert invited.history.count() == before


# --- Newer and older links ----------------------------------------------------------


def path_in(letter):
    [path] = re.findall(r"https://portal.example.org(/\S+)", letter.body)
    return path


def test_newer_invitation_kills_the_link_of_the_older(
    client, invited, manager, django_capture_on_commit_callbacks
):
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            post("invitation", person=invited, actor=manager, base_url=BASE_URL)
    older, young = (path_in(letter) for letter in mail.outbox)

    assert_dead(client, older)
    assert open_link(client, young).context["form"]


def test_newer_invitation_takes_the_place_of_one_that_waits(invited, manager):
    for _time in range(2):
        send_invitation(user=invited, actor=manager, base_url=BASE_URL)

    newer, older = Letter.objects.all()
    assert (newer.state, older.state) == ("waiting", "cancelled")
    assert older.error == "A newer one was ordered."


@pytest.mark.parametrize("other", ["notice", "password_reset"])
def test_what_others_can_have_sent_kills_no_invitation(
    client, invited, manager, other, django_capture_on_commit_callbacks
):
    details = {"notice": "email_changed", "to": "old@example.org"}
    with django_capture_on_commit_callbacks(execute=True):
        post("invitation", person=invited, actor=manager, base_url=BASE_URL)
        post(other, person=invited, base_url=BASE_URL, details=details)

    invitation, _other = mail.outbox
    assert open_link(client, path_in(invitation)).context["form"]


def test_link_lives_seven_days_by_default():
    assert timedelta(days=7) == django_settings.INVITATION_LIFETIME


def test_used_invitation_is_recorded_without_its_token(client, invited):
    choose(client, invited)

    event = SecurityEvent.objects.get(kind=Kind.INVITATION_USED)
    assert (event.actor_name, event.address) == ("anna.berg", "127.0.0.1")
    assert event.path == "/invitation/<str:uidb64>/<str:token>/"
