"""What the fates of others make of an object: nothing goes ahead without its needs."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from portal.history.crowds.rules import foreign_keys
from portal.history.crowds.tables import Fate, Table, Tables

CLOSED = (Fate.READY, Fate.REFUSED, Fate.KEPT, Fate.ALONG)


def spread(tables: Tables) -> None:
    """Go on until nothing READY needs anything that is not."""
    while any(_spread_once(table, tables) for table in tables.values()):
        pass


def _spread_once(table: Table, tables: Tables) -> int:
    moved = 0
    for field, target in foreign_keys(table):
        other = tables.get(target)
        if other is None:
            continue
        if table.owner is not None and field.name == table.owner.name:
            moved += _bind(table, other)
        else:
            moved += _follow_key(table, field, other)
    return moved


def _bind(part: Table, whole: Table) -> int:
    """A part and its whole have one fate, if they come or go."""
    moved = 0
    for one, other, link in (
        (whole, part, "x.owner = w.pk"),
        (part, whole, "x.pk = w.owner"),
    ):
        same = f"EXISTS (SELECT 1 FROM {other.name} x WHERE {link} AND x.fate = "
        name = other.model._meta.verbose_name
        why = _("It comes and goes with its %s.") % name
        if Fate.OPEN in other.fates:
            moved += one.mark(Fate.OPEN, f"{same}{Fate.OPEN:d})", of=CLOSED)
        if Fate.KEPT in other.fates:
            kept = f"{same}{Fate.KEPT:d})"
            moved += one.mark(Fate.ALONG, f"w.kind = 'delete' AND {kept}")
            moved += one.mark(Fate.OPEN, f"w.kind = 'create' AND {kept}")
        if Fate.REFUSED in other.fates:
            moved += one.mark(
                Fate.REFUSED,
                f"w.kind <> 'update' AND {same}{Fate.REFUSED:d} AND x.kind = w.kind)",
                why=why,
            )
    return moved


def _follow_key(table: Table, field: Any, other: Table) -> int:
    """What points at something that may not come back, or at which something stays."""
    column = connection.ops.quote_name(field.column)
    bit = table.columns.bits[field.name]
    moved = 0
    if "create" in other.kinds and other.fates != {Fate.READY}:
        moved += table.mark(
            Fate.OPEN,
            f"""(w.kind = 'create' OR w.kind = 'update' AND w.mask & {bit} <> 0)
        AND EXISTS (SELECT 1 FROM {table.columns.rows} p, {other.name} x
            WHERE p.history_id = w.target AND x.pk = p.{column}
            AND x.kind = 'create' AND x.fate <> {Fate.READY:d})""",
        )
    if "delete" not in other.kinds or table.fates == {Fate.READY}:
        return moved
    return moved + other.mark(
        Fate.OPEN,
        f"""w.kind = 'delete' AND EXISTS (
            SELECT 1 FROM {table.columns.live} r, {table.name} x
            WHERE r.{column} = w.pk AND x.pk = r.{table.columns.pk}
            AND x.fate <> {Fate.READY:d})""",
    )
