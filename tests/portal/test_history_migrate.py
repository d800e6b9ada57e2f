"""What altering a history table does to its triggers."""

import pytest
from django.core.management import call_command
from django.db import connection, models

from portal.history import guard
from readers.models import Branch

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'"),
]


def test_remade_table_loses_its_triggers_until_migrate():
    table = Branch.history.model._meta.db_table
    field = models.CharField(max_length=99)
    field.set_attributes_from_name("name")
    with connection.schema_editor() as editor:
        editor.alter_field(
            Branch.history.model, Branch.history.model._meta.get_field("name"), field
        )
    assert f"{table}_refuses_update" in guard.missing(connection)

    call_command("migrate", verbosity=0, skip_checks=True)

    assert guard.missing(connection) == []
