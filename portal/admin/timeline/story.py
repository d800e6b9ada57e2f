"""The timeline: everything that happened to an object, or to one of its fields."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.admin.history import NO_SUCH_POINT, HistoryModelAdmin
from portal.history.field_story import (
    field_entries,
    field_named,
    value_now,
    versions_that_changed,
)
from portal.history.points import point_named, sources_of
from portal.history.story import change_sets_of, entries_of

PER_PAGE = 25


class StoryMixin(HistoryModelAdmin):
    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """All of it, of one `part` or one `field`; `compare` is a point."""
        obj = self.live_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_history_permission(request, obj):
            raise PermissionDenied
        sources = self.history_sources(request, obj)
        if key := request.GET.get("field"):
            return self._field_page(request, obj, sources, key)
        return self._story_page(request, obj, sources)

    def _story_page(
        self, request: HttpRequest, obj: Model, sources: list[QuerySet]
    ) -> HttpResponse:
        part, compare = request.GET.get("part"), request.GET.get("compare")
        parts = parts_of(sources)
        shown = [
            rows
            for rows, (name, _label) in zip(sources, parts, strict=True)
            if part in (None, name)
        ]
        if not shown:
            return self.to_history(request, obj, _("There is no such part here."))
        point = point_named(compare, sources) if compare else None
        if compare and point is None:
            return self.to_history(request, obj, NO_SUCH_POINT)
        pages = Paginator(change_sets_of(shown), PER_PAGE)
        page = pages.get_page(request.GET.get("p"))
        return TemplateResponse(
            request,
            "portal/history/object.html",
            {
                **self.history_context(request, obj, _("History of %s") % obj),
                "page": page,
                "page_range": pages.get_elided_page_range(page.number),
                "entries": entries_of(page.object_list, shown, request.user),
                "part": part,
                "parts": parts,
                "point": point,
                "newest": change_sets_of(sources).first(),
                "has_parts": len(sources_of(obj)) > 1,
            },
        )

    def _field_page(
        self, request: HttpRequest, obj: Model, sources: list[QuerySet], key: str
    ) -> HttpResponse:
        by_model = {rows.model.instance_type: rows for rows in sources}
        field = field_named(key, by_model)
        if field is None:
            return self.to_history(request, obj, _("There is no such field here."))
        source = by_model[field.model]
        is_hidden = field.is_hidden_from(request.user)
        found = versions_that_changed(field, source, is_hidden=is_hidden)
        pages = Paginator(found, PER_PAGE)
        page = pages.get_page(request.GET.get("p"))
        title = _("%(field)s of %(object)s: its history")
        return TemplateResponse(
            request,
            "portal/history/field.html",
            {
                **self.history_context(
                    request, obj, title % {"field": field.label, "object": obj}
                ),
                "page": page,
                "page_range": pages.get_elided_page_range(page.number),
                "entries": field_entries(field, source, page.object_list, request.user),
                "field": field,
                "now": value_now(field, source, request.user),
            },
        )


def parts_of(sources: list[QuerySet]) -> list[tuple[str, str]]:
    """The name and the label of each kind of object in the story."""
    models = [rows.model.instance_type for rows in sources]
    return [(m._meta.model_name, str(capfirst(m._meta.verbose_name))) for m in models]
