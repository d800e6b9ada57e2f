"""Actions on many people: a look first, then one POST, and one change set."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.models import ChangeSet
from readers.models import Reader

pytestmark = pytest.mark.django_db
ACTIONS = ["activate", "deactivate", "send_invitations", "extend_expiry"]


@pytest.fixture
def people():
    return [
        User.objects.create_user(f"p{n}", f"p{n}@example.org", is_active=n != 2)
        for n in range(3)
    ]


def run(client, action, chosen, **data):
    url = reverse("admin:accounts_user_changelist")
    pks = [person.pk for person in chosen]
    return client.post(url, {"action": action, "_selected_action": pks, **data})


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", ["auditor", "bystander"])
def test_action_is_refused_without_its_right(request, client, people, action, who):
    client.force_login(request.getfixturevalue(who))
    before = ChangeSet.objects.count()

    run(client, action, people, confirm="1")

    assert ChangeSet.objects.count() == before
    assert mail.outbox == []


@pytest.mark.parametrize("action", ACTIONS)
def test_first_post_only_shows(client, front_desk, people, action):
    client.force_login(front_desk)
    before = ChangeSet.objects.count()

    response = run(client, action, people)

    assert response.status_code == 200
    assert b'name="confirm"' in response.content or action == "extend_expiry"
    assert ChangeSet.objects.count() == before
    assert mail.outbox == []


def test_deactivate_leaves_out_who_stands_above_and_oneself(
    client, front_desk, manager, root, people
):
    client.force_login(front_desk)

    response = run(client, "deactivate", [*people, front_desk, manager, root])
    plan = response.context["plan"]
    run(client, "deactivate", [*people, front_desk, manager, root], confirm="1")

    assert [p.username for p in plan.targets.names] == ["p0", "p1"]
    assert set(User.objects.filter(is_active=True)) == {front_desk, manager, root}


def test_confirmed_action_is_one_change_set_with_a_count(client, front_desk, people):
    client.force_login(front_desk)

    response = run(
        client, "deactivate", people, confirm="1", change_reason="Left the town"
    )

    made = ChangeSet.objects.first()
    assert (made.kind, made.reason, made.changed_count) == (
        "action",
        "Left the town",
        2,
    )
    [message] = [str(m) for m in response.wsgi_request._messages]
    assert "2 people" in message


def test_activate_switches_on_only_who_is_off(client, front_desk, people):
    client.force_login(front_desk)

    run(client, "activate", people, confirm="1")

    assert User.objects.get(username="p2").is_active
    assert ChangeSet.objects.first().changed_count == 1


def test_extend_moves_forward_never_back(client, front_desk, people):
    today = timezone.localdate()
    until = today + timedelta(days=100)
    dates = [today - timedelta(days=5), today + timedelta(days=300), None]
    for person, day in zip(people, dates, strict=True):
        Reader.objects.filter(user=person).update(
            joined_on=today - timedelta(days=400), expires_on=day
        )
    client.force_login(front_desk)

    shown = {"until": str(until), "shown_until": str(until)}
    run(client, "extend_expiry", people, confirm="1", **shown)

    found = Reader.objects.order_by("user__username").filter(user__in=people)
    assert [r.expires_on for r in found] == [until, dates[1], None]


def test_date_changed_after_the_look_is_shown_again(client, front_desk, people):
    today = timezone.localdate()
    Reader.objects.filter(user__in=people).update(expires_on=today)
    client.force_login(front_desk)

    response = run(
        client,
        "extend_expiry",
        people,
        confirm="1",
        until=str(today + timedelta(days=9)),
        shown_until=str(today + timedelta(days=5)),
    )

    assert response.status_code == 200
    assert not Reader.objects.filter(expires_on__gt=today).exists()


def test_past_date_is_refused(client, front_desk, people):
    client.force_login(front_desk)

    response = run(client, "extend_expiry", people, confirm="1", until="2020-01-01")

    assert "future" in response.content.decode()


def test_invitations_go_to_whoever_can_get_one(
    client, front_desk, people, django_capture_on_commit_callbacks
):
    User.objects.filter(username="p0").update(email="")
    client.force_login(front_desk)

    with django_capture_on_commit_callbacks(execute=True):
        run(client, "send_invitations", people, confirm="1")

    assert [letter.to for letter in mail.outbox] == [["p1@example.org"]]


def test_select_across_acts_on_the_filtered_list(client, front_desk, people):
    client.force_login(front_desk)
    url = reverse("admin:accounts_user_changelist") + "?q=p1"
    data = {
        "action": "deactivate",
        "_selected_action": [people[1].pk],
        "select_across": "1",
        "confirm": "1",
    }

    client.post(url, data)

    assert not User.objects.get(username="p1").is_active
    assert User.objects.get(username="p0").is_active


def invite_url(person):
    return reverse("admin:accounts_user_invite", args=[person.pk])


@pytest.mark.parametrize("who", ["outsider", "bystander", "auditor"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_sign_in_link_is_refused_without_its_right(
    request, client, people, who, method
):
    client.force_login(request.getfixturevalue(who))

    response = getattr(client, method)(invite_url(people[0]), {"confirm": "1"})

    assert response.status_code in (302, 403)
    assert mail.outbox == []


def test_nobody_sends_a_link_to_who_stands_above(
    client, front_desk, manager, django_capture_on_commit_callbacks
):
    client.force_login(front_desk)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(invite_url(manager), {"confirm": "1"})

    assert mail.outbox == []


def test_looking_at_the_link_page_sends_nothing(
    client, front_desk, people, django_capture_on_commit_callbacks
):
    client.force_login(front_desk)

    with django_capture_on_commit_callbacks(execute=True):
        page = client.get(invite_url(people[0]))

    assert "p0" in page.content.decode()
    assert mail.outbox == []


def test_one_person_gets_a_sign_in_link_from_their_page(
    client, front_desk, people, django_capture_on_commit_callbacks
):
    client.force_login(front_desk)
    change = reverse("admin:accounts_user_change", args=[people[0].pk])
    assert invite_url(people[0]) in client.get(change).content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(invite_url(people[0]), {"confirm": "1"})

    assert response["Location"] == change
    assert [letter.to for letter in mail.outbox] == [["p0@example.org"]]
