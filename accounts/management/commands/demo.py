"""A library to try the portal with."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.demo.library import STAFF
from accounts.demo.months import write_demo
from accounts.models import User
from accounts.temporary_passwords import generate_password
from portal.models import ChangeSet, ImportJob
from readers.models import Branch, Category


class Command(BaseCommand):
    help = (
        "Fill an empty database with a small library: people, branches, categories, "
        "one staff member for each role, and months of history."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--when-new",
            action="store_true",
            help="do nothing, quietly, when there are users, or in production",
        )
        parser.add_argument(
            "--password", help="of the four staff members (default: a new one)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["when_new"] and not settings.DEBUG:
            return  # Invented people have no place in a real installation.
        if User.objects.exists():
            if options["when_new"]:
                return
            raise CommandError(
                "There are users in this database already. The demo needs an empty "
                "one: set DATABASE_URL to another, and migrate it first."
            )
        password = options["password"] or generate_password()
        write_demo(password)
        self.report(password)

    def report(self, password: str) -> None:
        counts = {
            "people": User.objects.count(),
            "branches": Branch.objects.count(),
            "categories": Category.objects.count(),
            "changes in history": ChangeSet.objects.count(),
            "imports": ImportJob.objects.count(),
        }
        made = ", ".join(f"{count} {what}" for what, count in counts.items())
        self.stdout.write(f"The demo is in: {made}.")
        self.stdout.write(f"Sign in with the password {password} as\n")
        for username, (given, family, role) in STAFF.items():
            self.stdout.write(f"  {username:<12} {role:<12} {given} {family}")
