"""Wrong tries are slowed, for a while, and nobody keeps another out."""

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.guards import throttle
from accounts.guards.devices import keep_cookie
from accounts.guards.throttle import SlowDown, admit, succeeded
from tests.accounts.guards.codes import CONFIRM, LOGIN, give_totp, sign_in, totp
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

FREE = throttle.PAIR.free
HERE, THERE = "192.0.2.1", "192.0.2.2"


def ask(address=HERE, cookies=None):
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    request.COOKIES |= cookies or {}
    return request


def wait_for(name, address=HERE, cookies=None):
    """One try; the seconds that it must wait, 0 if it is looked at."""
    try:
        admit(ask(address, cookies), name)
    except SlowDown as slow:
        return slow.seconds
    return 0


def spend(count, name="root", address=HERE):
    return [wait_for(name, address) for _try in range(count)]


def known_device(user, address=THERE):
    """The cookies of a browser in which somebody has signed in."""
    browser = Client(REMOTE_ADDR=address)
    sign_in(browser, user)
    return {name: morsel.value for name, morsel in browser.cookies.items()}


# --- Slowing ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["root", "nobody.of.this.name"])
def test_tries_at_an_account_wait_whether_it_exists_or_not(root, clock, name):
    assert spend(FREE, name) == [0] * FREE
    assert wait_for(name) == 30


@pytest.mark.parametrize("same", ["ROOT", " root ", "ｒｏｏｔ"])
def test_spelling_makes_no_other_account(clock, same):
    spend(FREE)

    assert wait_for(same) == 30


def test_waits_grow_to_a_quarter_of_an_hour_and_no_further(clock):
    spend(FREE)
    waits = []
    for _try in range(8):
        waits.append(wait_for("root"))
        clock.move(waits[-1] / 60)
        assert wait_for("root") == 0

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_asking_meanwhile_makes_the_wait_no_longer(clock):
    spend(FREE)
    spend(20)
    clock.move(0.5)

    assert wait_for("root") == 0


def test_all_is_forgotten_after_a_day(clock):
    spend(FREE + 3)
    clock.move(24 * 60)

    assert spend(FREE) == [0] * FREE


def test_other_names_from_the_address_wait_after_many(clock):
    tries = [wait_for(f"name{number}") for number in range(throttle.ADDRESS.free)]

    assert set(tries) == {0}
    assert wait_for("yet.another") == 30
    assert wait_for("yet.another", THERE) == 0


def test_account_waits_after_many_from_everywhere(clock):
    tries = [
        wait_for("root", f"198.51.100.{number}")
        for number in range(throttle.ACCOUNT.free)
    ]

    assert set(tries) == {0}
    assert wait_for("root", "203.0.113.1") == 30


def test_network_of_ipv6_is_one_address(clock):
    for number in range(FREE):
        wait_for("root", f"2001:db8::{number}")

    assert wait_for("root", "2001:db8::ffff") == 30
    assert wait_for("root", "2001:db8:0:1::1") == 0


def test_addresses_of_ipv4_written_as_ipv6_are_many(clock):
    spend(FREE, address=f"::ffff:{HERE}")

    assert wait_for("root", HERE) == 30
    assert wait_for("root", f"::ffff:{THERE}") == 0


def test_forwarded_address_is_not_believed(clock):
    for number in range(FREE):
        request = ask()
        request.META["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{number}"
        admit(request, "root")

    assert wait_for("root") == 30


def test_one_request_counts_once_whoever_asks(clock):
    for _try in range(FREE):
        request = ask()
        admit(request, "root")
        admit(request, "root")

    assert wait_for("root") == 30


# --- Nobody keeps another out ----------------------------------------------------


def test_known_browser_gets_in_however_much_others_guess(root, clock):
    mine = known_device(root)
    for number in range(throttle.ACCOUNT.free):
        wait_for("root", f"198.51.100.{number}")
    spend(FREE, address=THERE)

    assert wait_for("root", "203.0.113.9", mine) == 0
    assert wait_for("root", THERE, mine) == 0
    assert wait_for("root@example.org", "203.0.113.9", mine) == 0


def test_known_address_gets_in_while_others_guess_elsewhere(root, clock):
    known_device(root, THERE)
    for number in range(throttle.ACCOUNT.free):
        wait_for("root", f"198.51.100.{number}")

    assert wait_for("root", THERE) == 0


def test_known_browser_has_a_counter_of_its_own(root, clock):
    mine = known_device(root)
    for _try in range(throttle.DEVICE.free):
        assert wait_for("root", HERE, mine) == 0

    assert wait_for("root", HERE, mine) == 30


def test_browser_of_one_account_is_not_known_for_another(root, front_desk, clock):
    theirs = known_device(front_desk)
    spend(FREE)

    assert wait_for("root", HERE, theirs) == 30


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "e30:1:x"])
def test_forged_cookie_makes_nothing_known(root, clock, value):
    spend(FREE)

    assert wait_for("root", HERE, {"known_devices": value}) == 30


def test_shared_browser_knows_all_who_signed_in(root, front_desk, clock):
    browser = Client()
    for user in (root, front_desk):
        sign_in(browser, user)
        browser.post(reverse("admin:logout"))
    cookies = {"known_devices": browser.cookies["known_devices"].value}
    spend(FREE)

    assert wait_for("root", HERE, cookies) == 0
    assert wait_for("front_desk", HERE, cookies) == 0


def test_cookie_names_nobody_and_scripts_cannot_read_it(root):
    browser = Client()
    sign_in(browser, root)

    cookie = browser.cookies["known_devices"]
    assert "root" not in cookie.value
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_no_cookie_without_a_sign_in(rf):
    response = Client().get(LOGIN)
    keep_cookie(rf.get("/"), response)

    assert "known_devices" not in response.cookies


# --- Success ---------------------------------------------------------------------


def test_right_try_clears_the_pair(root, clock):
    spend(FREE - 1)
    request = ask()
    admit(request, "root")
    succeeded(request, root)

    assert spend(FREE) == [0] * FREE


def test_right_tries_do_not_count_for_the_address(root, clock):
    for _try in range(throttle.ADDRESS.free + 5):
        request = ask()
        admit(request, "root")
        succeeded(request, root)

    assert wait_for("another") == 0


def test_own_sign_ins_hide_no_guesses_from_the_address(root, clock):
    for number in range(throttle.ADDRESS.free):
        wait_for(f"name{number}")
        request = ask()
        if number < throttle.ADDRESS.free - 1:
            admit(request, "root")
            succeeded(request, root)

    assert wait_for("yet.another") > 0


# --- The second step, letters, links ---------------------------------------------


@pytest.mark.bare_sign_in
def test_codes_of_the_second_step_wait(client, manager, clock):
    give_totp(manager)
    client.force_login(manager)
    step = reverse("mfa_reauthenticate")
    for _try in range(FREE):
        assert client.post(step, {"code": "000000"}).status_code == 200
    slow = client.post(step, {"code": totp()})

    assert (slow.status_code, slow["Retry-After"]) == (429, "30")
    assert "Try again in 30 seconds." in slow.content.decode()


def test_codes_at_the_sign_in_wait(client, manager, clock):
    give_totp(manager)
    sign_in(client, manager)
    step = reverse("mfa_authenticate")
    for _try in range(FREE):
        assert client.post(step, {"code": "000000"}).status_code == 200

    assert client.post(step, {"code": totp()}).status_code == 429


def test_passwords_of_who_is_signed_in_wait(client, root, clock):
    client.force_login(root)
    for _try in range(FREE):
        client.post(CONFIRM, {"password": "wrong"})

    assert client.post(CONFIRM, {"password": PASSWORD}).status_code == 429


def test_right_password_clears_the_second_step(client, root, clock):
    client.force_login(root)
    for _try in range(FREE - 1):
        client.post(CONFIRM, {"password": "wrong"})
    client.post(CONFIRM, {"password": PASSWORD})

    assert client.post(CONFIRM, {"password": "wrong"}).status_code == 200


def ask_for_letter(client, address="root@example.org"):
    return client.post(reverse("account_reset_password"), {"email": address})


@pytest.mark.parametrize("email", ["root@example.org", "nobody@example.org"])
def test_letters_stop_in_silence(client, root, clock, email):
    answers = [ask_for_letter(client, email) for _try in range(8)]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, reverse("account_reset_password_done"))
    }
    assert len(mail.outbox) <= throttle.RESET.free


def test_guessed_links_wait(client, clock):
    for number in range(throttle.LINK.free):
        page = reverse("accounts:invitation", args=["MQ", f"guess{number}"])
        assert client.get(page).status_code == 200

    assert client.get(page).status_code == 429
