"""Let somebody in who can let everybody else in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import User
from accounts.temporary_passwords import generate_password
from portal.history.acts import change_set
from portal.models import ChangeSet

USERNAME = "admin"


class Command(BaseCommand):
    help = (
        "Create an administrator with a one-time password, and print it, when there "
        "is no active superuser who is staff; otherwise do nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--address",
            default="http://127.0.0.1:8000",
            help="where the portal answers (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.administrators().exists():
            return
        password = generate_password()
        administrator = create_administrator(password)
        sign_in = options["address"].rstrip("/") + reverse("admin:login")
        self.stdout.write(notice(administrator.username, password, sign_in))


def create_administrator(password: str) -> User:
    administrator = User(username=free_username(), is_staff=True, is_superuser=True)
    administrator.set_password(password)
    administrator.must_change_password = True
    with change_set(
        kind=ChangeSet.Kind.COMMAND,
        origin="first_administrator",
        reason="The first administrator, because there was no active superuser.",
    ):
        administrator.save()
    return administrator


def free_username() -> str:
    """`admin`, or with a number when somebody, perhaps switched off, has that name."""
    folded = User.objects.annotate(folded=Lower("username"))
    taken = set(
        folded.filter(folded__startswith=USERNAME).values_list("folded", flat=True)
    )
    number = 2
    username = USERNAME
    while username in taken:
        username, number = f"{USERNAME}{number}", number + 1
    return username


def notice(username: str, password: str, sign_in: str) -> str:
    lines = [
        "The first administrator was created. This password is shown only now,",
        "and the first sign-in asks for a new one.",
        "",
        f"  Sign in at  {sign_in}",
        f"  Username    {username}",
        f"  Password    {password}",
    ]
    width = max(map(len, lines))
    edge = "+" + "-" * (width + 2) + "+"
    return "\n".join(["", edge, *(f"| {line:{width}} |" for line in lines), edge, ""])
