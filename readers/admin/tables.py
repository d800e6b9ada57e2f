"""The small tables that readers point at."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from portal import access
from portal.admin.base import PortalModelAdmin
from readers.models import Branch, Category, Reader


class CountedReadersAdmin(PortalModelAdmin):
    """Counts the readers whom the page's reader sees, and names none of them."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        seen = self._seen(request)
        within = Q(reader__in=Reader.objects.filter(seen).values("pk"))
        counted = Count("reader", filter=within if seen else None)
        return super().get_queryset(request).annotate(readers=counted)

    def lookup_allowed(
        self, lookup: str, value: Any, request: HttpRequest | None = None
    ) -> bool:
        # Not by who points at it: that would tell of people whom one does not see.
        name = lookup.partition("__")[0]
        is_own = name in {field.name for field in self.opts.fields} | {"pk"}
        return is_own and super().lookup_allowed(lookup, value, request)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What readers point at stays; of them the page tells no more than how many."""
        keys = [obj.pk for obj in objs]
        readers = Reader.objects.filter(**{f"{self.opts.model_name}__in": keys})
        if not readers.exists():
            return super().get_deleted_objects(objs, request)
        seen = readers.filter(self._seen(request)).count()
        told = ngettext("%(count)s reader", "%(count)s readers", seen)
        protected = [told % {"count": seen}] if seen else []
        if seen < readers.count():
            protected.append(_t("Readers whom you do not see"))
        return [], {}, set(), protected

    def _seen(self, request: HttpRequest) -> Q:
        return access.visible_objects(request.user, Reader) or Q()

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
