"""Who may read an object's history and go back in it, on the pages of every model."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from portal.history.snapshot import is_tracked
from portal.history.steps import Doubts, Step
from portal.history.viewing import rows_of, sees_history_of

VIEW_HISTORY = "portal.view_history"
REVERT_HISTORY = "portal.revert_history"
NO_SUCH_POINT = gettext_lazy(
    "That is no point of this history. Choose one of the entries below."
)


class HistoryModelAdmin(ModelAdmin):
    """Reading history needs its own right, and going back needs another.

    Both ask about the live object. The pages are in `portal.admin.timeline`.
    """

    # Tracked models without pages of their own, for whose objects this one speaks.
    answers_for: ClassVar[tuple[type[Model], ...]] = ()

    def history_sources(self, request: HttpRequest, obj: Model) -> list[QuerySet]:
        """The history rows of this object's story, as far as one may view them."""
        rows = rows_of(request.user, type(obj))
        return [rows.filter(**{obj._meta.pk.attname: obj.pk})]

    def has_history_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return request.user.has_perm(VIEW_HISTORY) and self.has_view_permission(
            request, obj
        )

    def has_revert_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return (
            request.user.has_perm(REVERT_HISTORY)
            and self.has_history_permission(request, obj)
            and self.has_change_permission(request, obj)
        )

    def check_revert(self, request: HttpRequest, steps: Sequence[Step]) -> None:
        """Add to each step's problems what forbids it to this actor.

        Subclasses add their rules, which ask about the live rows. There may be
        thousands of steps: the number of queries must not depend on theirs.
        """
        may = self._may(request)
        for step in steps:
            if not may[step.kind]:
                step.problems.append(refusal(step.kind, step.model))

    def revert_doubts(self, request: HttpRequest, model: type[Model]) -> Doubts:
        """The same about all objects of a model at once, for large plans.

        A subclass with rules of its own says here which objects they may be about;
        otherwise all are looked at, one by one.
        """
        if type(self).check_revert is not HistoryModelAdmin.check_revert:
            return Doubts(about_all=True)
        return Doubts(refused=refusals(self._may(request), model))

    def _may(self, request: HttpRequest) -> dict[str, bool]:
        return {
            "create": self.has_add_permission(request),
            "update": self.has_change_permission(request),
            "delete": self.has_delete_permission(request),
        }

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["show_history"] = is_tracked(self.model) and (
            self.has_history_permission(request, kwargs.get("obj"))
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def live_object(self, request: HttpRequest, object_id: str) -> Any:
        """The object, if it is there and one may list it; else None.

        What is out of the reach of one's right to history is not there either. Whoever
        has no such right at all is refused, wherever the object is.
        """
        if not self.has_history_permission(request):
            raise PermissionDenied
        # Through get_queryset: what a person may not list, it may not look back at.
        obj = self.get_object(request, unquote(object_id))
        return obj if obj is not None and sees_history_of(request.user, obj) else None

    def read_object(self, request: HttpRequest, object_id: str) -> Any:
        """The live object, to somebody who may read its history."""
        obj = self.live_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_history_permission(request, obj):
            raise PermissionDenied
        return obj

    def history_url(self, name: str, *args: Any, **query: Any) -> str:
        """The address of one of the history pages: `history`, `compare`, `as_of`…"""
        opts = self.opts
        return reverse(
            f"admin:{opts.app_label}_{opts.model_name}_{name}", args=args, query=query
        )

    def history_context(
        self, request: HttpRequest, obj: Any, title: str
    ) -> dict[str, Any]:
        """What every history page of an object shows."""
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "object": obj,
            "pages": f"admin:{self.opts.app_label}_{self.opts.model_name}_",
            "history_url": self.history_url("history", obj.pk),
            "compare_url": self.history_url("compare", obj.pk),
            "as_of_url": self.history_url("as_of", obj.pk),
            "may_revert": self.has_revert_permission(request, obj),
        }

    def to_history(self, request: HttpRequest, obj: Any, text: Any) -> HttpResponse:
        """Away from what is not there, saying so."""
        messages.warning(request, text)
        return redirect(self.history_url("history", obj.pk))


def refusal(kind: str, model: type[Model]) -> str:
    """What to say to an actor who lacks the permission for this kind of step."""
    texts = {
        "create": _("You may not add: %s."),
        "update": _("You may not change: %s."),
        "delete": _("You may not delete: %s."),
    }
    return texts[kind] % model._meta.verbose_name


def refusals(may: dict[str, bool], model: type[Model]) -> dict[str, str]:
    """The same for each kind of step that is not allowed."""
    return {kind: refusal(kind, model) for kind, is_ok in may.items() if not is_ok}
