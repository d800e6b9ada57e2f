from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.fields import LineField
from portal.history.querysets import TrackedQuerySet
from portal.history.records import TrackedHistory
from portal.history.tracked import TrackedModel


class CategoryQuerySet(TrackedQuerySet):
    def get_by_natural_key(self, name: str) -> Any:
        return self.get(name=name)


class Category(TrackedModel):
    """A kind of reader, and how long it may keep what it borrows."""

    name = LineField(_("name"), max_length=100)
    loan_period = models.PositiveSmallIntegerField(
        _("loan period"),
        default=28,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("In days."),
    )

    objects: ClassVar[Any] = CategoryQuerySet.as_manager()
    history = TrackedHistory()

    class Meta:
        ordering = ["name"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="readers_category_name_unique",
                violation_error_message=_("A category with this name exists already."),
            ),
            models.CheckConstraint(
                condition=models.Q(loan_period__range=(1, 3650)),
                name="readers_category_loan_period_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.name,)
