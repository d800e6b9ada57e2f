"""A large file of invented people, to try imports with."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.demo.lists import Recipe, Row, rows
from accounts.imports.columns import COLUMNS, READER_COLUMNS
from accounts.models import User
from portal.sheets import WRITABLE, SheetFormat, save_sheet
from portal.sheets.values import text_of
from readers.models import Branch, Category

CHUNK = 1000
# What an export writes of these.
NAMES = {"category": "reader__category__name", "branch": "reader__branch__code"}


class Command(BaseCommand):
    help = (
        "Write a file of invented people, with the branches and categories that there "
        "are, for trying the import. The same seed makes the same people."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--rows", type=int, required=True)
        parser.add_argument(
            "--format",
            choices=[each.value for each in WRITABLE],
            help="default: as the file's name ends",
        )
        parser.add_argument("--seed", type=int, default=1, help="default: 1")
        parser.add_argument(
            "--errors", type=_share, default=0, help="share of bad rows, from 0 to 1"
        )
        parser.add_argument(
            "--updates",
            type=_share,
            default=0,
            help="share of rows about people who are there, as far as there are any",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, count = options["file"], options["rows"]
        ending = options["format"] or path.suffix[1:].lower()
        formats = {each.value: each for each in WRITABLE}
        if ending not in formats:
            raise CommandError(
                f"Say --format, or end the name with one of {', '.join(formats)}."
            )
        if count < 0:
            raise CommandError("--rows cannot be less than 0.")
        recipe = Recipe(
            seed=options["seed"],
            branches=list(Branch.objects.values_list("code", flat=True)),
            categories=list(Category.objects.values_list("name", flat=True)),
            errors=options["errors"],
            updates=options["updates"],
            known=_known(),
        )
        _write(path, formats[ending], recipe, count)
        self.stdout.write(f"{path}: {count:,} rows.")


def _write(path: Path, format: SheetFormat, recipe: Recipe, count: int) -> None:
    texts = ([row[name] for name in COLUMNS] for row in rows(recipe, count))
    try:
        with path.open("wb") as target:
            save_sheet(target, format, COLUMNS, texts)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def _known() -> Iterator[Row]:
    """Those who stand above nobody: an importer may change them."""
    names = [
        NAMES.get(name, f"reader__{name}" if name in READER_COLUMNS else name)
        for name in COLUMNS
    ]
    people = User.objects.filter(is_staff=False, is_superuser=False).order_by("pk")
    for values in people.values_list(*names).iterator(chunk_size=CHUNK):
        yield dict(zip(COLUMNS, map(text_of, values), strict=True))


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise ArgumentTypeError(f"«{text}»: write a number from 0 to 1")
    return share
