"""Case folded as the database folds it."""

from collections.abc import Iterable

from django.db import connection

# Well under the number of columns that either database answers with.
BATCH = 500


def fold_case(texts: Iterable[str]) -> dict[str, str]:
    """Each text → its LOWER().

    The unique indexes on usernames and e-mails fold by the database's own rule, which
    is not Python's for every letter (a final Σ, say), so the database is asked.
    """
    distinct = list(dict.fromkeys(texts))
    folded: dict[str, str] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(distinct), BATCH):
            batch = distinct[start : start + BATCH]
            columns = ", ".join(["LOWER(CAST(%s AS text))"] * len(batch))
            cursor.execute(f"SELECT {columns}", batch)
            folded.update(zip(batch, cursor.fetchone(), strict=True))
    return folded
