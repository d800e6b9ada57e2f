"""The timeline: everything that happened to an object."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from portal.admin.history import NO_SUCH_POINT, HistoryModelAdmin
from portal.history.points import point_named
from portal.history.story import change_sets_of, entries_of

PER_PAGE = 25


class StoryMixin(HistoryModelAdmin):
    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """All of it; `compare` is a point."""
        obj = self.live_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_history_permission(request, obj):
            raise PermissionDenied
        sources = self.history_sources(request, obj)
        compare = request.GET.get("compare")
        point = point_named(compare, sources) if compare else None
        if compare and point is None:
            return self.to_history(request, obj, NO_SUCH_POINT)
        pages = Paginator(change_sets_of(sources), PER_PAGE)
        page = pages.get_page(request.GET.get("p"))
        return TemplateResponse(
            request,
            "portal/history/object.html",
            {
                **self.history_context(request, obj, _("History of %s") % obj),
                "page": page,
                "page_range": pages.get_elided_page_range(page.number),
                "entries": entries_of(page.object_list, sources),
                "point": point,
                "newest": change_sets_of(sources).first(),
            },
        )
