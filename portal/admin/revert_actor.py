"""Reverting all that one actor did in a time, after a look at what would happen."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from unfold.widgets import DATETIME_CLASSES, UnfoldAdminTextInputWidget

from portal.access import is_limited
from portal.admin.revert_set import RevertSetMixin
from portal.admin.reverting import Order
from portal.history.sources import Source
from portal.history.viewing import only_seen
from portal.models import ChangeSet

NUMBER = re.compile(r"[0-9]{1,18}")
INPUT = "%Y-%m-%dT%H:%M:%S"


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(
            attrs={"class": " ".join(DATETIME_CLASSES), "step": "1"},
            format=INPUT,
        )


class ActorForm(forms.Form):
    """Whose changes, and from when to when; an account that is deleted has some too."""

    actor = forms.CharField(
        label=_("Who"),
        max_length=150,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("A username, or # and the number of the account."),
    )
    # Nobody is known here but for what the page's reader sees of their changes.
    user: Any = None
    since = forms.DateTimeField(label=_("Since"), widget=MomentInput)
    until = forms.DateTimeField(label=_("Until"), widget=MomentInput)

    def clean_actor(self) -> tuple[int, str]:
        """The account's number and its latest name."""
        typed = self.cleaned_data["actor"]
        seen = only_seen(ChangeSet.objects.all(), self.user)
        found = {
            number
            for number in _actors_called(typed)
            if not is_limited(self.user) or seen.filter(actor_id=number).exists()
        }
        if len(found) > 1:
            numbers = ", ".join(f"#{number}" for number in sorted(found))
            raise forms.ValidationError(
                _("Several accounts had this name. Give the number of one: %s.")
                % numbers
            )
        for number in found:
            made = seen.filter(actor_id=number).first()
            if made is not None:
                return number, made.actor_name
        raise forms.ValidationError(
            _(
                "Nobody of this name has changed anything. A username, or # and the "
                "number of an account, would be accepted."
            )
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "since" in data and "until" in data and data["since"] > data["until"]:
            self.add_error("until", _("This is before the beginning."))
        return data


def _actors_called(typed: str) -> set[int]:
    number = typed.removeprefix("#")
    if number != typed:
        # Marked, for a username may be a number too.
        return {int(number)} if NUMBER.fullmatch(number) else set()
    users = get_user_model()
    live = users._default_manager.filter(**{users.USERNAME_FIELD: typed})
    if found := set(live.values_list("pk", flat=True)):
        return found
    made = ChangeSet.objects.filter(actor_name=typed)
    numbers = made.order_by().values_list("actor_id", flat=True).distinct()
    return {number for number in numbers if number is not None}


def window_from(change_set: ChangeSet) -> str:
    """The page's query: what the change set's actor did from its second until now."""
    since = timezone.localtime(change_set.started_at).strftime(INPUT)
    return urlencode({"actor": f"#{change_set.actor_id}", "since": since})


class RevertActorMixin(RevertSetMixin):
    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "revert-actor/",
                self.admin_site.admin_view(self.revert_actor_view),
                name="portal_revert_actor",
            ),
            *super().get_urls(),
        ]

    @method_decorator(csrf_protect)
    def revert_actor_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_revert_permission(request):
            raise PermissionDenied
        is_asked = "actor" in request.GET
        form = ActorForm(_with_end(request) if is_asked else None)
        form.user = request.user
        page = {
            "title": _t("Revert everything by one person"),
            "form": form,
            "back_url": reverse("admin:portal_changeset_changelist"),
            "back": _t("Back to the changes"),
        }
        if not is_asked or not form.is_valid():
            return TemplateResponse(
                request,
                "portal/history/revert_actor.html",
                {**self.admin_site.each_context(request), "opts": self.opts, **page},
            )
        number, name = form.cleaned_data["actor"]
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
        order = Order(
            source=Source.of_actor(number, since, until),
            subject=_t("All by %(actor)s, %(since)s to %(until)s")
            % {"actor": name, "since": _moment(since), "until": _moment(until)},
            **self.order_from(request),
        )
        # The end that was shown is the end that is confirmed.
        confirmed = urlencode({name: form.data[name] for name in form.fields})
        page |= {"title": order.subject, "confirm_url": f"?{confirmed}"}
        return self.answer(request, order, page)


def _with_end(request: HttpRequest) -> dict[str, str]:
    """The address's values; no end is now, which the page then names."""
    values = {name: request.GET.get(name, "") for name in ("actor", "since", "until")}
    if not values["until"]:
        # Whole seconds, and the one that runs is part of it.
        end = timezone.localtime() + timedelta(seconds=1)
        values["until"] = end.strftime(INPUT)
    return values


def _moment(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S")
