"""Every door to a person asks the policy: what it shows, and what it lets one change.

The actor manages people and staff of one branch, with every right that a manager has.
Behind each door stands somebody whom they do not reach, and nothing about them may come
out of it. A door of a new name fails `test_every_address_is_a_door_or_leads_to_nobody`.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import User
from portal.history.acts import change_set
from readers.models import Reader
from tests.conftest import make_staff
from tests.portal.pages import all_patterns
from tests.posts import posted

pytestmark = pytest.mark.django_db

MARK = "Touched"
SAID = {"post": "yes", "confirm": "1", "change_reason": "Because"}


def url(name, *args, **query):
    return reverse(f"admin:{name}", args=args, query=query)


@dataclass
class Behind:
    """Who stands behind a door, and how they are found there."""

    person: User
    # A version of the User and of its Reader, and the change set that made them.
    user_version: int
    reader_version: int
    made: int
    # Somebody whom the actor may change, to come in by their page.
    neighbour: User

    @property
    def key(self) -> int:
        return self.person.pk


def form(behind: Behind, **changed: Any) -> dict[str, Any]:
    """What the person's page would send, for who may not open it."""
    return {
        "username": behind.person.username,
        "first_name": MARK,
        "email": "taken@example.net",
        "is_active": "on",
        "is_staff": "on",
        "groups": list(Group.objects.values_list("pk", flat=True)),
        "reader-TOTAL_FORMS": "1",
        "reader-INITIAL_FORMS": "1",
        "reader-0-id": behind.person.reader.pk,
        "reader-0-user": behind.key,
        "reader-0-card_number": "TOUCHED-1",
        "reader-0-joined_on": "2026-01-15",
        "reader-0-notes": MARK,
        **changed,
    }


def act(client: Any, name: str, behind: Behind, **data: Any) -> Any:
    chosen = {"action": name, ACTION_CHECKBOX_NAME: [behind.key]}
    return client.post(url("accounts_user_changelist"), chosen | SAID | data)


def suggest(client: Any, app: str, model: str, field: str, behind: Behind) -> Any:
    asked = {"app_label": app, "model_name": model, "field_name": field}
    asked["term"] = behind.person.username[:5]
    return client.get(reverse("admin:autocomplete"), asked)


def by_neighbour(client: Any, behind: Behind, **changed: Any) -> Any:
    """The page of somebody whom one may change, with what was not offered there."""
    page = url("accounts_user_change", behind.neighbour.pk)
    return client.post(page, posted(client.get(page)) | changed)


def foreign_digits(key: int) -> str:
    return str(key).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


UNTIL = {"until": "2099-01-01", "shown_until": "2099-01-01"}
LIST, CHANGE = "accounts_user_changelist", "accounts_user_change"

# Name → what is done there. Each tells the answer, or nothing.
WRITES: dict[str, Any] = {
    "change": lambda c, b: c.post(url(CHANGE, b.key), form(b)),
    "change, spaces": lambda c, b: c.post(url(CHANGE, f" {b.key} "), form(b)),
    "change, zeros": lambda c, b: c.post(url(CHANGE, f"0{b.key}"), form(b)),
    "change, digits": lambda c, b: c.post(url(CHANGE, foreign_digits(b.key)), form(b)),
    "change, underscore": lambda c, b: c.post(url(CHANGE, f"{b.key}_20"), form(b)),
    "change, popup": lambda c, b: c.post(
        url(CHANGE, b.key, _popup="1", _to_field="id"), form(b, _popup="1")
    ),
    "change, by another field": lambda c, b: c.post(
        url(CHANGE, b.person.username, _to_field="username"), form(b)
    ),
    "change, save as new": lambda c, b: c.post(
        url(CHANGE, b.key), form(b, _saveasnew="1", access="none")
    ),
    "change, an action": lambda c, b: c.post(
        url(CHANGE, b.key),
        {"action": "deactivate", "change-form-action": "deactivate", **SAID},
    ),
    "address without a page": lambda c, b: c.post(
        url(CHANGE, b.key).replace("change/", ""), form(b)
    ),
    "password page of old": lambda c, b: c.post(
        url(CHANGE, b.key).replace("change", "password"),
        {"password1": "a new secret!", "password2": "a new secret!"},
    ),
    "inline of a neighbour": lambda c, b: by_neighbour(
        c, b, **{"reader-0-id": b.person.reader.pk, "reader-0-notes": MARK}
    ),
    "inline of a neighbour, twice": lambda c, b: by_neighbour(
        c,
        b,
        **{
            "reader-TOTAL_FORMS": "2",
            "reader-INITIAL_FORMS": "2",
            "reader-1-id": b.person.reader.pk,
            "reader-1-user": b.key,
            "reader-1-joined_on": "2026-01-15",
            "reader-1-notes": MARK,
        },
    ),
    "inline of a neighbour, moved over": lambda c, b: by_neighbour(
        c, b, **{"reader-0-user": b.key, "reader-0-notes": MARK}
    ),
    "add, with their key": lambda c, b: c.post(
        url("accounts_user_add"), form(b, id=b.key, pk=b.key, access="none")
    ),
    "list, edited in place": lambda c, b: c.post(
        url(LIST),
        {
            "_save": "1",
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": b.key,
            "form-0-email": "taken@example.net",
        },
    ),
    "delete": lambda c, b: c.post(url("accounts_user_delete", b.key), SAID),
    "delete, spaces": lambda c, b: c.post(
        url("accounts_user_delete", f" {b.key}"), SAID
    ),
    "invite": lambda c, b: c.post(url("accounts_user_invite", b.key), SAID),
    "invite, spaces": lambda c, b: c.post(
        url("accounts_user_invite", f" {b.key}"), SAID
    ),
    **{
        f"action {name}{', across' * int(across)}": (
            lambda c, b, name=name, across=across: act(
                c, name, b, select_across=across, **UNTIL
            )
        )
        for name in (
            "activate",
            "deactivate",
            "send_invitations",
            "extend_expiry",
            "delete_selected",
        )
        for across in "01"
    },
    "action with a filter of their branch": lambda c, b: c.post(
        url(LIST, reader__branch__id__exact=b.person.reader.branch_id),
        {
            "action": "deactivate",
            ACTION_CHECKBOX_NAME: [b.key],
            "select_across": "1",
            **SAID,
        },
    ),
    "revert of the user": lambda c, b: c.post(
        url("accounts_user_revert", b.key, "user", b.user_version), SAID
    ),
    "revert of the reader": lambda c, b: c.post(
        url("accounts_user_revert", b.key, "reader", b.reader_version), SAID
    ),
    "revert of the reader, at a neighbour": lambda c, b: c.post(
        url("accounts_user_revert", b.neighbour.pk, "reader", b.reader_version), SAID
    ),
    "revert of the user, at a neighbour": lambda c, b: c.post(
        url("accounts_user_revert", b.neighbour.pk, "user", b.user_version), SAID
    ),
    "revert of a field": lambda c, b: c.post(
        url("accounts_user_revert_field", b.key, "user", b.user_version, "first_name"),
        SAID,
    ),
    "back to a point": lambda c, b: c.post(
        url("accounts_user_back", b.key, b.made), SAID
    ),
    "a role's members": lambda c, b: c.post(
        url("auth_group_add"),
        {"name": "Mine", "user_set": [b.key], "users": [b.key], "user": b.key},
    ),
}
LOOKS: dict[str, Any] = {
    "list": lambda c, b: c.get(url(LIST)),
    "list, all": lambda c, b: c.get(url(LIST, all="")),
    "list, facets": lambda c, b: c.get(url(LIST, _facets="True")),
    "list, popup": lambda c, b: c.get(url(LIST, _popup="1", _to_field="id")),
    "list, by key": lambda c, b: c.get(url(LIST, pk=b.key)),
    "list, by keys": lambda c, b: c.get(url(LIST, pk__in=f"{b.key}")),
    "list, by e-mail": lambda c, b: c.get(url(LIST, email=b.person.email)),
    "list, by the first letters": lambda c, b: c.get(
        url(LIST, username__startswith=b.person.username[:3])
    ),
    "list, by their branch": lambda c, b: c.get(
        url(LIST, reader__branch__id__exact=b.person.reader.branch_id)
    ),
    "list, of no branch": lambda c, b: c.get(url(LIST, reader__branch__isnull="True")),
    "list, by their role": lambda c, b: c.get(
        url(LIST, groups__id__exact=Group.objects.get(name="Front desk").pk)
    ),
    "list, sorted": lambda c, b: c.get(url(LIST, o="-1")),
    "search of the list": lambda c, b: c.get(url(LIST, q=b.person.username[:5])),
    "search by the card": lambda c, b: c.get(url(LIST, q=b.person.reader.card_number)),
    "command search": lambda c, b: c.get(
        reverse("admin:search"), {"s": b.person.username[:5]}
    ),
    "suggestions": lambda c, b: suggest(c, "readers", "reader", "user", b),
    "suggestions of owners": lambda c, b: suggest(c, "portal", "importjob", "owner", b),
    "person": lambda c, b: c.get(url(CHANGE, b.key)),
    "person, spaces": lambda c, b: c.get(url(CHANGE, f" {b.key} ")),
    "person, digits": lambda c, b: c.get(url(CHANGE, foreign_digits(b.key))),
    "person, popup": lambda c, b: c.get(url(CHANGE, b.key, _popup="1", _to_field="id")),
    "person, by the username": lambda c, b: c.get(
        url(CHANGE, b.person.username, _to_field="username")
    ),
    "address without a page": lambda c, b: c.get(
        url(CHANGE, b.key).replace("change/", ""), follow=True
    ),
    "delete": lambda c, b: c.get(url("accounts_user_delete", b.key)),
    "invite": lambda c, b: c.get(url("accounts_user_invite", b.key)),
    "history": lambda c, b: c.get(url("accounts_user_history", b.key)),
    "history, compared": lambda c, b: c.get(url("accounts_user_compare", b.key)),
    "history, as of": lambda c, b: c.get(url("accounts_user_as_of", b.key)),
    "history, revert": lambda c, b: c.get(
        url("accounts_user_revert", b.key, "user", b.user_version)
    ),
    "history, revert at a neighbour": lambda c, b: c.get(
        url("accounts_user_revert", b.neighbour.pk, "reader", b.reader_version)
    ),
    "history, field": lambda c, b: c.get(
        url("accounts_user_revert_field", b.key, "user", b.user_version, "first_name")
    ),
    "history, back": lambda c, b: c.get(url("accounts_user_back", b.key, b.made)),
    "action to confirm": lambda c, b: act(c, "deactivate", b, confirm=""),
    "action to confirm, across": lambda c, b: act(
        c, "send_invitations", b, select_across="1", confirm=""
    ),
    "deletion to confirm": lambda c, b: act(c, "delete_selected", b, post=""),
    "clash of the username": lambda c, b: by_neighbour(
        c, b, username=b.person.username.upper()
    ),
    "clash of the card": lambda c, b: by_neighbour(
        c, b, **{"reader-0-card_number": b.person.reader.card_number}
    ),
    "dashboard": lambda c, b: c.get(reverse("admin:index")),
    "roles": lambda c, b: c.get(url("auth_group_changelist")),
    "role": lambda c, b: c.get(
        url("auth_group_change", Group.objects.get(name="Front desk").pk)
    ),
    "roles side by side": lambda c, b: c.get(url("auth_group_overview")),
    "branches": lambda c, b: c.get(url("readers_branch_changelist")),
    "branch in use": lambda c, b: c.get(
        url("readers_branch_delete", b.person.reader.branch_id or 0)
    ),
    "app": lambda c, b: c.get(reverse("admin:app_list", args=["accounts"])),
}


# The doors where one types what is looked for.
TYPED = {
    "clash of the card": "card",
    "search by the card": "card",
    "list, by e-mail": "e-mail",
}


@pytest.fixture
def boss(client, north, limited_role):
    user = make_staff("boss")
    user.groups.add(limited_role("North managers", north, like="Manager"))
    Reader.objects.filter(user=user).update(branch=north)
    client.force_login(user)
    return client


@pytest.fixture
def behind(boss, people, south, request):
    """Somebody with a past whom the actor does not reach."""
    person = User.objects.create_user("zuzanna", "zuzanna@example.org")
    User.objects.filter(pk=person.pk).update(first_name="Zuza", last_name="Zawada")
    where = {"other branch": south, "no branch": None}[request.param]
    with change_set() as act:
        Reader.objects.filter(user=person).update(
            branch=where, notes="Secretive", expires_on="2026-12-31"
        )
    person = User.objects.get(pk=person.pk)
    person.groups.add(Group.objects.get(name="Front desk"))
    first = person.history.order_by("history_id").first()
    reader_rows = Reader.history.model.objects.filter(user_id=person.pk)
    assert act is not None
    return Behind(
        person,
        first.pk,
        reader_rows.order_by("history_id").first().pk,
        first.change_set_id,
        people["northern"],
    )


def state_of(person: User) -> Any:
    """All that the tables hold of a person."""
    return (
        list(User.objects.filter(pk=person.pk).values()),
        list(Reader.objects.filter(user=person.pk).values()),
        set(User.groups.through.objects.filter(user=person.pk).values_list("group")),
        User.history.filter(id=person.pk).count(),
        Reader.history.filter(user_id=person.pk).count(),
    )


each_place = pytest.mark.parametrize(
    "behind", ["other branch", "no branch"], indirect=True
)


@each_place
@pytest.mark.parametrize("door", WRITES)
def test_nobody_beyond_the_reach_is_touched(boss, behind, mailoutbox, door):
    before = state_of(behind.person)
    answer = WRITES[door](boss, behind)

    assert answer.status_code in (200, 302, 400, 403, 404, 405)
    assert state_of(behind.person) == before
    assert behind.person.email not in {to for each in mailoutbox for to in each.to}


@each_place
@pytest.mark.parametrize("door", {**LOOKS, **WRITES})
def test_nothing_of_who_is_beyond_comes_out(boss, behind, door):
    person = behind.person
    secrets = {
        "name": "Zawada",
        "notes": "Secretive",
        "e-mail": person.email,
        "card": person.reader.card_number,
    }
    answer = {**LOOKS, **WRITES}[door](boss, behind)

    told = answer.text if answer.status_code == 200 else answer.get("Location", "")
    # What was typed stands in its field again.
    unsaid = {name: each for name, each in secrets.items() if name != TYPED.get(door)}
    assert [name for name, secret in unsaid.items() if secret in told] == []


@pytest.mark.parametrize("behind", ["other branch"], indirect=True)
@pytest.mark.parametrize(
    "door",
    [
        "change",
        "delete",
        "invite",
        "action deactivate",
        "action extend_expiry",
        "action send_invitations",
        "action delete_selected",
    ],
)
def test_same_door_is_open_to_who_reaches_them(
    boss, behind, manager, mailoutbox, door, django_capture_on_commit_callbacks
):
    """So that a door that is broken for everybody does not pass for a closed one."""
    behind.person.groups.clear()
    boss.force_login(manager)
    before = state_of(behind.person)
    with django_capture_on_commit_callbacks(execute=True):
        WRITES[door](boss, behind)

    assert state_of(behind.person) != before or mailoutbox


@pytest.mark.parametrize("behind", ["other branch"], indirect=True)
@pytest.mark.parametrize("door", ["list", "person", "command search", "suggestions"])
def test_same_page_shows_them_to_who_reaches_them(boss, behind, manager, door):
    boss.force_login(manager)

    assert "Zawada" in LOOKS[door](boss, behind).text


# --- Which doors there are ---------------------------------------------------------

# Asked in files of their own, each with a reach: history, imports, exports, sign-in.
ELSEWHERE = ("portal_", "account_", "mfa_", "socialaccount_", "usersessions_", "openid")
ELSEWHERE_ENDS = ("_import", "_export")
OF_NOBODY = {
    "account",
    "home",
    "invitation",
    "live",
    "ready",
    "invitation_done",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "jsi18n",
    "view_on_site",
}
OF_TABLES = ("readers_branch_", "readers_category_", "auth_group_")
DOORS_TO_PEOPLE = {
    "search",
    "index",
    "autocomplete",
    "app_list",
    "accounts_user_changelist",
    "accounts_user_add",
    "accounts_user_change",
    "accounts_user_delete",
    "accounts_user_invite",
    "accounts_user_sessions",
    "accounts_user_reset_factor",
    "accounts_user_unlink",
    "accounts_user_history",
    "accounts_user_compare",
    "accounts_user_as_of",
    "accounts_user_revert",
    "accounts_user_revert_field",
    "accounts_user_back",
}


def test_every_address_is_a_door_or_leads_to_nobody():
    unknown = {
        pattern.name
        for _before, pattern in all_patterns()
        if pattern.name
        and pattern.name not in OF_NOBODY | DOORS_TO_PEOPLE
        and not pattern.name.startswith((*ELSEWHERE, *OF_TABLES))
        and not pattern.name.endswith(ELSEWHERE_ENDS)
    }

    assert unknown == set()


def test_every_action_on_people_is_a_door(rf, root):
    request = rf.get("/")
    request.user = root
    actions = admin.site.get_model_admin(User).get_actions(request)

    tried = {
        door.split()[1].rstrip(",") for door in WRITES if door.startswith("action ")
    }
    assert set(actions) - tried == {"export_selected"}


def test_people_page_has_the_inline_that_is_tried():
    inlines = admin.site.get_model_admin(User).inlines

    assert [inline.model for inline in inlines] == [Reader]
