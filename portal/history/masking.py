"""Values that somebody may not see: told by the name of their field alone."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Model

from portal.access import HIDDEN, hidden_fields
from portal.history.changes import FieldChange, label_of


def masked(
    changes: Iterable[FieldChange],
    model: type[Model],
    user: Any,
    *,
    was_there: bool = True,
    is_there: bool = True,
) -> list[FieldChange]:
    """The changes as `user` may see them.

    That a field was changed may be told. Of what came or went, every hidden field is:
    which of them had something in it stays hidden too.
    """
    told = list(changes)
    hidden = hidden_fields(user, model)
    if not hidden:
        return told
    if not (was_there and is_there):
        lacking = sorted(hidden - {change.name for change in told})
        told += [
            FieldChange(name, label_of(model._meta.get_field(name)), "", "")  # type: ignore[arg-type]
            for name in lacking
        ]
    old, new = HIDDEN if was_there else "", HIDDEN if is_there else ""
    return [
        replace(change, old=old, new=new) if change.name in hidden else change
        for change in told
    ]
