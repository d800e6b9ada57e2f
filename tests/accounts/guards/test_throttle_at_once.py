"""Fifty tries at once, by several processes: no more than the limit get through."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from accounts.guards import throttle

pytestmark = pytest.mark.django_db(transaction=True)

TRIES = """
import django
django.setup()
from django.conf import settings
from django.db import connection
settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = {name!r}
from django.test import RequestFactory
from accounts.guards.throttle import SlowDown, admit
print("ready", flush=True)
input()
through = 0
for _try in range(10):
    try:
        admit(RequestFactory().post("/"), "root")
        through += 1
    except SlowDown:
        pass
print(through)
"""


def test_no_more_than_the_limit_get_through():
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    guessers = [
        subprocess.Popen(
            [sys.executable, "-c", TRIES.format(name=name)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _process in range(5)
    ]
    for guesser in guessers:
        guesser.stdout.readline()
    for guesser in guessers:
        guesser.stdin.write("\n")
        guesser.stdin.flush()
    through = [guesser.communicate()[0] for guesser in guessers]

    assert sum(map(int, through)) == throttle.PAIR.free
