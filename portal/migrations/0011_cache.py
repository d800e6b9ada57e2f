from django.core.management import call_command
from django.db import migrations


def make_table(apps, schema_editor):
    """The table of the cache: counters that every process must see."""
    call_command(
        "createcachetable", database=schema_editor.connection.alias, verbosity=0
    )


def drop_table(apps, schema_editor):
    schema_editor.execute("DROP TABLE portal_cache")


class Migration(migrations.Migration):
    dependencies = [("portal", "0010_export_job")]
    operations = [migrations.RunPython(make_table, drop_table)]
