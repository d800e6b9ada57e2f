"""The queue of tasks: what dead workers left in it, and what ended long ago."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.tasks import Task, TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

# The jobs themselves tell for longer what came of them.
KEEP = timedelta(days=7)


def enqueue_again(task: Task, **arguments: Any) -> None:
    """For a job whose worker died: it waits in the queue once, however often asked.

    The queue itself leaves what a killed worker had in hand as running for ever.
    """
    calls = DBTaskResult.objects.filter(
        task_path=task.module_path, args_kwargs__kwargs=arguments
    )
    calls.running().update(
        status=TaskResultStatus.FAILED,
        finished_at=timezone.now(),
        traceback="Its worker gave no sign of life, so its job was queued again.",
    )
    if not calls.ready().exists():
        task.enqueue(**arguments)


def after_commit(enqueue: Callable[[], object]) -> None:
    """Put into the queue what an act orders, once it is committed.

    The act is done then, and stays so if the queue is busy: a watch puts it there
    later.
    """
    transaction.on_commit(enqueue, robust=True)


def enqueue_once(task: Task) -> None:
    """For a task that does whatever there is to do: it need not wait there twice."""
    if not DBTaskResult.objects.filter(task_path=task.module_path).ready().exists():
        task.enqueue()


def prune() -> None:
    finished = DBTaskResult.objects.finished()
    finished.filter(finished_at__lt=timezone.now() - KEEP).delete()
