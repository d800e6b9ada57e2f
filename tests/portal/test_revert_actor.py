"""Reverting everything by one actor in a time."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Branch, Reader
from tests.portal.pages import all_rows

pytestmark = pytest.mark.django_db
URL = "admin:portal_revert_actor"
NOW = timezone.now().replace(microsecond=0)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True, params=["one by one", "as crowds"])
def way(request, settings):
    if request.param == "as crowds":
        settings.REVERT_ONE_BY_ONE_ROWS = 0


def by(actor, hours=0):
    return change_set(actor=actor, at=NOW + hours * HOUR)


def name(person, value):
    User.objects.filter(pk=person.pk).update(first_name=value)


def name_now(person):
    return User.objects.get(pk=person.pk).first_name


def asked(actor, since=-1, until=100):
    moments = {"since": NOW + since * HOUR, "until": NOW + until * HOUR}
    return {"actor": actor} | {
        key: timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")
        for key, moment in moments.items()
    }


def look(client, *args, **kwargs):
    return client.get(reverse(URL), asked(*args, **kwargs))


def confirm(client, *args, **kwargs):
    shown = look(client, *args, **kwargs)
    sent = {"digest": shown.context["plan"].digest, "change_reason": "Mischief"}
    return client.post(reverse(URL) + shown.context["confirm_url"], sent)


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize("who", ["bystander", "front_desk", "importer", "auditor"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_page_needs_the_right_to_revert(
    request, client, reader_user, front_desk, who, method
):
    with by(front_desk):
        name(reader_user, "Hanna")
    client.force_login(request.getfixturevalue(who))
    url = client.get(reverse(URL)).request["PATH_INFO"]
    response = getattr(client, method)(url, asked("front_desk"))

    assert response.status_code == 403
    assert name_now(reader_user) == "Hanna"


def test_confirmation_needs_a_token(manager):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(manager)

    assert strict.post(reverse(URL), {}).status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"actor": "nobody.at.all"},
        {"actor": "#"},
        {"actor": "#99999999"},
        {"actor": "#" + "9" * 30},
        {"actor": ""},
        {"since": "yesterday"},
        {"since": ""},
        {"until": "2001-01-01T00:00:00"},
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(
    client, manager, front_desk, reader_user, changed
):
    with by(front_desk):
        name(reader_user, "Hanna")
    client.force_login(manager)
    response = client.get(reverse(URL), asked("front_desk") | changed)

    assert response.status_code == 200
    assert set(response.context["form"].errors) == set(changed)
    assert "plan" not in response.context


def test_looking_writes_nothing(client, manager, front_desk, reader_user):
    with by(front_desk):
        name(reader_user, "Hanna")
    client.force_login(manager)
    before = all_rows()
    shown = look(client, "front_desk")

    assert "Will be reverted: 1" in shown.content.decode()
    assert all_rows() == before


def test_revert_needs_a_reason(client, manager, front_desk, reader_user):
    with by(front_desk):
        name(reader_user, "Hanna")
    client.force_login(manager)
    shown = look(client, "front_desk")
    sent = {"digest": shown.context["plan"].digest}
    client.post(reverse(URL) + shown.context["confirm_url"], sent)

    assert name_now(reader_user) == "Hanna"


def test_what_the_actor_did_between_look_and_confirmation_is_shown_first(
    client, manager, front_desk, reader_user, branch
):
    with by(front_desk):
        name(reader_user, "Hanna")
    client.force_login(manager)
    shown = look(client, "front_desk")
    with by(front_desk, hours=1):
        Branch.objects.filter(pk=branch.pk).update(name="Elsewhere")
    sent = {"digest": shown.context["plan"].digest, "change_reason": "Mischief"}
    response = client.post(reverse(URL) + shown.context["confirm_url"], sent)

    assert "meanwhile" in str([str(m) for m in response.context["messages"]])
    assert name_now(reader_user) == "Hanna"


# --- What comes of it ------------------------------------------------------------


def test_all_in_the_time_goes_back_and_the_rest_stays(
    client, manager, front_desk, reader_user, branch
):
    with by(front_desk, hours=-5):
        Reader.objects.filter(user=reader_user).update(notes="Long ago")
    with by(front_desk):
        name(reader_user, "Hanna")
    with by(front_desk, hours=1):
        name(reader_user, "Johanna")
        Branch.objects.filter(pk=branch.pk).update(name="Elsewhere")
    with by(manager, hours=1):
        Reader.objects.filter(user=reader_user).update(phone="+49301234567")
    client.force_login(manager)
    confirm(client, "front_desk")
    made = ChangeSet.objects.first()

    assert name_now(reader_user) == "Anna"
    assert Branch.objects.get().name == "Main library"
    assert Reader.objects.get(user=reader_user).notes == "Long ago"
    assert (made.kind, made.reason, made.changed_count) == ("revert", "Mischief", 2)
    assert "front_desk" in made.subject and made.reverts is None


@pytest.mark.parametrize("order", ["after", "between"])
def test_what_somebody_else_changed_is_kept_and_reported(
    client, manager, front_desk, reader_user, order
):
    with by(front_desk):
        name(reader_user, "Hanna")
    with by(manager, hours=1):
        name(reader_user, "Johanna")
    if order == "between":
        with by(front_desk, hours=2):
            User.objects.filter(pk=reader_user.pk).update(last_name="Berger")
    client.force_login(manager)
    plan = look(client, "front_desk").context["plan"]

    assert (plan.ready_count, plan.count("kept")) == (0, 1)
    [kept] = plan.first("kept", 9)
    assert kept.newest.change_set.actor_name == "manager"
    assert [(c.old, c.new) for c in kept.changes] == [("Hanna", "Johanna")]


def test_what_came_and_went_is_no_step(client, manager, front_desk):
    with by(front_desk):
        person = User.objects.create_user("short.visit")
    with by(manager, hours=1):
        name(person, "In between")
    with by(front_desk, hours=2):
        person.delete()
    client.force_login(manager)
    plan = look(client, "front_desk").context["plan"]

    assert (plan.ready_count, plan.left_count) == (0, 0)


def test_what_the_actor_took_back_is_no_step(client, manager, front_desk, reader_user):
    with by(front_desk):
        name(reader_user, "Hanna")
    with by(front_desk, hours=1):
        name(reader_user, "Anna")
    client.force_login(manager)

    assert look(client, "front_desk").context["plan"].ready_count == 0


def test_changed_and_then_deleted_comes_back_as_before_both(
    client, manager, front_desk, reader_user
):
    with by(front_desk):
        name(reader_user, "Hanna")
    with by(front_desk, hours=1):
        User.objects.get(pk=reader_user.pk).delete()
    client.force_login(manager)
    confirm(client, "front_desk")

    assert name_now(reader_user) == "Anna"
    assert Reader.objects.filter(user_id=reader_user.pk).exists()


def test_two_who_had_one_name_at_different_times_cannot_both_have_it(
    client, manager, front_desk, reader_user
):
    other = User.objects.create_user("other")
    people = User.objects.filter
    with by(front_desk):
        people(pk=reader_user.pk).update(username="first")
    with by(manager, hours=1):
        people(pk=other.pk).update(username="anna.berg")
    with by(front_desk, hours=2):
        people(pk=other.pk).update(username="second")
    client.force_login(manager)
    plan = look(client, "front_desk").context["plan"]

    assert (plan.ready_count, plan.count("blocked")) == (0, 2)
    assert "had it too" in plan.first("blocked", 1)[0].problems[0]


def test_actor_whose_account_is_gone_is_found_by_name_and_number(
    client, root, front_desk, reader_user
):
    with by(front_desk):
        name(reader_user, "Hanna")
    pk = front_desk.pk
    User.objects.filter(pk=pk).delete()
    client.force_login(root)

    for actor in ("front_desk", f"#{pk}"):
        assert look(client, actor).context["plan"].ready_count == 1


def test_number_is_not_taken_for_a_username(client, manager, front_desk, reader_user):
    with by(front_desk):
        name(reader_user, "Hanna")
    User.objects.create_user(str(front_desk.pk))
    client.force_login(manager)

    assert look(client, f"#{front_desk.pk}").context["plan"].ready_count == 1


def test_name_that_two_accounts_had_is_asked_about(client, manager):
    for pk in (901, 902):
        ChangeSet.objects.create(actor_id=pk, actor_name="the.same", kind="form")
    client.force_login(manager)
    errors = look(client, "the.same").context["form"].errors

    assert "#901, #902" in str(errors["actor"])


def test_change_set_leads_to_what_else_its_actor_did(client, manager, reader_user):
    with change_set(actor=manager):
        name(reader_user, "Hanna")
    client.force_login(manager)
    made = ChangeSet.objects.first()
    page = client.get(reverse("admin:portal_changeset_change", args=[made.pk]))
    query = page.context["window"]

    assert f"{reverse(URL)}?" in page.content.decode()
    assert client.get(f"{reverse(URL)}?{query}").context["plan"].ready_count == 1


def test_page_costs_the_same_for_many_acts_as_for_few(
    client, manager, front_desk, branch, django_assert_max_num_queries
):
    client.force_login(manager)
    counts = []
    for acts in (1, 12):
        for n in range(acts):
            with by(front_desk, hours=n):
                User.objects.bulk_create([User(username=f"p{acts}.{n}")])
        with django_assert_max_num_queries(150) as captured:
            assert look(client, "front_desk").context["plan"].ready_count >= 2 * acts
        counts.append(len(captured))

    assert counts[0] == counts[1]
