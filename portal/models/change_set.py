from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    """What a reviewer says of a change set."""

    REVIEWED = "reviewed", _("Reviewed")
    FLAGGED = "flagged", _("Flagged")


class ChangeSetQuerySet(models.QuerySet["ChangeSet"]):
    """Change sets by their review; the latest one counts.

    What these cost grows with the sensitive change sets and their reviews, not with
    history.
    """

    def waiting(self) -> "ChangeSetQuerySet":
        """Sensitive, and nobody has looked yet."""
        return self.filter(is_sensitive=True, reviews=None)

    def flagged(self) -> "ChangeSetQuerySet":
        """Somebody found something in it, and it still needs another."""
        return self._judged(Verdict.FLAGGED)

    def reviewed(self) -> "ChangeSetQuerySet":
        return self._judged(Verdict.REVIEWED)

    def open(self) -> "ChangeSetQuerySet":
        """Waiting or flagged."""
        keys = (
            found.order_by().values("pk") for found in (self.waiting(), self.flagged())
        )
        return self.filter(pk__in=next(keys).union(*keys, all=True))

    def _judged(self, verdict: str) -> "ChangeSetQuerySet":
        # Nothing follows the latest review.
        return self.filter(reviews__verdict=verdict, reviews__followed_by=None)


class ChangeSet(models.Model):
    """One act by one actor, and everything that it changed."""

    class Kind(models.TextChoices):
        FORM = "form", _("Form")
        ACTION = "action", _("Action")
        IMPORT = "import", _("Import")
        REVERT = "revert", _("Revert")
        RESTORE = "restore", _("Restore")
        COMMAND = "command", _("Command")
        SYSTEM = "system", _("System")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # Id and text, without a key to the account: deleting it rewrites nothing here.
    actor_id = models.BigIntegerField(_("actor id"), null=True)
    actor_name = models.CharField(_("actor"), max_length=150, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    subject = models.CharField(
        _("subject"),
        max_length=255,
        blank=True,
        help_text=_("What it was done with: the file's name, the action's label."),
    )
    origin = models.CharField(
        _("origin"),
        max_length=100,
        blank=True,
        help_text=_("Where it came from: the page's address, the command's name."),
    )
    reverts = models.ForeignKey(
        "self",
        verbose_name=_("reverts"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reverted_by",
    )
    started_at = models.DateTimeField(_("started"), default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    deleted_count = models.PositiveIntegerField(_("deleted"), default=0)

    is_sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_(
            "Rights, e-mail or card number changed, or more objects than an act may "
            "change without a review."
        ),
    )

    objects = ChangeSetQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # Each ends with the order of the History page.
            models.Index(fields=["actor_id", "id"], name="change_sets_by_actor"),
            models.Index(fields=["kind", "id"], name="change_sets_by_kind"),
            models.Index(
                Lower("actor_name"), "actor_id", name="change_sets_by_actor_name"
            ),
            # Few are, and their queue asks for nothing else.
            models.Index(
                fields=["id"],
                condition=models.Q(is_sensitive=True),
                name="sensitive_change_sets",
            ),
        ]
        verbose_name = _("change set")
        verbose_name_plural = _("change sets")
        default_permissions = ("view",)
        permissions = [
            ("view_history", _("Can view the history of what they may view")),
            ("revert_history", _("Can revert to an earlier version")),
            ("restore_history", _("Can restore what was deleted")),
            ("review_history", _("Can review sensitive changes")),
            ("export_history", _("Can export the history of what they may view")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def actor_label(self) -> str:
        """The actor for people: a change that nobody signed for is the system's."""
        return self.actor_name or str(_("system"))
