from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ImportRecipeQuerySet(models.QuerySet):
    def usable_by(self, user: object) -> "ImportRecipeQuerySet":
        return self.filter(Q(owner=user) | Q(is_shared=True))


class ImportRecipe(models.Model):
    """Named options of an import, to be used again."""

    target = models.CharField(_("target"), max_length=100)
    name = models.CharField(_("name"), max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    is_shared = models.BooleanField(
        _("shared"), default=False, help_text=_("Everyone who imports may use it.")
    )
    options = models.JSONField(_("options"), default=dict)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)

    objects = ImportRecipeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("import recipe")
        verbose_name_plural = _("import recipes")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["target", "name"],
                name="portal_importrecipe_name_unique",
                violation_error_message=_("A recipe with this name exists already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
