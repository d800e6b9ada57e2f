"""People from a file, in the shell: looks by default, writes with --commit."""

import json
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.imports.people import PEOPLE
from accounts.imports.refused import format_of_refused, write_refused
from accounts.imports.shell import steps, telling, undoing
from accounts.imports.shell.arguments import add_arguments, reading_of, wishes_of
from accounts.models import User
from portal.models import ImportJob


class Command(BaseCommand):
    help = (
        "Look at what a file of people (csv, tsv, xlsx, xls, ods, json, or a Django "
        "fixture) would do, and with --commit do it: all of it, or nothing when a row "
        "is refused. What was looked at can be gone on with on the import pages. The "
        "exit status is 1 when rows were refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **said: Any) -> None:
        actor = _actor(said["actor"])
        if (said["file"] is None) == (said["undo"] is None):
            raise CommandError("Name a file, or with --undo an import.")
        if said["undo"] is not None:
            self._undo(actor, said)
            return
        job = self._import(actor, said)
        self._tell(job, said)
        if job.error_count:
            sys.exit(1)

    def _import(self, actor: Any, said: dict[str, Any]) -> ImportJob:
        if problem := PEOPLE.problem_with(actor):
            raise CommandError(problem)
        path, errors = said["file"], said["errors"]
        chosen = steps.choose(
            path, reading_of(said), wishes_of(said), said["recipe"], actor
        )
        if errors is not None:
            _refuse_other_ending(errors, chosen["format"])
        job = steps.check(path, actor, chosen)
        if said["commit"] and (said["skip_errors"] or not job.error_count):
            steps.commit(job, good_rows_only=said["skip_errors"], reason=said["reason"])
        if errors is not None and job.error_count:
            _write_errors(job, errors)
        return job

    def _tell(self, job: ImportJob, said: dict[str, Any]) -> None:
        if said["json"]:
            self._print_json(telling.as_json(job))
            return
        for line in telling.columns_told(job):
            self.stdout.write(line)
        most = telling.MOST_PROBLEMS
        for number, problem in enumerate(islice(telling.problems(job), most + 1)):
            told = f"{said['file']}: {problem}" if number < most else "… and more."
            self.stderr.write(told)
        self.stdout.write(telling.summary(job))
        self.stdout.write(telling.conclusion(job))

    def _undo(self, actor: Any, said: dict[str, Any]) -> None:
        if said["commit"] and not said["reason"].strip():
            raise CommandError("--undo with --commit needs --reason: say why.")
        written = undoing.written_by(said["undo"], actor)
        plan = undoing.look_at_undo(written, actor)
        made = None
        if said["commit"]:
            made = undoing.undo(written, plan, actor, said["reason"])
        if said["json"]:
            self._print_json(undoing.as_json(plan, made))
            return
        for line in undoing.plan_told(plan):
            self.stdout.write(line)
        look = "Nothing was written: this was a look. --commit takes it back."
        self.stdout.write(f"Taken back: {made}." if said["commit"] else look)

    def _print_json(self, found: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))


def _actor(username: str) -> Any:
    try:
        actor = User.objects.get_by_natural_key(username)
    except User.DoesNotExist as error:
        raise CommandError(f"There is nobody called {username}.") from error
    if not actor.is_active:
        raise CommandError(f"{username} is not active.")
    return actor


def _refuse_other_ending(path: Path, format: str) -> None:
    written = format_of_refused(ImportJob(format=format))
    if written is None:
        raise CommandError("The refused objects of a fixture cannot be written.")
    if path.suffix.lower() != f".{written.value}":
        raise CommandError(
            f"--errors: the refused rows are written as {written.label}. Give a name "
            f"that ends with .{written.value}."
        )


def _write_errors(job: ImportJob, path: Path) -> None:
    try:
        with path.open("wb") as target:
            write_refused(job, target)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
