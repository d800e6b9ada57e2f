"""Many keys as one parameter, and as rows that a statement can join."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection, models


def key_rows(model: type[models.Model]) -> str:
    """SQL for the rows of one column, `key`; its one parameter is `key_list(...)`.

    A list in the statement itself would have a limit, and would be parsed each time.
    """
    if connection.vendor == "sqlite":
        return "SELECT value AS key FROM json_each(%s)"
    key_type = model._meta.pk.rel_db_type(connection)
    return f"SELECT unnest(%s::{key_type}[]) AS key"


def key_list(keys: Iterable[Any]) -> Any:
    """The parameter for `key_rows`."""
    keys = list(keys)
    return json.dumps(keys) if connection.vendor == "sqlite" else keys
