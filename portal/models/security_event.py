from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SecurityEvent(models.Model):
    """One thing that happened at the doors: who came in, was kept out, or took data."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
        SIGNED_OUT = "signed_out", _("Signed out")
        SLOWED_DOWN = "slowed_down", _("Slowed down")
        CONFIRMED_AGAIN = "confirmed_again", _("Confirmed who they are")
        REFUSED = "refused", _("Refused")
        INVITATION_QUEUED = "invitation_queued", _("Invitation queued")
        INVITATION_SENT = "invitation_sent", _("Invitation sent")
        INVITATION_USED = "invitation_used", _("Invitation used")
        LETTER_SENT = "letter_sent", _("Letter sent")
        LETTER_FAILED = "letter_failed", _("Letter not sent")
        RESET_ASKED = "reset_asked", _("Password reset asked for")
        PASSWORD_CHANGED = "password_changed", _("Password set or changed")
        FACTOR_ADDED = "factor_added", _("Second factor added")
        FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        FACTOR_FAILED = "factor_failed", _("Second factor failed")
        ACCOUNT_LINKED = "account_linked", _("Single sign-on linked")
        ACCOUNT_UNLINKED = "account_unlinked", _("Single sign-on unlinked")
        SESSION_ENDED = "session_ended", _("Session ended")
        EXPORTED = "exported", _("Exported")
        DOWNLOADED = "downloaded", _("Export downloaded")
        IMPORT_REFUSED = "import_refused", _("Import refused")

    # What somebody on duty looks for first.
    ALARMING: ClassVar = (
        Kind.SIGN_IN_FAILED,
        Kind.SLOWED_DOWN,
        Kind.REFUSED,
        Kind.LETTER_FAILED,
        Kind.FACTOR_FAILED,
        Kind.IMPORT_REFUSED,
    )
    # Without a subject, these tell of many people: a file's name, how many, which job.
    ABOUT_MANY: ClassVar = (
        Kind.EXPORTED,
        Kind.DOWNLOADED,
        Kind.IMPORT_REFUSED,
        Kind.INVITATION_QUEUED,
        Kind.INVITATION_SENT,
        Kind.LETTER_SENT,
        Kind.LETTER_FAILED,
    )

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    kind = models.CharField(_("kind"), max_length=32, choices=Kind)
    # Id and text, without a key to the account: deleting it rewrites nothing here.
    actor_id = models.BigIntegerField(_("actor id"), null=True)
    actor_name = models.CharField(_("actor"), max_length=150, blank=True)
    typed_name = models.CharField(
        _("name typed"),
        max_length=150,
        blank=True,
        help_text=_("At a sign-in, by whoever it was."),
    )
    subject_id = models.BigIntegerField(_("person id"), null=True)
    subject_name = models.CharField(_("person"), max_length=150, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, unpack_ipv4=True)
    device = models.CharField(_("device"), max_length=60, blank=True)
    user_agent = models.CharField(_("browser’s own words"), max_length=300, blank=True)
    path = models.CharField(_("page"), max_length=300, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        default_permissions = ("view",)
        indexes = [
            # Each ends with the order of the page.
            models.Index(fields=["kind", "id"], name="security_events_by_kind"),
            models.Index(fields=["actor_id", "id"], name="security_events_by_actor"),
            models.Index(
                fields=["subject_id", "id"], name="security_events_by_subject"
            ),
            models.Index(fields=["address", "id"], name="security_events_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def is_alarming(self) -> bool:
        return self.kind in self.ALARMING

    @property
    def who(self) -> str:
        """The actor for people; at a sign-in that failed there is only a name."""
        return self.actor_name or self.typed_name
