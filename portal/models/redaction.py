from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models.change_set import ChangeSet


class Redaction(models.Model):
    """What an old, sealed change set is since retention or erasure rewrote it."""

    change_set = models.ForeignKey(
        ChangeSet,
        verbose_name=_("change set"),
        on_delete=models.PROTECT,
        related_name="redactions",
    )
    by = models.ForeignKey(
        ChangeSet,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The change set that rewrote it."),
    )
    content = models.CharField(
        _("content"), max_length=64, help_text=_("SHA-256 of what is left.")
    )

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.change_set} by {self.by}"
