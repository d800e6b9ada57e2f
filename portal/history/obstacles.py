"""What stands against the steps of a plan, looked up for all of them at once.

The number of queries depends on the models alone, not on the number of objects (but
for one round per thousand of them).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from portal.history.acts import BATCH
from portal.history.changes import NameBook, target_of
from portal.history.clashes import note_taken, unique_keys
from portal.history.snapshot import (
    owner_field,
    tracked_fields,
    tracked_models,
    tracked_relations,
)
from portal.history.steps import Key, Naming, Plan, Step


class Around:
    """What else goes ahead, beside the steps of a plan: nothing."""

    def coming(self, model: type[models.Model], pks: Iterable[Any]) -> set[Any]:
        """Those of these objects that come back."""
        return set()

    def leaving(self, model: type[models.Model], name: str, pks: set[Any]) -> set[Any]:
        """The objects that stop pointing at these by the field `name`, or go."""
        return set()

    def giving_up(
        self, model: type[models.Model], name: str, pks: Iterable[Any]
    ) -> set[Any]:
        """Those of these objects whose field `name` changes, or that go."""
        return set()


def find_obstacles(plan: Plan, around: Around | None = None) -> None:
    """Note on each step what the data has against it, and which others it needs."""
    around = around or Around()
    steps = {step.key: step for step in plan.steps}
    by_model: dict[type[models.Model], list[Step]] = defaultdict(list)
    for step in plan.steps:
        by_model[step.model].append(step)
    for model, its_steps in by_model.items():
        _note_state(its_steps)
        _note_missing(model, [s for s in its_steps if s.target], steps, around)
        _note_invalid(model, [s for s in its_steps if s.target])
        for unique in unique_keys(model):
            note_taken(model, its_steps, steps, unique, around)
        _note_in_use(model, [s for s in its_steps if not s.target], steps, around)
        _note_owner(model, its_steps, steps)


def _note_state(steps: Iterable[Step]) -> None:
    for step in steps:
        if (step.now is None) != (step.newest.history_type == "-"):
            step.problems.append(_("What is there now is not in its history."))


def _note_missing(
    model: type[models.Model],
    steps: list[Step],
    plan: dict[Key, Step],
    around: Around,
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
        live |= around.coming(target, pks - live)
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


def _note_in_use(
    model: type[models.Model],
    steps: list[Step],
    plan: dict[Key, Step],
    around: Around,
) -> None:
    """What is to go must not be pointed at by what stays."""
    going = {step.pk: step for step in steps}
    for referrer, name, links in _referrers(model, list(going)):
        owner = owner_field(referrer)
        leaving = around.leaving(referrer, name, set(going))
        for referrer_pk, pk in links:
            if referrer_pk in leaving:
                continue
            other = plan.get((referrer, referrer_pk))
            step = going[pk]
            text = Naming(
                _("It is in use: %(what)s no. %(pk)s.")
                % {"what": referrer._meta.verbose_name, "pk": referrer_pk},
                key=(referrer, referrer_pk),
                unnamed=_("It is in use."),
            )
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
