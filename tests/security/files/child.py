"""One file through the pages of an import, in a process with limits of its own.

Each is forked from one that holds what a portal holds at rest. That of the suite would
not do: what it freed after its many tests would be used again, and not be counted.
"""

import json
import multiprocessing
import re
import resource
import time
import traceback
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings

from portal.models import ImportJob
from tests.import_steps import choose, upload

fork = multiprocessing.get_context("forkserver")
fork.set_forkserver_preload([f"{__package__}.at_rest", __name__])
MB = 1000 * 1000
MOST_MEMORY = 300
# Of the processor: how busy the machine is decides nothing.
MOST_SECONDS = 2.0
# By the clock; whoever needs so long hangs.
PATIENCE = 60
# What the tests have set otherwise than the environment.
SETTINGS = ("TASKS", "IMPORT_DIR")


def bring_in(user, data: bytes, name: str) -> dict:
    """What came of the file; `broke` says what must not happen."""
    client = Client()
    client.force_login(user)
    setting = {name: getattr(settings, name) for name in SETTINGS}
    database = connection.settings_dict["NAME"]
    reading, writing = fork.Pipe(duplex=False)
    process = fork.Process(
        target=_child, args=(writing, client.cookies, database, setting, data, name)
    )
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


def _child(writing, cookies, database, setting, data, name) -> None:
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database
    client = Client()
    client.cookies = cookies
    size = _kilobytes("VmSize") * 1024 + MOST_MEMORY * MB
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    began = time.process_time()
    try:
        with override_settings(**setting):
            found = _take(client, data, name)
    except BaseException:
        found = {"broke": traceback.format_exc()[-1500:]}
    found["seconds"] = time.process_time() - began
    found["memory"] = _kilobytes("VmHWM") * 1024 / MB
    writing.send_bytes(json.dumps(found).encode())


def _kilobytes(name) -> int:
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{name}:\s*(\d+) kB", status)[1])


def _take(client, data, name) -> dict:
    """Taken back at its end, so that no file makes a difference to the next one."""
    with transaction.atomic():
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
