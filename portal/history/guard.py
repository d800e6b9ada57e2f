"""Append-only: the database itself refuses to rewrite history.

Triggers on the change sets, on every table of history rows and on the security events
refuse UPDATE, DELETE and TRUNCATE, whoever asks: the ORM, another program, a hand at
the prompt. SQLite's `INSERT OR REPLACE` deletes without asking the triggers of DELETE,
so there an INSERT over an existing key is refused as well.

The triggers are put up after each `migrate`, not by a migration: where SQLite cannot
alter a table, Django makes it anew, and the triggers go with the old one.

This keeps accidents out. Who owns the database can take the triggers down; the seals
(`portal.history.seal`) then tell.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from portal.history.tracked import HistoryRow
from portal.models import (
    ChangeCount,
    ChangeSet,
    Redaction,
    Review,
    Seal,
    SealScope,
    SecurityEvent,
)

logger = logging.getLogger(__name__)

KEPT = (
    *(ChangeCount, ChangeSet, HistoryRow, Redaction, Review, Seal, SealScope),
    SecurityEvent,
)

# What `unlocked` sets for the rest of its transaction, and the function asks for.
POSTGRES_SETTING = "reading_room.history_unlocked"
POSTGRES_FUNCTION = "portal_refuse_rewriting_history"
MAKE_POSTGRES_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION {POSTGRES_FUNCTION}() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('{POSTGRES_SETTING}', true) = 'on' THEN
            IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'History is append-only: % refuses %.', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""


def guarded_models(among: Iterable[type[models.Model]] | None = None) -> list[Any]:
    """The models whose rows are only ever added, all or those `among` the given."""
    found = apps.get_models() if among is None else among
    return [model for model in found if issubclass(model, KEPT)]


def install(
    database: BaseDatabaseWrapper, among: Iterable[type[models.Model]] | None = None
) -> None:
    """Put the triggers up, in place of older ones; tables not made yet are left out."""
    triggers = _triggers(database, among)
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        if triggers and database.vendor == "postgresql":
            cursor.execute(MAKE_POSTGRES_FUNCTION)
        for name, (table, body) in triggers.items():
            _drop(database, cursor, name, table)
            cursor.execute(f"CREATE TRIGGER {name} {body}")


def remove(database: BaseDatabaseWrapper) -> None:
    """Take the triggers down; but for tests that empty all tables, use `unlocked`."""
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        for name, (table, _body) in _triggers(database).items():
            _drop(database, cursor, name, table)


def missing(database: BaseDatabaseWrapper) -> list[str]:
    """The triggers that ought to be on the tables there are, and are not."""
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
    }
    with database.cursor() as cursor:
        cursor.execute(names[database.vendor])
        there = {name for (name,) in cursor.fetchall()}
    return sorted(set(_triggers(database)) - there)


@contextmanager
def unlocked(reason: str) -> Iterator[None]:
    """Let one transaction rewrite history: for retention and erasure, nothing else.

    Whatever happens inside, the guard stands again for the next transaction.
    """
    logger.warning("History is unlocked: %s.", reason)
    with transaction.atomic():
        _unlock()
        yield
        _lock()


def install_after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Receives `post_migrate`, once for each app."""
    install(connections[using or DEFAULT_DB_ALIAS], sender.get_models())


def _unlock() -> None:
    if connection.vendor == "sqlite":
        remove(connection)
    else:
        _set_postgres("on")


def _lock() -> None:
    if connection.vendor == "sqlite":
        install(connection)
    else:
        _set_postgres("off")


def _set_postgres(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [POSTGRES_SETTING, value])


def _triggers(
    database: BaseDatabaseWrapper, among: Iterable[type[models.Model]] | None = None
) -> dict[str, tuple[str, str]]:
    """Name → table and what follows the name in CREATE TRIGGER."""
    guarded = guarded_models(among)
    if not guarded:
        return {}
    there = set(database.introspection.table_names())
    bodies = _sqlite_bodies if database.vendor == "sqlite" else _postgres_bodies
    return {
        f"{model._meta.db_table}_refuses_{what}": (model._meta.db_table, body)
        for model in guarded
        if model._meta.db_table in there
        for what, body in bodies(model).items()
    }


def _sqlite_bodies(model: type[models.Model]) -> dict[str, str]:
    table = model._meta.db_table
    keys = [field.column for field in model._meta.local_fields if field.unique]
    same = " OR ".join(f'"{key}" = NEW."{key}"' for key in keys)

    def refuse(verb: str) -> str:
        text = f"History is append-only: {table} refuses {verb}."
        return f"BEGIN SELECT RAISE(ABORT, '{text}'); END"

    return {
        "update": f'BEFORE UPDATE ON "{table}" {refuse("UPDATE")}',
        "delete": f'BEFORE DELETE ON "{table}" {refuse("DELETE")}',
        "replace": (
            f'BEFORE INSERT ON "{table}" WHEN EXISTS '
            f'(SELECT 1 FROM "{table}" WHERE {same}) {refuse("REPLACE")}'
        ),
    }


def _postgres_bodies(model: type[models.Model]) -> dict[str, str]:
    table = model._meta.db_table
    call = f"EXECUTE FUNCTION {POSTGRES_FUNCTION}()"
    return {
        "update": f'BEFORE UPDATE ON "{table}" FOR EACH ROW {call}',
        "delete": f'BEFORE DELETE ON "{table}" FOR EACH ROW {call}',
        "truncate": f'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {call}',
    }


def _drop(database: BaseDatabaseWrapper, cursor: Any, name: str, table: str) -> None:
    on = f' ON "{table}"' if database.vendor == "postgresql" else ""
    cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
