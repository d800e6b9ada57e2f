"""Setting up the first factor; allauth tells of it once that is committed."""

import pytest
from django.urls import reverse

from tests.accounts.guards.codes import give_totp, is_out, sign_in, totp
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.bare_sign_in]

ENROL = reverse("mfa_activate_totp")
PEOPLE = reverse("admin:accounts_user_changelist")


@pytest.fixture
def enrolling(client, manager):
    """The manager has been sent from the people to the page that sets one up."""
    client.force_login(manager)
    client.get(PEOPLE)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_wrong_code_sets_up_nothing(enrolling):
    enrolling.get(ENROL)
    enrolling.post(ENROL, {"code": "000000"})

    assert enrolling.get(PEOPLE).status_code == 302


def test_enrolling_shows_the_codes_and_the_way_back(enrolling):
    secret = enrolling.get(ENROL).context["form"].secret

    shown = enrolling.post(ENROL, {"code": totp(secret)}, follow=True)

    said = " ".join(map(str, shown.context["messages"]))
    assert len(shown.context["unused_codes"]) == 10
    assert f'href="{PEOPLE}"' in said
    assert enrolling.get(PEOPLE).status_code == 200


def test_next_sign_in_asks_for_it(client, manager):
    give_totp(manager)

    asked = sign_in(client, manager)

    assert asked["Location"] == reverse("mfa_authenticate")
    assert is_out(client.get(PEOPLE))


def test_right_code_at_the_sign_in_opens_the_pages(client, manager):
    give_totp(manager)
    sign_in(client, manager)
    client.post(reverse("mfa_authenticate"), {"code": totp()})

    assert client.get(PEOPLE).status_code == 200
