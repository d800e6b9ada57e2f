"""What the worker logs says which task and job it is about."""

import logging

import pytest
from django.tasks import task

from portal.logs.context import current

seen = []


@task
def look(*, job_id):
    seen.append(dict(current()))
    logging.getLogger(__name__).info("looking")


@task
def look_and_fail():
    seen.append(dict(current()))
    raise ValueError("no")


@pytest.fixture(autouse=True)
def _nothing_seen():
    seen.clear()


def test_line_of_a_task_names_task_and_job():
    result = look.enqueue(job_id="7")

    assert seen == [{"task": str(result.id), "job": "7"}]


def test_line_after_a_task_names_none():
    look.enqueue(job_id="7")
    look_and_fail.enqueue()

    assert set(seen[1]) == {"task"}
    assert current() == {}
