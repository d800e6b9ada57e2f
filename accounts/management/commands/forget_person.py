"""Erases a person, history included: looks by default, writes with --commit."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.forgetting import forget, numbers_named, rows_about
from accounts.models import User


class Command(BaseCommand):
    help = (
        "Delete a person, and erase name, e-mail, card, phone, birth date and notes "
        "from every version in the history, and the subjects and reasons of what was "
        "done to that person alone; the rows of imports that were about the person go, "
        "and what exports were searched for. Says first what that is; --commit does "
        "it. What the person did to others keeps its name as the actor. Files that "
        "wait for their import, and exports that were made, keep it until they are "
        "removed by their age."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="now or once the person's")
        parser.add_argument(
            "--number", type=int, help="which one, where several had the username"
        )
        parser.add_argument("--commit", action="store_true", help="write")
        parser.add_argument(
            "--reason", default="", help="stands in the history; needed to write"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        number = the_one(options["username"], options["number"])
        versions = sum(rows.count() for rows in rows_about(number))
        is_there = User.objects.filter(pk=number).exists()
        if not options["commit"]:
            state = "is there, and would be deleted" if is_there else "is gone already"
            self.stdout.write(
                f"Person no. {number} {state}. Versions in history to erase: "
                f"{versions}. Nothing written; --commit erases them."
            )
            return
        if not options["reason"].strip():
            raise CommandError("--commit needs --reason: say why, without the name.")
        forget(number, reason=options["reason"])
        self.stdout.write(self.style.SUCCESS(f"Person no. {number} is forgotten."))


def the_one(username: str, number: int | None) -> int:
    found = numbers_named(username)
    if not found:
        raise CommandError(f"Nobody has, or had, the username «{username}».")
    if number is None and len(found) > 1:
        listed = ", ".join(map(str, found))
        raise CommandError(
            f"Several people had the username «{username}»: give --number with one "
            f"of {listed}."
        )
    if number is not None and number not in found:
        raise CommandError(f"No. {number} never had the username «{username}».")
    return number or found[0]
