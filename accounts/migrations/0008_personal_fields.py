"""Let who keeps people see birth dates, phone numbers and notes; auditors need none."""

from importlib import import_module

from django.apps import apps as live_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

RIGHTS = [f"readers.view_{name}" for name in ("birth_date", "phone", "notes")]
ROLES = ["Front desk", "Importer", "Manager"]


def give_rights(apps, schema_editor):
    # Permissions are otherwise made only after the last migration has run.
    create_permissions(live_apps.get_app_config("readers"), apps=apps, verbosity=0)
    permissions_named = import_module(
        "accounts.migrations.0003_roles"
    ).permissions_named
    permissions = set(permissions_named(apps, RIGHTS))
    lacking = [
        role
        for role in apps.get_model("auth", "Group").objects.filter(name__in=ROLES)
        if permissions - set(role.permissions.values_list("pk", flat=True))
    ]
    if not lacking:
        return
    now = timezone.now()
    change_set = apps.get_model("portal", "ChangeSet").objects.create(
        kind="system",
        reason="Birth dates, phone numbers and notes have rights of their own.",
        origin="migrate",
        started_at=now,
        finished_at=now,
        changed_count=len(lacking),
    )
    for role in sorted(lacking, key=lambda role: role.pk):
        role.permissions.add(*permissions)
        held = role.permissions.values_list("content_type__app_label", "codename")
        names = [".".join(name) for name in held.order_by("pk")]
        pairs = sorted(permissions_named(apps, names).items())
        apps.get_model("accounts", "HistoricalGroup").objects.create(
            id=role.pk,
            name=role.name,
            change_set=change_set,
            history_date=now,
            history_type="~",
            relations={"permissions": [[pk, label] for pk, label in pairs]},
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_role_limits"),
        ("readers", "0002_personal_fields"),
    ]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
