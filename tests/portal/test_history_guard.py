"""History is append-only: the database refuses what would rewrite it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from portal.checks.history import check_history_is_guarded
from portal.history import guard
from portal.models import ChangeSet
from readers.models import Branch, Reader

pytestmark = pytest.mark.django_db

GUARDED = [ChangeSet, User.history.model, Branch.history.model]
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'")
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'")


@pytest.fixture(autouse=True)
def rows(reader_user, branch):
    """At least one row in each guarded table of these tests."""


def refused(verb):
    return pytest.raises(IntegrityError, match=f"append-only: .* refuses {verb}")


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.mark.parametrize("model", GUARDED)
def test_update_is_refused(model):
    field = "reason" if model is ChangeSet else "history_type"

    with refused("UPDATE"), transaction.atomic():
        model._base_manager.update(**{field: "x"})


@pytest.mark.parametrize("model", GUARDED)
def test_delete_is_refused(model):
    with refused("DELETE"), transaction.atomic():
        model._base_manager.all()._raw_delete("default")


def test_saving_a_row_again_is_refused(reader_user):
    row = reader_user.history.first()

    with refused("UPDATE"), transaction.atomic():
        row.save()


@pytest.mark.parametrize("model", GUARDED)
@on_sqlite
def test_replacing_is_refused_even_where_triggers_do_not_nest(model):
    table = model._meta.db_table
    run("PRAGMA recursive_triggers=OFF")

    with refused("REPLACE"), transaction.atomic():
        run(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    run("PRAGMA recursive_triggers=ON")


@pytest.mark.parametrize("model", GUARDED)
@on_postgresql
def test_truncate_is_refused(model):
    # PostgreSQL asks first whether deferred constraints are still to be checked.
    run("SET CONSTRAINTS ALL IMMEDIATE")

    with refused("TRUNCATE"), transaction.atomic():
        run(f"TRUNCATE {model._meta.db_table} CASCADE")


def test_every_history_model_is_guarded():
    historical = {
        model
        for model in guard.guarded_models()
        if model._meta.model_name.startswith("historical")
    }

    assert {model.instance_type._meta.label for model in historical} == {
        "accounts.RoleLimit",
        "accounts.User",
        "auth.Group",
        "readers.Branch",
        "readers.Category",
        "readers.Reader",
    }


# --- The one door -----------------------------------------------------------------


@pytest.mark.breaks_history("edits a history row")
def test_unlocked_rewrites_and_locks_again(reader_user, caplog):
    with guard.unlocked("retention"):
        reader_user.history.update(first_name="Else")

    assert reader_user.history.first().first_name == "Else"
    assert "unlocked: retention" in caplog.text
    assert guard.missing(connection) == []
    with refused("UPDATE"), transaction.atomic():
        reader_user.history.update(first_name="Third")


def test_failure_inside_unlocked_undoes_it_and_locks_again(reader_user):
    with pytest.raises(ZeroDivisionError), guard.unlocked("retention"):
        reader_user.history.update(first_name="Else")
        raise ZeroDivisionError

    assert reader_user.history.first().first_name == "Anna"
    with refused("UPDATE"), transaction.atomic():
        reader_user.history.update(first_name="Third")


# --- What takes triggers down, and who notices --------------------------------------


def drop(name, table):
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    run("SET CONSTRAINTS ALL IMMEDIATE") if on else None
    run(f"DROP TRIGGER {name}{on}")


def test_missing_trigger_is_an_error_at_the_start():
    assert check_history_is_guarded() == []
    drop("portal_changeset_refuses_update", "portal_changeset")

    [found] = check_history_is_guarded()
    assert found.id == "portal.E002"
    assert "portal_changeset_refuses_update" in found.msg


@on_postgresql
def test_disabled_trigger_is_an_error_at_the_start():
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE portal_changeset DISABLE TRIGGER ALL")

    [found] = check_history_is_guarded()
    assert "portal_changeset_refuses_delete" in found.msg


def test_migrate_puts_missing_triggers_back():
    drop("portal_changeset_refuses_update", "portal_changeset")

    call_command("migrate", verbosity=0, skip_checks=True)

    assert check_history_is_guarded() == []


def test_check_is_silent_before_the_first_migrate(monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda *_: [])

    assert check_history_is_guarded() == []


def test_check_leaves_the_way_free_for_a_waiting_migrate(monkeypatch):
    drop("portal_changeset_refuses_update", "portal_changeset")
    run("DELETE FROM django_migrations WHERE app = 'accounts'")

    assert check_history_is_guarded() == []


# --- Fixtures -----------------------------------------------------------------------


def test_fixture_with_history_is_refused_where_history_is(tmp_path):
    fixture = tmp_path / "all.json"
    call_command("dumpdata", output=fixture, verbosity=0)
    before = ChangeSet.objects.count()

    with pytest.raises(CommandError, match="never overwritten"):
        call_command("loaddata", fixture, verbosity=0, stdout=StringIO())

    assert ChangeSet.objects.count() == before


def test_fixture_without_history_is_loaded_where_history_is(tmp_path):
    fixture = tmp_path / "readers.json"
    call_command("dumpdata", "readers.reader", output=fixture, verbosity=0)
    Reader.objects.update(notes="Else")

    call_command("loaddata", fixture, verbosity=0)

    assert not Reader.objects.filter(notes="Else").exists()
