"""Who acted: never lost, never mixed up, and never by a page that only shows."""

import asyncio

import pytest
from asgiref.sync import async_to_sync
from django.contrib import admin
from django.http import Http404
from django.urls import reverse

from accounts.admin import UserAdmin
from accounts.models import User
from portal.history.acts import Actor, acting, change_set
from portal.models import ChangeSet
from tests.posts import posted

pytestmark = pytest.mark.django_db


def actors_of(person):
    """Who made the versions of a person, newest first."""
    rows = person.history.order_by("-history_id").select_related("change_set")
    return [row.change_set.actor_name for row in rows]


# --- Pages -----------------------------------------------------------------------


def test_form_sent_to_the_history_page_writes_nothing(client, root, reader_user):
    client.force_login(root)
    change, history = (
        reverse(f"admin:accounts_user_{name}", args=[reader_user.pk])
        for name in ("change", "history")
    )
    before = ChangeSet.objects.count()
    client.post(history, posted(client.get(change), first_name="Hanna"))

    assert User.objects.get(pk=reader_user.pk).first_name == "Anna"
    assert ChangeSet.objects.count() == before


class ReadersAdmin(UserAdmin):
    """Lists nobody who is staff."""

    def get_queryset(self, request):
        return super().get_queryset(request).filter(is_staff=False)


def test_history_of_who_is_not_listed_is_closed(client, root, front_desk):
    client.force_login(root)
    request = client.get(reverse("admin:index")).wsgi_request
    pages, pk = ReadersAdmin(User, admin.site), str(front_desk.pk)

    assert pages.history_view(request, pk).status_code == 302
    with pytest.raises(Http404):
        pages.revert_view(request, pk, "user", front_desk.history.first().pk)


# --- Code ------------------------------------------------------------------------


def test_nested_act_joins_the_outer_one_and_its_actor(manager, root, reader_user):
    with change_set(actor=manager, reason="Outer"):
        reader_user.first_name = "Hanna"
        with change_set(actor=root, reason="Inner"):
            reader_user.save()

    made = ChangeSet.objects.first()
    assert (made.actor_name, made.reason) == ("manager", "Outer")


def test_actor_is_nobody_again_after_a_failure(manager, reader_user):
    fails = change_set(reason="Fails")
    with pytest.raises(ZeroDivisionError), acting(Actor(user=manager)), fails:
        raise ZeroDivisionError
    reader_user.first_name = "Hanna"
    reader_user.save()

    made = ChangeSet.objects.first()
    assert (made.actor_name, made.reason, made.kind) == ("", "", "system")


def test_actors_who_wait_for_each_other_are_not_mixed_up(manager, root, reader_user):
    other = User.objects.create_user("other")

    async def rename(actor, person):
        with acting(Actor(kind="form", user=actor)):
            for number in range(3):
                await asyncio.sleep(0)
                person.first_name = f"Name {number}"
                await person.asave()

    async def both():
        await asyncio.gather(rename(manager, reader_user), rename(root, other))

    async_to_sync(both)()
    assert actors_of(reader_user)[:3] == ["manager"] * 3
    assert actors_of(other)[:3] == ["root"] * 3
