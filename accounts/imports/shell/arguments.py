"""What can be said on the command line of an import."""

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from accounts.imports.options import Blank, DayOrder, Match, Mode
from accounts.imports.shell.wishes import KEEP, MEND, Wishes
from portal.sheets import ENCODINGS, Reading


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument(
        "--actor",
        metavar="USERNAME",
        required=True,
        help="who imports, and whose rights are asked",
    )
    parser.add_argument("--commit", action="store_true", help="write")
    parser.add_argument("--reason", default="", help="stands in the history")
    parser.add_argument(
        "--skip-errors", action="store_true", help="write the good rows only"
    )
    parser.add_argument(
        "--errors", type=Path, metavar="FILE", help="where to write the refused rows"
    )
    parser.add_argument(
        "--undo",
        type=UUID,
        metavar="JOB",
        help="take this import back instead; needs --reason to write",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, for machines"
    )
    _add_options(parser.add_argument_group("what becomes of the rows"))
    _add_reading(parser.add_argument_group("how the file is read, if not as found out"))


def _add_options(group: Any) -> None:
    group.add_argument(
        "--recipe", metavar="NAME", help="saved options; what is said here goes before"
    )
    group.add_argument("--mode", choices=Mode.values)
    group.add_argument("--match", choices=Match.values, help="who a row is about")
    group.add_argument("--blank", choices=Blank.values, help="what a blank cell does")
    group.add_argument(
        "--default",
        action="append",
        type=_default,
        default=[],
        metavar="COLUMN=TEXT",
        help="for new people whose row has none; may be given again",
    )
    group.add_argument(
        "--username-template",
        metavar="TEMPLATE",
        help="for new people without a username: {first[0]}{last}",
    )
    group.add_argument(
        "--invite", action="store_true", default=None, help="send new people a link"
    )
    group.add_argument(
        "--columns",
        action="append",
        type=_column,
        default=[],
        metavar="TITLE=COLUMN",
        help="what a column of the file is; nothing after «=» does not import it",
    )
    group.add_argument(
        "--dates", choices=DayOrder.values, help="what 03/04/2024 means, where open"
    )
    group.add_argument(
        "--numbers",
        choices=[MEND, KEEP],
        help="give numbers back the zeros that a spreadsheet took, or take as found",
    )


def _add_reading(group: Any) -> None:
    group.add_argument("--worksheet", metavar="NAME")
    group.add_argument("--header-row", type=int, metavar="NUMBER")
    group.add_argument("--encoding", choices=list(ENCODINGS), metavar="NAME")
    group.add_argument("--delimiter", type=_delimiter, help="a character, or «tab»")


def wishes_of(said: dict[str, Any]) -> Wishes:
    names = ("mode", "match", "blank", "username_template")
    return Wishes(
        columns=dict(said["columns"]),
        defaults=dict(said["default"]),
        dates=said["dates"],
        numbers=said["numbers"],
        options={
            **{name: said[name] for name in names if said[name] is not None},
            **({"invites": True} if said["invite"] else {}),
        },
    )


def reading_of(said: dict[str, Any]) -> Reading:
    return Reading(
        said["worksheet"], said["header_row"], said["encoding"], said["delimiter"]
    )


def _default(text: str) -> tuple[str, str]:
    return _pair(text, *text.split("=", 1))


def _column(text: str) -> tuple[str, str]:
    # A title may have a «=» in it, where a column has none.
    return _pair(text, *text.rsplit("=", 1))


def _pair(text: str, name: str, value: str | None = None) -> tuple[str, str]:
    if value is None or not name.strip():
        raise argparse.ArgumentTypeError(f"«{text}»: a «=» is to part two texts")
    return name.strip(), value.strip()


def _delimiter(text: str) -> str:
    return "\t" if text in ("tab", "\\t") else text
