"""What each log line says about where it comes from: request, user, task, job."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.tasks import TaskResult

OF_A_TASK = {"task", "job"}

_context: ContextVar[dict[str, Any] | None] = ContextVar("log_context", default=None)


@contextmanager
def bound(**values: Any) -> Iterator[None]:
    """In the block, every line carries these too."""
    token = _context.set({**current(), **values})
    try:
        yield
    finally:
        _context.reset(token)


def add(**values: Any) -> None:
    """What became known in the middle of a block; its later lines carry it."""
    context = _context.get()
    if context is not None:
        context.update(values)


def begin_task(*, task_result: TaskResult, **kwargs: Any) -> None:
    """The worker's lines say which task, and which job, they belong to."""
    job = task_result.kwargs.get("job_id")
    values = {"task": str(task_result.id), "job": job and str(job)}
    _context.set({**current(), **{key: values[key] for key in values if values[key]}})


def end_task(**kwargs: Any) -> None:
    context = current()
    _context.set({key: context[key] for key in context if key not in OF_A_TASK})


def current() -> dict[str, Any]:
    return _context.get() or {}


class ContextFilter(logging.Filter):
    """Stands at the handlers, so that the lines of libraries carry it too."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.context = {**current(), **getattr(record, "facts", {})}
        return True
