"""Going back to an old version gives nothing that one may not hand out today."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import User
from tests.accounts.rights import rights_of
from tests.posts import seen_plan


def revert(client, obj, row):
    name = f"admin:{obj._meta.app_label}_{obj._meta.model_name}_revert"
    url = reverse(name, args=[obj.pk, obj._meta.model_name, row.pk])
    sent = seen_plan(client, url)
    return client.post(url, {**sent, "change_reason": "By mistake"})


@pytest.mark.parametrize("who", ["front_desk", "manager"])
def test_who_rose_since_is_not_brought_back(request, client, reader_user, who):
    """The live account is asked about, not the version."""
    User.objects.filter(pk=reader_user.pk).update(is_superuser=True)
    client.force_login(request.getfixturevalue(who))
    response = revert(client, reader_user, reader_user.history.last())

    assert response.status_code == 403
    assert rights_of(reader_user)[1]


def test_manager_brings_back_no_rights_beyond_their_own(
    client, manager, reader_user, director
):
    reader_user.groups.add(director)
    reader_user.groups.clear()
    User.objects.filter(pk=reader_user.pk).update(is_superuser=True)
    User.objects.filter(pk=reader_user.pk).update(is_superuser=False)
    client.force_login(manager)
    for row in reader_user.history.all():
        revert(client, reader_user, row)

    assert rights_of(reader_user) == (False, False, set(), set())


def test_manager_brings_back_what_they_hold(client, manager, reader_user):
    reader_user.groups.add(Group.objects.get(name="Front desk"))
    before = reader_user.history.first()
    reader_user.groups.clear()
    client.force_login(manager)
    revert(client, reader_user, before)

    assert rights_of(reader_user)[2] == {"Front desk"}


@pytest.mark.parametrize("method", ["get", "post"])
def test_version_has_no_form_of_its_own(client, root, reader_user, method):
    client.force_login(root)
    row = reader_user.history.get()
    history = reverse("admin:accounts_user_history", args=[reader_user.pk])
    sent = {"username": "other", "first_name": "Other"}
    getattr(client, method)(f"{history}{row.pk}/", sent, follow=True)

    assert User.objects.get(pk=reader_user.pk).first_name == "Anna"
