"""Birth date, phone and notes on a person's page, to who may not see them."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from portal.access import HIDDEN
from readers.models import Reader
from tests.conftest import make_staff
from tests.posts import errors_of, posted

SECRETS = {
    "birth_date": (date(1984, 3, 7), "1984-03-07"),
    "phone": ("+493012345678", "30 12345678"),
    "notes": ("Owes for a lost atlas", "lost atlas"),
}
each_field = pytest.mark.parametrize("field", SECRETS)


@pytest.fixture
def anna(reader_user):
    values = {name: value for name, (value, _shown) in SECRETS.items()}
    Reader.objects.filter(user=reader_user).update(joined_on="2026-01-15", **values)
    return reader_user


@pytest.fixture
def clerk(client, db):
    """A client of who keeps people, without any right to a personal field."""
    user = make_staff("clerk")
    wanted = Group.objects.get(name="Front desk").permissions.exclude(
        codename__in=[f"view_{name}" for name in SECRETS]
    )
    user.user_permissions.set(wanted)
    client.force_login(user)
    client.user = user
    return client


def page_of(person):
    return reverse("admin:accounts_user_change", args=[person.pk])


def masks(page):
    """How many values are masked: in the Reader's form, and again in the blank one."""
    return page.text.count(HIDDEN) // 2


def reader_of(person):
    return Reader.objects.get(user=person)


def grant(user, codename):
    user.user_permissions.add(Permission.objects.get(codename=codename))


@each_field
def test_value_is_masked_without_its_right(clerk, anna, field):
    page = clerk.get(page_of(anna))

    assert SECRETS[field][1] not in page.text
    assert masks(page) == len(SECRETS)


def test_value_is_masked_whether_there_is_one_or_not(clerk, reader_user):
    assert masks(clerk.get(page_of(reader_user))) == len(SECRETS)


@each_field
def test_right_to_one_field_shows_it_alone(clerk, anna, field):
    grant(clerk.user, f"view_{field}")
    page = clerk.get(page_of(anna))

    assert SECRETS[field][1] in page.text
    assert masks(page) == len(SECRETS) - 1


@each_field
def test_value_is_masked_for_who_only_looks(client, auditor, anna, field):
    client.force_login(auditor)
    page = client.get(page_of(anna)).text

    assert SECRETS[field][1] not in page and HIDDEN in page


@each_field
@pytest.mark.parametrize("sent", ["", "1990-01-01"])
def test_hidden_value_is_not_changed(clerk, anna, field, sent):
    data = posted(clerk.get(page_of(anna)), first_name="Hanna")
    response = clerk.post(page_of(anna), data | {f"reader-0-{field}": sent})

    assert response.status_code == 302
    assert getattr(reader_of(anna), field) == SECRETS[field][0]


@each_field
def test_hidden_value_is_not_set_on_a_new_person(clerk, field):
    add = reverse("admin:accounts_user_add")
    data = posted(clerk.get(add), username="new", access="none")
    clerk.post(add, data | {f"reader-0-{field}": "1990-01-01"})

    assert not getattr(Reader.objects.get(user__username="new"), field)


@pytest.mark.parametrize("joined", ["1984-01-01", "2025-01-01"])
def test_day_of_joining_does_not_tell_the_birth_date(clerk, anna, joined):
    """Whether it would be before the birth or after, the answer is the same."""
    data = posted(clerk.get(page_of(anna)), reader__0__joined_on=joined)
    response = clerk.post(page_of(anna), data)

    assert "Only who may see birth dates" in errors_of(response)
    assert reader_of(anna).joined_on == date(2026, 1, 15)


def test_day_of_joining_is_put_later(clerk, anna):
    data = posted(clerk.get(page_of(anna)), reader__0__joined_on="2026-02-01")

    assert clerk.post(page_of(anna), data).status_code == 302
    assert reader_of(anna).joined_on == date(2026, 2, 1)


def test_wrong_value_that_is_hidden_is_not_told(clerk, anna):
    """A date of before the rules, which the form can neither show nor refuse."""
    Reader.objects.filter(user=anna).update(birth_date="1850-01-01")
    data = posted(clerk.get(page_of(anna)), first_name="Hanna")

    assert clerk.post(page_of(anna), data).status_code == 302


def test_right_for_one_branch_shows_the_fields_of_its_people(
    client, north_desk, people
):
    """An auditor who sees everybody, and keeps the people of North."""
    north_desk.groups.add(Group.objects.get(name="Auditor"))
    client.force_login(north_desk)

    assert HIDDEN not in client.get(page_of(people["northern"])).text
    assert HIDDEN in client.get(page_of(people["southern"])).text
