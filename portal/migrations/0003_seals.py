import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0002_import_review"),
    ]

    operations = [
        migrations.CreateModel(
            name="SealScope",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "fields",
                    models.JSONField(
                        help_text="Model → the names of its fields, in order.",
                        verbose_name="fields",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "position",
                    models.PositiveBigIntegerField(
                        primary_key=True, serialize=False, verbose_name="position"
                    ),
                ),
                (
                    "content",
                    models.CharField(
                        help_text="SHA-256 of the change set alone.",
                        max_length=64,
                        verbose_name="content",
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of the chain up to here.",
                        max_length=64,
                        verbose_name="digest",
                    ),
                ),
                (
                    "change_set",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seal",
                        to="portal.changeset",
                        verbose_name="change set",
                    ),
                ),
                (
                    "scope",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.sealscope",
                        verbose_name="scope",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "default_permissions": (),
            },
        ),
    ]
