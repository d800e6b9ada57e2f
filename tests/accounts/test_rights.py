"""Nobody touches who stands above them, by any page; asked through real requests."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from tests.accounts.test_policy import CAST, TOUCHABLE
from tests.conftest import PASSWORD, make_staff
from tests.posts import posted
from tests.sign_in import change_password

LIST = "admin:accounts_user_changelist"
MAY_CHANGE = ["front_desk", "importer", "manager", "root"]
MAY_DELETE = ["manager", "root"]
STAFF = [who for who in CAST if who != "outsider"]


def url(name, *args):
    return reverse(
        f"admin:accounts_user_{name}", args=[getattr(a, "pk", a) for a in args]
    )


@pytest.fixture
def cast(request):
    people = {name: request.getfixturevalue(name) for name in CAST}
    return people | {"ordinary": request.getfixturevalue("reader_user")}


def touchable(who, able):
    """Whom `who` may touch, if it is among those `able` to do it at all."""
    return TOUCHABLE[who] | {who, "ordinary"} if who in able else set()


def with_permissions(name, *codenames):
    user = make_staff(name)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


@pytest.mark.parametrize("who", STAFF)
def test_change_page_saves_only_who_does_not_stand_above(client, cast, who):
    client.force_login(cast[who])
    changed = set()
    for name, target in cast.items():
        data = {
            "username": target.username,
            "first_name": "Changed",
            "email": target.email,
            "is_active": "on",
            "is_staff": "on" if target.is_staff else "",
            "groups": [group.pk for group in target.groups.all()],
            "is_superuser": "on" if target.is_superuser else "",
            "reader-TOTAL_FORMS": "1",
            "reader-INITIAL_FORMS": "1",
            "reader-0-id": target.reader.pk,
            "reader-0-joined_on": "2026-01-15",
        }
        status = client.post(url("change", target), data).status_code
        target.refresh_from_db()
        assert (status == 302) == (target.first_name == "Changed")
        assert status in (302, 403)
        changed |= {name} if status == 302 else set()

    assert changed == touchable(who, MAY_CHANGE)


@pytest.mark.parametrize("who", STAFF)
def test_delete_page_deletes_only_who_does_not_stand_above(client, cast, who):
    client.force_login(cast[who])
    deleted = set()
    for name, target in cast.items():
        status = client.post(
            url("delete", target), {"post": "yes", "change_reason": "Left"}
        ).status_code
        gone = not User.objects.filter(pk=target.pk).exists()
        assert (status == 302) == gone
        deleted |= {name} if gone else set()

    assert deleted == touchable(who, MAY_DELETE) - {who}


def act(client, action, *targets, **data):
    chosen = {"action": action, ACTION_CHECKBOX_NAME: [each.pk for each in targets]}
    return client.post(reverse(LIST), chosen | data)


@pytest.mark.parametrize("who", ["front_desk", "importer", "manager"])
def test_action_leaves_out_who_stands_above(client, cast, who):
    client.force_login(cast[who])
    act(client, "deactivate", *cast.values(), confirm="1")

    off = {n for n, u in cast.items() if not User.objects.get(pk=u.pk).is_active}
    assert off == touchable(who, MAY_CHANGE) - {who}


@pytest.mark.parametrize("who", ["front_desk", "importer", "manager"])
def test_switched_off_who_stands_above_stays_off(client, cast, who):
    User.objects.exclude(pk=cast[who].pk).update(is_active=False)
    client.force_login(cast[who])
    act(client, "activate", *cast.values(), confirm="1")

    on = {n for n, u in cast.items() if User.objects.get(pk=u.pk).is_active}
    assert on == touchable(who, MAY_CHANGE)


@pytest.mark.parametrize("who", ["front_desk", "importer", "manager"])
def test_link_to_choose_a_password_never_goes_to_who_stands_above(
    client, cast, who, mailoutbox
):
    client.force_login(cast[who])
    act(client, "send_invitations", *cast.values(), confirm="1")

    written = {address for letter in mailoutbox for address in letter.to}
    above = set(cast) - touchable(who, MAY_CHANGE)
    assert not written & {cast[name].email for name in above}


@pytest.mark.parametrize("who", ["front_desk", *MAY_DELETE])
def test_deleting_together_spares_who_stands_above_and_oneself(client, cast, who):
    client.force_login(cast[who])
    act(client, "delete_selected", *cast.values(), post="yes", change_reason="Left")

    # One of them may not be deleted, so none is.
    assert User.objects.count() == len(cast)


def test_deleting_together_deletes_who_may_be_deleted(client, cast):
    client.force_login(cast["manager"])
    act(
        client,
        "delete_selected",
        cast["ordinary"],
        cast["auditor"],
        post="yes",
        change_reason="Left",
    )

    gone = {"anna.berg", "auditor"}
    assert not User.objects.filter(username__in=gone).exists()
    assert User.objects.count() == len(cast) - 2


@pytest.mark.parametrize("who", MAY_CHANGE)
@pytest.mark.parametrize("field", ["is_active", "is_staff", "is_superuser"])
def test_nobody_shuts_themselves_out(request, client, who, field):
    me = request.getfixturevalue(who)
    had = getattr(me, field)
    client.force_login(me)
    client.post(
        url("change", me), posted(client.get(url("change", me)), **{field: None})
    )
    act(client, "deactivate", me, confirm="1")

    me.refresh_from_db()
    assert getattr(me, field) == had and me.is_active


@pytest.mark.parametrize("who", ["front_desk", "manager", "root"])
def test_password_of_others_has_no_page(client, cast, who):
    client.force_login(cast[who])
    new = "an entirely new secret"
    data = {"password1": new, "password2": new, "usable_password": "true"}
    for target in cast.values():
        address = url("change", target).replace("/change/", "/password/")
        client.post(address, data, follow=True)

    assert not any(user.check_password(new) for user in User.objects.all())


@pytest.mark.parametrize("who", ["bystander", "auditor"])
def test_own_password_page_works(request, client, who):
    me = request.getfixturevalue(who)
    client.force_login(me)
    new = "an entirely new secret"
    response = change_password(client, PASSWORD, new)

    assert response.status_code == 302
    me.refresh_from_db()
    assert me.check_password(new)


def test_new_password_ends_the_other_sessions(client, front_desk):
    client.force_login(front_desk)
    front_desk.set_password("an entirely new secret")
    front_desk.save()

    assert client.get(reverse("admin:index")).status_code == 302


def test_person_switched_off_is_out_at_the_next_request(client, front_desk):
    client.force_login(front_desk)
    assert client.get(reverse("admin:index")).status_code == 200
    User.objects.filter(pk=front_desk.pk).update(is_active=False)

    assert client.get(reverse("admin:index")).status_code == 302


def test_nobody_takes_a_colleagues_link_to_an_address_of_their_own(client, front_desk):
    colleague = make_staff("colleague", "Front desk")
    client.force_login(front_desk)
    data = {"username": "colleague", "email": "mine@example.org", "is_active": "on"}

    response = client.post(url("change", colleague), data)

    colleague.refresh_from_db()
    assert (response.status_code, colleague.email) == (403, "colleague@example.org")
