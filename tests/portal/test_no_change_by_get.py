"""Looking changes nothing: each address, by GET and HEAD, for each kind of actor.

Every statement that writes is seen, also one that writes what was there already, and at
the end the digest of all tables is what it was.
"""

import json
import re
from contextlib import contextmanager
from hashlib import sha256

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.urls import reverse

from accounts.models import User
from readers.models import Branch
from tests.portal.pages import NOT_OF_THE_DOMAIN, all_rows, named_addresses

pytestmark = pytest.mark.django_db

ACTORS = [
    None,
    "outsider",
    "bystander",
    "front_desk",
    "importer",
    "auditor",
    "manager",
    "root",
]
WRITE = re.compile(
    r"^\s*(?:/\*.*?\*/)?\s*(?:WITH\b.*?\b)?"
    r"(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|CREATE|ALTER|DROP)\b",
    re.IGNORECASE | re.DOTALL,
)
WRITTEN_BY_LOOKS = {
    "account": "portal_cache",
    "health": "portal_heartbeat",
    "invitation": "portal_cache",
}
# What forms send when they are confirmed: in an address it must do nothing.
CONFIRMED = {
    "action": "deactivate",
    "post": "yes",
    "confirm": "1",
    "apply": "1",
    "commit": "1",
    "reason": "because",
    "_save": "1",
    "_saveasnew": "1",
}


def digest():
    rows = json.dumps(all_rows(), default=str, sort_keys=True)
    return sha256(rows.encode()).hexdigest()


@contextmanager
def writes():
    """The statements in the block that write to tables of the domain."""
    found = []
    allowed = {model._meta.db_table for model in NOT_OF_THE_DOMAIN}

    def watch(execute, sql, params, many, context):
        if WRITE.match(sql) and not any(f'"{table}"' in sql for table in allowed):
            found.append(sql[:200])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


def addresses():
    return sorted(
        {address for _name, address in named_addresses()} - {reverse("admin:logout")}
    )


@pytest.mark.parametrize("who", ACTORS)
def test_looking_at_each_address_writes_nothing(request, client, rows, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    ticked = CONFIRMED | {"_selected_action": User.objects.first().pk}
    before, wrote = digest(), {}

    for address in addresses():
        for look, sent in (("get", None), ("head", None), ("get", ticked)):
            with writes() as found:
                response = getattr(client, look)(address, sent)
                # A file is written while it is sent.
                b"".join(response)
            assert response.status_code < 500, address
            # A link that somebody guesses at is a try, and tries are counted in the
            # cache. A probe writes a heartbeat and takes it back: the digest shows it.
            table = WRITTEN_BY_LOOKS.get(address.split("/")[1], "")
            if any(not table or f'"{table}"' not in sql for sql in found):
                wrote[look, address] = found

    assert wrote == {}
    assert digest() == before


def test_scan_knows_every_address(rows):
    found = addresses()

    assert len(found) > 90
    pk = User.objects.first().pk
    assert reverse("admin:accounts_user_change", args=[pk]) in found
    assert not [address for address in found if "<" in address]


def test_scan_reaches_every_action_of_the_theme(rows):
    """They answer to addresses of their own, without a token."""
    names = {name for name, _address in named_addresses()}
    for model, model_admin in admin.site._registry.items():
        for kind in ("row", "detail", "list"):
            for action in getattr(model_admin, f"actions_{kind}"):
                opts = model._meta
                assert f"{opts.app_label}_{opts.model_name}_{action}" in names


@pytest.mark.parametrize(
    "change",
    [
        lambda: Branch.objects.create(code="X", name="X"),
        lambda: Group.objects.all().delete(),
        lambda: User.objects.update(first_name="x"),
        lambda: connection.cursor().execute("UPDATE auth_group SET name = name"),
        lambda: connection.cursor().execute(
            "WITH a AS (SELECT 1) DELETE FROM accounts_user_groups WHERE 1 = 0"
        ),
    ],
)
def test_scan_sees_a_write(rows, change):
    with writes() as found:
        change()

    assert found


def test_scan_sees_a_change_of_any_table(rows):
    before = digest()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_importjob SET file_name = file_name || 'x'")

    assert digest() != before
