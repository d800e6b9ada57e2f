"""The roles: Django's groups, with nothing in them that the actor does not hold."""

from collections.abc import Sequence
from copy import copy
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, Q, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin.overview import OverviewMixin
from accounts.admin.role_reverts import check_roles
from accounts.forms import RoleForm
from accounts.models import RoleLimit, User
from accounts.policy import (
    may_change_role,
    may_manage_staff,
    people_within,
    permissions_for_roles,
)
from portal.admin.history import refusal
from portal.history.steps import Step

MEMBERS_SHOWN = 20
LIMITS = ("is_limited", "branches")


@admin.register(Group)
class RoleAdmin(OverviewMixin):
    form = RoleForm
    answers_for = (RoleLimit,)
    list_display = ("name", "display_branches", "display_members")
    search_fields = ("name",)
    ordering = ("name",)
    filter_horizontal = ("permissions",)
    conditional_fields = {"branches": "is_limited == true"}

    def __init__(self, model: type[Group], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        # On a copy: a group is called a role on our pages alone.
        self.opts: Any = copy(model._meta)
        self.opts.verbose_name = _("role")
        self.opts.verbose_name_plural = _("roles")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        roles = super().get_queryset(request).annotate(members=_members(request.user))
        return roles.prefetch_related("limit__branches")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._holds(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._holds(request, obj)

    def _holds(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the actor holds all that is in this role, and does not have it."""
        return obj is None or may_change_role(request.user, obj)

    def lookup_allowed(
        self, lookup: str, value: Any, request: HttpRequest | None = None
    ) -> bool:
        # Not by who has it: that would tell of people whom one does not see.
        is_own = lookup.split("__", maxsplit=1)[0] not in ("user", "limit")
        return is_own and super().lookup_allowed(lookup, value, request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """May one not set what is in it, there is a line to read about its limit."""
        limits = LIMITS if self._may_set(request, obj) else ("display_branches",)
        members = ("display_people",) if obj else ()
        return (
            (None, {"fields": ("name", *members)}),
            (_("Limited to branches"), {"fields": limits}),
            (_("Rights"), {"fields": ("permissions",)}),
        )

    def _may_set(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the actor may say what is in the role, and whom it reaches."""
        may = may_manage_staff(request.user)
        return may and (obj is None or self.has_change_permission(request, obj))

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        role = super().get_object(request, *args, **kwargs)
        if role is not None:
            seen = User.objects.filter(people_within(request.user), groups=role)
            role.members_seen = seen.order_by("username")
        return role

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> tuple[str, ...]:
        told = ("display_people", "display_branches")
        may = may_manage_staff(request.user)
        return told if may else (*told, "permissions")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        # On a class of this request's own: the admin object serves all requests. A
        # field of its own is there, whatever the page offers, unless it is set to None.
        absent = () if self._may_set(request, obj) else LIMITS
        own = {"actor": request.user, **dict.fromkeys(absent)}
        return type(form.__name__, (form,), own)

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        if db_field.name == "permissions":
            kwargs["queryset"] = permissions_for_roles(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        form.save_limit()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The roles alone: a line for each link would count people whom one does not
        see. Of the members, how many one sees."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        roles = [line for line in deleted if not isinstance(line, list)]
        links = User.groups.through._meta.verbose_name_plural
        told = {label: count for label, count in counts.items() if label != links}
        having = User.objects.filter(groups__in=[role.pk for role in objs])
        seen = having.filter(people_within(request.user)).distinct().count()
        return roles, told | {_t("members whom you see"): seen}, lacking, protected

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        allowed = [o.pk for o in queryset if self.has_delete_permission(request, o)]
        super().delete_queryset(request, Group.objects.filter(pk__in=allowed))

    def history_sources(self, request: HttpRequest, obj: Any) -> list[QuerySet]:
        """A role's story is that of what is in it and of whom it reaches."""
        limits = RoleLimit.history.model._base_manager.filter(role_id=obj.pk)
        return [*super().history_sources(request, obj), limits]

    def check_revert(self, request: HttpRequest, steps: Sequence[Step]) -> None:
        roles = [step for step in steps if step.model is Group]
        super().check_revert(request, roles)
        if not self.has_change_permission(request):
            for step in steps:
                if step.model is RoleLimit:
                    step.problems.append(refusal("update", Group))
        if not request.user.is_superuser:
            check_roles(request.user, steps)

    @display(description=_("Limited to"))
    def display_branches(self, role: Any) -> str:
        limit = getattr(role, "limit", None)
        if limit is None:
            return _t("Everybody")
        names = sorted(branch.name for branch in limit.branches.all())
        return ", ".join(names) or _t("Nobody: no branch is chosen")

    @display(description=_("Members"), ordering="members")
    def display_members(self, role: Any) -> int:
        return role.members

    @display(description=_("Members"))
    def display_people(self, role: Any) -> str:
        """The first of the members whom the page's reader sees, and a link to all."""
        return render_to_string(
            "accounts/roles/members.html",
            {"role": role, "people": role.members_seen[:MEMBERS_SHOWN]},
        )


def _members(user: Any) -> Count:
    """How many of the people whom `user` sees have the role."""
    seen = people_within(user)
    counted = Q(user__in=User.objects.filter(seen)) if seen else None
    return Count("user", filter=counted)
