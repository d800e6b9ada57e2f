"""A change set in one line: «Changed E-mail of Person Anna Berg».

What it is about is taken from its counts; its history rows are asked only for the
names in small change sets that say no subject.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import FieldDoesNotExist
from django.db.models import prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.history.partly import Part, parts_seen, size_of
from portal.history.recording import CHANGED, CREATED, DELETED
from portal.history.snapshot import owner_field
from portal.history.story import object_name
from portal.history.subjects import known_subject
from portal.history.viewing import rows_of, viewable_models
from portal.models import ChangeCount, ChangeSet

# A change set of so few objects is told by their names, a bigger one by its counts.
FEW_OBJECTS = 3
# So many fields are named, more are counted.
FEW_FIELDS = 2


@dataclass
class Tally:
    """What a change set did to the objects of one model, parts with their wholes."""

    label: str
    created: int = 0
    changed: int = 0
    deleted: int = 0
    fields: list[str] = field(default_factory=list)
    is_counted: bool = True

    @property
    def total(self) -> int:
        return self.created + self.changed + self.deleted

    @property
    def deeds(self) -> dict[str, int]:
        """The types of history rows, with the numbers, of what was done at all."""
        numbers = {
            CREATED: self.created,
            CHANGED: self.changed,
            DELETED: self.deleted,
        }
        return {kind: number for kind, number in numbers.items() if number}

    def add(self, count: ChangeCount) -> None:
        if count.field:
            if count.changed_count:
                self.fields.append(field_label(count.model, count.field))
            return
        # A person's User and Reader are one, told once.
        self.created = max(self.created, count.created_count)
        self.changed = max(self.changed, count.changed_count)
        self.deleted = max(self.deleted, count.deleted_count)


def describe(change_sets: Iterable[ChangeSet], user: Any) -> dict[int, str]:
    """Key → the line; only of what `user` sees. Few queries for many."""
    sets = list(change_sets)
    prefetch_related_objects(sets, "counts")
    parts = parts_seen(sets, user)
    tallies = {made.pk: tallies_of(made, parts.get(made.pk)) for made in sets}
    nameless = [made.pk for made in sets if _needs_names(made, parts.get(made.pk))]
    names = names_in(nameless, user) if nameless else {}
    subjects = {made.pk: known_subject(made, user) for made in sets}
    return {
        made.pk: _line(
            made, tallies[made.pk], subjects[made.pk], names.get(made.pk, [])
        )
        for made in sets
    }


def tallies_of(made: ChangeSet, part: Part | None = None) -> list[Tally]:
    """What it did, or what of that is seen."""
    found: dict[str, Tally] = {}
    is_counted = part is None or part.is_counted
    for count in made.counts.all() if part is None else part.counts:
        label = _whole(count.model)
        found.setdefault(label, Tally(label, is_counted=is_counted)).add(count)
    return list(found.values())


def _needs_names(made: ChangeSet, part: Part | None) -> bool:
    objects = size_of(made) if part is None else part.total
    return not made.subject and 0 < objects <= FEW_OBJECTS


def _line(made: ChangeSet, tallies: list[Tally], subject: str, names: list[str]) -> str:
    subject = subject or ", ".join(names)
    objects = ", ".join(text for tally in tallies for text in _objects(tally))
    match made.kind:
        case ChangeSet.Kind.IMPORT:
            return _imported(subject, tallies, objects)
        case ChangeSet.Kind.REVERT:
            return _with(_("Reverted %s") % subject, objects)
        case ChangeSet.Kind.RESTORE:
            return _with(_("Restored %s") % subject, objects)
    is_about_one = len(tallies) == 1 and len(tallies[0].deeds) == 1
    is_named = made.kind == ChangeSet.Kind.FORM or bool(names and not made.subject)
    if subject and is_about_one and is_named:
        return _deed(tallies[0], subject)
    return _with(subject or made.origin, objects)


def _deed(tally: Tally, subject: str) -> str:
    [kind] = tally.deeds
    if kind == CREATED:
        return _("Created %s") % subject
    if kind == DELETED:
        return _("Deleted %s") % subject
    number = len(tally.fields)
    if not number:
        return _("Changed %s") % subject
    if number > FEW_FIELDS:
        what = ngettext("%s field", "%s fields", number) % number
    else:
        what = _(" and ").join(tally.fields)
    return _("Changed %(what)s of %(object)s") % {"what": what, "object": subject}


def _imported(subject: str, tallies: list[Tally], objects: str) -> str:
    if not tallies:
        return _("Imported %s") % subject
    main = max(tallies, key=lambda tally: tally.total)
    number = counted(main.label, main.total if main.is_counted else None)
    text = _("Imported %s") % number
    if subject:
        words = {"objects": number, "file": subject}
        text = _("Imported %(objects)s from %(file)s") % words
    is_plain = len(tallies) == 1 and list(main.deeds) in ([CREATED], [])
    return text if is_plain else _with(text, objects)


def _objects(tally: Tally) -> Iterable[str]:
    texts = {
        CREATED: _("%s created"),
        CHANGED: _("%s changed"),
        DELETED: _("%s deleted"),
    }
    if not tally.is_counted:
        yield counted(tally.label, None)
    for kind, number in tally.deeds.items():
        yield texts[kind] % counted(tally.label, number)


def _with(text: str, objects: str) -> str:
    return ": ".join(filter(None, (text, objects)))


def counted(label: str, number: int | None) -> str:
    """«1,204 people», or «people» when they are not counted."""
    try:
        opts = apps.get_model(label)._meta
    except LookupError:
        singular = plural = label
    else:
        singular, plural = str(opts.verbose_name), str(opts.verbose_name_plural)
    if number is None:
        return plural
    return f"{intcomma(number)} {singular if number == 1 else plural}"


def field_label(label: str, name: str) -> str:
    """The field's name for people; its own, when the model has lost it since."""
    try:
        described: Any = apps.get_model(label)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return name
    return str(capfirst(described.verbose_name))


def _whole(label: str) -> str:
    """The model that objects of this one are parts of, or itself."""
    try:
        owner = owner_field(apps.get_model(label))
    except LookupError:
        return label
    return owner.related_model._meta.label_lower if owner else label


def names_in(keys: Iterable[int], user: Any) -> dict[int, list[str]]:
    """The names of what these change sets are about, as far as `user` may view it.

    A part goes by its whole's name while that is there, else by its own.
    """
    names: dict[int, dict[Any, str]] = defaultdict(dict)
    keys = list(keys)
    for model in viewable_models(user):
        rows = rows_of(user, model).filter(change_set__in=keys)
        owner = owner_field(model)
        for row in rows.select_related(owner.name) if owner else rows:
            whole = getattr(row, owner.name) if owner else None
            key = (
                (owner.related_model, getattr(row, owner.attname))
                if owner
                else (model, getattr(row, model._meta.pk.attname))
            )
            name = str(whole) if whole else object_name(row)
            names[row.change_set_id].setdefault(key, name)
    return {pk: list(found.values()) for pk, found in names.items()}
