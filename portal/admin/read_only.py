from typing import Any

from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin


class ReadOnlyModelAdmin(ModelAdmin):
    """What the portal itself writes, and nobody edits."""

    actions = None
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_filter_submit = True
    # What links of other pages ask for, beside what the filters do.
    linked_lookups: tuple[str, ...] = ()

    def lookup_allowed(
        self, lookup: str, value: Any, request: HttpRequest | None = None
    ) -> bool:
        """By the filters and links alone.

        A row may tell of people whom one does not see; its page leaves that out, and
        whether the row is found by it would tell all the same.
        """
        names, columns = {"pk", *self.linked_lookups}, []
        for each in self.get_list_filter(request):
            if isinstance(each, tuple):
                names.add(each[0])
                columns.append(f"{each[0]}_")
            else:
                names.add(each.parameter_name)
        is_known = lookup in names or lookup.startswith(tuple(columns))
        return is_known and super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        # The stock one leads away from what is not there before it asks for rights.
        if not self.has_view_permission(
            request, self.get_object(request, unquote(object_id))
        ):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)
