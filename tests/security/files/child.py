"""One file through the pages of an import, in a process with limits of its own."""

import json
import multiprocessing
import re
import resource
import time
import traceback
import warnings
from pathlib import Path

from django.db import connections, transaction
from django.test import Client

from accounts.models import User
from portal.models import ImportJob
from tests.import_steps import choose, upload

fork = multiprocessing.get_context("fork")
MB = 1000 * 1000
MOST_MEMORY = 300
# Of these, for what a process holds before the file: a portal at rest needs some 110.
# The suite's own grows with each of its tests, so only what comes on top is counted.
MEMORY_AT_REST = 150
# Of the processor: how busy the machine is decides nothing.
MOST_SECONDS = 2.0
# By the clock; whoever needs so long hangs.
PATIENCE = 60


def bring_in(user, data: bytes, name: str) -> dict:
    """What came of the file; `broke` says what must not happen."""
    # The child must not share the parent's connection.
    connections.close_all()
    reading, writing = fork.Pipe(duplex=False)
    with warnings.catch_warnings():
        # pytest-xdist has a thread, which does not concern the child.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = fork.Process(target=_child, args=(writing, user.pk, data, name))
        process.start()
    writing.close()
    try:
        if not reading.poll(PATIENCE):
            return {"broke": f"no answer in {PATIENCE} s"}
        return json.loads(reading.recv_bytes())
    except EOFError:
        process.join()
        return {"broke": f"the process ended with {process.exitcode}"}
    finally:
        process.kill()
        process.join()
        reading.close()


def _child(writing, user_pk, data, name) -> None:
    size = _kilobytes("VmSize") * 1024 + MOST_MEMORY * MB
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    at_rest = _kilobytes("VmRSS")
    began = time.process_time()
    try:
        found = _take(user_pk, data, name)
    except BaseException:
        found = {"broke": traceback.format_exc()[-1500:]}
    found["seconds"] = time.process_time() - began
    found["memory"] = (_kilobytes("VmHWM") - at_rest) * 1024 / MB
    writing.send_bytes(json.dumps(found).encode())


def _kilobytes(name) -> int:
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{name}:\s*(\d+) kB", status)[1])


def _take(user_pk, data, name) -> dict:
    """Taken back at its end, so that no file makes a difference to the next one."""
    client = Client()
    with transaction.atomic():
        client.force_login(User.objects.get(pk=user_pk))
        pages = [upload(client, data, name)]
        job = ImportJob.objects.first()
        if job and job.state == ImportJob.State.UPLOADED:
            pages.append(choose(client, job))
        found = _told(job, pages)
        transaction.set_rollback(True)
    return found


def _told(job, pages) -> dict:
    told = {"statuses": [page.status_code for page in pages], "state": "none"}
    if job:
        columns = [each["column"] for each in (job.options or {}).get("columns", [])]
        rows = job.rows.order_by("number").values_list("outcome", "cells")
        told |= {"state": job.state, "error": job.error, "columns": columns}
        told["rows"] = list(rows)
    return told
