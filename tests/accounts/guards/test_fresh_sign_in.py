"""What changes rights, brings in, takes out or erases asks again who is there."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from portal.history.verify import verify
from portal.models import ChangeSet
from tests.accounts.guards.codes import CONFIRM, confirm, is_out
from tests.conftest import PASSWORD
from tests.posts import posted

pytestmark = pytest.mark.django_db

UPLOAD = reverse("admin:accounts_user_import")
EXPORT = reverse("admin:accounts_user_export")
HISTORY = reverse("admin:portal_changeset_export", args=["csv"])


@pytest.fixture
def stale(client, root, clock):
    """Root signed in a quarter of an hour ago, and a bit."""
    client.force_login(root)
    clock.move(15.1)
    return client


@pytest.fixture
def person_page(reader_user):
    return reverse("admin:accounts_user_change", args=[reader_user.pk])


def send(client, page, **changed):
    return client.post(page, posted(client.get(page), **changed))


def is_asked(response):
    return response.status_code == 302 and response["Location"].startswith(CONFIRM)


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize("page", [UPLOAD, EXPORT, HISTORY])
def test_pages_that_bring_in_or_take_out_ask(stale, page):
    assert is_asked(stale.get(page))


@pytest.mark.parametrize(
    "rights", [{"is_staff": "on"}, {"is_superuser": "on"}, {"groups": "role"}]
)
def test_giving_rights_asks_and_gives_none(stale, person_page, reader_user, rights):
    role = Group.objects.get(name="Auditor")
    given = {k: [role.pk] if v == "role" else v for k, v in rights.items()}

    assert is_asked(send(stale, person_page, **given))

    reader_user.refresh_from_db()
    assert not reader_user.is_staff
    assert not reader_user.is_superuser
    assert not reader_user.groups.exists()


def test_taking_rights_away_asks(stale, person_page, reader_user):
    reader_user.groups.add(Group.objects.get(name="Auditor"))

    assert is_asked(send(stale, person_page, groups=None))
    assert reader_user.groups.exists()


def test_giving_a_permission_asks(stale, person_page, reader_user):
    right = Permission.objects.get(codename="view_branch")

    assert is_asked(send(stale, person_page, user_permissions=[right.pk]))
    assert not reader_user.user_permissions.exists()


def test_new_person_with_a_role_asks(stale):
    role = Group.objects.get(name="Auditor")
    page = reverse("admin:accounts_user_add")

    assert is_asked(send(stale, page, first_name="A", access="none", groups=[role.pk]))
    assert not User.objects.filter(first_name="A").exists()


def test_filling_a_role_asks(stale):
    role = Group.objects.create(name="Helpers")
    right = Permission.objects.get(codename="view_branch")
    page = reverse("admin:auth_group_change", args=[role.pk])

    assert is_asked(send(stale, page, permissions=[right.pk]))
    assert not role.permissions.exists()


def test_erasing_asks_and_erases_nobody(stale, reader_user):
    page = reverse("admin:accounts_user_delete", args=[reader_user.pk])

    assert is_asked(stale.post(page, {"post": "yes", "change_reason": "Left"}))
    assert User.objects.filter(pk=reader_user.pk).exists()


@pytest.mark.parametrize("action", ["delete_selected", "export_selected"])
def test_actions_that_erase_or_take_out_ask(stale, reader_user, action):
    sent = {"action": action, "_selected_action": [reader_user.pk]}
    does = {"post": "yes", "change_reason": "Left", "format": "csv"}

    assert is_asked(stale.post(reverse("admin:accounts_user_changelist"), sent | does))
    assert User.objects.filter(pk=reader_user.pk).exists()


def test_script_is_refused_with_an_address(stale):
    response = stale.get(EXPORT, headers={"Sec-Fetch-Dest": "empty"})

    assert response.status_code == 403
    assert response.json()["url"].startswith(CONFIRM)


def test_wrong_password_opens_nothing(stale):
    confirm(stale, EXPORT, "wrong")

    assert is_asked(stale.get(EXPORT))


def test_enrolling_a_factor_is_no_fresh_sign_in(stale):
    session = stale.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [
        *records,
        {"method": "mfa", "at": 9e9, "type": "totp"},
    ]
    session.save()

    assert is_asked(stale.get(EXPORT))


# --- What asks nothing -----------------------------------------------------------


def test_plain_edit_asks_nothing(stale, person_page, reader_user):
    reader_user.groups.add(Group.objects.get(name="Auditor"))

    response = send(stale, person_page, first_name="Hanna")

    assert response.status_code == 302
    reader_user.refresh_from_db()
    assert reader_user.first_name == "Hanna"
    assert reader_user.groups.exists()


def test_plain_edit_by_who_gives_no_rights_asks_nothing(
    client, front_desk, clock, person_page, reader_user
):
    reader_user.groups.add(Group.objects.create(name="Helpers"))
    client.force_login(front_desk)
    clock.move(20)

    send(client, person_page, first_name="Hanna")

    reader_user.refresh_from_db()
    assert reader_user.first_name == "Hanna"


def test_renaming_a_role_asks_nothing(stale):
    role = Group.objects.create(name="Helpers")
    role.permissions.add(Permission.objects.get(codename="view_branch"))

    send(stale, reverse("admin:auth_group_change", args=[role.pk]), name="Guides")

    role.refresh_from_db()
    assert role.name == "Guides"


def test_looking_at_an_action_asks_nothing(stale, reader_user):
    sent = {"action": "delete_selected", "_selected_action": [reader_user.pk]}

    assert (
        stale.post(reverse("admin:accounts_user_changelist"), sent).status_code == 200
    )


def test_sign_in_just_now_counts(client, root, clock):
    client.force_login(root)
    clock.move(14)

    assert client.get(EXPORT).status_code == 200


def test_limit_is_a_setting(stale, settings):
    settings.FRESH_SIGN_IN_MINUTES = 30

    assert stale.get(EXPORT).status_code == 200


# --- Going on --------------------------------------------------------------------


def test_page_opens_after_the_password(stale):
    asked = stale.get(EXPORT)
    page = stale.post(asked["Location"], {"password": PASSWORD}, follow=True)

    assert page.redirect_chain == [(EXPORT, 302)]
    assert page.status_code == 200


def test_form_goes_on_after_the_password(stale, person_page, reader_user):
    asked = send(stale, person_page, is_staff="on", first_name="Hanna")
    stale.post(asked["Location"], {"password": PASSWORD})

    reader_user.refresh_from_db()
    assert (reader_user.is_staff, reader_user.first_name) == (True, "Hanna")
    assert ChangeSet.objects.first().origin == person_page
    assert verify() == []


def test_form_with_a_query_goes_on(stale, reader_user):
    page = reverse("admin:accounts_user_changelist") + "?q=anna&o=1"
    sent = {"action": "delete_selected", "_selected_action": [reader_user.pk]}
    asked = stale.post(page, sent | {"post": "yes", "change_reason": "Left"})
    stale.post(asked["Location"], {"password": PASSWORD})

    assert not User.objects.filter(pk=reader_user.pk).exists()


def test_form_goes_on_once(stale, reader_user):
    page = reverse("admin:accounts_user_delete", args=[reader_user.pk])
    asked = stale.post(page, {"post": "yes", "change_reason": "Left"})
    confirm(stale, EXPORT)
    stale.post(asked["Location"], {"password": PASSWORD})

    assert User.objects.filter(pk=reader_user.pk).exists()


def test_form_that_waited_too_long_is_not_sent(stale, reader_user, clock):
    page = reverse("admin:accounts_user_delete", args=[reader_user.pk])
    asked = stale.post(page, {"post": "yes", "change_reason": "Left"})
    clock.move(16)
    stale.post(asked["Location"], {"password": PASSWORD})

    assert User.objects.filter(pk=reader_user.pk).exists()


def test_form_does_not_go_on_past_a_missing_factor(stale, reader_user):
    page = reverse("admin:accounts_user_delete", args=[reader_user.pk])
    asked = stale.post(page, {"post": "yes", "change_reason": "Left"})
    session = stale.session
    session["account_authentication_methods"] = []
    session.save()
    stale.post(asked["Location"], {"password": PASSWORD})

    assert User.objects.filter(pk=reader_user.pk).exists()


def test_form_is_checked_again_for_rights(stale, root, reader_user):
    page = reverse("admin:accounts_user_delete", args=[reader_user.pk])
    asked = stale.post(page, {"post": "yes", "change_reason": "Left"})
    User.objects.filter(pk=root.pk).update(is_superuser=False)

    assert stale.post(asked["Location"], {"password": PASSWORD}).status_code == 403
    assert User.objects.filter(pk=reader_user.pk).exists()


def test_file_is_taken_a_while_after_its_page(client, root, clock):
    client.force_login(root)
    clock.move(20)
    sent = {"import_file": SimpleUploadedFile("a.csv", b"username\nzoe\n")}

    assert not is_asked(client.post(UPLOAD, sent))


def test_file_that_comes_too_late_is_asked_for_again(client, root, clock):
    client.force_login(root)
    clock.move(31)
    sent = {"import_file": SimpleUploadedFile("a.csv", b"username\nzoe\n")}

    asked = client.post(UPLOAD, sent)

    assert is_asked(asked)
    shown = client.get(asked["Location"])
    assert "choose your file again" in " ".join(map(str, shown.context["messages"]))


def test_whoever_has_nothing_to_confirm_with_signs_in_again(client, root, clock):
    root.set_unusable_password()
    root.save()
    client.force_login(root)
    clock.move(20)

    response = client.get(EXPORT)

    assert is_out(response)
    assert "_auth_user_id" not in client.session
