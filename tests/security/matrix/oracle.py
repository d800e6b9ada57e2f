"""What has to happen at a door, from the actor's rights and the target alone."""

from enum import Enum

from tests.accounts.test_roles_migration import ROLES
from tests.security.matrix.actors import ALL, Actor
from tests.security.matrix.doors import VIEW_PERSON, About, Door

SAFE = ("GET", "HEAD")


class Verdict(Enum):
    # To the sign-in page.
    SIGN_IN = "is sent to sign in"
    REFUSED = "is refused"
    THROUGH = "gets through"
    # PUT and DELETE mean nothing to most pages: what they show is not the matter, only
    # that they change nothing.
    EITHER = "changes nothing"


def decide(actor: Actor, door: Door, method: str, target: str) -> Verdict:
    if door.is_open:
        return Verdict.EITHER
    if door.is_own_account:
        has_account = actor.is_signed_in and actor.is_active
        return Verdict.EITHER if has_account else Verdict.SIGN_IN
    if not actor.gets_in:
        return Verdict.SIGN_IN
    if door.is_shut or target in ("deleted", "gone"):
        return Verdict.REFUSED
    if method in SAFE:
        return _answer(_may(actor, door, target, is_post=False))
    if method == "POST":
        return _answer(_may(actor, door, target, is_post=True))
    may = [_may(actor, door, target, is_post=each) for each in (False, True)]
    return Verdict.EITHER if any(may) else Verdict.REFUSED


def _answer(may: bool) -> Verdict:
    return Verdict.THROUGH if may else Verdict.REFUSED


def _may(actor: Actor, door: Door, target: str, *, is_post: bool) -> bool:
    needs, any_of = door.needs, door.any_of
    if is_post:
        needs = door.needs if door.posts is None else door.posts
        any_of = door.any_of if door.posts_any_of is None else door.posts_any_of
    if not actor.holds(*needs) or (any_of and not actor.holds_any(*any_of)):
        return False
    if door.needs_a_branch and actor.branches == frozenset():
        return False
    if (door.reads_only and is_post) or (
        door.for_all_branches and actor.branches is not ALL
    ):
        return False
    is_asked = bool(door.touches) and (is_post or door.touches_on_get)
    return _is_about_theirs(actor, door, target, is_asked=is_asked)


def _is_about_theirs(actor: Actor, door: Door, target: str, *, is_asked: bool) -> bool:
    """Whether the actor may have to do with what the address names."""
    match door.about:
        case About.OWN_JOB:
            return target == "own"
        case About.EXPORT_JOB if target == "own":
            exports = actor.holds("accounts.export_user")
            may_export = exports and actor.holds_any(*VIEW_PERSON)
            return may_export or actor.holds("portal.view_exportjob")
        case About.IMPORT_JOB | About.EXPORT_JOB | About.REVERT_JOB:
            return target == "own" or sees_jobs_of_others(actor, door.about)
        case About.OF_A_PERSON:
            return sees(actor, "own branch")
        case About.ROLE:
            return not is_asked or holds_the_front_desk(actor)
        case About.PERSON:
            is_kept = door.keeps_oneself and target == "self"
            stands = not is_asked or may_touch(actor, target, door.touches)
            return sees(actor, target) and not is_kept and stands
    return True


def sees_jobs_of_others(actor: Actor, about: About) -> bool:
    """The names of files, their filters and figures tell of people."""
    kind = {
        About.IMPORT_JOB: "importjob",
        About.EXPORT_JOB: "exportjob",
        About.REVERT_JOB: "history",
    }[about]
    is_about_people = about is not About.REVERT_JOB
    sees_people = not is_about_people or actor.holds_any(*VIEW_PERSON)
    return actor.holds(f"portal.view_{kind}") and actor.branches is ALL and sees_people


def holds_the_front_desk(actor: Actor) -> bool:
    """Whether nothing is in that role which the actor lacks, and it is not theirs."""
    is_own = actor.role == "Front desk"
    is_as_wide = actor.branches is ALL
    return actor.holds(*ROLES["Front desk"]) and is_as_wide and not is_own


def sees(actor: Actor, target: str) -> bool:
    """Whoever may change people sees them too."""
    may_view = target == "self" or actor.holds_any(*VIEW_PERSON)
    return may_view and reaches(actor, target)


def may_touch(actor: Actor, target: str, right: str) -> bool:
    if target == "self":
        return True
    return actor.holds(right) and stands_as_high(actor, target)


def reaches(actor: Actor, target: str) -> bool:
    """All are of the branch NORTH, but for the person of another one."""
    if actor.branches is ALL or target == "self":
        return True
    return "NORTH" in actor.branches and target != "other branch"


def stands_as_high(actor: Actor, target: str) -> bool:
    """A peer holds the same rights, and is staff."""
    if target == "superior":
        return actor.rights is ALL
    return target != "peer" or actor.holds("accounts.manage_staff")
