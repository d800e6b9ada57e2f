"""The proof that history holds, or what is wrong with it."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import StringIO
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from portal.history.verify import Finding, OnStep, verify

SHOWN = 10


class Command(BaseCommand):
    help = (
        "Compare everything that is tracked with its history, and history with its "
        "seals; list what differs, what is missing and what belongs to nothing. The "
        "exit status is 1 when anything is found."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object, for machines"
        )
        parser.add_argument(
            "--head",
            metavar="POSITION:DIGEST",
            default="",
            help="a head that `seal_history --head` printed and you kept: the chain "
            "must still go through it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with _progress() as on_step:
            findings = verify(expected_head=options["head"], on_step=on_step)
        if options["json"]:
            said = {"findings": [asdict(finding) for finding in findings]}
            self.stdout.write(json.dumps(said, indent=2, default=str))
        elif findings:
            self.stdout.write(_table(findings))
        else:
            self.stdout.write(self.style.SUCCESS("Nothing is wrong with history."))
        if findings:
            sys.exit(1)


@contextmanager
def _progress() -> Iterator[OnStep]:
    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("Starting")
        yield lambda name, number, total: progress.update(
            task, description=name, completed=number, total=total
        )


def _table(findings: list[Finding]) -> str:
    table = Table("What", "is wrong", "How many", "Which")
    for finding in findings:
        keys = ", ".join(str(key) for key in finding.keys[:SHOWN])
        more = ", …" if finding.count > SHOWN else ""
        table.add_row(
            finding.about, finding.problem, f"{finding.count:,}", f"{keys}{more}"
        )
    text = StringIO()
    Console(file=text, width=100).print(table)
    return text.getvalue()
