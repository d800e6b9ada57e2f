"""A worker that is stopped in the middle, until the test lets it go on."""

import threading
from contextlib import contextmanager

from django.db import connection, connections

from portal.imports.work import run_import_job

PATIENCE = 30


@contextmanager
def paused(job, words):
    """A worker at this job, standing before the first statement with these words."""
    arrived, may_go = threading.Event(), threading.Event()

    def stop(execute, sql, *rest):
        if words in sql and not arrived.is_set():
            arrived.set()
            may_go.wait(PATIENCE)
        return execute(sql, *rest)

    def work():
        try:
            with connection.execute_wrapper(stop):
                run_import_job.call(job_id=str(job.pk))
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    assert arrived.wait(PATIENCE), f"It did not come to {words}."
    try:
        yield
    finally:
        may_go.set()
        thread.join(PATIENCE)
        job.refresh_from_db()
