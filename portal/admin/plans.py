"""What the pages of a plan share: who may do its steps, and its lists."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Model, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import access
from portal.admin.history import REVERT_HISTORY, HistoryModelAdmin
from portal.history.steps import Doubts, Plan, Step
from portal.history.unseen import (
    OUT_OF_REACH,
    UNSEEN,
    beyond_reach,
    hide_from,
    unname,
)
from portal.history.viewing import may_view

SHOWN = 100
WITHHELD = gettext_lazy("It has personal fields that you may not change back.")


@dataclass
class PlanList:
    """One of a plan's lists, of which the page shows the first."""

    kind: str
    title: str
    count: int
    items: list[Any]

    @property
    def more(self) -> int:
        return self.count - len(self.items)


def judge(
    site: AdminSite, request: HttpRequest, plan: Plan, right: str = REVERT_HISTORY
) -> None:
    """Note what forbids the steps to this actor, then settle which go ahead.

    Whoever may not see an object may not revert it either, and a value that may not be
    seen is not changed; it comes back unseen with an object that was deleted. The
    right to go back at all may reach less far than the right to see.
    """
    kept = {id(item) for item in plan.kept}
    crowded = [item for crowd in plan.crowds for item in crowd.items]
    hide_from(request.user, [*plan.steps, *plan.kept, *crowded])
    unname(request.user, [*plan.steps, *crowded])
    by_admin: dict[HistoryModelAdmin | None, list[Step]] = defaultdict(list)
    for step in plan.steps:
        by_admin[admin_of(site, step.model)].append(step)
    for model_admin, steps in by_admin.items():
        if model_admin is not None:
            model_admin.check_revert(request, steps)
            continue
        for step in steps:
            step.problems.append(_("The portal has no page for this kind of object."))
    for step in beyond_reach(request.user, plan.steps, [right]):
        step.problems.append(str(OUT_OF_REACH))
    for step in plan.steps:
        withheld = access.hidden_fields(request.user, step.model) & step.changed_fields
        if step.kind == "update" and withheld:
            step.problems.append(str(WITHHELD))
        if step.is_hidden:
            # The other problems may name what is hidden.
            step.problems = [str(UNSEEN)]
    plan.settle()
    # Some steps may be kept now, together with others.
    hide_from(request.user, [item for item in plan.kept if id(item) not in kept])


def doubts_about(site: AdminSite, request: HttpRequest, model: type[Model]) -> Doubts:
    """As `judge` says it of each step, of all objects of a model at once."""
    if not may_view(request.user, model):
        return Doubts(seen=Q(pk__in=()))
    model_admin = admin_of(site, model)
    if model_admin is None:
        return _refusing_all(_("The portal has no page for this kind of object."))
    doubts = model_admin.revert_doubts(request, model)
    doubts.seen = access.visible_rows(request.user, model)
    reached = access.visible_rows(request.user, model, [REVERT_HISTORY])
    if reached is not None:
        for kind in ("create", "update", "delete"):
            doubts.within.setdefault(kind, []).append((reached, str(OUT_OF_REACH)))
    hidden = access.hidden_fields(request.user, model)
    doubts.withheld = dict.fromkeys(sorted(hidden), str(WITHHELD))
    return doubts


def _refusing_all(text: str) -> Doubts:
    return Doubts(refused=dict.fromkeys(("create", "update", "delete"), text))


def admin_of(site: AdminSite, model: type[Model]) -> HistoryModelAdmin | None:
    """The page that decides about objects of this model."""
    for model_admin in site._registry.values():
        if isinstance(model_admin, HistoryModelAdmin) and model in (
            model_admin.model,
            *model_admin.answers_for,
        ):
            return model_admin
    return None


def lists_of(ready: str, plan: Plan) -> list[PlanList]:
    """The lists that have anything in them; `ready` is the title of the first."""
    titles = {
        "ready": ready,
        "kept": _("Kept, because somebody changed it since"),
        "blocked": _("Cannot be done"),
    }
    return [
        PlanList(kind, title, plan.count(kind), plan.first(kind, SHOWN))
        for kind, title in titles.items()
        if plan.count(kind) or kind == "ready"
    ]
