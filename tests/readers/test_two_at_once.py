"""Two people saved at the same moment: one wins, the other is told, nobody crashes."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.models import ChangeSet
from readers.models import Reader
from tests.at_once import Post, finish, wait_until_it_waits
from tests.posts import errors_of, posted

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "admin:accounts_user_add"


@pytest.fixture
def sign_in(front_desk):
    def make():
        client = Client()
        client.force_login(front_desk)
        return client

    return make


def new_person(client, **values):
    filled = {"username": "anna", "email": "anna@example.org", "access": "none"}
    return posted(client.get(reverse(ADD)), **(filled | values))


def post_at_once(sign_in, *people):
    """The responses to these posts of the add form, all sent at the same moment."""
    browsers = [sign_in() for _ in people]
    posts = [
        Post(each, reverse(ADD), new_person(each, **person))
        for each, person in zip(browsers, people, strict=True)
    ]
    for post in posts:
        post.start()
    finish(*posts)
    return [post.response for post in posts]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("username", "ANNA", "already that of"),
        ("email", "Anna@example.org", "already that of"),
        ("reader__0__card_number", "lib-1", "already that of"),
    ],
)
def test_loser_of_a_race_gets_the_form_with_a_message(sign_in, field, value, message):
    """The winner's transaction is open while the other's form is checked."""
    client = sign_in()
    others = {"username": "other", "email": "other@example.org", field: value}
    data = new_person(client, **others)
    loser = Post(client, reverse(ADD), data)
    with transaction.atomic():
        winner = User.objects.create_user("anna", "anna@example.org")
        winner.reader.card_number = "LIB-1"
        winner.reader.save()
        loser.start()
        wait_until_it_waits(loser)
    finish(loser)

    assert message in errors_of(loser.response)
    assert "anna" in loser.response.content.decode()
    assert set(User.objects.values_list("username", flat=True)) == {
        "front_desk",
        "anna",
    }
    assert Reader.objects.count() == 2


def test_same_form_sent_by_many_at_once_makes_one_person(sign_in):
    responses = post_at_once(sign_in, {}, {}, {}, {})

    assert sorted(each.status_code for each in responses) == [200, 200, 200, 302]
    assert User.objects.filter(username="anna").count() == 1
    assert Reader.objects.filter(user__username="anna").count() == 1


def test_blank_card_numbers_at_once_are_all_different(sign_in):
    people = [
        {"username": f"anna{n}", "email": "", "reader__0__card_number": ""}
        for n in range(4)
    ]
    responses = post_at_once(sign_in, *people)

    assert [each.status_code for each in responses] == [302] * 4
    cards = set(Reader.objects.values_list("card_number", flat=True))
    assert len(cards) == Reader.objects.count() == 5
    assert "" not in cards


def test_blank_usernames_of_one_name_at_once_are_all_different(sign_in):
    person = {"username": "", "email": "", "first_name": "Anna", "last_name": "Berg"}
    responses = post_at_once(sign_in, person, person, person)

    assert [each.status_code for each in responses] == [302] * 3
    names = set(User.objects.values_list("username", flat=True)) - {"front_desk"}
    assert names == {"anna.berg", "anna.berg2", "anna.berg3"}


def test_each_of_many_at_once_is_recorded_with_its_actor(sign_in, front_desk):
    before = ChangeSet.objects.count()
    people = [{"username": f"anna{n}", "email": ""} for n in range(3)]
    post_at_once(sign_in, *people)

    made = ChangeSet.objects.order_by("pk")[before:]
    assert [(each.actor_id, each.created_count) for each in made] == (
        [(front_desk.pk, 2)] * 3
    )


def test_missing_reader_made_by_two_at_once_is_one(sign_in, reader_user):
    reader_user.reader.delete()
    url = reverse("admin:accounts_user_change", args=[reader_user.pk])
    browsers = [sign_in(), sign_in()]
    posts = [Post(each, url, posted(each.get(url))) for each in browsers]
    for post in posts:
        post.start()
    finish(*posts)

    assert Reader.objects.filter(user=reader_user).count() == 1
