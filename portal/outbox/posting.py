"""Ordering letters, in the transaction of the act that they tell of."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import F, Field, QuerySet, Value
from django.utils import timezone

from portal.models import ImportJob, Letter
from portal.outbox.kinds import kind_named
from portal.outbox.work import send_due
from portal.queue import after_commit, enqueue_once
from portal.security.events import record_event

REPLACED = "A newer one was ordered."


def post(
    kind: str,
    *,
    person: Any,
    actor: Any = None,
    base_url: str = "",
    job: ImportJob | None = None,
    details: dict[str, Any] | None = None,
) -> Letter:
    """Have a letter sent once the open transaction has been committed.

    `base_url` is the portal's own: `request.build_absolute_uri("/")`. `details` stand
    in the table for as long as the letter: never put a secret there. Whether the actor
    may write to the person is for the caller to ask; the kind asks again when the
    letter is sent.
    """
    said = kind_named(kind)
    with transaction.atomic():
        if said.replaces:
            earlier = Letter.objects.filter(kind=kind, person_id=person.pk)
            earlier.cancel(REPLACED)
        letter = Letter.objects.create(
            kind=kind,
            person_id=person.pk,
            person_name=person.get_username(),
            actor_id=actor.pk if actor else None,
            actor_name=actor.get_username() if actor else "",
            base_url=base_url,
            job=job,
            details=details or {},
        )
        if said.ordered:
            record_event(said.ordered, actor=actor, subject=person, letter=letter.pk)
        after_commit(send_soon)
    return letter


def post_many(
    kind: str, *, people: QuerySet, actor: Any, base_url: str, job: ImportJob
) -> int:
    """The same for all these people, by one statement; tells how many they are.

    For people who are new: nothing that waits for them is replaced.
    """
    now = timezone.now()
    values: dict[str, Any] = {
        "kind": kind,
        "actor_id": actor.pk,
        "actor_name": actor.get_username(),
        "base_url": base_url,
        "job": job.pk,
        "details": {},
        "state": Letter.State.WAITING,
        "created_at": now,
        "due_at": now,
        "attempts": 0,
        "error": "",
    }
    with transaction.atomic():
        count = _insert_from(people, values)
        ordered = kind_named(kind).ordered
        if count and ordered:
            record_event(ordered, actor=actor, count=count, job=job.pk)
        if count:
            after_commit(send_soon)
    return count


def _insert_from(people: QuerySet, values: dict[str, Any]) -> int:
    """INSERT ... SELECT: a hundred thousand letters never pass through Python."""
    names = ("person_id", "person_name", *values)
    fields: list[Any] = [Letter._meta.get_field(name) for name in names]
    given = map(_value, fields[2:], values.values())
    username = get_user_model().USERNAME_FIELD
    rows = people.order_by("pk").values_list("pk", F(username), *given)
    select, parameters = rows.query.sql_with_params()
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(Letter._meta.db_table)} ({columns}) {select}",
            parameters,
        )
        return cursor.rowcount


def _value(field: Any, value: Any) -> Value:
    target: Field = field.target_field if field.is_relation else field
    return Value(value, output_field=target)


def send_soon() -> None:
    """Call it once what is to be sent is committed."""
    enqueue_once(send_due)
