"""The ways back, each a plan with the words of its page and of its change set."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from portal.history.revert import plan_revert, undone_by
from portal.history.steps import Plan
from portal.models import ChangeSet


@dataclass(frozen=True)
class Way:
    """Back to what `point` left; `reverts` is what it undoes, when that is one act."""

    plan: Plan
    title: str
    subject: str
    done: str
    point: ChangeSet
    reverts: ChangeSet | None


def version_way(obj: Model, row: Any) -> Way | None:
    """One object back to the version `row`; None if it is gone."""
    plan = plan_revert(row)
    if plan is None:
        return None
    [step] = plan.steps
    plan.steps = [step] if step.changes else []
    return Way(
        plan=plan,
        title=_("Revert %s") % obj,
        subject=f"{step.model_label} {step.name}",
        done=_as_it_was(obj, row.history_date),
        point=row.change_set,
        reverts=undone_by(row),
    )


def _as_it_was(obj: Model, moment: datetime) -> str:
    date = formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return _("%(object)s is as it was on %(date)s.") % {"object": obj, "date": date}
