"""The command search over people: who may, what matches, at what cost."""

import unicodedata

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.policy import people_within
from accounts.search import LIMIT, filter_people, search_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(branch):
    user = User.objects.create(
        username="a.berg", email="anna@example.org", first_name="Анна", last_name="Бёрг"
    )
    user.reader.card_number = "RR482019337"
    user.reader.branch = branch
    user.reader.save()
    return user


def search(user, term):
    request = RequestFactory().get("/")
    request.user = user
    return search_people(request, term)


def titles(user, term):
    return [result.title for result in search(user, term)]


# --- Refusals ---------------------------------------------------------------------


def test_who_may_not_view_people_finds_none(bystander, anna):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert search(bystander, "анна") == []
    assert not any("readers_reader" in query["sql"] for query in queries)


def test_site_search_is_closed_to_others(client, outsider, anna):
    client.force_login(outsider)

    assert client.get(reverse("admin:search"), {"s": "анна"}).status_code == 302


def test_bystander_sees_nobody_on_the_page(client, bystander, anna):
    client.force_login(bystander)

    page = client.get(reverse("admin:search"), {"s": "анна"}).content.decode()

    assert "Бёрг" not in page


@pytest.mark.parametrize("term", ["", "   ", "\0", "%", "_", "nobody", "berg анна x"])
def test_what_matches_nobody(auditor, anna, term):
    assert search(auditor, term) == []


# --- Matches ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "term",
    [
        "анна",
        "АННА",
        "бёрг анна",
        "ёрг",
        unicodedata.normalize("NFD", "Бёрг"),
        "a.be",
        "A.BERG",
        "Anna@Exa",
        "rr4820",
        "анна rr48 a.b",
        "анна\0бёрг",
    ],
)
def test_each_word_may_match_name_username_mail_or_card(auditor, anna, term):
    assert titles(auditor, term) == ["Анна Бёрг"]


def test_every_word_must_match(auditor, anna):
    assert titles(auditor, "анна ольга") == []


def test_result_leads_to_the_person_and_tells_card_and_branch(auditor, anna):
    [result] = search(auditor, "анна")

    assert result.link == reverse("admin:accounts_user_change", args=[anna.pk])
    assert result.description == "RR482019337 · Main library"


def test_person_without_a_reader_is_found_too(auditor, anna):
    anna.reader.delete()

    [result] = search(auditor, "анна")

    assert result.description == "a.berg"


def test_results_are_few_and_by_name(auditor):
    User.objects.bulk_create(
        User(username=f"x{n}", first_name="Xenia", last_name=f"{n:03}")
        for n in reversed(range(LIMIT + 10))
    )

    assert titles(auditor, "xenia") == [f"Xenia {n:03}" for n in range(LIMIT)]


def test_search_is_one_query(auditor, anna):
    people_within(auditor)  # Its own queries are kept on the user.

    with CaptureQueriesContext(connection) as queries:
        assert search(auditor, "анна бёрг rr482019337")
    assert len(queries) == 1


def test_a_pasted_page_is_one_query_too(auditor, anna):
    people_within(auditor)

    with CaptureQueriesContext(connection) as queries:
        assert search(auditor, "word " * 10_000) == []
    assert len(queries) == 1


def test_list_can_be_narrowed_the_same_way(anna, outsider):
    people = User.objects.with_reader()

    assert list(filter_people(people, "БЁРГ")) == [anna]


# --- The page ---------------------------------------------------------------------


@pytest.mark.parametrize("number", [None, "1", "0", "-1", "2", "x", "9" * 30])
def test_page_shows_people_whatever_page_is_asked_for(client, auditor, anna, number):
    client.force_login(auditor)
    query = {"s": "анна"} | ({"page": number} if number else {})

    response = client.get(reverse("admin:search"), query)

    assert response.status_code == 200
    assert "Анна Бёрг" in response.content.decode()


def test_name_is_escaped_on_the_page(client, auditor, anna):
    User.objects.filter(pk=anna.pk).update(first_name="<b>Анна")
    client.force_login(auditor)

    page = client.get(reverse("admin:search"), {"s": "анна"}).content.decode()

    assert "&lt;b&gt;Анна" in page and "<b>Анна" not in page
