"""Give managers the right to restore, as a change of the role's history."""

from importlib import import_module

from django.apps import apps as live_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

RIGHT = "portal.restore_history"


def give_right(apps, schema_editor):
    # Permissions are otherwise made only after the last migration has run.
    create_permissions(live_apps.get_app_config("portal"), apps=apps, verbosity=0)
    roles = import_module("accounts.migrations.0003_roles")
    manager = apps.get_model("auth", "Group").objects.filter(name="Manager").first()
    [permission] = roles.permissions_named(apps, [RIGHT])
    if manager is None or manager.permissions.filter(pk=permission).exists():
        return
    manager.permissions.add(permission)
    now = timezone.now()
    change_set = apps.get_model("portal", "ChangeSet").objects.create(
        kind="system",
        reason="Managers may restore what was deleted.",
        origin="migrate",
        started_at=now,
        finished_at=now,
        changed_count=1,
    )
    held = manager.permissions.values_list(
        "content_type__app_label", "codename"
    ).order_by("pk")
    found = roles.permissions_named(apps, [".".join(name) for name in held])
    apps.get_model("accounts", "HistoricalGroup").objects.create(
        id=manager.pk,
        name=manager.name,
        change_set=change_set,
        history_date=now,
        history_type="~",
        relations={"permissions": [[pk, label] for pk, label in sorted(found.items())]},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_roles"),
        ("portal", "0005_restore_right"),
    ]

    operations = [migrations.RunPython(give_right, migrations.RunPython.noop)]
