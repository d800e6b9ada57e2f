import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# How long a file waits for its review.
REVIEW_TIME = timedelta(hours=24)


class ImportJobQuerySet(models.QuerySet):
    def abandoned(self) -> "ImportJobQuerySet":
        """Waiting for a review that nobody will make any more."""
        return self.filter(
            status=ImportJob.Status.CHECKED,
            created_at__lt=timezone.now() - REVIEW_TIME,
        )


class ImportJob(models.Model):
    """One file on its way in: checked, reviewed, then committed or abandoned."""

    class Status(models.TextChoices):
        REFUSED = "refused", _("Refused")
        CHECKED = "checked", _("Waiting for review")
        COMMITTED = "committed", _("Committed")
        DISCARDED = "discarded", _("Discarded")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")

    TERMINAL = (
        Status.REFUSED,
        Status.COMMITTED,
        Status.DISCARDED,
        Status.FAILED,
        Status.EXPIRED,
    )

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
    sha256 = models.CharField("SHA-256", max_length=64)
    status = models.CharField(_("status"), max_length=10, choices=Status)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True, db_index=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    total = models.PositiveIntegerField(_("rows"), default=0)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    error_count = models.PositiveIntegerField(_("errors"), default=0)
    error = models.TextField(_("error"), blank=True)
    digest = models.CharField(
        _("digest"),
        max_length=64,
        blank=True,
        help_text=_("Of the outcomes that were shown; a commit must reach the same."),
    )
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

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_finished(self) -> bool:
        return self.status in self.TERMINAL

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.CHECKED
