"""The statements that make staged rows people, and change those who are there."""

from typing import Any

from django.db import connection, models

from accounts.imports.checking import BITS
from accounts.imports.clashes import UNIQUE
from accounts.imports.columns import KEY, READER_COLUMNS, USER_COLUMNS
from accounts.imports.sql import READERS, USERS, execute, fetch, table
from accounts.imports.staging import STAGE
from accounts.models import User
from readers.models import Reader

# A password that nobody has, like `accounts.passwords.unusable_password`.
_NO_PASSWORD = {
    "sqlite": "'!' || lower(hex(randomblob(20)))",
    "postgresql": "'!' || substr(replace(CAST(gen_random_uuid() AS text) || "
    "CAST(gen_random_uuid() AS text), '-', ''), 1, 40)",
}
# What gives way while two people trade what only one may have.
_MEANWHILE = {KEY: "'~' || id", "email": "''", "card_number": "''"}


def change_people(given: set[str]) -> None:
    """Change the columns that anybody gets another value in, and no other."""
    for column in UNIQUE:
        if column in given and _is_traded(column):
            _make_way(column)
    _update(User, "id", [name for name in USER_COLUMNS if name in given])
    _update(Reader, "user_id", [name for name in READER_COLUMNS if name in given])


def create_people() -> None:
    _insert(
        User,
        {
            "id": "s.user_id",
            "password": _NO_PASSWORD[connection.vendor],
            **{name: _staged(User, name) for name in USER_COLUMNS},
        },
        "WHERE s.person_id IS NULL",
    )


def create_readers() -> None:
    """For new people, and for those who were left without."""
    _insert(
        Reader,
        {
            "user": "s.user_id",
            **{name: _staged(Reader, name) for name in READER_COLUMNS},
        },
        f"""LEFT JOIN {READERS} p ON p.user_id = s.person_id WHERE p.id IS NULL""",
    )


def _insert(model: type[models.Model], staged: dict[str, str], rest: str) -> None:
    """Columns that are not staged have their field's default; the key is made."""
    columns, values, defaults = [], [], []
    for field in model._meta.concrete_fields:
        if field.name in staged:
            values.append(staged[field.name])
        elif field.primary_key:
            continue
        else:
            values.append(_parameter(field))
            defaults.append(field.get_db_prep_save(field.get_default(), connection))
        columns.append(connection.ops.quote_name(str(field.column)))
    execute(
        f"""INSERT INTO {table(model)} ({", ".join(columns)})
        SELECT {", ".join(values)} FROM {STAGE} s {rest} ORDER BY s.n""",
        defaults,
    )


def _update(model: type[models.Model], key: str, names: list[str]) -> None:
    if not names:
        return
    live = table(model)
    sets = ", ".join(
        f"{_column(model, name)} = CASE WHEN s.fields & {BITS[name]} <> 0 "
        f"THEN {_staged(model, name)} ELSE {live}.{_column(model, name)} END"
        for name in names
    )
    mask = sum(BITS[name] for name in names)
    execute(
        f"""UPDATE {live} SET {sets} FROM {STAGE} s
        WHERE {live}.{key} = s.person_id AND s.fields & {mask} <> 0"""
    )


def _is_traded(column: str) -> bool:
    """Whether somebody takes what another in the file has until now."""
    key, where = UNIQUE[column]
    holders, owner = (USERS, "id") if where == "u" else (READERS, "user_id")
    return bool(
        fetch(
            f"""SELECT 1 FROM {STAGE} s
            CROSS JOIN {holders} {where} WHERE s.fields & {BITS[column]} <> 0
                AND s.person_id IS NOT NULL AND s.{column} <> ''
                AND {key.format(where)} = {key.format("s")}
                AND {where}.{owner} <> s.person_id LIMIT 1"""
        )
    )


def _make_way(column: str) -> None:
    holders, owner = (USERS, "id") if UNIQUE[column][1] == "u" else (READERS, "user_id")
    execute(
        f"""UPDATE {holders} SET {column} = {_MEANWHILE[column]} WHERE {owner} IN (
            SELECT person_id FROM {STAGE} WHERE fields & {BITS[column]} <> 0)"""
    )


def _staged(model: type[models.Model], name: str) -> str:
    return f"s.{_column(model, name)}"


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return connection.ops.quote_name(str(field.column))


def _parameter(field: Any) -> str:
    # A literal in a SELECT has no type of its own on PostgreSQL.
    if connection.vendor == "sqlite":
        return "%s"
    return f"CAST(%s AS {field.db_type(connection)})"
