"""The queue of sensitive change sets, and the verdict on one or many of them."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.access import is_limited
from portal.admin.read_only import ReadOnlyModelAdmin
from portal.admin.reasons import typed_reason
from portal.admin.review_queue import (
    REVIEW_HISTORY,
    items_for,
    listed,
    may_review,
    next_waiting,
    open_small,
    shown_in,
)
from portal.history.review import Outcome, review
from portal.history.viewing import only_seen
from portal.history.words import describe
from portal.models import ChangeSet, Verdict

PER_PAGE = 25


class ReviewMixin(ReadOnlyModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("review/", wrap(self.queue_view), name="portal_review"),
            path(
                "<path:object_id>/review/",
                wrap(self.review_view),
                name="portal_changeset_review",
            ),
            *super().get_urls(),
        ]

    def has_review_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (
            request.user.has_perm(REVIEW_HISTORY)
            and self.has_view_permission(request, obj)
            and (obj is None or may_review(obj, request.user))
        )

    def queue_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_review_permission(request):
            raise PermissionDenied
        if request.method == "POST" and self._give_verdict(request):
            return redirect(request.get_full_path())
        show = request.GET.get("show", "")
        pages = Paginator(listed(show, request.user), PER_PAGE)
        page = pages.get_page(request.GET.get("p"))
        items = items_for(page.object_list, request)
        open_small(items, request.user)
        return TemplateResponse(
            request,
            "portal/history/review.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Review"),
                "opts": self.opts,
                "page": page,
                "page_range": pages.get_elided_page_range(page.number),
                "items": items,
                "show": show,
                "may_mark": show != "reviewed",
                "filters": (
                    ("", _("Waiting and flagged")),
                    ("waiting", _("Waiting")),
                    ("flagged", _("Flagged")),
                    ("reviewed", _("Reviewed lately")),
                ),
            },
        )

    def review_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        change_set = self.get_object(request, unquote(object_id))
        if change_set is None:
            raise Http404
        if not self.has_review_permission(request, change_set):
            raise PermissionDenied
        if request.method == "POST" and not self._give_verdict(request, change_set):
            # Again, with the comment that was typed.
            return self.change_view(request, object_id)
        return redirect("admin:portal_changeset_change", change_set.pk)

    def review_context(
        self, request: HttpRequest, change_set: ChangeSet
    ) -> dict[str, Any]:
        """What the page of a change set says about its review."""
        [item] = items_for([change_set], request)
        may = self.has_review_permission(request, change_set)
        reviewed = ChangeSet.objects.filter(reviews__by=change_set).order_by("pk")
        reviewed = only_seen(reviewed, request.user)
        # What others said of it, they said of the whole.
        is_told = not is_limited(request.user) or may
        reviews = change_set.reviews.select_related("by") if is_told else ()
        return {
            "item": item,
            "reviews": reviews,
            "reviewed_lines": describe(reviewed, request.user),
            "may_review": may,
            "next_waiting": next_waiting(change_set, request) if may else None,
        }

    def _give_verdict(self, request: HttpRequest, only: Any = None) -> bool:
        """Whether what was sent is dealt with; if not, the form has to be shown again.

        `only` is the one change set that it may be about.
        """
        verdict, comment = request.POST.get("verdict", ""), typed_reason(request)
        if verdict not in Verdict.values:
            raise BadRequest("No such verdict.")
        sent = request.POST.getlist("chosen")[:PER_PAGE]
        shown = shown_in(sent, request.user)
        if only is not None:
            shown = {pk: seen for pk, seen in shown.items() if pk == only.pk}
        if not shown:
            messages.warning(request, _("Nothing was selected."))
            return False
        if verdict == Verdict.FLAGGED and not comment:
            messages.error(
                request, _("Say what is wrong: a flag needs a comment for the others.")
            )
            return False
        outcome = review(
            shown,
            verdict=verdict,
            actor=request.user,
            comment=comment,
            origin=request.path,
        )
        _report(request, verdict, outcome)
        return not outcome.meanwhile


def _report(request: HttpRequest, verdict: str, outcome: Outcome) -> None:
    if count := len(outcome.done):
        done = {
            Verdict.REVIEWED: ngettext(
                "%s change set is marked reviewed.",
                "%s change sets are marked reviewed.",
                count,
            ),
            Verdict.FLAGGED: ngettext(
                "%s change set is flagged.", "%s change sets are flagged.", count
            ),
        }
        messages.success(request, done[Verdict(verdict)] % count)
    left = (
        (outcome.own, _("Nobody reviews their own changes; somebody else must: %s.")),
        (outcome.meanwhile, _("Somebody gave a verdict meanwhile; look again: %s.")),
        (outcome.needless, _("This needs no review: %s.")),
    )
    for change_sets, text in left:
        if change_sets:
            named = ", ".join(_("change set %s") % made.pk for made in change_sets)
            messages.warning(request, text % named)
