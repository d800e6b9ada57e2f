"""Staff who save people's pages again and again, each in a process of their own."""

import json
import multiprocessing
import time
import traceback
import warnings
from dataclasses import dataclass, field
from itertools import count, cycle

from django.db import connections
from django.test import Client
from django.urls import reverse

from tests.posts import errors_of, posted

fork = multiprocessing.get_context("fork")
PATIENCE = 120


@dataclass
class Done:
    """What one writer was told: (person, note, seconds) of each save, and errors."""

    saves: list[tuple[int, str, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Writer:
    """Begins at once; `end` waits for it."""

    def __init__(self, client: Client, name: str, people: list[int], seconds: float):
        # The child must not share the parent's connection.
        connections.close_all()
        self._reading, writing = fork.Pipe(duplex=False)
        with warnings.catch_warnings():
            # pytest-xdist has a thread, which does not concern the child.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process = fork.Process(
                target=_write, args=(writing, client, name, people, seconds)
            )
            self._process.start()
        writing.close()

    def end(self) -> Done:
        try:
            # Received before the process is waited for: a full pipe would hold it.
            if not self._reading.poll(PATIENCE):
                return Done(errors=["It came to no end."])
            return Done(**json.loads(self._reading.recv_bytes()))
        finally:
            self._process.kill()
            self._process.join()


def _write(writing, client, name, people, seconds) -> None:
    done, until = Done(), time.monotonic() + seconds
    for number, person in zip(count(), cycle(people), strict=False):
        try:
            _save(client, person, f"{name}.{number}", done)
        except Exception:
            done.errors.append(traceback.format_exc()[-800:])
        # At least one each, however busy the machine is.
        if time.monotonic() > until:
            break
    connections.close_all()
    writing.send_bytes(json.dumps(vars(done)).encode())


def _save(client, person, note, done) -> None:
    page = reverse("admin:accounts_user_change", args=[person])
    data = posted(client.get(page), reader__0__notes=note)
    began = time.perf_counter()
    answer = client.post(page, data)
    if answer.status_code == 302:
        done.saves.append((person, note, time.perf_counter() - began))
    else:
        done.errors.append(f"{answer.status_code}: {errors_of(answer)}")
