"""Plans: objects on their way back to an earlier state, and what stands against it.

A plan is made without writing anything. Whoever asks for it adds what forbids each
step to the actor, then `settle` decides which steps can go ahead together.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.text import capfirst

from portal.history.changes import FieldChange
from portal.history.snapshot import Snapshot
from portal.history.story import object_name

Key = tuple[type[models.Model], Any]


class Naming(str):
    """A problem that names another object, and what to say where that may not be."""

    key: Key
    unnamed: str

    def __new__(cls, text: str, *, key: Key, unnamed: str) -> "Naming":
        made = super().__new__(cls, text)
        made.key, made.unnamed = key, unnamed
        return made


class RevertRefused(Exception):
    """Nothing was written; `problems` says why, for people."""

    def __init__(self, problems: list[Any]) -> None:
        self.problems = problems
        super().__init__(" ".join(map(str, problems)))


@dataclass
class Step:
    """One object, from its state `now` to its state `target`; None is «not there»."""

    model: type[models.Model]
    pk: Any
    newest: Any
    now: Snapshot | None
    target: Snapshot | None
    # The history row whose values the target has; None when the object is to go.
    version: Any = None
    changes: list[FieldChange] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    # The steps that must go ahead too, each with what to say when one does not.
    needs: list[tuple[Key, str]] = field(default_factory=list)
    # From the one who looks at the plan.
    is_hidden: bool = False

    @property
    def key(self) -> Key:
        return self.model, self.pk

    @property
    def kind(self) -> str:
        """What the step does to the object: also the badge's variant."""
        if self.target is None:
            return "delete"
        return "create" if self.now is None else "update"

    @property
    def name(self) -> str:
        return object_name(self.newest)

    @property
    def model_label(self) -> str:
        return str(capfirst(self.model._meta.verbose_name))

    @property
    def told_by(self) -> type[models.Model]:
        """The model whose fields the changes are of."""
        return self.model

    @property
    def seen(self) -> int:
        """Which version is the newest: what a confirmation must still find."""
        return self.newest.history_id

    @property
    def changed_fields(self) -> set[str]:
        return {change.name for change in self.changes}


@dataclass
class Kept:
    """An object that somebody changed since, and what it was changed to."""

    model: type[models.Model]
    pk: Any
    name: str
    newest: Any
    changes: list[FieldChange] = field(default_factory=list)
    # The object that goes with this one, when only that one was changed.
    because: str = ""
    is_hidden: bool = False

    @property
    def key(self) -> Key:
        return self.model, self.pk

    @property
    def told_by(self) -> type[models.Model]:
        """The model whose fields the changes are of: perhaps that of a part."""
        return self.newest.instance_type

    @property
    def model_label(self) -> str:
        return str(capfirst(self.model._meta.verbose_name))


@dataclass
class Crowd:
    """Objects of a large plan that share an outcome: counted, the first of them told.

    `mark` differs when other objects are in it, or other versions of them.
    """

    outcome: str
    model: type[models.Model]
    count: int
    mark: list[Any]
    items: list[Any] = field(default_factory=list)


@dataclass
class Doubts:
    """What an actor may not do to objects of one model, however many there are.

    `refused` has what to say to each kind of step that is not allowed at all. The
    others are looked at one by one where one of `fields` changes, where a column has
    one of `keys`, or everywhere.

    `seen` and `within` are filters of history rows, asked of each object's newest one:
    what is not seen is counted and nothing else; what a kind of step does not reach is
    refused, with what to say. Where one of `withheld` would change, likewise.
    """

    seen: Q | None = None
    within: dict[str, list[tuple[Q, str]]] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    keys: dict[str, set[Any]] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()
    about_all: bool = False


@dataclass
class Plan:
    """What would be reverted, what is kept, and what cannot be reverted.

    Of a large plan the lists hold what had to be looked at one by one; the counts
    have the crowds too. What its reader may not see, of what is kept or cannot be
    done, is a group of its own, `unseen`.
    """

    steps: list[Step] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    crowds: list[Crowd] = field(default_factory=list)

    @property
    def ready(self) -> list[Step]:
        return [step for step in self.steps if not step.problems]

    @property
    def blocked(self) -> list[Step]:
        return [step for step in self.steps if step.problems]

    @property
    def ready_count(self) -> int:
        return self.count("ready")

    @property
    def unseen_count(self) -> int:
        return self.count("unseen")

    @property
    def left_count(self) -> int:
        """How many objects stay as they are."""
        return self.count("kept") + self.count("blocked") + self.count("unseen")

    @property
    def is_whole(self) -> bool:
        """Whether carrying it out leaves nothing behind."""
        return bool(self.ready_count) and not self.left_count

    def count(self, outcome: str) -> int:
        crowds = [crowd for crowd in self.crowds if crowd.outcome == outcome]
        return len(self._groups()[outcome]) + sum(crowd.count for crowd in crowds)

    def first(self, outcome: str, number: int) -> list[Any]:
        """The first that a page tells of."""
        items = self._groups()[outcome][:number]
        for crowd in self.crowds:
            if crowd.outcome == outcome:
                items += crowd.items
        return items[:number]

    @property
    def digest(self) -> str:
        """Of what the page shows; a confirmation must find the same."""
        told = sorted(
            [group, item.model._meta.label, str(item.pk), item.newest.history_id]
            for group, items in self._groups().items()
            for item in items
        )
        told += [
            [crowd.outcome, crowd.model._meta.label, *crowd.mark]
            for crowd in self.crowds
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def _groups(self) -> dict[str, list[Any]]:
        staying: list[Any] = [*self.kept, *self.blocked]
        return {
            "ready": self.ready,
            "kept": [item for item in self.kept if not item.is_hidden],
            "blocked": [step for step in self.blocked if not step.is_hidden],
            "unseen": [item for item in staying if item.is_hidden],
        }

    def settle(self) -> None:
        """Hold back whatever needs a step that does not go ahead."""
        kept = {item.key: item for item in self.kept}
        moved = True
        while moved:
            ready = {step.key for step in self.ready}
            moved = False
            for step in self.ready:
                lacking = [need for need in step.needs if need[0] not in ready]
                if not lacking:
                    continue
                moved = True
                key, message = lacking[0]
                if key in kept:
                    kept[step.key] = kept_with(step, kept[key])
                    self.kept.append(kept[step.key])
                    self.steps.remove(step)
                else:
                    step.problems.append(message)


def kept_with(step: Step, other: Kept) -> Kept:
    return Kept(
        model=step.model,
        pk=step.pk,
        name=step.name,
        newest=other.newest,
        changes=other.changes,
        because=f"{other.model_label} {other.name}",
    )
