from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models.change_set import ChangeSet


class ChangeCount(models.Model):
    """On how many objects of one model a change set changed one field.

    The row with no field counts the objects themselves. So what a change set is about
    is known without its history rows. A field that gives rights counts, too, when an
    object was created or deleted with something in it.
    """

    change_set = models.ForeignKey(
        ChangeSet,
        verbose_name=_("change set"),
        on_delete=models.PROTECT,
        related_name="counts",
        # The unique constraint's index begins with it.
        db_index=False,
    )
    model = models.CharField(_("model"), max_length=100, help_text="app.model")
    field = models.CharField(_("field"), max_length=100, blank=True)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    deleted_count = models.PositiveIntegerField(_("deleted"), default=0)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["change_set", "model", "field"], name="one_count_for_each_field"
            )
        ]
        indexes = [
            models.Index(
                fields=["model", "field", "change_set"], name="count_by_model_and_field"
            )
        ]

    def __str__(self) -> str:
        return ".".join(filter(None, (self.model, self.field)))
