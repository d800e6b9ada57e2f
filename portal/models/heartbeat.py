from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """The newest sign of life of one running worker."""

    process = models.CharField(
        _("process"), max_length=100, primary_key=True, help_text=_("Machine and id.")
    )
    beat_at = models.DateTimeField(_("heartbeat"))

    class Meta:
        ordering = ["-beat_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.process
