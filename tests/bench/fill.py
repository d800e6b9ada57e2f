"""Much history, made by the database: versions of one person, act by act."""

from django.db import connection, models

from accounts.models import User
from portal.models import ChangeCount, ChangeSet

# Of so many acts one is sensitive, and one an import.
SENSITIVE, IMPORTS = 50, 7


def fill_history(rows: int) -> None:
    """Add acts of one changed object until there are so many history rows of Users.

    Each act is a version of its own person, who is not there any more: what the pages
    read is the history alone.
    """
    history = User.history.model
    have = history._base_manager.count()
    series = _series(rows - have)
    first = (_last(ChangeSet, "id") or 0) + 1
    columns = [f for f in history._meta.local_fields if not f.primary_key]
    copied = [f.column for f in columns if f.column not in VALUES]
    one = history._base_manager.filter(username="bench.person").latest("history_id")
    for statement in (
        f"""INSERT INTO {_table(ChangeSet)} (id, kind, actor_id, actor_name, reason,
                subject, origin, started_at, finished_at, created_count,
                changed_count, deleted_count, is_sensitive)
            SELECT {first} + n, CASE WHEN n % {IMPORTS} = 0 THEN 'import'
                ELSE 'form' END, 1000000 + n % 40, {_text("'actor'", "n % 40")}, '',
                {_text("'Person '", "n")}, '/admin/', {NOW}, {NOW}, 0, 1, 0,
                n % {SENSITIVE} = 0
            FROM ({series}) s""",
        f"""INSERT INTO {_table(history)} ({", ".join([*copied, *VALUES])})
            SELECT {", ".join(f"h.{name}" for name in copied)}, 100000 + n,
                {first} + n, {_text("'bench.'", "n")}, {_text("'Name '", "n")}, '~'
            FROM ({series}) s, {_table(history)} h
            WHERE h.history_id = {one.history_id}""",
        f"""INSERT INTO {_table(ChangeCount)} (change_set_id, model, field,
                created_count, changed_count, deleted_count)
            SELECT {first} + n, 'accounts.user', '', 0, 1, 0 FROM ({series}) s""",
        f"""INSERT INTO {_table(ChangeCount)} (change_set_id, model, field,
                created_count, changed_count, deleted_count)
            SELECT {first} + n, 'accounts.user', CASE WHEN n % {SENSITIVE} = 0
                THEN 'email' ELSE 'last_name' END, 0, 1, 0 FROM ({series}) s""",
    ):
        with connection.cursor() as cursor:
            cursor.execute(statement)


VALUES = ("id", "change_set_id", "username", "last_name", "history_type")
NOW = "CURRENT_TIMESTAMP"


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _text(prefix: str, number: str) -> str:
    return f"{prefix} || CAST({number} AS text)"


def _series(length: int) -> str:
    if connection.vendor == "postgresql":
        return f"SELECT n FROM generate_series(1, {length}) AS n"
    return (
        "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted "
        f"WHERE n < {length}) SELECT n FROM counted"
    )


def _last(model: type[models.Model], name: str) -> int | None:
    return model._base_manager.aggregate(last=models.Max(name))["last"]
