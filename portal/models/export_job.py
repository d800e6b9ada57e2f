import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def keep_deadline() -> datetime:
    """What ended before this has no file any more."""
    return timezone.now() - timedelta(days=settings.EXPORT_KEEP_DAYS)


class ExportJobQuerySet(models.QuerySet):
    def working(self) -> "ExportJobQuerySet":
        """A worker has it, or should have."""
        return self.filter(state__in=ExportJob.WORKING)

    def outdated(self) -> "ExportJobQuerySet":
        """Done so long ago that their file goes, or never begun."""
        deadline = keep_deadline()
        done = Q(state=ExportJob.State.DONE, finished_at__lt=deadline)
        return self.filter(
            done | Q(state__in=ExportJob.WORKING, created_at__lt=deadline)
        )


class ExportJob(models.Model):
    """One file on its way out: who took whom or what along, and in which columns.

    The worker that makes the file holds the job's `lease`, and says so again and again
    by `heartbeat_at`: of two workers, or of one that was thought dead, only one can
    hand the file over.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        # It was done, and its file has been removed since.
        EXPIRED = "expired", _("Expired")

    TERMINAL: ClassVar = (State.DONE, State.FAILED, State.CANCELLED, State.EXPIRED)
    WORKING: ClassVar = (State.WAITING, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    target = models.CharField(
        _("target"),
        max_length=100,
        help_text=_("The model whose export this is, as app.model."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    owner_name = models.CharField(_("by"), max_length=150)
    file_name = models.CharField(_("file"), max_length=255)
    format = models.CharField(_("format"), max_length=10)
    columns = models.JSONField(_("columns"), default=list)
    filters = models.TextField(
        _("which"), blank=True, help_text=_("The list's filters, in words.")
    )
    query = models.TextField(
        _("query"), blank=True, help_text=_("The list's filters, as in its address.")
    )
    sight = models.JSONField(
        _("sight"),
        default=dict,
        help_text=_("How far the owner saw when the file was made, as its kind says."),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING
    )
    created_at = models.DateTimeField(_("ordered"), auto_now_add=True, db_index=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    heartbeat_at = models.DateTimeField(_("heartbeat"), null=True)
    lease = models.UUIDField(_("lease"), null=True, help_text=_("Of the worker at it."))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    total = models.PositiveIntegerField(_("rows"), default=0)
    error = models.TextField(_("error"), blank=True)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        # Its owner sees it without this right.
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["state", "heartbeat_at"],
                name="portal_exportjob_working",
                condition=Q(state__in=["waiting", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_finished(self) -> bool:
        return self.state in self.TERMINAL

    @property
    def is_kept(self) -> bool:
        """Whether there is a file to download."""
        return (
            self.state == self.State.DONE
            and self.finished_at is not None
            and self.finished_at >= keep_deadline()
        )

    @property
    def kept_until(self) -> datetime | None:
        keep = timedelta(days=settings.EXPORT_KEEP_DAYS)
        return self.finished_at + keep if self.finished_at else None
