"""What is typed as the reason is kept on one line, whatever was sent, by every page."""

import pytest
from django.urls import reverse

from accounts.models import User
from portal.models import ChangeSet
from tests.posts import posted, seen_plan

pytestmark = pytest.mark.django_db

SENT = {
    " Moved\r\nhere ": "Moved here",
    "a\0b": "a b",
    "x" * 900: "x" * 500,
    "Zoe\u0308": "Zoë",
    "<script>alert(1)</script>": "<script>alert(1)</script>",
}
each_reason = pytest.mark.parametrize(
    ("sent", "kept"), SENT.items(), ids=["lines", "nul", "long", "nfc", "markup"]
)


@pytest.fixture(autouse=True)
def signed_in(client, root):
    client.force_login(root)


def change_page(person):
    return reverse("admin:accounts_user_change", args=[person.pk])


def newest():
    return ChangeSet.objects.first()


@each_reason
def test_reason_of_a_form(client, reader_user, sent, kept):
    page = client.get(change_page(reader_user))
    data = posted(page, first_name="New", change_reason=sent)
    response = client.post(change_page(reader_user), data, follow=True)

    assert newest().reason == kept
    assert b"<script>alert" not in response.content


@each_reason
def test_reason_of_a_revert(client, reader_user, sent, kept):
    row = reader_user.history.get()
    User.objects.filter(pk=reader_user.pk).update(first_name="New")
    url = reverse("admin:accounts_user_revert", args=[reader_user.pk, "user", row.pk])
    client.post(url, {**seen_plan(client, url), "change_reason": sent})

    assert (newest().kind, newest().reason) == ("revert", kept)


@each_reason
def test_reason_of_an_action(client, reader_user, sent, kept):
    chosen = {"action": "deactivate", "_selected_action": reader_user.pk}
    url = reverse("admin:accounts_user_changelist")
    client.post(url, chosen | {"confirm": "1", "change_reason": sent})

    assert (newest().kind, newest().reason) == ("action", kept)


@each_reason
def test_reason_of_a_deletion_and_on_every_page_that_shows_it(
    client, reader_user, sent, kept
):
    url = reverse("admin:accounts_user_delete", args=[reader_user.pk])
    client.post(url, {"post": "yes", "change_reason": sent})

    assert newest().reason == kept
    for page in ("portal_changeset_changelist", "index"):
        shown = client.get(reverse(f"admin:{page}"))
        assert b"<script>alert" not in shown.content


def test_page_saved_as_it_stands_leaves_no_trace(client, reader_user, branch, category):
    reader = reader_user.reader
    reader.phone, reader.notes = "+4930901820", "Two\nlines"
    reader.branch, reader.category = branch, category
    reader.save()
    before = ChangeSet.objects.count()
    data = posted(client.get(change_page(reader_user)), reader__0__notes="Two\r\nlines")
    response = client.post(change_page(reader_user), data)

    assert response.status_code == 302
    assert ChangeSet.objects.count() == before


def test_one_bulk_update_is_one_change_set():
    people = User.objects.bulk_create(User(username=f"p{n:04}") for n in range(1200))
    before = ChangeSet.objects.count()
    for person in people:
        person.first_name = "New"
    User.objects.bulk_update(people, ["first_name"], batch_size=500)

    assert ChangeSet.objects.count() == before + 1
    assert newest().changed_count == 1200


@pytest.mark.parametrize("sent", [None, "", "  ", "\0"])
def test_deletion_needs_a_reason(client, reader_user, sent):
    url = reverse("admin:accounts_user_delete", args=[reader_user.pk])
    data = {"post": "yes"} | ({} if sent is None else {"change_reason": sent})
    response = client.post(url, data, follow=True)

    assert User.objects.filter(pk=reader_user.pk).exists()
    assert "reason" in str([str(m) for m in response.context["messages"]])
    assert b'name="change_reason"' in response.content


@pytest.mark.parametrize("sent", ["", "  "])
def test_deletion_of_several_needs_a_reason_and_keeps_the_choice(
    client, reader_user, sent
):
    chosen = {"action": "delete_selected", "_selected_action": reader_user.pk}
    url = reverse("admin:accounts_user_changelist")
    response = client.post(url, chosen | {"post": "yes", "change_reason": sent})

    assert User.objects.filter(pk=reader_user.pk).exists()
    assert f'name="_selected_action" value="{reader_user.pk}"' in (
        response.content.decode()
    )
    client.post(url, chosen | {"post": "yes", "change_reason": "Moved away"})
    assert not User.objects.filter(pk=reader_user.pk).exists()
    assert newest().reason == "Moved away"


def test_revert_needs_a_reason(client, reader_user):
    row = reader_user.history.get()
    User.objects.filter(pk=reader_user.pk).update(first_name="New")
    url = reverse("admin:accounts_user_revert", args=[reader_user.pk, "user", row.pk])
    client.post(url, {**seen_plan(client, url), "change_reason": " "})

    assert User.objects.get(pk=reader_user.pk).first_name == "New"
