"""Make the four roles, with the first row of their history."""

from django.apps import apps as live_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

READ_PEOPLE = [
    "accounts.view_user",
    "readers.view_reader",
    "readers.view_branch",
    "readers.view_category",
]
READ_HISTORY = ["portal.view_history", "portal.view_changeset"]

FRONT_DESK = [
    *READ_PEOPLE,
    "accounts.add_user",
    "accounts.change_user",
    "accounts.invite_user",
    "readers.add_reader",
    "readers.change_reader",
]
IMPORTER = [
    *FRONT_DESK,
    "accounts.import_user",
    "accounts.export_user",
    "portal.view_importjob",
]
AUDITOR = [
    *READ_PEOPLE,
    *READ_HISTORY,
    "portal.view_importjob",
    "auth.view_group",
]
MANAGER = [
    *IMPORTER,
    *AUDITOR,
    "accounts.delete_user",
    "accounts.manage_staff",
    "readers.delete_reader",
    "readers.add_branch",
    "readers.change_branch",
    "readers.delete_branch",
    "readers.add_category",
    "readers.change_category",
    "readers.delete_category",
    "portal.revert_history",
    "auth.add_group",
    "auth.change_group",
    "auth.delete_group",
]

ROLES = {
    "Front desk": FRONT_DESK,
    "Importer": IMPORTER,
    "Auditor": AUDITOR,
    "Manager": MANAGER,
}


def make_roles(apps, schema_editor):
    # Permissions are otherwise made only after the last migration has run.
    for label in ("auth", "portal", "readers", "accounts"):
        create_permissions(live_apps.get_app_config(label), apps=apps, verbosity=0)
    Group = apps.get_model("auth", "Group")
    missing = [name for name in ROLES if not Group.objects.filter(name=name).exists()]
    if not missing:
        return
    now = timezone.now()
    change_set = apps.get_model("portal", "ChangeSet").objects.create(
        kind="system",
        reason="The roles that an installation begins with.",
        origin="migrate",
        started_at=now,
        finished_at=now,
        created_count=len(missing),
    )
    for name in missing:
        make_role(apps, Group.objects.create(name=name), change_set, now)


def make_role(apps, group, change_set, now):
    found = permissions_named(apps, ROLES[group.name])
    group.permissions.set(found)
    apps.get_model("accounts", "HistoricalGroup").objects.create(
        id=group.pk,
        name=group.name,
        change_set=change_set,
        history_date=now,
        history_type="+",
        relations={"permissions": [[pk, label] for pk, label in sorted(found.items())]},
    )


def permissions_named(apps, names):
    """Key → label as the admin shows it, of each permission in `names`."""
    Permission = apps.get_model("auth", "Permission")
    codenames = [name.partition(".")[2] for name in names]
    candidates = Permission.objects.filter(codename__in=codenames)
    known = {
        f"{each.content_type.app_label}.{each.codename}": each
        for each in candidates.select_related("content_type")
    }
    # A name that is not known stops the migration.
    return {known[name].pk: label_of(known[name]) for name in names}


def label_of(permission):
    kind = permission.content_type
    model = live_apps.get_model(kind.app_label, kind.model)
    app_name = live_apps.get_app_config(kind.app_label).verbose_name
    return f"{app_name} | {model._meta.verbose_name} | {permission.name}"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("portal", "0001_initial"),
        ("readers", "0001_initial"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
