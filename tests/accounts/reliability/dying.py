"""Workers that die: processes of their own, forked so that each costs little."""

import multiprocessing
import os
import signal
import warnings

from django.db import connection, connections

from portal.imports.work import run_import_job
from tests.accounts.reliability.steps import fall_silent

fork = multiprocessing.get_context("fork")
PATIENCE = 60


def begin(job, *, dies_at=None, sleeps_after=None, steps=None):
    """A worker at this job; it kills itself before its step of this number, or falls
    asleep after so many, as soon as it is in no transaction."""
    # The child must not share the parent's connection.
    connections.close_all()
    with warnings.catch_warnings():
        # pytest-xdist has a thread, which does not concern the child.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = fork.Process(
            target=_work, args=(job.pk, dies_at, sleeps_after, steps)
        )
        process.start()
    return process


def count_steps(job):
    """How often a worker could die at this job; carries it out."""
    steps = fork.Value("i", 0)
    process = begin(job, steps=steps)
    process.join(PATIENCE)
    assert process.exitcode == 0
    return steps.value


def die_at(job, step):
    process = begin(job, dies_at=step)
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL


def kill_after(seconds, job):
    """Begun as the next worker: nobody heard of the one before for long."""
    fall_silent(job)
    process = begin(job)
    process.join(seconds)
    process.kill()
    process.join(PATIENCE)


def _work(job_id, dies_at, sleeps_after, steps):
    steps = steps or fork.Value("i", 0)
    connection.ensure_connection()
    commit = connection._commit

    def step():
        if steps.value == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        steps.value += 1

    def commit_between_steps():
        step()
        commit()
        step()

    def execute_after_step(execute, *args):
        nonlocal sleeps_after
        step()
        is_tired = sleeps_after is not None and steps.value > sleeps_after
        if is_tired and not connection.in_atomic_block:
            sleeps_after = None
            os.kill(os.getpid(), signal.SIGSTOP)
        return execute(*args)

    connection._commit = commit_between_steps
    with connection.execute_wrapper(execute_after_step):
        run_import_job.call(job_id=str(job_id))
