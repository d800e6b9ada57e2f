import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.access import visible_people


class ImportJobQuerySet(models.QuerySet):
    def working(self) -> "ImportJobQuerySet":
        """A worker has it, or should have."""
        return self.filter(state__in=ImportJob.WORKING)

    def waiting(self) -> "ImportJobQuerySet":
        """For a person to go on with."""
        return self.filter(state__in=ImportJob.WAITING)

    def finished(self) -> "ImportJobQuerySet":
        return self.filter(state__in=ImportJob.TERMINAL)

    def known_to(self, user: Any) -> "ImportJobQuerySet":
        """One's own; those of others for who may view imports and sees everybody.

        The name of a file and its counts tell of people.
        """
        if user.has_perm("portal.view_importjob") and visible_people(user) is None:
            return self
        return self.filter(owner=user.pk)


class ImportJob(models.Model):
    """One file on its way in: uploaded, checked, reviewed, committed, perhaps undone.

    A worker that has the job in hand holds its `lease`, and says so again and again
    by `heartbeat_at`. Whoever writes for the job asks, in the same transaction, that
    the lease is still theirs: so two workers, or one that was thought dead, do each
    step once.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        READING = "reading", _("Being checked")
        READY = "ready", _("Ready for review")
        COMMITTING = "committing", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        UNDONE = "undone", _("Undone")

    TERMINAL: ClassVar = (State.DONE, State.FAILED, State.CANCELLED, State.UNDONE)
    WORKING: ClassVar = (State.READING, State.COMMITTING)
    WAITING: ClassVar = (State.UPLOADED, State.READY)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    target = models.CharField(
        _("target"),
        max_length=100,
        help_text=_("The model whose import this is, as app.model."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    owner_name = models.CharField(_("by"), max_length=150, blank=True)
    file_name = models.CharField(_("file"), max_length=255)
    size = models.PositiveBigIntegerField(_("size"), default=0, help_text=_("Bytes."))
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    format = models.CharField(_("format"), max_length=10, blank=True)
    reading = models.JSONField(
        _("reading"),
        default=dict,
        help_text=_("How the file is to be read, where that was corrected."),
    )
    options = models.JSONField(
        _("options"), default=dict, help_text=_("What becomes of its columns and rows.")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.UPLOADED
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True, db_index=True)
    started_at = models.DateTimeField(
        _("started"), null=True, help_text=_("The check or the import, whichever last.")
    )
    finished_at = models.DateTimeField(_("finished"), null=True)
    heartbeat_at = models.DateTimeField(_("heartbeat"), null=True)
    lease = models.UUIDField(_("lease"), null=True, help_text=_("Of the worker at it."))
    attempts = models.PositiveSmallIntegerField(
        _("attempts"), default=0, help_text=_("Since it last came further.")
    )
    done = models.PositiveIntegerField(_("rows done"), default=0)
    total = models.PositiveIntegerField(_("rows"), default=0)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    skipped_count = models.PositiveIntegerField(_("skipped"), default=0)
    error_count = models.PositiveIntegerField(_("errors"), default=0)
    good_rows_only = models.BooleanField(
        _("good rows only"),
        default=False,
        help_text=_("Confirmed so; else all rows go in, or none."),
    )
    reason = models.TextField(_("reason"), blank=True)
    origin = models.CharField(_("origin"), max_length=100, blank=True)
    error = models.TextField(_("error"), blank=True)
    details = models.JSONField(
        _("details"),
        default=dict,
        help_text=_("What the target's own pages want to know afterwards."),
    )
    change_set = models.ForeignKey(
        "portal.ChangeSet",
        verbose_name=_("change set"),
        on_delete=models.PROTECT,
        null=True,
        related_name="import_jobs",
    )

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["state", "heartbeat_at"],
                name="portal_importjob_working",
                condition=Q(state__in=["reading", "committing"]),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_finished(self) -> bool:
        return self.state in self.TERMINAL

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    @property
    def is_waiting(self) -> bool:
        return self.state in self.WAITING

    @property
    def has_refused_rows(self) -> bool:
        """Whether there are rows in error that can be had as a file."""
        is_there = self.state in (self.State.READY, self.State.DONE, self.State.UNDONE)
        return is_there and self.error_count > 0 and bool(self.options)

    @property
    def to_write(self) -> int:
        """How many rows would change anything."""
        return self.created_count + self.updated_count

    def update(self, **values: Any) -> None:
        """Save these values and no others: workers and people write side by side."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))
