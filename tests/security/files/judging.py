"""Whether what came of a file is right: refused, in error, or what the file says."""

from tests.security.files.child import MOST_MEMORY, MOST_SECONDS
from tests.security.files.honest import says, tidy
from tests.security.files.people import COLUMNS, PLAIN_ROWS, ROWS

REFUSED = {"failed", "uploaded"}
ACCEPTED = {"create", "update", "unchanged"}


def wrong_with(data: bytes, found: dict) -> str:
    """A sentence, or nothing if all is well."""
    if "broke" in found:
        return f"broke: {found['broke']}"
    if max(found["statuses"]) >= 500 or "broke off" in found.get("error", ""):
        return f"crashed: {found['statuses']} {found.get('error')}"
    if found["state"] not in REFUSED | {"ready"}:
        return f"left {found['state']}"
    if found["seconds"] > MOST_SECONDS:
        return f"took {found['seconds']:.1f} s"
    if found["memory"] > MOST_MEMORY:
        return f"took {found['memory']:.0f} MB"
    return wrong_with_rows(data, found) if found["state"] == "ready" else ""


def wrong_with_rows(data: bytes, found: dict) -> str:
    places = [at for at, column in enumerate(found["columns"]) if column]
    for outcome, cells in found["rows"]:
        if outcome not in ACCEPTED or is_of_the_table(found["columns"], cells):
            continue
        # Other readers take their time, so they are asked when it matters.
        if not says(data, places, tidy(cells[at] for at in places)):
            return f"accepted {cells}"
    return ""


def is_of_the_table(columns: list[str], cells: list[str]) -> bool:
    """Whether what is imported of the row stands like this in one row of the table."""
    given = {c: text for c, text in zip(columns, cells, strict=True) if c}
    return any(agrees(given, row) for row in [*ROWS, *PLAIN_ROWS])


def agrees(given: dict[str, str], row: tuple[str, ...]) -> bool:
    values = dict(zip(COLUMNS, row, strict=True))
    return all(
        tidy([text]) == tidy([values.get(column, "")]) for column, text in given.items()
    )
