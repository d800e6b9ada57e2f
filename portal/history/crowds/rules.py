"""What the data may have against a step: the rules of `obstacles`, each one statement.

A rule calls OPEN what may meet an obstacle; the exact answer is that of Python.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator as Longest
from django.core.validators import ProhibitNullCharactersValidator
from django.db import connection, models
from django.db.models import Count, Exists, OuterRef
from django.db.models.expressions import RawSQL

from portal.history.changes import target_of
from portal.history.clashes import unique_keys
from portal.history.crowds.tables import Fate, Table, Tables
from portal.history.snapshot import history_model_of, tracked_fields, tracked_models
from portal.history.sources import Source

# The validators that SQL can stand in for.
SIMPLE = {Longest, ProhibitNullCharactersValidator}


def _wanting(table: Table, name: str) -> str:
    """True of the steps that give the field a value."""
    bit = table.columns.bits[name]
    return f"(w.kind = 'create' OR w.kind = 'update' AND w.mask & {bit} <> 0)"


def foreign_keys(table: Table) -> Iterator[tuple[Any, Any]]:
    """Each foreign key of the table's model, with the model that it points at."""
    for field in table.columns.fields:
        if target := target_of(field):
            yield field, target


def open_missing(table: Table, tables: Tables) -> None:
    """What a version points at must be there, or come back with it."""
    for field, target in foreign_keys(table):
        if not table.wants(field.name):
            continue
        column = connection.ops.quote_name(field.column)
        live = connection.ops.quote_name(target._meta.db_table)
        pk = connection.ops.quote_name(target._meta.pk.column)
        comes = ""
        if target in tables:
            comes = f"""AND NOT EXISTS (SELECT 1 FROM {tables[target].name} x
                WHERE x.pk = p.{column} AND x.kind = 'create')"""
        table.mark(
            Fate.OPEN,
            f"""{_wanting(table, field.name)} AND EXISTS (
                SELECT 1 FROM {table.columns.rows} p WHERE p.history_id = w.target
                AND p.{column} IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM {live} l WHERE l.{pk} = p.{column})
                {comes})""",
        )


def open_invalid(table: Table) -> None:
    """What the rules of today have against the values of then."""
    for field in table.columns.fields:
        if target_of(field) or not table.wants(field.name):
            continue
        column = f"p.{connection.ops.quote_name(str(field.column))}"
        its = f"SELECT 1 FROM {table.columns.rows} p WHERE p.history_id = w.target"
        wrong = _wrong_by_sql(field, column)
        if wrong is not None:
            wanting = _wanting(table, field.name)
            table.mark(Fate.OPEN, f"{wanting} AND EXISTS ({its} AND ({wrong}))")
            continue
        values = table.all(
            f"""SELECT DISTINCT {column} FROM {{table}} w
            JOIN {table.columns.rows} p ON p.history_id = w.target
            WHERE w.fate = {Fate.READY:d} AND {_wanting(table, field.name)}"""
        )
        for (value,) in values:
            if not _is_valid(field, value):
                table.mark(Fate.OPEN, f"EXISTS ({its} AND {column} = %s)", [value])


def _wrong_by_sql(field: models.Field, column: str) -> str | None:
    """SQL that is true of what is not valid; None if only Python can tell."""
    if field.flatchoices or {type(each) for each in field.validators} - SIMPLE:
        return None
    if not isinstance(field, models.CharField | models.TextField):
        return "FALSE"
    wrong = "FALSE" if field.blank else f"{column} = ''"
    if connection.vendor == "sqlite":
        # PostgreSQL keeps no NUL.
        wrong += f" OR INSTR({column}, CHAR(0)) > 0"
    limits = [v.limit_value for v in field.validators if isinstance(v, Longest)]
    return " OR ".join([wrong, *(f"LENGTH({column}) > {each:d}" for each in limits)])


def _is_valid(field: models.Field, value: Any) -> bool:
    if field.blank and value in field.empty_values:
        return True
    try:
        field.clean(value, None)
    except ValidationError:
        return False
    return True


def open_taken(table: Table, source: Source) -> None:
    """A unique value of then is somebody else's now, or two had it."""
    model = table.model
    for unique in unique_keys(model):
        if not table.wants(unique.field.name):
            continue
        wanting = _wanting(table, unique.field.name)
        its = f"SELECT target FROM {table.name} w WHERE fate = 0 AND {wanting}"
        versions = (
            history_model_of(model)
            ._base_manager.filter(unique.condition, history_id__in=RawSQL(its, []))
            .annotate(unique_key=unique.expression)
        )
        live = model._base_manager.filter(unique.condition)
        held = live.annotate(unique_key=unique.expression).filter(
            unique_key=OuterRef("unique_key")
        )
        pk_name = model._meta.pk.attname
        taken = versions.filter(Exists(held.exclude(pk=OuterRef(pk_name))))
        # In one change set, the states are of one moment and cannot clash.
        twice = (
            versions.order_by()
            .values("unique_key")
            .annotate(number=Count("history_id"))
            .filter(number__gt=1, unique_key__isnull=False)
        )
        again = versions.filter(unique_key__in=twice.values("unique_key"))
        for found in (taken,) if source.is_one else (taken, again):
            sql, parameters = (
                found.order_by().values("history_id").query.sql_with_params()
            )
            table.mark(Fate.OPEN, f"w.target IN ({sql})", parameters)


def open_partless(table: Table, tables: Tables) -> None:
    """An object and its part come and go together."""
    if table.owner is None or not table.kinds - {"update"}:
        return
    whole = tables.get(table.owner.related_model)
    same = "FALSE"
    if whole is not None:
        same = f"""EXISTS (SELECT 1 FROM {whole.name} x
            WHERE x.pk = w.owner AND x.kind = w.kind)"""
        # A receiver makes the part of what comes back without one.
        whole.mark(
            Fate.OPEN,
            f"""w.kind = 'create' AND NOT EXISTS (SELECT 1 FROM {table.name} x
                WHERE x.owner = w.pk AND x.kind = 'create')""",
        )
        table.mark(
            Fate.OPEN,
            f"""w.kind = 'create' AND NOT {same} AND EXISTS (
                SELECT 1 FROM {whole.name} x WHERE x.pk = w.owner)""",
        )
    table.mark(Fate.OPEN, f"w.kind = 'delete' AND NOT {same}")


def open_in_use(table: Table, tables: Tables) -> None:
    """What is to go must not be pointed at by what stays."""
    if "delete" not in table.kinds:
        return
    pointing = {
        (other, field.name)
        for other in tracked_models()
        for field in tracked_fields(other)
        if target_of(field) is table.model
    }
    for relation in table.model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        field: Any = relation.field  # type: ignore[union-attr]
        if not field.db_constraint:
            # A history row's key points at what may be gone.
            continue
        referrer: Any = relation.related_model
        leaving = ""
        if (referrer, field.name) in pointing and referrer in tables:
            leaving = f"AND NOT EXISTS ({leaving_rows(tables[referrer], field)})"
        live = connection.ops.quote_name(referrer._meta.db_table)
        column = connection.ops.quote_name(field.column)
        table.mark(
            Fate.OPEN,
            f"""w.kind = 'delete' AND EXISTS (SELECT 1 FROM {live}) AND EXISTS (
                SELECT 1 FROM {live} r WHERE r.{column} = w.pk {leaving})""",
        )


def leaving_rows(table: Table, field: models.Field) -> str:
    """SQL: whether the live row `r` goes, or points elsewhere afterwards."""
    bit = table.columns.bits[field.name]
    return f"""SELECT 1 FROM {table.name} x WHERE x.pk = r.{table.columns.pk}
        AND x.fate = {Fate.READY:d}
        AND (x.kind = 'delete' OR x.kind = 'update' AND x.mask & {bit} <> 0)"""
