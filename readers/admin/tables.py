"""The small tables that readers point at."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.admin.base import PortalModelAdmin
from readers.models import Branch, Category


class CountedReadersAdmin(PortalModelAdmin):
    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(readers=Count("reader"))

    @display(description=_("Readers"), ordering="readers")
    def display_readers(self, obj: Branch | Category) -> int:
        return obj.readers  # type: ignore[union-attr]


@admin.register(Branch)
class BranchAdmin(CountedReadersAdmin):
    list_display = ("name", "code", "display_readers")
    search_fields = ("name", "code")


@admin.register(Category)
class CategoryAdmin(CountedReadersAdmin):
    list_display = ("name", "loan_period", "display_readers")
    search_fields = ("name",)
