from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter

from accounts.models import User
from accounts.policy import VIEW_PEOPLE, reach_of
from accounts.reach import EVERYWHERE
from portal.models import ImportJob
from readers.models import Reader


class RoleFilter(RelatedDropdownFilter):
    """Groups, under the word that staff know them by."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("role")


class BranchFilter(RelatedDropdownFilter):
    """The branches whose people the reader of the page sees."""

    def __init__(
        self, field: Any, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> None:
        self.reach = reach_of(request.user, VIEW_PEOPLE)
        super().__init__(field, request, *args, **kwargs)

    @property
    def include_empty_choice(self) -> bool:
        return self.reach is EVERYWHERE and super().include_empty_choice

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[Any, str]]:
        if self.reach is EVERYWHERE:
            return super().field_choices(field, request, model_admin)
        ordering = self.field_admin_ordering(field, request, model_admin)
        within = {"pk__in": self.reach}
        return field.get_choices(False, limit_choices_to=within, ordering=ordering)


class ExpiryFilter(DropdownFilter):
    title = _("expiry")
    parameter_name = "expiry"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, Any]]:
        return [
            ("expired", _("Expired")),
            ("soon", _("In the next 30 days")),
            ("never", _("Never expires")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "expired":
            return queryset.filter(reader__in=Reader.objects.expired())
        if self.value() == "soon":
            return queryset.filter(reader__in=Reader.objects.expiring())
        if self.value() == "never":
            return queryset.filter(reader__isnull=False, reader__expires_on=None)
        return queryset


class ImportFilter(DropdownFilter):
    """The people whom an import made or changed, as they are now."""

    title = _("import")
    parameter_name = "imported"
    offered = 20

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, Any]]:
        jobs = _imports_of(request.user).order_by("-finished_at")[: self.offered]
        names = {str(job.pk): job.file_name for job in jobs.only("file_name")}
        if chosen := self._chosen(request):
            names.setdefault(str(chosen.pk), chosen.file_name)
        return list(names.items())

    def has_output(self) -> bool:
        # Else Django leaves the filter out and shows everybody.
        return bool(self.value()) or super().has_output()

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not self.value():
            return queryset
        job = self._chosen(request)
        if job is None:
            return queryset.none()
        made = {"change_set": job.change_set_id}
        users = User.history.model._base_manager.filter(**made).values("id")
        readers = Reader.history.model._base_manager.filter(**made).values("user_id")
        return queryset.filter(Q(pk__in=users) | Q(pk__in=readers))

    def _chosen(self, request: HttpRequest) -> ImportJob | None:
        try:
            return _imports_of(request.user).filter(pk=self.value()).first()
        except ValidationError:
            return None


def _imports_of(user: Any) -> QuerySet:
    """Those that this person may know of, and that changed something."""
    jobs = ImportJob.objects.known_to(user)
    return jobs.filter(target="accounts.user", change_set__isnull=False)
