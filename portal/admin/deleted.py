"""The page of what was deleted, and the way back for one or many."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_protect

from portal.admin.plans import judge, lists_of
from portal.admin.read_only import ReadOnlyModelAdmin
from portal.admin.reasons import REASON_NEEDED, typed_reason
from portal.admin.undo import undo_tag
from portal.history.deleted import gone_rows, listed, rows_named, search_gone
from portal.history.revert import plan_restore
from portal.history.steps import Plan, RevertRefused
from portal.history.story import object_name
from portal.history.viewing import viewable_models
from portal.history.writing import CHANGED_MEANWHILE, carry_out
from portal.models import ChangeSet

RESTORE_HISTORY = "portal.restore_history"
PER_PAGE = 50
TERM_CHARACTERS = 200
DIGITS = 18


class DeletedMixin(ReadOnlyModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("deleted/", wrap(self.deleted_view), name="portal_deleted"),
            path("deleted/restore/", wrap(self.restore_view), name="portal_restore"),
            *super().get_urls(),
        ]

    def has_restore_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RESTORE_HISTORY) and self.has_view_permission(
            request
        )

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        term = request.GET.get("q", "")[:TERM_CHARACTERS]
        viewable = viewable_models(request.user)
        sources = [
            search_gone(gone_rows(model, request.user), term, request.user)
            for model in viewable
        ]
        found: Any = listed(sources) if sources else []
        pages = Paginator(found, PER_PAGE)
        page = pages.get_page(request.GET.get("p"))
        keys = [(label, pk) for _made, label, pk in page.object_list]
        return TemplateResponse(
            request,
            "portal/history/deleted.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Deleted"),
                "opts": self.opts,
                "page": page,
                "page_range": pages.get_elided_page_range(page.number),
                "items": [_item(row) for row in rows_named(keys, request.user)],
                "term": term,
                "may_restore": self.has_restore_permission(request),
            },
        )

    @method_decorator(csrf_protect)
    def restore_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_restore_permission(request):
            raise PermissionDenied
        sent = request.POST if request.method == "POST" else request.GET
        chosen = sent.getlist("chosen")[:PER_PAGE]
        rows = rows_named(_keys(chosen), request.user)
        if not rows:
            messages.warning(request, _("Nothing was selected."))
            return redirect("admin:portal_deleted")
        plan = plan_restore(rows)
        judge(self.admin_site, request, plan, RESTORE_HISTORY)
        if request.method == "POST":
            response = self._restore(request, plan, rows)
            if response is not None:
                return response
        return TemplateResponse(
            request,
            "portal/history/plan.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Restore what was deleted"),
                "opts": self.opts,
                "plan": plan,
                "lists": lists_of(_("Will come back"), plan),
                "chosen": chosen,
                "reason": typed_reason(request),
                "verb": _("Restore"),
                "verb_icon": "restore_from_trash",
                "back_url": reverse("admin:portal_deleted"),
                "back": _("Back to what was deleted"),
            },
        )

    def _restore(
        self, request: HttpRequest, plan: Plan, rows: list[Any]
    ) -> HttpResponseRedirect | None:
        reason = typed_reason(request)
        if request.POST.get("digest") != plan.digest:
            messages.warning(request, CHANGED_MEANWHILE)
            return None
        if not reason:
            messages.error(request, REASON_NEEDED)
            return None
        try:
            made = carry_out(
                plan,
                kind=ChangeSet.Kind.RESTORE,
                actor=request.user,
                reason=reason,
                subject=_subject(rows),
            )
        except RevertRefused as refused:
            for problem in refused.problems:
                messages.error(request, problem)
            return None
        count = len(plan.ready)
        text = ngettext("%s object came back.", "%s objects came back.", count)
        tag = undo_tag(request, made)
        messages.success(request, text % count, extra_tags=tag)
        if made is None:
            return redirect("admin:portal_deleted")
        return redirect("admin:portal_changeset_change", made.pk)


def _keys(chosen: list[str]) -> list[tuple[str, int]]:
    """What the page sent; whatever it cannot have sent is left out."""
    pairs = [key.partition(":")[::2] for key in chosen]
    return [
        (label, int(number))
        for label, number in pairs
        if number.isdecimal() and len(number) <= DIGITS
    ]


def _item(row: Any) -> dict[str, Any]:
    opts = row.instance_type._meta
    return {
        "key": f"{opts.label_lower}:{row.history_id}",
        "name": object_name(row),
        "model_label": capfirst(opts.verbose_name),
        "change_set": row.change_set,
        # What tells people of one name apart.
        "detail": getattr(row, "username", None) or getattr(row, "code", ""),
    }


def _subject(rows: list[Any]) -> str:
    if len(rows) > 1:
        return ngettext("%s deletion", "%s deletions", len(rows)) % len(rows)
    item = _item(rows[0])
    return f"{item['model_label']} {item['name']}"
