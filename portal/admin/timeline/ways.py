"""The ways back, each a plan with the words of its page and of its change set."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from portal.history.back import field_undone, plan_field, plan_point, undone_since
from portal.history.field_story import TrackedField
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
    # The field whose history to come back to, if it is about one alone.
    field: TrackedField | None = None


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


def field_way(obj: Model, row: Any, field: TrackedField) -> Way | None:
    """One field back to its value in the version `row`; None if the object is gone."""
    plan = plan_field(row, field)
    if plan is None:
        return None
    words = {"field": field.label, "object": obj}
    return Way(
        plan=plan,
        title=_("Revert one field of %(object)s: %(field)s") % words,
        subject=_("%(field)s of %(object)s") % words,
        done=_("%(field)s of %(object)s has its old value again.") % words,
        point=row.change_set,
        reverts=field_undone(row, field),
        field=field,
    )


def whole_way(obj: Model, point: ChangeSet) -> Way | None:
    """The object and its parts back to a point; None if it was not there then."""
    plan = plan_point(obj, point)
    if plan is None:
        return None
    return Way(
        plan=plan,
        title=_("Bring %s back as a whole") % obj,
        subject=f"{obj._meta.verbose_name} {obj}".capitalize(),
        done=_as_it_was(obj, point.started_at),
        point=point,
        reverts=undone_since(obj, point),
    )


def _as_it_was(obj: Model, moment: datetime) -> str:
    date = formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return _("%(object)s is as it was on %(date)s.") % {"object": obj, "date": date}
