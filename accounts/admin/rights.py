"""Staff flags, roles and permissions: nobody gives what they lack."""

from typing import Any

from django.db.models import Model, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.forms import SHUT_OUT
from accounts.models import User
from accounts.policy import (
    grantable_permissions,
    grantable_roles,
    may_manage_staff,
    may_touch,
    permission_ids,
)
from portal.admin.base import PortalModelAdmin
from portal.history.revert import RevertPlan

STAFF_FIELDS = ("is_staff", "groups", "user_permissions")
RIGHTS = {*STAFF_FIELDS, "is_superuser"}


class StaffRightsMixin(PortalModelAdmin):
    """Asks `accounts.policy` about the live account, whatever the theme hands over."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_touch(
            request, obj
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (
            super().has_delete_permission(request, obj)
            and self._may_touch(request, obj)
            and str(getattr(obj, "pk", obj)) != str(request.user.pk)
        )

    def _may_touch(self, request: HttpRequest, obj: Any) -> bool:
        # The theme hands over an id where Django hands over the object.
        pk = getattr(obj, "pk", obj)
        if pk is None:
            return True
        live = User.objects.filter(pk=pk).first()
        return live is None or may_touch(request.user, live)

    def staff_fieldsets(self, request: HttpRequest, obj: Model | None) -> Any:
        """The part about rights: to set, to read only, or (when adding) not there."""
        if obj is None and not may_manage_staff(request.user):
            return ()
        fields: tuple[Any, ...] = ("is_staff", "groups")
        if obj is not None:
            fields = (("is_staff", "is_superuser"), "groups", "user_permissions")
        return ((_("Staff and roles"), {"fields": fields, "classes": ("collapse",)}),)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        readonly: tuple[str, ...] = ("display_sign_in",)
        if not may_manage_staff(request.user):
            readonly += STAFF_FIELDS
        if not request.user.is_superuser:
            readonly += ("is_superuser",)
        return readonly

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        choices: dict[str, Any] = {
            "groups": grantable_roles,
            "user_permissions": grantable_permissions,
        }
        if db_field.name in choices:
            kwargs["queryset"] = choices[db_field.name](request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A Reader goes with its User: what matters is the right to delete the User."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        untouchable = [
            str(o) for o in objs if not self.has_delete_permission(request, o)
        ]
        return deleted, counts, lacking | set(untouchable), protected

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        allowed = [o.pk for o in queryset if self.has_delete_permission(request, o)]
        super().delete_queryset(request, User.objects.filter(pk__in=allowed))

    def _shuts_out(self, plan: RevertPlan) -> bool:
        """Whether the version of one's own account ends one's own access."""
        return any(
            getattr(plan.live, name) and not getattr(plan.row, name)
            for name in ("is_active", "is_staff", "is_superuser")
        )

    def rights_beyond_reach(self, request: HttpRequest, plan: RevertPlan) -> list[str]:
        """Why this actor may not bring the rights of an old version back."""
        if plan.live.pk == request.user.pk and self._shuts_out(plan):
            return [str(SHUT_OUT)]
        touched = RIGHTS & plan.changed_fields
        if not touched or request.user.is_superuser:
            return []
        row = plan.row
        given = {
            "groups": {pk for pk, _name in row.relations.get("groups", [])},
            "user_permissions": {
                pk for pk, _name in row.relations.get("user_permissions", [])
            },
        }
        roles = set(grantable_roles(request.user).values_list("pk", flat=True))
        is_allowed = (
            may_manage_staff(request.user)
            and "is_superuser" not in touched
            and given["groups"] <= roles
            and given["user_permissions"] <= permission_ids(request.user)
        )
        if is_allowed:
            return []
        return [_t("That version has rights which you may not hand out.")]
