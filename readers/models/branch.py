from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.fields import CodeField, LineField
from portal.history.querysets import TrackedQuerySet
from portal.history.records import TrackedHistory
from portal.history.tracked import TrackedModel


class BranchQuerySet(TrackedQuerySet):
    def get_by_natural_key(self, code: str) -> Any:
        return self.get(code=code)


class Branch(TrackedModel):
    """A place where the library serves its readers."""

    code = CodeField(_("code"), max_length=20, unique=True)
    name = LineField(_("name"), max_length=100)

    objects: ClassVar[Any] = BranchQuerySet.as_manager()
    history = TrackedHistory()

    class Meta:
        ordering = ["name"]
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(code=""), name="readers_branch_code_not_blank"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.code,)
