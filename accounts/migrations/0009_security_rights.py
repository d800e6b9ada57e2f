"""Let auditors see security events; managers too, and the letters that go out."""

from importlib import import_module

from django.apps import apps as live_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

RIGHTS = {
    "Auditor": ["portal.view_securityevent"],
    "Manager": ["portal.view_securityevent", "portal.view_letter"],
}


def give_rights(apps, schema_editor):
    # Permissions are otherwise made only after the last migration has run.
    create_permissions(live_apps.get_app_config("portal"), apps=apps, verbosity=0)
    permissions_named = import_module(
        "accounts.migrations.0003_roles"
    ).permissions_named
    lacking = {}
    for role in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        held = set(role.permissions.values_list("pk", flat=True))
        missing = set(permissions_named(apps, RIGHTS[role.name])) - held
        if missing:
            lacking[role] = missing
    if not lacking:
        return
    now = timezone.now()
    change_set = apps.get_model("portal", "ChangeSet").objects.create(
        kind="system",
        reason="Auditors and managers may see security events, managers letters.",
        origin="migrate",
        started_at=now,
        finished_at=now,
        changed_count=len(lacking),
    )
    for role in sorted(lacking, key=lambda role: role.pk):
        role.permissions.add(*lacking[role])
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
        ("accounts", "0008_personal_fields"),
        ("portal", "0015_letter"),
    ]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
