"""No page of history asks the database more often when there is more to show."""

import re
from collections import Counter

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import RoleLimit, User
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Branch, Reader
from tests.conftest import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=["root", "limited"])
def signed_in(request, client, branch):
    """For staff of some branches each object is asked about; not one by one."""
    if request.param == "root":
        client.force_login(request.getfixturevalue("root"))
        return
    north = Branch.objects.create(code="N", name="North")
    RoleLimit.objects.create(role=Group.objects.get(name="Manager")).branches.set(
        [branch, north]
    )
    client.force_login(make_staff("limited", "Manager"))


@pytest.fixture
def person(reader_user, branch):
    Reader.objects.filter(user=reader_user).update(branch=branch)
    return reader_user


def people(number, branch):
    """As many new people, with groups and a branch, in one act."""
    first = User.objects.count()
    with change_set():
        made = User.objects.bulk_create(
            User(username=f"p{first + n}") for n in range(number)
        )
        Group.objects.get(name="Auditor").user_set.add(*made)
        Reader.objects.filter(user__in=made).update(branch=branch)
    return made


def versions(number, branch, person):
    """As many versions of a person and of the Reader, each an act of its own."""
    north, _made = Branch.objects.get_or_create(code="N", name="North")
    places = [branch, north]
    for n in range(number):
        with change_set(reason=f"Reason {n}"):
            User.objects.filter(pk=person.pk).update(first_name=f"Name {n}")
            Reader.objects.filter(user=person).update(branch=places[n % 2])


def imports(number, person):
    for n in range(number):
        with change_set(kind=ChangeSet.Kind.IMPORT, subject=f"file{n}.csv"):
            Reader.objects.filter(user=person).update(
                notes=f"From file {n} of {number}"
            )


def story(number, branch, person):
    versions(number, branch, person)
    return reverse("admin:accounts_user_history", args=[person.pk])


def story_of_imports(number, branch, person):
    imports(number, person)
    return reverse("admin:accounts_user_history", args=[person.pk])


def list_of_imports(number, branch, person):
    imports(number, person)
    return reverse("admin:portal_changeset_changelist")


def list_of_change_sets(number, branch, person):
    versions(number, branch, person)
    return reverse("admin:portal_changeset_changelist")


def revert_to_version(number, branch, person):
    versions(number, branch, person)
    first = person.history.order_by("history_id").first()
    args = [person.pk, "user", first.history_id]
    return reverse("admin:accounts_user_revert", args=args)


def page_of(name):
    return reverse(
        f"admin:portal_changeset_{name}", args=[ChangeSet.objects.first().pk]
    )


def change_set_of_many(number, branch, person):
    people(number, branch)
    return page_of("change")


def objects_in_the_list(number, branch, person):
    people(number, branch)
    return page_of("objects")


def export(number, branch, person):
    versions(number, branch, person)
    return reverse("admin:portal_changeset_export", args=["csv"])


def revert_of_many(number, branch, person):
    people(number, branch)
    return page_of("revert")


def revert_of_many_gone(number, branch, person):
    made = people(number, branch)
    User.objects.filter(pk__in=[each.pk for each in made]).delete()
    return page_of("revert")


def revert_of_many_changed_since(number, branch, person):
    made = people(number, branch)
    address = page_of("revert")
    for each in made:
        with change_set(reason="Since"):
            Reader.objects.filter(user=each).update(notes="Changed since")
    return address


def list_of_deleted(number, branch, person):
    for each in people(number, branch):
        each.delete()
    return reverse("admin:portal_deleted")


def restore_of_many(number, branch, person):
    made = people(number, branch)
    User.objects.filter(pk__in=[each.pk for each in made]).delete()
    rows = User.history.filter(history_type="-").order_by("-history_id")[:number]
    chosen = "&".join(f"chosen=accounts.user:{row.pk}" for row in rows)
    return f"{reverse('admin:portal_restore')}?{chosen}"


PAGES = [
    story,
    story_of_imports,
    list_of_imports,
    list_of_change_sets,
    revert_to_version,
    change_set_of_many,
    objects_in_the_list,
    export,
    revert_of_many,
    revert_of_many_gone,
    revert_of_many_changed_since,
    list_of_deleted,
    restore_of_many,
]


def shapes(captured):
    """How often each statement was asked, whatever its values."""
    plain = (re.sub(r"\d+|'[^']*'", "?", each["sql"]) for each in captured)
    return Counter(re.sub(r"\((\?, )*\?\)", "(?)", each) for each in plain)


@pytest.mark.parametrize("build", PAGES)
def test_page_costs_no_more_for_many_than_for_few(client, branch, person, build):
    captured = []
    for number in (10, 50):
        address = build(number, branch, person)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
            assert response.status_code == 200
            assert b"".join(response)
        captured.append(queries)

    few, many = captured
    assert len(many) <= len(few), shapes(many) - shapes(few)
