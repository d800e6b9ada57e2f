from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models.change_set import ChangeSet, Verdict


class Review(models.Model):
    """What somebody said of a change set after a look at it."""

    change_set = models.ForeignKey(
        ChangeSet,
        verbose_name=_("change set"),
        on_delete=models.PROTECT,
        related_name="reviews",
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    by = models.ForeignKey(
        ChangeSet,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="verdicts",
        help_text=_("The act of reviewing: who and when; its reason is the comment."),
    )
    # So the database itself knows the latest one, and refuses a second review of what
    # was shown to two at once.
    follows = models.OneToOneField(
        "self",
        verbose_name=_("follows"),
        on_delete=models.PROTECT,
        null=True,
        related_name="followed_by",
        help_text=_("The review of the same change set before this one."),
    )

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["change_set"],
                condition=models.Q(follows=None),
                name="one_first_review_of_a_change_set",
            )
        ]
        indexes = [
            models.Index(
                fields=["change_set"],
                condition=models.Q(verdict=Verdict.FLAGGED),
                name="flags_of_change_sets",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.change_set}"

    @property
    def comment(self) -> str:
        return self.by.reason
