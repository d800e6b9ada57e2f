"""The people list: finds, filters and sorts, at a cost that does not grow."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Reader

LIST = reverse_lazy("admin:accounts_user_changelist")
TODAY = timezone.localdate


@pytest.fixture
def found(client, front_desk):
    """Usernames on the list with these parameters, in its order."""
    client.force_login(front_desk)

    def found(**parameters):
        response = client.get(LIST, parameters)
        assert response.status_code == 200
        return [p.username for p in response.context["cl"].result_list]

    return found


@pytest.fixture
def people(db, branch, category):
    """Anna with all there is, Мария with little, and Ben who expired."""
    anna = User.objects.create_user("a.berg", "anna@example.org")
    anna.first_name, anna.last_name = "Änne", "Müller-Berg"
    anna.save()
    anna.reader.card_number = "LIB-77"
    anna.reader.branch, anna.reader.category = branch, category
    anna.reader.joined_on = TODAY() - timedelta(days=400)
    anna.reader.expires_on = TODAY() + timedelta(days=30)
    anna.reader.save()
    maria = User.objects.create_user("мария", is_staff=True, first_name="Мария")
    maria.groups.add(Group.objects.get(name="Auditor"))
    ben = User.objects.create_user("ben", is_active=False)
    ben.reader.joined_on = TODAY() - timedelta(days=50)
    ben.reader.expires_on = TODAY() - timedelta(days=1)
    ben.reader.save()
    return anna, maria, ben


@pytest.mark.parametrize(
    "term",
    [
        "a.berg",
        "A.BERG",
        "anna@",
        "ANNA@EXAMPLE.ORG",
        "änne",
        "ÄNNE",
        "A\u0308nne",
        "müller",
        "MÜLLER-berg",
        "Müller Änne",
        "lib-77",
        "LIB",
        "  änne  müller ",
    ],
)
def test_search_finds_by_name_username_email_and_card(found, people, term):
    assert found(q=term) == ["a.berg"]


@pytest.mark.parametrize("term", ["МАРИЯ", "мар", "Мария"])
def test_search_ignores_the_case_of_every_script(found, people, term):
    assert found(q=term) == ["мария"]


@pytest.mark.parametrize("term", ["%", "_", "zzz", "änne zzz", "md5", "\\"])
def test_search_takes_no_sign_for_a_pattern(found, people, term):
    assert found(q=term) == [] or term == "_"


@pytest.mark.parametrize(
    ("parameters", "usernames"),
    [
        ({"is_staff__exact": "1"}, {"front_desk", "мария"}),
        ({"is_active__exact": "0"}, {"ben"}),
        ({"expiry": "expired"}, {"ben"}),
        ({"expiry": "soon"}, {"a.berg"}),
        ({"expiry": "never"}, {"front_desk", "мария"}),
        ({"expiry": "no such"}, {"front_desk", "мария", "ben", "a.berg"}),
    ],
)
def test_filters_by_state(found, people, parameters, usernames):
    assert set(found(**parameters)) == usernames


def test_filters_by_branch_category_and_role(found, people, branch, category):
    role = Group.objects.get(name="Auditor")

    assert found(reader__branch__id__exact=branch.pk) == ["a.berg"]
    assert found(reader__category__id__exact=category.pk) == ["a.berg"]
    assert found(groups__id__exact=role.pk) == ["мария"]


def test_filters_by_the_day_of_joining(found, people):
    first, last = TODAY() - timedelta(days=100), TODAY() - timedelta(days=10)
    day = "reader__joined_on_{}".format

    assert found(**{day("from"): first, day("to"): last}) == ["ben"]
    assert found(**{day("to"): first}) == ["a.berg"]


@pytest.mark.parametrize("column", ["email", "display_card", "display_joined"])
def test_sorts_both_ways(found, people, client, column):
    number = client.get(LIST).context["cl"].list_display.index(column)
    there, back = found(o=number), found(o=f"-{number}")

    # Equal values keep one order among themselves, so only the ends are compared.
    assert {there[0], there[-1]} & {back[0], back[-1]}
    assert there != back


def test_person_without_a_reader_is_listed(found, people):
    people[0].reader.delete()

    assert "a.berg" in found()


def test_rows_show_what_staff_look_for(client, front_desk, people):
    client.force_login(front_desk)
    page = client.get(LIST).content.decode()

    shown = ["Änne Müller-Berg", "anna@example.org", "LIB-77", "Adult", "Main library"]
    assert [text for text in [*shown, "Auditor"] if text not in page] == []


# --- Cost ------------------------------------------------------------------------


def make_people(start, stop, branch, category):
    group = Group.objects.get(name="Front desk")
    users = User.objects.bulk_create(
        User(username=f"person{n:03}", first_name=f"P{n}") for n in range(start, stop)
    )
    group.user_set.add(*users)
    Reader.objects.filter(user__in=users).update(branch=branch, category=category)
    return users


def cost(client, url):
    client.get(url)  # What is asked once and kept does not count.
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_list_change_and_history_pages_cost_the_same_with_more_people(
    client, manager, branch, category
):
    client.force_login(manager)
    [anna, *_others] = make_people(0, 10, branch, category)
    pages = {
        "list": str(LIST),
        "search": f"{LIST}?q=p",
        "change": reverse("admin:accounts_user_change", args=[anna.pk]),
        "history": reverse("admin:accounts_user_history", args=[anna.pk]),
        "changes": reverse("admin:portal_changeset_changelist"),
        "roles": reverse("admin:auth_group_changelist"),
        "branches": reverse("admin:readers_branch_changelist"),
        "dashboard": reverse("admin:index"),
    }
    few = {name: cost(client, url) for name, url in pages.items()}
    make_people(10, 60, branch, category)
    for n in range(10):
        with change_set(actor=manager):
            Reader.objects.filter(user=anna).update(notes=f"Note {n}")

    assert {name: cost(client, url) for name, url in pages.items()} == few


def test_change_set_of_many_costs_what_one_of_few_costs(
    client, manager, branch, category
):
    client.force_login(manager)
    costs = []
    for start, stop in ((0, 5), (5, 60)):
        make_people(start, stop, branch, category)
        newest = ChangeSet.objects.first()
        url = reverse("admin:portal_changeset_change", args=[newest.pk])
        costs.append(cost(client, url))

    assert costs[0] == costs[1]
