"""The table of write paths: one line for each way to write, with what it must leave."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from inspect import isawaitable, isgenerator
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import resolve, reverse

from accounts.models import User
from portal.history.snapshot import history_model_of, tracked_models
from portal.models import ChangeSet
from readers.models import Branch, Category
from tests.posts import errors_of, posted


@dataclass(frozen=True)
class Left:
    """A change set: `rows` are the types and models of its history rows.

    What is None does not matter here.
    """

    kind: str
    rows: str
    actor: str = ""
    subject: str | None = None
    origin: str | None = None

    def tells(self, made: ChangeSet) -> bool:
        wanted = (self.kind, self.actor, self.subject, self.origin)
        found = (made.kind, made.actor_name, made.subject, made.origin)
        return all(
            one is None or one == other
            for one, other in zip(wanted, found, strict=True)
        )


@dataclass(frozen=True)
class WritePath:
    """`write` does it; a generator prepares until its `yield`, and writes after it."""

    what: str
    case: str
    left: tuple[Left, ...]
    write: Callable[["Cast"], Any]
    # What `verify_history` says of it: a fixture brings its own history, or has none.
    findings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.what} ({self.case})" if self.case else self.what


TABLE: list[WritePath] = []


def write_path(
    what: str, *left: Left, case: str = "", findings: tuple[str, ...] = ()
) -> Callable[..., Any]:
    def add(write: Callable[["Cast"], Any]) -> Callable[["Cast"], Any]:
        TABLE.append(WritePath(what, case, left, write, findings))
        return write

    return add


def form(rows: str, **said: Any) -> Left:
    return Left("form", rows, **{"actor": "root", **said})


def action(rows: str, **said: Any) -> Left:
    return Left("action", rows, **{"actor": "root", **said})


def command(rows: str, **said: Any) -> Left:
    return Left("command", rows, **said)


@dataclass
class Cast:
    """Whom and what the lines write to, and what they did it with."""

    client: Client
    on_commit: Any
    tmp_path: Any
    anna: User
    branch: Branch
    category: Category
    role: Group
    done: set[str] = field(default_factory=set)

    def post(self, url: str, data: dict[str, Any]) -> Any:
        """Post it, and do at once what the worker would do after the commit."""
        with self.on_commit(execute=True):
            response = self.client.post(url, data)
        assert response.status_code in (200, 302), response.status_code
        name = resolve(urlsplit(url).path).url_name
        self.done |= {f"page {name}"}
        if "action" in data:
            label = name.removesuffix("_changelist").replace("_", ".")
            self.done |= {f"action {label} {data['action']}"}
        return response

    def send(self, page: str, /, *args: Any, **changed: Any) -> Any:
        """Send the form of an admin page as it stands, with some values changed."""
        url = reverse(f"admin:{page}", args=args)
        response = self.post(url, posted(self.client.get(url), **changed))
        assert response.status_code == 302, errors_of(response)
        return response

    def act(self, table: str, name: str, chosen: Iterable[Any], **data: Any) -> Any:
        keys = [each.pk for each in chosen]
        sent = {"action": name, "_selected_action": keys, "change_reason": "Asked"}
        return self.post(reverse(f"admin:{table}_changelist"), sent | data)

    def delete(self, table: str, obj: Any) -> Any:
        url = reverse(f"admin:{table}_delete", args=[obj.pk])
        return self.post(url, {"post": "yes", "change_reason": "Moved away"})

    def run(self, name: str, *args: Any, **options: Any) -> str:
        out = StringIO()
        call_command(name, *args, stdout=out, **options)
        self.done.add(f"command {name}")
        return out.getvalue()


def do(path: WritePath, cast: Cast) -> list[ChangeSet]:
    """Write, and tell the change sets that came of it, oldest first."""
    last = newest_key()
    steps = path.write(cast)
    if isgenerator(steps):
        next(steps)
        last = newest_key()
        cast.done.clear()
        next(steps, None)
    return list(ChangeSet.objects.filter(pk__gt=last).order_by("pk"))


def call(target: Any, verb: str, *args: Any, **kwargs: Any) -> Any:
    """Call a method of either kind, and await what is to be awaited."""
    result = getattr(target, verb)(*args, **kwargs)
    if not isawaitable(result):
        return result

    async def waiting() -> Any:
        return await result

    return async_to_sync(waiting)()


def newest_key() -> int:
    return ChangeSet.objects.values_list("pk", flat=True).first() or 0


def rows_of(made: ChangeSet) -> str:
    """Its history rows as the table writes them: `+user +reader`, `2~branch`."""
    found: Counter[str] = Counter()
    for model in tracked_models():
        rows = history_model_of(model)._base_manager.filter(change_set=made)
        keys = list(rows.values_list(model._meta.pk.attname, flat=True))
        assert len(keys) == len(set(keys)), f"one {model} has two rows in {made}"
        types = rows.values_list("history_type", flat=True)
        found += Counter(f"{each}{model._meta.model_name}" for each in types)
    return written(found)


def written(counts: Counter[str]) -> str:
    return " ".join(
        what if count == 1 else f"{count}{what}"
        for what, count in sorted(counts.items())
    )


def wanted_rows(left: Left) -> str:
    return " ".join(sorted(left.rows.split(), key=lambda row: row.lstrip("0123456789")))
