from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LetterQuerySet(models.QuerySet["Letter"]):
    def working(self) -> "LetterQuerySet":
        """Not sent yet, as far as is known, and still to be."""
        return self.filter(state__in=Letter.WORKING)

    def due(self) -> "LetterQuerySet":
        """To be taken now: their time has come, or whoever took them is dead."""
        # As `working`, but so that SQLite sees the index.
        return self.filter(finished_at=None, due_at__lte=timezone.now())

    def cancel(self, why: str) -> int:
        """Those that still could be; tells how many."""
        return self.working().update(
            state=Letter.State.CANCELLED,
            error=why,
            lease=None,
            finished_at=timezone.now(),
        )


class Letter(models.Model):
    """One letter that is to reach one person, and what has become of it.

    It is written when it is sent: no link and no other secret stands in its row. The
    worker that sends it holds its `lease` until `due_at`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    WORKING: ClassVar = (State.WAITING, State.SENDING)

    kind = models.CharField(_("kind"), max_length=50)
    # Ids and texts, without keys to the accounts: deleting them changes nothing here.
    person_id = models.BigIntegerField(_("person id"))
    person_name = models.CharField(_("to"), max_length=150)
    actor_id = models.BigIntegerField(_("actor id"), null=True)
    actor_name = models.CharField(_("by"), max_length=150, blank=True)
    base_url = models.CharField(_("address of the portal"), max_length=200, blank=True)
    job = models.ForeignKey(
        "portal.ImportJob",
        verbose_name=_("import"),
        on_delete=models.CASCADE,
        null=True,
        related_name="letters",
    )
    details = models.JSONField(
        _("details"), default=dict, help_text=_("What the letter says besides.")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING
    )
    created_at = models.DateTimeField(_("ordered"), default=timezone.now)
    due_at = models.DateTimeField(
        _("next try"),
        default=timezone.now,
        help_text=_("While it is being sent: when its worker is taken for dead."),
    )
    lease = models.UUIDField(_("lease"), null=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("why not"), max_length=300, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["state", "id"], name="letters_by_state"),
            models.Index(fields=["person_id", "id"], name="letters_by_person"),
            models.Index(fields=["job", "state"], name="letters_by_job"),
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(finished_at=None),
                name="letters_by_due_time",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["waiting", "sending"], finished_at__isnull=True
                )
                | models.Q(
                    state__in=["sent", "failed", "cancelled"],
                    finished_at__isnull=False,
                ),
                name="portal_letter_finished_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.state not in self.WORKING
