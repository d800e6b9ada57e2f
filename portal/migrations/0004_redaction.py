import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0003_seals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Redaction",
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
                    "content",
                    models.CharField(
                        help_text="SHA-256 of what is left.",
                        max_length=64,
                        verbose_name="content",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        help_text="The change set that rewrote it.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.changeset",
                        verbose_name="by",
                    ),
                ),
                (
                    "change_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redactions",
                        to="portal.changeset",
                        verbose_name="change set",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
    ]
