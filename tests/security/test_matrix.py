"""Every door: each kind of actor at each address, by each method, about each target."""

from functools import partial
from zlib import crc32

import pytest
from django.db import transaction
from django.urls import reverse
from django.urls.resolvers import RegexPattern

from accounts.policy import grantable_permissions
from tests.portal.pages import CONVERTER, all_patterns, value_for
from tests.security.matrix.actors import ALL, Actor, each_right_alone, kinds
from tests.security.matrix.doors import DOORS
from tests.security.matrix.oracle import SAFE, Verdict, decide
from tests.security.matrix.scene import TARGETS, Scene
from tests.security.sizes import IS_FULL, size

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
SIGN_IN_PAGES = ("/admin/login/", "/account/login/")
KINDS = kinds()
# Sealed with the session cookie: whoever signs out here ends the walk.
ENDS_THE_SESSION = {"logout", "account_logout"}


def door_of(name):
    assert name in DOORS, f"the address «{name}» has no line in doors.py"
    return DOORS[name]


def named_patterns():
    """Each address that has a name; what has none leads to one that has."""
    for before, pattern in all_patterns():
        if pattern.name and pattern.name not in ENDS_THE_SESSION:
            yield before, pattern


def address(scene, before, pattern, target):
    if isinstance(pattern.pattern, RegexPattern):
        return before + REGEX_ENDS.get(pattern.name, "x/")
    values = scene.parameters(DOORS[pattern.name], before, target)
    return CONVERTER.sub(partial(value_for, values), before + str(pattern.pattern))


REGEX_ENDS = {"app_list": "accounts/"}


def walk(scene, one_in):
    """(name, method, target, address) of the requests, or of one in so many."""
    for before, pattern in named_patterns():
        for target in TARGETS[door_of(pattern.name).about]:
            place = address(scene, before, pattern, target)
            for method in METHODS:
                if is_chosen(pattern.name, method, target, one_in):
                    yield pattern.name, method, target, place


def is_chosen(name, method, target, one_in):
    return crc32(f"{name} {method} {target}".encode()) % one_in == 0


def outcome_of(response, has_changed):
    """None is what speaks neither for nor against the actor: not by this method.

    To the first page lead both what is not there, and what is done.
    """
    if response.status_code == 302 and response["Location"].startswith(SIGN_IN_PAGES):
        return Verdict.SIGN_IN
    if response.status_code == 405:
        return None
    goes_to = response["Location"] if response.status_code == 302 else ""
    is_sent_away = goes_to == reverse("admin:index") and not has_changed
    if response.status_code in (403, 404) or is_sent_away:
        return Verdict.REFUSED
    return Verdict.THROUGH


def knock(scene, actor, name, method, target, place):
    """What is wrong with what happens, in words; "" if nothing is."""
    verdict = decide(actor, DOORS[name], method, target)
    frozen = frozen_people(actor, verdict)
    before = scene.state(), scene.rows_of(frozen)
    data = scene.payload(target) if method == "POST" else None
    with transaction.atomic():
        response = getattr(scene.client, method.lower())(place, data)
        after = scene.state(), scene.rows_of(frozen)
        transaction.set_rollback(True)
    outcome = outcome_of(response, after != before)
    is_unready = DOORS[name].may_be_unready and response.status_code == 503
    if response.status_code >= 500 and not is_unready:
        return f"crashed with {response.status_code}"
    if Verdict.EITHER is not verdict and outcome not in (verdict, None):
        return f"should be: {verdict.value}; got {response.status_code}"
    if after[1] != before[1]:
        return "changed somebody whom the actor may not touch"
    may_change = method == "POST" and verdict in (Verdict.THROUGH, Verdict.EITHER)
    return "" if may_change or after[0] == before[0] else "changed something"


def frozen_people(actor, verdict):
    """Those of whom nothing may move, whatever the request."""
    frozen = set()
    if actor.rights is not ALL or not actor.gets_in:
        frozen.add("superior")
    if actor.branches is not ALL or not actor.gets_in:
        frozen.add("other branch")
    return tuple(sorted(frozen))


def deviations(actor, one_in):
    scene = Scene(actor)
    found, count = [], 0
    for name, method, target, place in walk(scene, one_in):
        count += 1
        if problem := knock(scene, actor, name, method, target, place):
            found.append(f"{actor.name}: {method} {place} ({target}): {problem}")
    return found, count


@pytest.mark.parametrize("actor", KINDS, ids=lambda actor: actor.name)
def test_each_kind_of_actor_gets_through_no_other_door_than_the_table_says(
    figure, actor
):
    found, count = deviations(actor, size("requests of the matrix"))
    figure(f"requests by {actor.name}", count)

    assert not found, "\n".join(found)


@pytest.mark.skipif(not IS_FULL, reason="some forty kinds more, for make security")
def test_each_right_alone_opens_its_own_doors_and_no_other(figure, root):
    names = sorted(
        f"{each.content_type.app_label}.{each.codename}"
        for each in grantable_permissions(root)
    )
    found, count = [], 0
    for actor in each_right_alone(names):
        with transaction.atomic():
            more, requests = deviations(actor, size("requests of each right alone"))
            transaction.set_rollback(True)
        found, count = found + more, count + requests
    figure(f"requests by staff with one of {len(names)} rights", count)

    assert not found, "\n".join(found)


def test_there_are_more_than_a_dozen_kinds_of_actor():
    assert len(KINDS) > 12
    assert len({actor.name for actor in KINDS}) == len(KINDS)


def test_address_without_a_line_is_found_out():
    with pytest.raises(AssertionError, match="no line"):
        door_of("accounts_user_new_page")


@pytest.mark.parametrize(
    ("method", "actor"),
    [(method, Actor("x")) for method in SAFE],
)
def test_oracle_refuses_staff_without_rights(method, actor):
    door = DOORS["accounts_user_change"]

    assert decide(actor, door, method, "own branch") is Verdict.REFUSED
