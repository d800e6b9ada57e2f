"""Whoever signs in with a handed-out password is kept until they have changed it."""

import pytest
from django.urls import reverse

from accounts.models import User
from tests.sign_in import change_password
from tests.sign_in import sign_in as post_sign_in

pytestmark = pytest.mark.django_db

GIVEN = "given-out-7777"
CHOSEN = "seventeen green herons"
CHANGE = reverse("account_change_password")


@pytest.fixture
def newcomer(front_desk):
    front_desk.set_password(GIVEN)
    front_desk.must_change_password = True
    front_desk.save()
    return front_desk


def sign_in(client, password, follow=False):
    response = post_sign_in(client, "front_desk", password)
    return client.get(response["Location"], follow=True) if follow else response


def change(client, old=GIVEN, new=CHOSEN):
    return change_password(client, old, new)


@pytest.mark.parametrize("name", ["index", "accounts_user_changelist", "search"])
def test_no_other_page_opens(client, newcomer, name):
    sign_in(client, GIVEN)

    response = client.get(reverse(f"admin:{name}"))

    assert (response.status_code, response["Location"]) == (302, CHANGE)


def test_nothing_can_be_posted_elsewhere(client, newcomer):
    sign_in(client, GIVEN)
    people = User.objects.count()

    response = client.post(reverse("admin:accounts_user_add"), {"username": "new"})

    assert response["Location"] == CHANGE
    assert User.objects.count() == people


def test_wrong_old_password_does_not_set_free(client, newcomer):
    sign_in(client, GIVEN)
    change(client, old="something else")

    assert client.get(reverse("admin:index"))["Location"] == CHANGE


def test_the_page_says_why_one_is_there(client, newcomer):
    page = sign_in(client, GIVEN, follow=True)

    assert page.redirect_chain[-1] == (CHANGE, 302)
    assert page.content.decode().count("This password was given to you") == 1


def test_the_page_says_nothing_of_it_to_others(client, front_desk):
    client.force_login(front_desk)

    assert "given to you" not in client.get(CHANGE).content.decode()


def test_changing_it_sets_free(client, newcomer):
    sign_in(client, GIVEN)
    change(client)

    assert client.get(reverse("admin:index")).status_code == 200


def test_handed_out_password_is_dead_afterwards(client, newcomer):
    sign_in(client, GIVEN)
    change(client)
    client.logout()

    assert sign_in(client, GIVEN).status_code == 200  # The form again, with an error.
    assert sign_in(client, CHOSEN).status_code == 302


def test_signing_out_is_possible(client, newcomer):
    sign_in(client, GIVEN)
    client.post(reverse("admin:logout"))

    assert "_auth_user_id" not in client.session
