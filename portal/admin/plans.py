"""What the pages of a plan share: who may do its steps, and its lists."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.admin.history import HistoryModelAdmin
from portal.history.steps import Doubts, Plan, Step
from portal.history.viewing import may_view

SHOWN = 100


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


def judge(site: AdminSite, request: HttpRequest, plan: Plan) -> None:
    """Note what forbids the steps to this actor, then settle which go ahead."""
    hide_from(request.user, plan)
    by_admin: dict[HistoryModelAdmin | None, list[Step]] = defaultdict(list)
    for step in plan.steps:
        by_admin[admin_of(site, step.model)].append(step)
    for model_admin, steps in by_admin.items():
        if model_admin is not None:
            model_admin.check_revert(request, steps)
            continue
        for step in steps:
            step.problems.append(_("The portal has no page for this kind of object."))
    for step in plan.steps:
        if step.is_hidden:
            # The other problems may name what is hidden.
            step.problems = [_("You may not view this.")]
    plan.settle()


def doubts_about(site: AdminSite, request: HttpRequest, model: type[Model]) -> Doubts:
    """As `judge` says it of each step, of all objects of a model at once."""
    if not may_view(request.user, model):
        return _refusing_all(_("You may not view this."))
    model_admin = admin_of(site, model)
    if model_admin is None:
        return _refusing_all(_("The portal has no page for this kind of object."))
    return model_admin.revert_doubts(request, model)


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


def hide_from(user: Any, plan: Plan) -> None:
    """Mark what `user` may not view: the page shows neither its name nor its values.

    Whoever may not view an object may not revert it either; see `judge`.
    """
    items: list[Any] = [*plan.steps, *plan.kept]
    items += [item for crowd in plan.crowds for item in crowd.items]
    viewable = {item.model: may_view(user, item.model) for item in items}
    for item in items:
        item.is_hidden = not viewable[item.model]


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
