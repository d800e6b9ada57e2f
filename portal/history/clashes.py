"""Unique values of then that are somebody else's now."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.history.acts import BATCH
from portal.history.snapshot import history_model_of, owner_field
from portal.history.steps import Key, Naming, Step


@dataclass(frozen=True)
class UniqueKey:
    """What no two objects of a model may have the same of."""

    field: Any
    expression: Any
    condition: Q


def unique_keys(model: type[models.Model]) -> list[UniqueKey]:
    keys = [
        UniqueKey(_field_of(model, parts[0]), parts[0], constraint.condition or Q())
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        and len(parts := constraint.expressions or tuple(map(F, constraint.fields)))
        == 1
    ]
    # A constraint says more exactly what the field's own key says.
    named = {key.field for key in keys}
    keys += [
        UniqueKey(field, F(field.attname), Q())
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key and field not in named
    ]
    return keys


def _field_of(model: type[models.Model], expression: Any) -> Any:
    """The field that the expression is about."""
    inner = expression
    while not isinstance(inner, F):
        inner = inner.get_source_expressions()[0]
    return model._meta.get_field(inner.name)  # type: ignore[attr-defined]


def note_taken(
    model: type[models.Model],
    steps: list[Step],
    plan: dict[Key, Step],
    unique: UniqueKey,
    around: Any,
) -> None:
    """A unique value of then may be somebody else's now."""
    name = unique.field.name
    versions = {
        s.version.history_id: s for s in steps if s.version and name in s.changed_fields
    }
    wanted: dict[Any, list[Step]] = defaultdict(list)
    for some in batched(versions, BATCH):
        values, holders = _holders(model, unique, [versions[n] for n in some])
        pks = {holder.pk for its in holders.values() for holder in its}
        giving_up = around.giving_up(model, unique.field.name, pks)
        for history_id, value in values.items():
            step = versions[history_id]
            wanted[value].append(step)
            for holder in holders.get(value, ()):
                other = plan.get((model, holder.pk))
                if holder.pk == step.pk or holder.pk in giving_up:
                    continue
                text = _taken(model, unique.field, step, holder)
                if other is not None and _gives_up(other, unique.field):
                    step.needs.append((other.key, text))
                else:
                    step.problems.append(text)
    for rivals in wanted.values():
        # At different times both had it: states of one moment cannot clash.
        for step, rival in zip(rivals, [*rivals[1:], rivals[0]], strict=True):
            if rival is not step:
                step.problems.append(_had(unique.field, step, rival))


def _holders(
    model: type[models.Model], unique: UniqueKey, steps: list[Step]
) -> tuple[dict[int, Any], dict[Any, list[Any]]]:
    """The key of each step's version, and who has which of these keys now.

    The database makes both, as the constraint does.
    """
    history = history_model_of(model)._base_manager.filter(
        unique.condition, history_id__in=[s.version.history_id for s in steps]
    )
    keyed = history.annotate(unique_key=unique.expression)
    values = dict(keyed.values_list("history_id", "unique_key"))
    live = model._base_manager.filter(unique.condition)
    held = live.annotate(unique_key=unique.expression).filter(
        unique_key__in=set(values.values())
    )
    owner = owner_field(model)
    holders: dict[Any, list[Any]] = defaultdict(list)
    for holder in held.select_related(owner.name) if owner else held:
        holders[holder.unique_key].append(holder)
    return values, holders


def _gives_up(step: Step, field: models.Field) -> bool:
    return step.target is None or field.name in step.changed_fields


def _taken(
    model: type[models.Model], field: models.Field, step: Step, holder: Any
) -> Naming:
    owner = owner_field(model)
    key: Key = (model, holder.pk)
    if owner:
        key = (owner.related_model, getattr(holder, owner.attname))
        holder = getattr(holder, owner.name)
    if owner and field.name == owner.name:
        text = _("%s has another one now.") % holder
        return Naming(text, key=key, unnamed=_("There is another one now."))
    words = _words(field, step)
    return Naming(
        _("%(field)s %(value)s: %(holder)s has it now.") % {**words, "holder": holder},
        key=key,
        unnamed=_("%(field)s %(value)s is taken now.") % words,
    )


def _had(field: models.Field, step: Step, rival: Step) -> Naming:
    words = _words(field, step)
    return Naming(
        _("%(field)s %(value)s: %(holder)s had it too, at another time.")
        % {**words, "holder": rival.name},
        key=rival.key,
        unnamed=_("%(field)s %(value)s was taken too, at another time.") % words,
    )


def _words(field: models.Field, step: Step) -> dict[str, Any]:
    return {
        "field": str(capfirst(field.verbose_name)),
        "value": getattr(step.version, field.attname),
    }
