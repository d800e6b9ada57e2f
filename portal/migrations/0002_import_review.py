from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="importjob",
            name="target",
            field=models.CharField(
                default="accounts.user",
                help_text="The model whose import this is, as app.model.",
                max_length=100,
                verbose_name="target",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="importjob",
            name="digest",
            field=models.CharField(
                blank=True,
                help_text=(
                    "Of the outcomes that were shown; a commit must reach the same."
                ),
                max_length=64,
                verbose_name="digest",
            ),
        ),
        migrations.AddField(
            model_name="importjob",
            name="details",
            field=models.JSONField(
                default=dict,
                help_text="What the target's own pages want to know afterwards.",
                verbose_name="details",
            ),
        ),
        migrations.AlterField(
            model_name="importjob",
            name="status",
            field=models.CharField(
                choices=[
                    ("refused", "Refused"),
                    ("checked", "Waiting for review"),
                    ("committed", "Committed"),
                    ("discarded", "Discarded"),
                    ("failed", "Failed"),
                    ("expired", "Expired"),
                ],
                max_length=10,
                verbose_name="status",
            ),
        ),
    ]
