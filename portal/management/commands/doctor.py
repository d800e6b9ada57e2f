"""Says in one table what is wrong with this installation."""

import json
import sys
from io import StringIO
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.table import Table
from rich.text import Text

from portal.doctor import Finding, State, examine

STYLES = {State.OK: "green", State.WARNING: "yellow", State.ERROR: "bold red"}


class Command(BaseCommand):
    help = (
        "Look at everything that can be wrong with an installation, and say what to "
        "do. The exit status is 0 when all is well, 1 with warnings, 2 with errors."
    )
    # They are one of its lines.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object, for machines"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine()
        worst = max((found.state for found in findings), default=State.OK)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(findings, worst), indent=2))
        else:
            self.stdout.write(table(findings, in_colour=self.stdout.isatty()))
        if worst:
            sys.exit(int(worst))


def as_json(findings: list[Finding], worst: State) -> dict[str, Any]:
    return {
        "state": worst.name.lower(),
        "findings": [
            {
                "state": found.state.name.lower(),
                "subject": found.subject,
                "text": found.text,
                "hint": found.hint,
            }
            for found in findings
        ],
    }


def table(findings: list[Finding], *, in_colour: bool) -> str:
    shown = Table("State", "What", "How it is", "What to do")
    for found in findings:
        shown.add_row(
            Text(found.state.name.lower(), style=STYLES[found.state]),
            *map(Text, (found.subject, found.text, found.hint)),
        )
    text = StringIO()
    Console(file=text, width=120, force_terminal=in_colour).print(shown)
    return text.getvalue()
