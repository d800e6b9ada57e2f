"""The page of security events: who may see it, and what it finds."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from portal.models import SecurityEvent
from portal.security.events import Kind, record_event
from readers.models import Reader
from tests.portal.limited import staff_of

pytestmark = pytest.mark.django_db

BEFORE = {
    **{"at_from_0": "2000-01-01", "at_from_1": "00:00:00"},
    **{"at_to_0": "2000-01-02", "at_to_1": "00:00:00"},
}
LIST = "admin:portal_securityevent_changelist"


@pytest.fixture
def events(manager, reader_user):
    """Three, after whatever the fixtures left."""
    away = RequestFactory().get("/admin/x/", REMOTE_ADDR="192.0.2.7")
    record_event(Kind.REFUSED, request=away, actor=reader_user, method="POST")
    record_event(Kind.SIGN_IN_FAILED, request=away, typed_name="<b>eve</b>")
    record_event(Kind.INVITATION_SENT, actor=manager, subject=reader_user)


def found(client, **query):
    page = client.get(reverse(LIST), query)
    return [event.kind for event in page.context["cl"].result_list]


# --- Refusals -----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["front_desk", "importer", "bystander"])
def test_list_is_refused_without_its_right(client, request, events, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse(LIST)).status_code == 403


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_nobody_writes_events(client, root, events, verb):
    client.force_login(root)
    keys = [] if verb == "add" else [SecurityEvent.objects.first().pk]
    before = SecurityEvent.objects.exclude(kind=Kind.REFUSED).count()
    url = reverse(f"admin:portal_securityevent_{verb}", args=keys)

    assert client.post(url, {"post": "yes", "kind": "x"}).status_code == 403
    assert SecurityEvent.objects.exclude(kind=Kind.REFUSED).count() == before


def test_link_and_tab_are_for_those_who_may_see_them(client, front_desk, reader_user):
    client.force_login(front_desk)
    url = reverse("admin:accounts_user_change", args=[reader_user.pk])

    assert reverse(LIST) not in client.get(url).content.decode()


# --- What it shows ------------------------------------------------------------------


@pytest.mark.parametrize("who", ["auditor", "manager", "root"])
def test_list_and_event_open(client, request, events, who):
    client.force_login(request.getfixturevalue(who))
    event = SecurityEvent.objects.get(kind=Kind.REFUSED)
    url = reverse("admin:portal_securityevent_change", args=[event.pk])

    assert "192.0.2.7" in client.get(reverse(LIST)).content.decode()
    assert "/admin/x/" in client.get(url).content.decode()


def test_texts_of_strangers_are_escaped(client, auditor, events):
    client.force_login(auditor)
    page = client.get(reverse(LIST)).content.decode()

    assert "as «&lt;b&gt;eve&lt;/b&gt;»" in page and "<b>eve" not in page


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({"actor": "Anna.Berg"}, ["refused"]),
        ({"person": "anna.berg"}, ["invitation_sent", "refused"]),
        ({"address": "192.0.2.7"}, ["sign_in_failed", "refused"]),
        ({"address": "no address"}, []),
        ({"kind": ["refused", "invitation_sent"]}, ["invitation_sent", "refused"]),
        ({"q": "EVE"}, ["sign_in_failed"]),
        ({"person": "nobody"}, []),
        (BEFORE, []),
    ],
)
def test_list_is_narrowed_down(client, auditor, events, query, kinds):
    client.force_login(auditor)

    assert found(client, **query) == kinds


def test_person_who_is_gone_is_found_by_name(client, auditor, events, reader_user):
    reader_user.delete()
    client.force_login(auditor)

    assert found(client, person="anna.berg") == ["invitation_sent", "refused"]


def test_person_who_was_renamed_keeps_its_events(client, auditor, events, reader_user):
    User.objects.filter(pk=reader_user.pk).update(username="anna.new")
    client.force_login(auditor)

    assert found(client, person="anna.new") == ["invitation_sent", "refused"]


def test_page_of_a_person_leads_to_its_events(client, manager, events, reader_user):
    client.force_login(manager)
    url = reverse("admin:accounts_user_change", args=[reader_user.pk])

    assert f"{reverse(LIST)}?person=anna.berg" in client.get(url).content.decode()


def test_changes_and_events_are_tabs_of_one_page(client, auditor):
    client.force_login(auditor)
    changes = reverse("admin:portal_changeset_changelist")

    for url in (changes, reverse(LIST)):
        page = client.get(url).content.decode()
        assert page.count(f'href="{changes}"') > 1
        assert page.count(f'href="{reverse(LIST)}"') > 1


def test_number_of_queries_does_not_grow(client, auditor, events):
    client.force_login(auditor)
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(
            connection,
        ) as made:
            client.get(reverse(LIST))
        counts.append(len(made))
        for _event in range(20):
            record_event(Kind.REFUSED, actor=auditor, method="GET")

    assert counts[0] == counts[1] < 12


# --- Staff who are limited to branches ----------------------------------------------


@pytest.fixture
def auditor_of_north(client, north):
    user = staff_of(north, "Auditor")
    client.force_login(user)
    return user


@pytest.fixture
def colleague(importer, north):
    """Lives in North, and sees everybody."""
    Reader.objects.filter(user=importer).update(branch=north)
    return importer


@pytest.mark.parametrize("kind", SecurityEvent.ABOUT_MANY)
def test_what_is_about_many_is_shown_to_limited_staff_if_they_did_it(
    client, auditor_of_north, colleague, kind
):
    record_event(kind, actor=colleague, file="south-debtors.csv", count=512)
    hidden = SecurityEvent.objects.latest("pk")
    record_event(kind, actor=auditor_of_north, file="north.csv")
    page = client.get(reverse(LIST))
    opened = reverse("admin:portal_securityevent_change", args=[hidden.pk])

    assert "north.csv" in page.text and "south-debtors" not in page.text
    assert "512" not in page.text
    assert client.get(opened).status_code in (302, 404)


@pytest.mark.parametrize("kind", [Kind.SIGNED_IN, Kind.REFUSED, Kind.CONFIRMED_AGAIN])
def test_what_colleagues_do_at_the_doors_is_shown_to_limited_staff(
    client, auditor_of_north, colleague, kind
):
    record_event(kind, actor=colleague, method="POST")

    assert kind in found(client, actor=colleague.username)


def test_invitation_of_somebody_seen_is_shown_to_limited_staff(
    client, auditor_of_north, manager, nora
):
    record_event(Kind.INVITATION_SENT, actor=manager, subject=nora, letter=7)

    assert Kind.INVITATION_SENT in found(client, person="nora")
