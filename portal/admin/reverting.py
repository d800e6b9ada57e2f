"""From a source to its plan and its result, for pages and jobs alike."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from portal.admin.plans import SHOWN, doubts_about, judge
from portal.history.crowds.planning import Actor, crowd_plan
from portal.history.crowds.writing import carry_out_source
from portal.history.revert import plan_source
from portal.history.sources import Source
from portal.history.steps import Plan, RevertRefused
from portal.history.writing import CHANGED_MEANWHILE, NOT_TOGETHER, carry_out
from portal.imports.undoing import note_revert
from portal.models import ChangeSet

RIGHTS = ("portal.revert_history", "portal.view_history", "portal.view_changeset")


@dataclass(frozen=True)
class Order:
    """What is to be taken back, by whom and why."""

    source: Source
    user: Any
    digest: str
    reason: str
    subject: str
    origin: str = ""
    reverts: ChangeSet | None = None

    @property
    def act_is(self) -> dict[str, Any]:
        return {
            "kind": ChangeSet.Kind.REVERT,
            "actor": self.user,
            "reason": self.reason,
            "subject": self.subject,
            "origin": self.origin,
            "reverts": self.reverts,
        }


def may_revert(user: Any) -> bool:
    """For what acts in the name of a user when no page has asked."""
    return user.is_active and user.is_staff and user.has_perms(RIGHTS)


def plan_for(user: Any, source: Source) -> Plan:
    """What `user` would see happen."""
    if source.size <= settings.REVERT_ONE_BY_ONE_ROWS:
        plan = plan_source(source)
        _actor(user).judge(plan)
        return plan
    with crowd_plan(source, _actor(user), shown=SHOWN) as (plan, _tables):
        return plan


def revert(order: Order) -> tuple[Plan, ChangeSet | None]:
    """Do what was shown; raises RevertRefused, having written nothing."""
    try:
        with transaction.atomic():
            done = _carry_out(order)
            if not done[0].unseen_count:
                # An import is not undone by who sees a part of what it did.
                note_revert(order.reverts)
    except IntegrityError as error:
        # Some constraints are asked only when the outermost transaction ends.
        raise RevertRefused([NOT_TOGETHER]) from error
    return done


def _carry_out(order: Order) -> tuple[Plan, ChangeSet | None]:
    if order.source.size > settings.REVERT_ONE_BY_ONE_ROWS:
        return carry_out_source(
            order.source, _actor(order.user), order.digest, **order.act_is
        )
    plan = plan_for(order.user, order.source)
    if plan.digest != order.digest:
        raise RevertRefused([CHANGED_MEANWHILE])
    return plan, carry_out(plan, **order.act_is)


def _actor(user: Any) -> Actor:
    request = HttpRequest()
    # The admin's permission checks ask about nothing else.
    request.user = user
    return Actor(
        doubts=partial(doubts_about, admin.site, request),
        judge=partial(judge, admin.site, request),
    )
