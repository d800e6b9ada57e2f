"""What was deleted: listed, found, and brought back after a look."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Branch, Reader
from tests.portal.pages import all_rows

pytestmark = pytest.mark.django_db

LIST = "admin:portal_deleted"
RESTORE = "admin:portal_restore"


def delete(*objects, actor=None, reason=""):
    with change_set(actor=actor, reason=reason, kind="form"):
        for each in objects:
            each.delete()


def shown(client, **query):
    return client.get(reverse(LIST), query)


def keys(client, **query):
    return [item["key"] for item in shown(client, **query).context["items"]]


def look(client, chosen):
    return client.get(reverse(RESTORE), {"chosen": chosen})


def restore(client, chosen, **changed):
    digest = look(client, chosen).context["plan"].digest
    sent = {"chosen": chosen, "digest": digest, "change_reason": "Came back"}
    return client.post(reverse(RESTORE), sent | changed)


def problems(page):
    plan = page.context["plan"]
    return " ".join(text for step in plan.blocked for text in step.problems)


@pytest.fixture
def gone(reader_user, manager):
    """The keys of what a person was before she was deleted."""
    kept = reader_user.pk, reader_user.reader.pk, reader_user.reader.card_number
    delete(reader_user, actor=manager, reason="Moved away")
    return kept


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sees", "restores"),
    [
        ("bystander", 403, 403),
        ("front_desk", 403, 403),
        ("importer", 403, 403),
        ("auditor", 200, 403),
        ("manager", 200, 200),
        ("root", 200, 200),
    ],
)
def test_each_page_needs_its_own_right(request, client, gone, who, sees, restores):
    key = f"accounts.user:{User.history.get(history_type='-').pk}"
    client.force_login(request.getfixturevalue(who))

    assert shown(client).status_code == sees
    assert look(client, [key]).status_code == restores


@pytest.mark.parametrize("who", ["bystander", "front_desk", "auditor"])
def test_nothing_comes_back_without_the_right(request, client, gone, who):
    key = f"accounts.user:{User.history.get(history_type='-').pk}"
    client.force_login(request.getfixturevalue(who))
    sent = {"chosen": [key], "change_reason": "Why not", "digest": "x"}

    assert client.post(reverse(RESTORE), sent).status_code == 403
    assert not User.objects.filter(username="anna.berg").exists()


def test_restore_needs_a_token(manager, gone):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(manager)

    assert strict.post(reverse(RESTORE), {}).status_code == 403


@pytest.mark.parametrize(
    "key", ["", "x", "accounts.user:", "accounts.user:0", "no.such:1", "x:" + "9" * 30]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_odd_keys_bring_nothing_back(client, manager, gone, key, method):
    client.force_login(manager)
    response = getattr(client, method)(reverse(RESTORE), {"chosen": [key]})

    assert response.status_code == 302
    assert response["Location"] == reverse(LIST)


@pytest.mark.parametrize("missing", ["change_reason", "digest"])
def test_restore_needs_a_reason_and_its_look(client, manager, gone, missing):
    client.force_login(manager)
    response = restore(client, keys(client), **{missing: ""})

    assert response.status_code == 200
    assert not User.objects.filter(username="anna.berg").exists()


def test_looking_writes_nothing(client, manager, gone):
    client.force_login(manager)
    before = all_rows()
    look(client, keys(client))

    assert all_rows() == before


# --- The list --------------------------------------------------------------------


def test_person_is_listed_once_with_who_and_why(client, auditor, gone):
    client.force_login(auditor)
    page = shown(client)
    text = page.content.decode()

    assert [item["name"] for item in page.context["items"]] == ["Anna Berg"]
    assert "manager" in text and "Moved away" in text and "anna.berg" in text
    assert 'name="chosen"' not in text


@pytest.mark.parametrize(
    "term", ["anna", "BERG", "berg anna", "anna.berg", "anna@example", "card"]
)
def test_person_is_found_by_what_one_remembers(client, manager, gone, term):
    delete(Branch.objects.create(code="N", name="North"))
    client.force_login(manager)

    assert len(keys(client, q=gone[2].lower() if term == "card" else term)) == 1


@pytest.mark.parametrize("term", ["nobody", "anna nobody", "%", "_", "'", "\\"])
def test_what_does_not_match_is_not_found(client, manager, gone, term):
    client.force_login(manager)

    assert keys(client, q=term) == []


def test_newest_come_first_and_what_came_back_is_gone_from_the_list(
    client, manager, gone
):
    delete(Branch.objects.create(code="N", name="North"))
    client.force_login(manager)
    both = keys(client)
    restore(client, both[:1])

    assert [key.split(":")[0] for key in both] == ["readers.branch", "accounts.user"]
    assert keys(client) == both[1:]


def test_kinds_that_one_may_not_view_are_left_out(client, auditor, gone):
    role = Group.objects.get(name="Auditor")
    role.permissions.set(role.permissions.exclude(codename="view_user"))
    client.force_login(auditor)

    assert keys(client) == []


def test_list_is_paged_and_costs_the_same_for_many(
    client, manager, django_assert_max_num_queries
):
    client.force_login(manager)
    counts = []
    for number in (3, 60):
        people = [User(username=f"p{number}.{n}") for n in range(number)]
        created = User.objects.bulk_create(people)
        User.objects.filter(pk__in=[each.pk for each in created]).delete()
        with django_assert_max_num_queries(40) as captured:
            page = shown(client)
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert len(page.context["items"]) == 50
    assert len(keys(client, p="2")) == 13


# --- What comes back -------------------------------------------------------------


def test_person_comes_back_with_reader_groups_and_old_ids(client, root, reader_user):
    reader_user.groups.add(Group.objects.get(name="Auditor"))
    pk, reader = reader_user.pk, Reader.objects.values().get(user=reader_user)
    delete(reader_user)
    client.force_login(root)
    response = restore(client, keys(client))
    made = ChangeSet.objects.first()

    person = User.objects.get(pk=pk)
    assert response.status_code == 302
    assert Reader.objects.values().get(user=person) == reader
    assert [group.name for group in person.groups.all()] == ["Auditor"]
    assert person.password.startswith("!")
    assert (made.kind, made.reason, made.actor_id) == ("restore", "Came back", root.pk)
    assert (made.created_count, made.changed_count) == (2, 0)


def test_many_come_back_together(client, manager):
    people = User.objects.bulk_create(User(username=f"p{n}") for n in range(5))
    User.objects.filter(pk__in=[each.pk for each in people]).delete()
    client.force_login(manager)
    restore(client, keys(client))

    assert User.objects.filter(username__startswith="p").count() == 5
    assert Reader.objects.count() == User.objects.count()


def test_branch_and_its_reader_come_back_in_one_go(
    client, manager, reader_user, branch
):
    Reader.objects.filter(user=reader_user).update(branch=branch)
    pk = reader_user.pk
    delete(reader_user, branch)
    client.force_login(manager)
    alone = [key for key in keys(client) if "user" in key]

    assert "Main library" in problems(look(client, alone))
    restore(client, keys(client))
    assert Reader.objects.get(user_id=pk).branch.name == "Main library"


@pytest.mark.parametrize("field", ["username", "email"])
def test_name_or_address_taken_since_is_said_before(client, manager, gone, field):
    taken = {"username": "Anna.Berg", "email": "ANNA@example.org"}
    User.objects.create(
        **{"username": "someone", field: taken[field]},
        first_name="Other",
        last_name="Anna",
    )
    client.force_login(manager)
    page = look(client, keys(client))
    restore(client, keys(client))

    assert "Other Anna has it now" in problems(page)
    assert not User.objects.filter(pk=gone[0]).exists()


def test_card_taken_since_is_said_before(client, manager, gone):
    other = User.objects.create_user("other")
    Reader.objects.filter(user=other).update(card_number=gone[2])
    client.force_login(manager)

    assert "other has it now" in problems(look(client, keys(client)))


def test_restoring_twice_brings_one_back(client, manager, gone):
    client.force_login(manager)
    chosen = keys(client)
    digest = look(client, chosen).context["plan"].digest
    sent = {"chosen": chosen, "digest": digest, "change_reason": "Came back"}
    for _time in range(2):
        client.post(reverse(RESTORE), sent)

    assert User.objects.filter(username="anna.berg").count() == 1


def test_what_somebody_else_restored_meanwhile_is_reported(client, manager, gone):
    delete(Branch.objects.create(code="N", name="North"))
    client.force_login(manager)
    chosen = keys(client)
    digest = look(client, chosen).context["plan"].digest
    restore(client, chosen[:1])
    sent = {"chosen": chosen, "digest": digest, "change_reason": "Came back"}
    response = client.post(reverse(RESTORE), sent)

    assert "meanwhile" in str([str(m) for m in response.context["messages"]])
    assert not User.objects.filter(username="anna.berg").exists()


# --- Rights ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["superuser", "role", "permission"])
def test_nobody_brings_back_rights_that_they_do_not_hold(
    client, manager, reader_user, kind
):
    beyond = Group.objects.create(name="Director")
    permission = beyond.permissions.model.objects.get(codename="delete_permission")
    beyond.permissions.add(permission)
    if kind == "superuser":
        User.objects.filter(pk=reader_user.pk).update(is_superuser=True)
    elif kind == "role":
        reader_user.groups.add(beyond)
    else:
        reader_user.user_permissions.add(permission)
    delete(reader_user)
    client.force_login(manager)
    page = look(client, keys(client))
    restore(client, keys(client))

    assert "may not hand out" in problems(page)
    assert not User.objects.filter(username="anna.berg").exists()


def test_role_that_holds_more_does_not_come_back(client, manager):
    role = Group.objects.create(name="Director")
    role.permissions.add(role.permissions.model.objects.get(codename="view_session"))
    role.delete()
    client.force_login(manager)
    restore(client, keys(client))

    assert not Group.objects.filter(name="Director").exists()


@pytest.mark.parametrize("lacking", ["add_user", "add_reader"])
def test_restore_needs_the_right_to_add(client, manager, gone, lacking):
    role = Group.objects.get(name="Manager")
    role.permissions.set(role.permissions.exclude(codename=lacking))
    client.force_login(manager)

    assert "may not add" in problems(look(client, keys(client)))
