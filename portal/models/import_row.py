from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models.import_job import ImportJob


class Outcome(models.TextChoices):
    """What becomes of one row."""

    CREATE = "create", _("New")
    UPDATE = "update", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    SKIP = "skip", _("Skipped")
    ERROR = "error", _("In error")


class ImportRow(models.Model):
    """One line of an import's file, and what becomes of it.

    Many and short-lived: they are written in bulk past the ORM (`portal.imports.rows`)
    and go with their job's file.
    """

    WRITTEN: ClassVar = (Outcome.CREATE, Outcome.UPDATE)

    job = models.ForeignKey(
        ImportJob, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    number = models.PositiveIntegerField(_("row"), help_text=_("As in the file."))
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome)
    is_left_out = models.BooleanField(
        _("left out"), default=False, help_text=_("By whom it belongs to, in review.")
    )
    cells = models.JSONField(
        _("cells"), help_text=_("The texts as they stand in the file, by position.")
    )
    values = models.JSONField(
        _("values"),
        null=True,
        help_text=_("By column, as the tables keep them; only what is to be written."),
    )
    changes = models.JSONField(
        _("changes"), null=True, help_text=_("Column → [text before, text after].")
    )
    messages = models.JSONField(
        _("messages"),
        null=True,
        help_text=_("Column → what is wrong; a blank column is the row as a whole."),
    )
    clashes = models.JSONField(
        _("clashes"),
        null=True,
        help_text=_("The same, of what other rows and people have against this row."),
    )
    remarks = models.JSONField(
        _("remarks"), null=True, help_text=_("What to think about: it is no error.")
    )
    fields = models.PositiveIntegerField(
        _("fields"), default=0, help_text=_("A bit for each column that is affected.")
    )
    # What the person will be known by; blank where the row does not come so far.
    username = models.CharField(_("username"), max_length=150, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    card_number = models.CharField(_("card number"), max_length=32, blank=True)
    likeness = models.CharField(
        _("likeness"),
        max_length=255,
        blank=True,
        help_text=_("The same for what may be one person under two spellings."),
    )
    person_id = models.BigIntegerField(_("person"), null=True)
    version = models.CharField(
        _("version"),
        max_length=64,
        blank=True,
        help_text=_("Which versions of the person were looked at: a digest of them."),
    )

    class Meta:
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["job", "number"], name="portal_importrow_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["job", "outcome", "number"], name="portal_importrow_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}, row {self.number}"

    @property
    def problems(self) -> dict[str, list[str]]:
        """Column → everything that is wrong with it."""
        found = {name: list(texts) for name, texts in (self.messages or {}).items()}
        for name, texts in (self.clashes or {}).items():
            found.setdefault(name, []).extend(texts)
        return found
