"""The roles: Django's groups, with nothing in them that the actor does not hold."""

from collections.abc import Sequence
from copy import copy
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin.rights import BEYOND_REACH
from accounts.forms import RoleForm
from accounts.policy import grantable_permissions, may_change_role, may_manage_staff
from portal.admin.base import PortalModelAdmin
from portal.history.snapshot import Snapshot
from portal.history.steps import Step


@admin.register(Group)
class RoleAdmin(PortalModelAdmin):
    form = RoleForm
    list_display = ("name", "display_members")
    search_fields = ("name",)
    ordering = ("name",)
    filter_horizontal = ("permissions",)

    def __init__(self, model: type[Group], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        # On a copy: a group is called a role on our pages alone.
        self.opts: Any = copy(model._meta)
        self.opts.verbose_name = _("role")
        self.opts.verbose_name_plural = _("roles")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(members=Count("user"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._holds(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._holds(request, obj)

    def _holds(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the actor holds all that is in this role, and does not have it."""
        return obj is None or may_change_role(request.user, obj)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> tuple[str, ...]:
        return () if may_manage_staff(request.user) else ("permissions",)

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        if db_field.name == "permissions":
            kwargs["queryset"] = grantable_permissions(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        allowed = [o.pk for o in queryset if self.has_delete_permission(request, o)]
        super().delete_queryset(request, Group.objects.filter(pk__in=allowed))

    def check_revert(self, request: HttpRequest, steps: Sequence[Step]) -> None:
        super().check_revert(request, steps)
        if request.user.is_superuser:
            return
        held = set(grantable_permissions(request.user).values_list("pk", flat=True))
        may_manage = may_manage_staff(request.user)
        for step in steps:
            if step.now and not _inside(step.now) <= held:
                step.problems.append(_t("This role holds more than you do."))
            gives = step.target and "permissions" in step.changed_fields
            if gives and not (may_manage and _inside(step.target) <= held):
                step.problems.append(str(BEYOND_REACH))

    @display(description=_("Members"), ordering="members")
    def display_members(self, role: Any) -> int:
        return role.members


def _inside(state: Snapshot | None) -> set[int]:
    """The permissions in a role at that time."""
    pairs = state.relations.get("permissions", []) if state else []
    return {pk for pk, _name in pairs}
