from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter

from readers.models import Reader


class RoleFilter(RelatedDropdownFilter):
    """Groups, under the word that staff know them by."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("role")


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
