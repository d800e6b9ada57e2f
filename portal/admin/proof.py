"""The page that shows the head of the chain of seals, to be kept elsewhere."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.access import is_limited
from portal.admin.history_export import ExportHistoryMixin
from portal.history.seal import head, unsealed


class ProofMixin(ExportHistoryMixin):
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("proof/", wrap(self.proof_view), name="portal_proof"),
            path("proof/head/", wrap(self.head_view), name="portal_proof_head"),
            *super().get_urls(),
        ]

    def has_proof_permission(self, request: HttpRequest) -> bool:
        """Its figures are about all of history, so they are for who sees all."""
        return self.has_view_permission(request) and not is_limited(request.user)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        context = {"may_prove": self.has_proof_permission(request)}
        return super().changelist_view(request, context | (extra_context or {}))

    def proof_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_proof_permission(request):
            raise PermissionDenied
        last = head()
        waiting = unsealed().filter(pk__gt=last.change_set_id if last else 0)
        return TemplateResponse(
            request,
            "portal/history/proof.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Proof of the history"),
                "opts": self.opts,
                "head": last,
                "waiting": waiting.count(),
                "may_export": self.has_export_permission(request),
            },
        )

    def head_view(self, request: HttpRequest) -> HttpResponse:
        """The head as a file: the line that `verify_history --head` takes."""
        may = self.has_export_permission(request) and self.has_proof_permission(request)
        if not may:
            raise PermissionDenied
        name = f"history-head-{timezone.localdate()}.txt"
        return HttpResponse(
            f"{head() or ''}\n",
            content_type="text/plain; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
