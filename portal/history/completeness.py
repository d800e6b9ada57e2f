"""Complete: the questions that find what history misses, each one SQL statement.

Each asks for the keys of whatever is wrong, over whole tables at once. A statement sees
the database at one moment, so that people may go on working meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from portal.history.snapshot import (
    history_model_of,
    is_tracked,
    tracked_fields,
    tracked_relations,
)
from portal.models import ChangeSet, Redaction

COUNTS = {"created_count": "+", "changed_count": "~", "deleted_count": "-"}


@dataclass(frozen=True)
class Question:
    """`sql` selects one column, `key`: the objects of `about` that are wrong."""

    problem: str
    about: str
    sql: str


def tracked_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if is_tracked(model) and not model._meta.proxy
    ]


def questions() -> Iterator[Question]:
    tracked = tracked_models()
    for model in tracked:
        yield from _questions_about(model)
    yield Question(
        "counts differ from its history rows", ChangeSet._meta.label, _counts(tracked)
    )


def _questions_about(model: type[models.Model]) -> Iterator[Question]:
    label, history = model._meta.label, history_model_of(model)
    names = _names(model)
    for problem, sql in (
        ("differs from its newest version", _differing(model)),
        ("has no version", NO_VERSION),
        ("is there, though its newest version is a deletion", DELETED_BUT_THERE),
        ("is gone without a deletion", GONE),
        ("has a gap between its versions", GAP),
    ):
        yield Question(problem, label, sql.format(**names))
    for relation in tracked_relations(model):
        problem = f"{relation.name} differ from its newest version"
        yield Question(problem, label, _differing_relation(relation).format(**names))
    yield Question(
        "belongs to no change set",
        history._meta.label,
        NO_CHANGE_SET.format(**names),
    )


def _names(model: type[models.Model]) -> dict[str, str]:
    quote = connection.ops.quote_name
    history = quote(history_model_of(model)._meta.db_table)
    pk = quote(str(model._meta.pk.column))
    return {
        "live": quote(model._meta.db_table),
        "history": history,
        "pk": pk,
        "newest": (
            f"(SELECT h.* FROM {history} h JOIN (SELECT MAX(history_id) AS newest "
            f"FROM {history} GROUP BY {pk}) n ON n.newest = h.history_id)"
        ),
        "redactions": quote(Redaction._meta.db_table),
        "change_sets": quote(ChangeSet._meta.db_table),
    }


NO_VERSION = """
    SELECT l.{pk} AS key FROM {live} l
    WHERE NOT EXISTS (SELECT 1 FROM {history} h WHERE h.{pk} = l.{pk})"""

DELETED_BUT_THERE = """
    SELECT l.{pk} AS key FROM {live} l JOIN {newest} v ON v.{pk} = l.{pk}
    WHERE v.history_type = '-'"""

GONE = """
    SELECT v.{pk} AS key FROM {newest} v LEFT JOIN {live} l ON l.{pk} = v.{pk}
    WHERE l.{pk} IS NULL AND v.history_type <> '-'"""

# An object begins with a creation, and again after each deletion; never in between.
# What was pruned begins with the version that was in force.
GAP = """
    SELECT DISTINCT {pk} AS key FROM (
        SELECT {pk}, history_type, change_set_id, LAG(history_type)
            OVER (PARTITION BY {pk} ORDER BY history_id) AS before
        FROM {history}) v
    WHERE (history_type = '+') <> (COALESCE(before, '-') = '-')
        AND (before IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM {redactions} r WHERE r.change_set_id < v.change_set_id))"""

NO_CHANGE_SET = """
    SELECT h.history_id AS key FROM {history} h
    LEFT JOIN {change_sets} c ON c.id = h.change_set_id WHERE c.id IS NULL"""


def _differing(model: type[models.Model]) -> str:
    quote = connection.ops.quote_name
    differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    columns = [quote(str(field.column)) for field in tracked_fields(model)]
    any_of = " OR ".join(f"l.{name} {differs} v.{name}" for name in columns)
    return f"""
    SELECT l.{{pk}} AS key FROM {{live}} l JOIN {{newest}} v ON v.{{pk}} = l.{{pk}}
    WHERE v.history_type <> '-' AND ({any_of})"""


def _differing_relation(relation: Any) -> str:
    """Compares pairs of keys, so that an object without related ones costs nothing."""
    quote = connection.ops.quote_name
    through = quote(relation.m2m_db_table())
    owner, target = (
        quote(relation.m2m_column_name()),
        quote(relation.m2m_reverse_name()),
    )
    if connection.vendor == "sqlite":
        pairs = f"json_each(v.relations, '$.{relation.name}') pair"
        its_key = "json_extract(pair.value, '$[0]')"
    else:
        pairs = f"jsonb_array_elements(v.relations -> '{relation.name}') pair"
        its_key = "pair.value ->> 0"
    return f"""
    WITH live AS (SELECT {owner} AS key, CAST({target} AS text) AS related
            FROM {through}),
        recorded AS (SELECT v.{{pk}} AS key, CAST({its_key} AS text) AS related
            FROM {{newest}} v JOIN {{live}} l ON l.{{pk}} = v.{{pk}}
            CROSS JOIN {pairs} WHERE v.history_type <> '-')
    SELECT key FROM (SELECT * FROM live EXCEPT SELECT * FROM recorded) missing
    UNION
    SELECT key FROM (SELECT * FROM recorded EXCEPT SELECT * FROM live) surplus"""


def _counts(tracked: list[type[models.Model]]) -> str:
    quote = connection.ops.quote_name
    rows = " UNION ALL ".join(
        "SELECT change_set_id, history_type FROM "
        f"{quote(history_model_of(model)._meta.db_table)}"
        for model in tracked
    )
    sums = ", ".join(
        f"SUM(CASE history_type WHEN '{kind}' THEN 1 ELSE 0 END) AS {name}"
        for name, kind in COUNTS.items()
    )
    any_of = " OR ".join(f"c.{name} <> COALESCE(r.{name}, 0)" for name in COUNTS)
    return f"""
    SELECT c.id AS key FROM {quote(ChangeSet._meta.db_table)} c
    LEFT JOIN (SELECT change_set_id, {sums} FROM ({rows}) u GROUP BY change_set_id) r
        ON r.change_set_id = c.id
    WHERE ({any_of}) AND c.id NOT IN
        (SELECT change_set_id FROM {quote(Redaction._meta.db_table)})"""
