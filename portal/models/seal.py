from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models.change_set import ChangeSet


class SealScope(models.Model):
    """Which fields seals cover: all there were when the first of them was made."""

    fields = models.JSONField(
        _("fields"), help_text=_("Model → the names of its fields, in order.")
    )

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Scope {self.pk}"


class Seal(models.Model):
    """One link of the chain: the digest of a change set, tied to the link before."""

    position = models.PositiveBigIntegerField(_("position"), primary_key=True)
    change_set = models.OneToOneField(
        ChangeSet,
        verbose_name=_("change set"),
        on_delete=models.PROTECT,
        related_name="seal",
    )
    scope = models.ForeignKey(
        SealScope,
        verbose_name=_("scope"),
        on_delete=models.PROTECT,
        related_name="+",
        # Asked by nobody, and there is one value for many rows.
        db_index=False,
    )
    content = models.CharField(
        _("content"), max_length=64, help_text=_("SHA-256 of the change set alone.")
    )
    digest = models.CharField(
        _("digest"), max_length=64, help_text=_("SHA-256 of the chain up to here.")
    )

    class Meta:
        ordering = ["position"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"
