"""Staff flags, roles and permissions: nobody gives what they lack."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.admin.person_reverts import check_own_rights, check_reach, heed_reach
from accounts.forms import SHUT_OUT
from accounts.models import User
from accounts.policy import (
    ADD_PEOPLE,
    CHANGE_PEOPLE,
    DELETE_PEOPLE,
    MANAGE_STAFF,
    branches_to_choose,
    grantable_permissions,
    grantable_roles,
    may_change_rights,
    may_manage_staff,
    may_touch,
    reach_of,
    untouchable_ids,
)
from accounts.reach import EVERYWHERE, is_within
from accounts.standing import key_of
from portal.admin.base import PortalModelAdmin
from portal.admin.history import refusals
from portal.history.steps import Doubts, Key, Step

STAFF_FIELDS = ("is_staff", "groups", "user_permissions")
RIGHTS = {*STAFF_FIELDS, "is_superuser"}
# What it takes to choose the branch of a new person.
ADDING = (ADD_PEOPLE, "readers.add_reader")
BEYOND_REACH = _("That version has rights which you may not hand out.")


class StaffRightsMixin(PortalModelAdmin):
    """Asks `accounts.policy` about the live account, whatever the theme hands over."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and (
            obj is None or self.get_queryset(request).filter(pk=key_of(obj)).exists()
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and _touches(request.user, obj, CHANGE_PEOPLE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever adds people of some branches alone must be able to choose one."""
        may_choose = branches_to_choose(request.user, *ADDING)
        is_limited = reach_of(request.user, ADD_PEOPLE) is not EVERYWHERE
        may = super().has_add_permission(request)
        return may and bool(may_choose or not is_limited)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (
            super().has_delete_permission(request, obj)
            and _touches(request.user, obj, DELETE_PEOPLE)
            and key_of(obj) != request.user.pk
        )

    def staff_fieldsets(self, request: HttpRequest, obj: Model | None) -> Any:
        """The part about rights: to set, to read only, or (when adding) not there."""
        if obj is None and not self._may_add_staff(request):
            return ()
        fields: tuple[Any, ...] = ("is_staff", "groups")
        if obj is not None:
            fields = (("is_staff", "is_superuser"), "groups", "user_permissions")
        return ((_("Staff and roles"), {"fields": fields, "classes": ("collapse",)}),)

    def _may_add_staff(self, request: HttpRequest) -> bool:
        """Whether everybody whom the actor adds is somebody whose rights they set."""
        user = request.user
        added = reach_of(user, ADD_PEOPLE)
        return may_manage_staff(user) and is_within(added, reach_of(user, MANAGE_STAFF))

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        may = (
            self._may_add_staff(request)
            if obj is None
            else may_change_rights(request.user, obj)
        )
        readonly: tuple[str, ...] = ("display_sign_in",)
        if not may:
            readonly += STAFF_FIELDS
        if not may or not request.user.is_superuser:
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

    def check_revert(self, request: HttpRequest, steps: Sequence[Step]) -> None:
        """Nobody brings back, changes or removes what their rights do not reach."""
        super().check_revert(request, steps)
        check_reach(request.user, steps)
        check_own_rights(request.user, steps, RIGHTS)
        above = untouchable_ids(request.user)
        beyond = _beyond_reach(request.user, steps)
        for step in steps:
            if step.pk in above:
                step.problems.append(_t("This account stands above you."))
            if step.pk == request.user.pk and _shuts_out(step):
                step.problems.append(str(SHUT_OUT))
            if step.key in beyond:
                step.problems.append(str(BEYOND_REACH))

    def revert_doubts(self, request: HttpRequest, model: type[Model]) -> Doubts:
        doubts = Doubts(
            refused=refusals(self._may(request), model),
            keys={"id": {*untouchable_ids(request.user), request.user.pk}},
            fields=frozenset(RIGHTS),
        )
        return heed_reach(request.user, model, doubts)


def _touches(actor: Any, obj: Any, permission: str) -> bool:
    return obj is None or may_touch(actor, obj, permission)


def _shuts_out(step: Step) -> bool:
    """Whether the step ends what the account could do before."""
    if step.now is None:
        return False
    then = step.target.values if step.target else {}
    flags = ("is_active", "is_staff", "is_superuser")
    return any(step.now.values[name] and not then.get(name) for name in flags)


def _beyond_reach(actor: Any, steps: Sequence[Step]) -> set[Key]:
    """The steps that would give rights which `actor` may not hand out."""
    if actor.is_superuser:
        return set()
    # A role that is not there comes back by a step of its own, or not at all.
    grantable = grantable_roles(actor).values("pk")
    roles = set(Group.objects.exclude(pk__in=grantable).values_list("pk", flat=True))
    held = set(grantable_permissions(actor).values_list("pk", flat=True))
    may_manage = may_manage_staff(actor)
    beyond = set()
    for step in steps:
        touched = RIGHTS & step.changed_fields
        if step.target is None or not touched:
            continue
        groups, permissions = (
            {pk for pk, _name in step.target.relations.get(name, [])}
            for name in ("groups", "user_permissions")
        )
        if (
            not may_manage
            or "is_superuser" in touched
            or groups & roles
            or not permissions <= held
        ):
            beyond.add(step.key)
    return beyond
