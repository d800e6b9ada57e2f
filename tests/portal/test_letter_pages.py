"""The page of letters: who may see, send again and stop them."""

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.models import Letter, SecurityEvent
from portal.outbox import post
from portal.security.events import Kind
from tests.conftest import make_staff

pytestmark = pytest.mark.django_db

LIST = "admin:portal_letter_changelist"
State = Letter.State


@pytest.fixture
def letters(manager, reader_user, outsider):
    """One that waits, one that failed."""
    waits = post("invitation", person=reader_user, actor=manager)
    failed = post("invitation", person=outsider, actor=manager)
    ended = {"state": State.FAILED, "finished_at": timezone.now(), "attempts": 6}
    Letter.objects.filter(pk=failed.pk).update(**ended)
    return waits, failed


@pytest.fixture
def viewer(front_desk):
    """May see letters, and invites nobody."""
    front_desk.groups.clear()
    front_desk.user_permissions.add(Permission.objects.get(codename="view_letter"))
    return front_desk


def act(client, name, *chosen, **sent):
    keys = [letter.pk for letter in chosen]
    data = {"action": name, "_selected_action": keys, **sent}
    return client.post(reverse(LIST), data)


def states():
    return list(Letter.objects.order_by("pk").values_list("state", flat=True))


# --- Refusals -----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["auditor", "importer", "front_desk", "bystander"])
def test_list_is_refused_without_its_right(client, request, letters, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse(LIST)).status_code == 403
    assert act(client, "stop", *letters, confirm="1").status_code == 403
    assert states() == [State.WAITING, State.FAILED]


@pytest.mark.parametrize("action", ["stop", "send_again"])
def test_who_only_looks_changes_nothing(client, viewer, letters, action):
    client.force_login(viewer)
    act(client, action, *letters, confirm="1")

    assert client.get(reverse(LIST)).status_code == 200
    assert states() == [State.WAITING, State.FAILED]


@pytest.mark.parametrize("action", ["stop", "send_again"])
def test_letters_to_those_above_are_left_out(client, manager, root, letters, action):
    Letter.objects.update(person_id=root.pk)
    client.force_login(manager)
    page = act(client, action, *letters).content.decode()
    act(client, action, *letters, confirm="1")

    assert "Not yours to send or stop: 2" in page
    assert states() == [State.WAITING, State.FAILED]


@pytest.fixture
def north_boss(client, people, limited_role, north):
    """Sees everybody, and invites the people of North alone."""
    boss = make_staff("north_boss", "Auditor")
    boss.groups.add(limited_role("North managers", north, like="Manager"))
    client.force_login(boss)
    return client


@pytest.mark.parametrize("action", ["stop", "send_again"])
@pytest.mark.parametrize("name", ["southern", "nowhere"])
def test_letters_beyond_the_reach_are_left_out(
    north_boss, letters, people, action, name
):
    Letter.objects.update(person_id=people[name].pk)
    before = list(Letter.objects.values())
    page = act(north_boss, action, *letters).content.decode()
    act(north_boss, action, *letters, confirm="1")
    act(north_boss, action, *letters, confirm="1", select_across="1")

    assert "Not yours to send or stop: 2" in page
    assert list(Letter.objects.values()) == before


@pytest.mark.parametrize("kind", ["password_reset", "notice"])
def test_letters_of_the_portal_are_left_alone(client, manager, letters, kind):
    Letter.objects.update(kind=kind)
    client.force_login(manager)
    for action in ("stop", "send_again"):
        act(client, action, *letters, confirm="1")

    assert states() == [State.WAITING, State.FAILED]


@pytest.mark.parametrize("action", ["stop", "send_again"])
def test_look_changes_nothing(client, manager, letters, action):
    client.force_login(manager)
    page = act(client, action, *letters).content.decode()

    assert "Do it for 1 letter" in page and "In another state: 1" in page
    assert states() == [State.WAITING, State.FAILED]


def test_get_changes_nothing(client, manager, letters):
    client.force_login(manager)
    keys = [letter.pk for letter in letters]
    client.get(reverse(LIST), {"action": "stop", "_selected_action": keys})

    assert states() == [State.WAITING, State.FAILED]


# --- What works ---------------------------------------------------------------------


def test_waiting_letter_is_cancelled_and_says_by_whom(client, manager, letters):
    client.force_login(manager)
    act(client, "stop", *letters, confirm="1")

    assert states() == [State.CANCELLED, State.FAILED]
    assert Letter.objects.last().error == "Cancelled by manager."


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("stop", [State.CANCELLED, State.FAILED]),
        ("send_again", [State.WAITING, State.WAITING]),
    ],
)
def test_letters_within_the_reach_are_acted_on(
    north_boss, letters, people, action, after
):
    Letter.objects.update(person_id=people["northern"].pk)
    act(north_boss, action, *letters, confirm="1")

    assert states() == after


def test_failed_letter_is_sent_again_in_ones_own_name(
    client, root, letters, django_capture_on_commit_callbacks
):
    _waits, failed = letters
    client.force_login(root)
    with django_capture_on_commit_callbacks(execute=True):
        act(client, "send_again", failed, confirm="1")

    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.actor_name) == ("sent", 1, "root")
    assert ["outsider@example.org"] in [letter.to for letter in mail.outbox]
    event = SecurityEvent.objects.filter(kind=Kind.INVITATION_QUEUED).first()
    assert (event.actor_name, event.details) == ("root", {"count": 1})


def test_list_tells_state_tries_and_why_not(client, manager, letters):
    Letter.objects.filter(state=State.FAILED).update(error="The mail server is <away>.")
    client.force_login(manager)
    page = client.get(reverse(LIST)).content.decode()

    assert "anna.berg" in page and "outsider" in page
    assert "The mail server is &lt;away&gt;." in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "ANNA"}, {"anna.berg"}),
        ({"state": "failed"}, {"outsider"}),
        ({"state__exact": "failed"}, {"outsider"}),
        ({"kind": "notice"}, set()),
    ],
)
def test_list_is_narrowed_down(client, manager, letters, query, names):
    client.force_login(manager)
    page = client.get(reverse(LIST), query)

    assert {found.person_name for found in page.context["cl"].result_list} == names


def test_number_of_queries_does_not_grow(client, manager, letters):
    client.force_login(manager)
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as made:
            client.get(reverse(LIST))
        counts.append(len(made))
        for n in range(10):
            person = User.objects.create(username=f"p{number}{n}")
            post("invitation", person=person, actor=manager)

    assert counts[0] == counts[1]
