"""`dumpdata | loaddata` into an empty installation gives an identical dump."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from portal.history.acts import change_set
from portal.history.seal import seal_all

pytestmark = pytest.mark.django_db

LOAD = """
import sys
import django
django.setup()
from django.core.management import call_command
before, after, *options = sys.argv[1:]
call_command("migrate", verbosity=0)
call_command("loaddata", before, verbosity=0)
if not options:
    call_command("verify_history")
call_command("dumpdata", *options, output=after, verbosity=0)
"""
BY_NATURAL_KEY = ["--natural-primary", "--natural-foreign"]
PEOPLE = ["auth.group", "accounts.user", "readers.reader"]
TABLES = ["readers.branch", "readers.category"]


@contextmanager
def empty_database(tmp_path):
    """The address of a second, empty database beside the test's own."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'second.sqlite3'}"
        return
    name = f"{connection.settings_dict['NAME']}_second"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        yield address_of(name)
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


def address_of(name):
    its = {
        key: quote(str(value), safe="")
        for key, value in connection.settings_dict.items()
        if key in ("USER", "PASSWORD", "HOST", "PORT")
    }
    # A server on a socket alone has its folder in the options.
    socket = connection.settings_dict["OPTIONS"].get("host")
    query = f"?{urlencode({'host': socket})}" if socket else ""
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**its) + name + query


@pytest.fixture
def people(manager, auditor, branch, category):
    with change_set(actor=manager, reason="Zażółć"):
        anna = User.objects.create_user("änne", "anna@example.org", first_name="Анна")
        anna.reader.branch, anna.reader.category = branch, category
        anna.reader.phone, anna.reader.notes = "+4930901820", "Two\nlines"
        anna.reader.save()
    Group.objects.create(name="Helpers").user_set.add(anna)
    User.objects.create_user("gone").delete()
    User.objects.bulk_create([User(username="bulk", is_active=False)])
    seal_all()
    return anna


@pytest.mark.parametrize(
    "options", [[], [*PEOPLE, *TABLES, *BY_NATURAL_KEY]], ids=["everything", "natural"]
)
def test_dump_loads_into_an_empty_installation_as_it_was(people, tmp_path, options):
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    call_command("dumpdata", *options, output=before, verbosity=0)

    with empty_database(tmp_path) as address:
        subprocess.run(
            [sys.executable, "-c", LOAD, before, after, *options],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": address},
            check=True,
        )

    assert ordered(after) == ordered(before)
    assert sum(row["model"] == "readers.reader" for row in ordered(after)) == 4


def ordered(path):
    rows = json.loads(path.read_text("utf-8"))
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
