"""What nobody may read cannot be asked for either, letter by letter."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from portal.models import ChangeSet
from readers.models import Branch, Category

LOOKUPS = [
    "password",
    "password__startswith",
    "password__regex",
    "user__password__startswith",
    "reader__user__password__startswith",
    "groups__user__password__startswith",
    "groups__user__email__startswith",
    "reader__branch__reader__user__password__startswith",
    "owner__password__startswith",
    "history__password",
]
each_model = pytest.mark.parametrize(
    "model", [User, Branch, Category, ChangeSet], ids=lambda model: model.__name__
)


def url(model, page="changelist"):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


@each_model
def test_lookup_by_secrets_is_refused(client, root, reader_user, model):
    client.force_login(root)
    for lookup in LOOKUPS:
        response = client.get(url(model), {lookup: "md5"})

        # Refused outright, or sent back to the list without it.
        is_sent_back = response.status_code == 302 and "e=1" in response["Location"]
        assert response.status_code == 400 or is_sent_back, lookup


@each_model
def test_sorting_and_popups_reveal_no_password(client, root, model):
    client.force_login(root)
    for data in ({"o": "password"}, {"o": "-99.0"}, {"_to_field": "password"}):
        response = client.get(url(model), {**data, "_popup": "1"})
        assert response.status_code in (200, 302, 400)
        assert root.password not in response.content.decode()


AUTOCOMPLETE = [
    ("readers", "reader", "user"),
    ("readers", "reader", "branch"),
    ("accounts", "user", "groups"),
    ("accounts", "user", "user_permissions"),
    ("accounts", "user", "password"),
    ("auth", "group", "permissions"),
    ("portal", "changeset", "reverts"),
    ("portal", "importjob", "owner"),
    ("no", "such", "field"),
]


def suggestions(client, term):
    for app, model, field in AUTOCOMPLETE:
        asked = {"app_label": app, "model_name": model, "field_name": field}
        yield client.get(reverse("admin:autocomplete"), asked | {"term": term})


@pytest.mark.parametrize("who", ["outsider", "bystander"])
def test_suggestions_are_refused_without_the_right(request, client, who, reader_user):
    client.force_login(request.getfixturevalue(who))

    assert {each.status_code for each in suggestions(client, "a")} <= {302, 403}


@pytest.mark.parametrize("term", ["a", "%", "\0", "x" * 300])
def test_suggestions_crash_on_nothing_and_show_no_secret(
    client, root, reader_user, term
):
    client.force_login(root)
    for response in suggestions(client, term):
        assert response.status_code in (200, 400, 403)
        assert root.password not in response.content.decode()


@pytest.mark.parametrize("who", ["outsider", "bystander"])
def test_command_search_finds_nobody_without_the_right(
    request, client, who, reader_user
):
    client.force_login(request.getfixturevalue(who))
    response = client.get(reverse("admin:search"), {"s": "anna"})

    assert "Anna Berg" not in response.content.decode()
    assert response.status_code in (200, 302)


def test_command_search_forgets_a_right_that_is_gone(client, front_desk, reader_user):
    client.force_login(front_desk)
    assert "Anna Berg" in client.get(reverse("admin:search"), {"s": "anna"}).text
    front_desk.groups.clear()

    assert "Anna Berg" not in client.get(reverse("admin:search"), {"s": "anna"}).text


@pytest.mark.parametrize("term", ["", "a", "%", "'", "x" * 1000, "𝔄", "\\"])
def test_command_search_crashes_on_nothing(client, root, term):
    client.force_login(root)
    for more in ({}, {"page": "abc"}, {"page": "999"}, {"extended": "1"}):
        response = client.get(reverse("admin:search"), {"s": term, **more})
        assert response.status_code == 200


def test_every_registered_page_is_ours():
    foreign = [
        str(model)
        for model, page in admin.site._registry.items()
        if not type(page).__module__.startswith(("accounts.", "readers.", "portal."))
    ]

    assert foreign == []
