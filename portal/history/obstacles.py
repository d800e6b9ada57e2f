"""What stands against the steps of a plan, looked up for all of them at once.

The number of queries depends on the models alone, not on the number of objects (but
for one round per thousand of them).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.history.acts import BATCH
from portal.history.changes import NameBook, target_of
from portal.history.snapshot import (
    history_model_of,
    is_tracked,
    tracked_fields,
    tracked_relations,
)
from portal.history.steps import Key, Plan, Step


@dataclass(frozen=True)
class UniqueKey:
    """What no two objects of a model may have the same of."""

    field: Any
    expression: Any
    condition: Q


def tracked_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if is_tracked(model)]


def owner_field(model: type[models.Model]) -> Any:
    """The one-to-one key to the object that `model` is a part of, or None."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.OneToOneField) and not field.null:
            return field
    return None


def find_obstacles(plan: Plan) -> None:
    """Note on each step what the data has against it, and which others it needs."""
    steps = {step.key: step for step in plan.steps}
    by_model: dict[type[models.Model], list[Step]] = defaultdict(list)
    for step in plan.steps:
        by_model[step.model].append(step)
    for model, its_steps in by_model.items():
        _note_state(its_steps)
        _note_missing(model, [s for s in its_steps if s.target], steps)
        _note_invalid(model, [s for s in its_steps if s.target])
        for unique in _unique_keys(model):
            _note_taken(model, its_steps, steps, unique)
        _note_in_use(model, [s for s in its_steps if not s.target], steps)
        _note_owner(model, its_steps, steps)


def _note_state(steps: Iterable[Step]) -> None:
    for step in steps:
        if (step.now is None) != (step.newest.history_type == "-"):
            step.problems.append(_("What is there now is not in its history."))


def _note_missing(
    model: type[models.Model], steps: list[Step], plan: dict[Key, Step]
) -> None:
    """What a version points at must be there, or come back with it."""
    names = NameBook(step.target for step in steps if step.target)
    for label, target, wanted in _references(model, steps):
        pks = {pk for _step, pk, _name in wanted}
        live = {
            pk
            for some in batched(sorted(pks), BATCH)
            for pk in target._base_manager.filter(pk__in=some).values_list(
                "pk", flat=True
            )
        }
        for step, pk, name in wanted:
            other = plan.get((target, pk))
            text = _("%(field)s: %(name)s is no longer there.") % {
                "field": label,
                "name": name or names.name(target, pk),
            }
            if other and other.kind == "create":
                step.needs.append((other.key, text))
            elif pk not in live or (other and other.kind == "delete"):
                step.problems.append(text)


def _references(
    model: type[models.Model], steps: list[Step]
) -> Iterator[tuple[str, type[models.Model], list[tuple[Step, Any, str]]]]:
    """Each key's label and model, with (step, key's value, name if recorded)."""
    for field in tracked_fields(model):
        if target := target_of(field):
            pairs = [(s, s.target.values[field.attname], "") for s in steps if s.target]
            yield (
                str(field.verbose_name),
                target,
                [p for p in pairs if p[1] is not None],
            )
    for relation in tracked_relations(model):
        yield (
            str(relation.verbose_name),
            relation.related_model,
            [
                (step, pk, name)
                for step in steps
                if step.target
                for pk, name in step.target.relations.get(relation.name, [])
            ],
        )


def _note_invalid(model: type[models.Model], steps: list[Step]) -> None:
    """What the rules of today have against the values of then."""
    plain = {f.name for f in tracked_fields(model) if not target_of(f)}
    for step in steps:
        if step.target is None:
            continue
        wanted = plain & step.changed_fields
        others = {f.name for f in model._meta.fields} - wanted
        try:
            model(**step.target.values).clean_fields(exclude=others)
        except ValidationError as error:
            step.problems.extend(error.messages)


def _unique_keys(model: type[models.Model]) -> list[UniqueKey]:
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


def _note_taken(
    model: type[models.Model],
    steps: list[Step],
    plan: dict[Key, Step],
    unique: UniqueKey,
) -> None:
    """A unique value of then may be somebody else's now."""
    versions = {s.version.history_id: s for s in steps if s.version is not None}
    for some in batched(versions, BATCH):
        values, holders = _holders(model, unique, [versions[n] for n in some])
        for history_id, value in values.items():
            step = versions[history_id]
            for holder in holders.get(value, ()):
                other = plan.get((model, holder.pk))
                if holder.pk == step.pk:
                    continue
                text = _taken(model, unique.field, step, holder)
                if other is not None and _gives_up(other, unique.field):
                    step.needs.append((other.key, text))
                else:
                    step.problems.append(text)


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
) -> str:
    owner = owner_field(model)
    if owner and field.name == owner.name:
        return _("%s has another one now.") % getattr(holder, owner.name)
    return _("%(field)s %(value)s: %(holder)s has it now.") % {
        "field": str(capfirst(field.verbose_name)),
        "value": getattr(step.version, field.attname),
        "holder": getattr(holder, owner.name) if owner else holder,
    }


def _note_in_use(
    model: type[models.Model], steps: list[Step], plan: dict[Key, Step]
) -> None:
    """What is to go must not be pointed at by what stays."""
    going = {step.pk: step for step in steps}
    for referrer, name, links in _referrers(model, list(going)):
        owner = owner_field(referrer)
        for referrer_pk, pk in links:
            other = plan.get((referrer, referrer_pk))
            step = going[pk]
            text = _("It is in use: %(what)s no. %(pk)s.") % {
                "what": referrer._meta.verbose_name,
                "pk": referrer_pk,
            }
            if other is not None and not _still_points(other, name, pk):
                step.needs.append((other.key, text))
            elif owner is not None and owner.name == name:
                # A part that stays, whatever keeps it, keeps the whole.
                step.needs.append(((referrer, referrer_pk), text))
            else:
                step.problems.append(text)


def _referrers(
    model: type[models.Model], pks: list[Any]
) -> Iterator[tuple[type[models.Model], str, Iterable[tuple[Any, Any]]]]:
    """Each tracked key or relation to `model`, with (its owner, what it points at)."""
    for referrer in tracked_models():
        names = [f.name for f in tracked_fields(referrer) if target_of(f) is model]
        names += [
            r.name for r in tracked_relations(referrer) if r.related_model is model
        ]
        for name in names:
            for some in batched(pks, BATCH):
                found = referrer._base_manager.filter(**{f"{name}__in": some})
                yield referrer, name, found.values_list("pk", name)


def _still_points(other: Step, name: str, pk: Any) -> bool:
    if other.target is None:
        return False
    field: Any = other.model._meta.get_field(name)
    if field.many_to_many:
        return pk in [each for each, _name in other.target.relations.get(name, [])]
    return other.target.values[field.attname] == pk


def _note_owner(
    model: type[models.Model], steps: list[Step], plan: dict[Key, Step]
) -> None:
    """An object and its part come and go together."""
    owner = owner_field(model)
    if owner is None:
        return
    text = _("It comes and goes with its %s.")
    for step in steps:
        state = step.target or step.now
        if state is None or step.kind == "update":
            continue
        whole_key = (owner.related_model, state.values[owner.attname])
        whole = plan.get(whole_key)
        if whole is not None and whole.kind == step.kind:
            whole.needs.append((step.key, text % model._meta.verbose_name))
        if whole is not None or step.kind == "delete":
            whole_name = owner.related_model._meta.verbose_name
            step.needs.append((whole_key, text % whole_name))
