"""Reverts at the same moment as something else: kept, reported, and done once."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.history.revert import plan_restore
from portal.history.story import with_neighbours
from portal.history.verify import verify
from portal.history.writing import carry_out
from portal.models import ChangeSet
from readers.models import Reader
from tests.at_once import Post, finish, wait_until_it_waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def renamed(reader_user):
    """The change set in which Anna became Hanna."""
    User.objects.filter(pk=reader_user.pk).update(first_name="Hanna")
    return ChangeSet.objects.first()


def confirmation(user, url, **sent):
    """The post of somebody who has looked at a plan, in a browser of their own."""
    browser = Client()
    browser.force_login(user)
    shown = browser.get(url, sent).context
    seen = {"digest": shown["plan"].digest} if "plan" in shown else {}
    seen |= {"seen": shown["step"].seen} if "step" in shown else {}
    return Post(browser, url, sent | seen | {"change_reason": "By mistake"})


def told(post):
    return " ".join(str(each) for each in post.response.context["messages"])


def revert_page(made):
    return reverse("admin:portal_changeset_revert", args=[made.pk])


def version_page(person):
    first = person.history.order_by("history_id").first()
    args = [person.pk, "user", first.history_id]
    return reverse("admin:accounts_user_revert", args=args)


PAGES = {
    "change set": lambda made, person: revert_page(made),
    "version": lambda made, person: version_page(person),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("what", ["changed", "deleted"])
def test_edit_that_is_saved_while_a_revert_is_confirmed_is_kept_and_reported(
    manager, reader_user, renamed, page, what
):
    """The edit's transaction is open while the confirmation looks at the plan."""
    other = confirmation(manager, PAGES[page](renamed, reader_user))
    people = User.objects.filter(pk=reader_user.pk)
    with transaction.atomic():
        people.update(last_name="Meanwhile") if what == "changed" else people.delete()
        other.start()
        wait_until_it_waits(other)
    finish(other)

    assert "meanwhile" in told(other)
    assert not ChangeSet.objects.filter(kind="revert").exists()
    names = people.values_list("first_name", "last_name")
    assert list(names) == ([("Hanna", "Meanwhile")] if what == "changed" else [])
    assert verify() == []


def test_page_of_a_refused_revert_shows_who_changed_what(manager, reader_user, renamed):
    other = confirmation(manager, revert_page(renamed))
    with transaction.atomic():
        User.objects.filter(pk=reader_user.pk).update(last_name="Meanwhile")
        other.start()
        wait_until_it_waits(other)
    finish(other)

    [kept] = other.response.context["plan"].kept
    assert kept.changes[0].new == "Meanwhile"


@pytest.mark.parametrize("page", PAGES)
def test_revert_confirmed_twice_at_once_is_one(
    manager, root, reader_user, renamed, page
):
    url = PAGES[page](renamed, reader_user)
    both = [confirmation(manager, url), confirmation(root, url)]
    for each in both:
        each.start()
    finish(*both)

    assert sorted(each.response.status_code for each in both) == [200, 302]
    assert ChangeSet.objects.filter(kind="revert").count() == 1
    assert User.objects.get(pk=reader_user.pk).first_name == "Anna"
    assert verify() == []


def test_person_restored_twice_at_once_comes_back_once(manager, reader_user):
    pk = reader_user.pk
    reader_user.delete()
    gone = User.history.first()
    url = reverse("admin:portal_restore")
    other = confirmation(manager, url, chosen=[f"accounts.user:{gone.pk}"])
    plan = plan_restore(with_neighbours(User.history.filter(pk=gone.pk)))
    plan.settle()
    with transaction.atomic():
        carry_out(plan, kind="restore", actor=None, reason="First", subject="")
        other.start()
        wait_until_it_waits(other)
    finish(other)

    assert "meanwhile" in told(other)
    assert ChangeSet.objects.filter(kind="restore").count() == 1
    assert Reader.objects.get(user_id=pk)
    assert verify() == []
