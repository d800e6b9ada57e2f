from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.change_set import ChangeSet


class RevertJob(models.Model):
    """One large revert, confirmed on its page and carried out by the worker."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        # What was shown no longer holds, or its owner may no longer do it.
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    TERMINAL: ClassVar = (Status.DONE, Status.REFUSED, Status.FAILED)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    owner_name = models.CharField(_("by"), max_length=150)
    subject = models.CharField(_("what"), max_length=255)
    reason = models.TextField(_("reason"))
    origin = models.CharField(_("origin"), max_length=100)
    reverts = models.ForeignKey(
        ChangeSet,
        verbose_name=_("reverts"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("The one change set; without it, all of the actor in the time."),
    )
    actor_id = models.BigIntegerField(_("actor id"), null=True)
    since = models.DateTimeField(_("since"), null=True)
    until = models.DateTimeField(_("until"), null=True)
    digest = models.CharField(
        _("digest"), max_length=64, help_text=_("Of what was shown.")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.WAITING
    )
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("objects"), default=0)
    created_at = models.DateTimeField(_("confirmed"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    error = models.TextField(_("error"), blank=True)
    change_set = models.ForeignKey(
        ChangeSet,
        verbose_name=_("change set"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("What it did."),
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("large revert")
        verbose_name_plural = _("large reverts")
        # Its owner sees it, and whoever may read history.
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reverts__isnull=False)
                | models.Q(
                    actor_id__isnull=False, since__isnull=False, until__isnull=False
                ),
                name="portal_revertjob_has_source",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_finished(self) -> bool:
        return self.status in self.TERMINAL

    def finish(self, status: str, **values: object) -> None:
        """Save the end of the job; the rest is as it was confirmed."""
        ends = {"status": status, "finished_at": timezone.now(), **values}
        for name, value in ends.items():
            setattr(self, name, value)
        self.save(update_fields=list(ends))
