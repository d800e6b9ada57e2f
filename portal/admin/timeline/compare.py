"""What differs between two points of an object's story, or one point and now."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from portal.admin.history import NO_SUCH_POINT, HistoryModelAdmin
from portal.history.points import differences, point_named

NOW = "now"


class CompareMixin(HistoryModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<path:object_id>/history/compare/",
                self.admin_site.admin_view(self.compare_view),
                name=f"{self.opts.app_label}_{self.opts.model_name}_compare",
            ),
            *super().get_urls(),
        ]

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """After the earlier of `one` and `other`, against after the later."""
        obj = self.read_object(request, object_id)
        sources = self.history_sources(request, obj)
        names = request.GET.get("one", ""), request.GET.get("other", "")
        points = [point_named(name, sources) for name in names if name != NOW]
        chosen = sorted((p for p in points if p is not None), key=lambda p: p.pk)
        if not chosen or None in points:
            return self.to_history(request, obj, NO_SUCH_POINT)
        one, other = chosen[0], chosen[1] if len(chosen) > 1 else None
        return TemplateResponse(
            request,
            "portal/history/compare.html",
            {
                **self.history_context(
                    request, obj, _("%s: two points compared") % obj
                ),
                "one": one,
                "other": other,
                "differences": differences(sources, one, other, request.user),
            },
        )
