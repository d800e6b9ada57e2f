import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = {
    "refused": "failed",
    # Nobody can go on with them: their files were read in another way.
    "checked": "cancelled",
    "committed": "done",
    "discarded": "cancelled",
    "failed": "failed",
    "expired": "cancelled",
}


def name_states(apps, schema_editor):
    jobs = apps.get_model("portal", "ImportJob").objects
    for status, state in STATES.items():
        jobs.filter(status=status).update(state=state)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0008_revert_job"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportRecipe",
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
                ("target", models.CharField(max_length=100, verbose_name="target")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "is_shared",
                    models.BooleanField(
                        default=False,
                        help_text="Everyone who imports may use it.",
                        verbose_name="shared",
                    ),
                ),
                ("options", models.JSONField(default=dict, verbose_name="options")),
                ("saved_at", models.DateTimeField(auto_now=True, verbose_name="saved")),
            ],
            options={
                "verbose_name": "import recipe",
                "verbose_name_plural": "import recipes",
                "ordering": ["name"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
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
                    "number",
                    models.PositiveIntegerField(
                        help_text="As in the file.", verbose_name="row"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("create", "New"),
                            ("update", "Changed"),
                            ("unchanged", "Unchanged"),
                            ("skip", "Skipped"),
                            ("error", "In error"),
                        ],
                        max_length=9,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "is_left_out",
                    models.BooleanField(
                        default=False,
                        help_text="By whom it belongs to, in review.",
                        verbose_name="left out",
                    ),
                ),
                (
                    "cells",
                    models.JSONField(
                        help_text="The texts as they stand in the file, by position.",
                        verbose_name="cells",
                    ),
                ),
                (
                    "values",
                    models.JSONField(
                        help_text="By column, as the tables keep them; only what is to be written.",
                        null=True,
                        verbose_name="values",
                    ),
                ),
                (
                    "changes",
                    models.JSONField(
                        help_text="Column → [text before, text after].",
                        null=True,
                        verbose_name="changes",
                    ),
                ),
                (
                    "messages",
                    models.JSONField(
                        help_text="Column → what is wrong; a blank column is the row as a whole.",
                        null=True,
                        verbose_name="messages",
                    ),
                ),
                (
                    "clashes",
                    models.JSONField(
                        help_text="The same, of what other rows and people have against this row.",
                        null=True,
                        verbose_name="clashes",
                    ),
                ),
                (
                    "remarks",
                    models.JSONField(
                        help_text="What to think about: it is no error.",
                        null=True,
                        verbose_name="remarks",
                    ),
                ),
                (
                    "fields",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="A bit for each column that is affected.",
                        verbose_name="fields",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        blank=True, max_length=150, verbose_name="username"
                    ),
                ),
                (
                    "email",
                    models.CharField(blank=True, max_length=254, verbose_name="e-mail"),
                ),
                (
                    "card_number",
                    models.CharField(
                        blank=True, max_length=32, verbose_name="card number"
                    ),
                ),
                (
                    "likeness",
                    models.CharField(
                        blank=True,
                        help_text="The same for what may be one person under two spellings.",
                        max_length=255,
                        verbose_name="likeness",
                    ),
                ),
                ("person_id", models.BigIntegerField(null=True, verbose_name="person")),
                (
                    "version",
                    models.CharField(
                        blank=True,
                        help_text="Which versions of the person were looked at: a digest of them.",
                        max_length=64,
                        verbose_name="version",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveField(
            model_name="importjob",
            name="digest",
        ),
        migrations.AddField(
            model_name="importjob",
            name="attempts",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Since it last came further.",
                verbose_name="attempts",
            ),
        ),
        migrations.AddField(
            model_name="importjob",
            name="done",
            field=models.PositiveIntegerField(default=0, verbose_name="rows done"),
        ),
        migrations.AddField(
            model_name="importjob",
            name="format",
            field=models.CharField(blank=True, max_length=10, verbose_name="format"),
        ),
        migrations.AddField(
            model_name="importjob",
            name="good_rows_only",
            field=models.BooleanField(
                default=False,
                help_text="Confirmed so; else all rows go in, or none.",
                verbose_name="good rows only",
            ),
        ),
        migrations.AddField(
            model_name="importjob",
            name="heartbeat_at",
            field=models.DateTimeField(null=True, verbose_name="heartbeat"),
        ),
        migrations.AddField(
            model_name="importjob",
            name="lease",
            field=models.UUIDField(
                help_text="Of the worker at it.", null=True, verbose_name="lease"
            ),
        ),
        migrations.AddField(
            model_name="importjob",
            name="options",
            field=models.JSONField(
                default=dict,
                help_text="What becomes of its columns and rows.",
                verbose_name="options",
            ),
        ),
        migrations.AddField(
            model_name="importjob",
            name="origin",
            field=models.CharField(blank=True, max_length=100, verbose_name="origin"),
        ),
        migrations.AddField(
            model_name="importjob",
            name="reading",
            field=models.JSONField(
                default=dict,
                help_text="How the file is to be read, where that was corrected.",
                verbose_name="reading",
            ),
        ),
        migrations.AddField(
            model_name="importjob",
            name="reason",
            field=models.TextField(blank=True, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="importjob",
            name="size",
            field=models.PositiveBigIntegerField(
                default=0, help_text="Bytes.", verbose_name="size"
            ),
        ),
        migrations.AddField(
            model_name="importjob",
            name="skipped_count",
            field=models.PositiveIntegerField(default=0, verbose_name="skipped"),
        ),
        migrations.AddField(
            model_name="importjob",
            name="started_at",
            field=models.DateTimeField(
                help_text="The check or the import, whichever last.",
                null=True,
                verbose_name="started",
            ),
        ),
        migrations.AddField(
            model_name="importjob",
            name="state",
            field=models.CharField(
                choices=[
                    ("uploaded", "Uploaded"),
                    ("reading", "Being checked"),
                    ("ready", "Ready for review"),
                    ("committing", "Being imported"),
                    ("done", "Imported"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                    ("undone", "Undone"),
                ],
                default="uploaded",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.RunPython(name_states, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="importjob",
            name="status",
        ),
        migrations.AlterField(
            model_name="importjob",
            name="sha256",
            field=models.CharField(
                db_index=True, max_length=64, verbose_name="SHA-256"
            ),
        ),
        migrations.AddIndex(
            model_name="importjob",
            index=models.Index(
                condition=models.Q(("state__in", ["reading", "committing"])),
                fields=["state", "heartbeat_at"],
                name="portal_importjob_working",
            ),
        ),
        migrations.AddField(
            model_name="importrecipe",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="job",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="portal.importjob",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrecipe",
            constraint=models.UniqueConstraint(
                fields=("target", "name"),
                name="portal_importrecipe_name_unique",
                violation_error_message="A recipe with this name exists already.",
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(
                fields=["job", "outcome", "number"], name="portal_importrow_outcome"
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(
                fields=("job", "number"), name="portal_importrow_once"
            ),
        ),
    ]
