"""Actions on many people: first the page that shows what would happen, then one POST.

An action is an `ActionPlan`: whom it would change, and whom it leaves out and why.
Only the confirmation writes, and it makes its plan anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import formats, timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminSingleDateWidget

from accounts.invitations import InvitationRefused, send_invitation
from accounts.models import User
from accounts.policy import (
    CHANGE_PEOPLE,
    INVITE_PEOPLE,
    may_touch,
    people_within,
    untouchable_ids,
)
from portal.addresses import portal_address
from portal.admin.base import PortalModelAdmin
from portal.models import ChangeSet
from readers.models import Reader

NAMES_SHOWN = 20
CHANGE_READERS = "readers.change_reader"


@dataclass
class Group:
    """People with one outcome, of whom the page names the first few."""

    title: str
    people: QuerySet
    count: int = 0
    names: list[User] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.count = self.people.count()
        self.names = list(self.people.order_by("username")[:NAMES_SHOWN])

    @property
    def more(self) -> int:
        return self.count - len(self.names)


@dataclass
class ActionPlan:
    title: str
    targets: Group
    left_out: list[Group]
    form: forms.Form | None = None
    # Whether it changes what history tracks, so that a reason has a place to stand.
    is_recorded: bool = True
    back: str = ""


class ExpiryForm(forms.Form):
    until = forms.DateField(
        label=_("New expiry date"), widget=UnfoldAdminSingleDateWidget
    )

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until <= timezone.localdate():
            raise forms.ValidationError(_("Choose a date in the future."))
        return until


class PeopleActionsMixin(PortalModelAdmin):
    actions: tuple[str, ...] = (
        "activate",
        "deactivate",
        "send_invitations",
        "extend_expiry",
    )

    def has_invite_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = request.user.has_perm(INVITE_PEOPLE)
        return may and (obj is None or may_touch(request.user, obj, INVITE_PEOPLE))

    def has_change_reader_permission(
        self, request: HttpRequest, obj: Any = None
    ) -> bool:
        may_change = request.user.has_perm(CHANGE_READERS)
        return may_change and self.has_change_permission(request, obj)

    @admin.action(description=_("Activate"), permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._set_active(request, queryset, True, _t("Activate people"))

    @admin.action(description=_("Deactivate"), permissions=["change"])
    def deactivate(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        return self._set_active(request, queryset, False, _t("Deactivate people"))

    @admin.action(description=_("Send an invitation link"), permissions=["invite"])
    def send_invitations(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        return self._run_invitations(request, self._plan_invitations(request, queryset))

    def _run_invitations(
        self, request: HttpRequest, plan: ActionPlan
    ) -> HttpResponse | None:
        def send(people: QuerySet) -> int:
            return self.send_links(request, people)

        return self._run(request, plan, send)

    def _plan_invitations(self, request: HttpRequest, queryset: QuerySet) -> ActionPlan:
        chosen, above = self._split(request, queryset, INVITE_PEOPLE)
        return ActionPlan(
            _t("Send an invitation link"),
            Group(
                _t("Will get a link to choose a password"),
                chosen.filter(is_active=True).exclude(email=""),
            ),
            [
                Group(_t("Have no e-mail address"), chosen.filter(email="")),
                Group(
                    _t("Are not active"),
                    chosen.filter(is_active=False).exclude(email=""),
                ),
                *above,
            ],
            is_recorded=False,
        )

    @admin.action(
        description=_("Extend the expiry date"), permissions=["change_reader"]
    )
    def extend_expiry(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        chosen, above = self._split(request, queryset, CHANGE_PEOPLE, CHANGE_READERS)
        today = timezone.localdate()
        initial = today + timedelta(days=365)
        form = ExpiryForm(
            request.POST if "until" in request.POST else {"until": initial}
        )
        until = form.cleaned_data["until"] if form.is_valid() else initial
        plan = ActionPlan(
            _t("Extend the expiry date"),
            Group(
                _t("Will expire on %s") % formats.date_format(until),
                chosen.filter(reader__expires_on__lt=until),
            ),
            [
                Group(
                    _t("Expire later already"),
                    chosen.filter(reader__expires_on__gte=until),
                ),
                Group(_t("Never expire"), chosen.filter(reader__expires_on=None)),
                *above,
            ],
            form,
        )

        def extend(people: QuerySet) -> int:
            return Reader.objects.filter(user__in=people).extend_expiry(until)

        return self._run(request, plan, extend)

    def _set_active(
        self, request: HttpRequest, queryset: QuerySet, is_active: bool, title: str
    ) -> HttpResponse | None:
        chosen, above = self._split(request, queryset, CHANGE_PEOPLE)
        left_out = [
            Group(
                _t("Are active already") if is_active else _t("Are inactive already"),
                chosen.filter(is_active=is_active),
            ),
            *above,
        ]
        targets = chosen.filter(is_active=not is_active)
        if not is_active:
            left_out.append(Group(_t("Yourself"), targets.filter(pk=request.user.pk)))
            targets = targets.exclude(pk=request.user.pk)
        will = _t("Will be able to sign in") if is_active else _t("Will be locked out")
        plan = ActionPlan(title, Group(will, targets), left_out)

        def switch(people: QuerySet) -> int:
            return people.update(is_active=is_active)

        return self._run(request, plan, switch)

    def _split(
        self, request: HttpRequest, queryset: QuerySet, *rights: str
    ) -> tuple[Any, list[Group]]:
        """The chosen people whom the actor may do this to, and the others."""
        seen = User.objects.filter(pk__in=queryset.order_by().values("pk"))
        within = Q()
        for right in rights:
            within &= people_within(request.user, right)
        chosen = seen.filter(within)
        beyond = seen.exclude(within) if within else seen.none()
        above = untouchable_ids(request.user)
        return chosen.exclude(pk__in=above), [
            Group(_t("Stand above you"), chosen.filter(pk__in=above)),
            Group(_t("Are not of your branches"), beyond),
        ]

    def send_links(self, request: HttpRequest, people: Iterable[User]) -> int:
        """Send each a link; whoever cannot get one is told of. How many were sent."""
        sent = 0
        for person in people:
            try:
                send_invitation(
                    user=person,
                    actor=request.user,
                    base_url=portal_address(request),
                )
            except InvitationRefused as refused:
                messages.warning(request, str(refused))
            else:
                sent += 1
        return sent

    def _run(
        self, request: HttpRequest, plan: ActionPlan, act: Callable[[QuerySet], int]
    ) -> HttpResponse | None:
        """Show the plan, or carry it out when it is the one that was confirmed."""
        if "confirm" not in request.POST or not self._is_the_plan_shown(request, plan):
            return self._show(request, plan)
        # By key: what the act changes must not change whom it is about.
        people = User.objects.filter(
            pk__in=list(plan.targets.people.values_list("pk", flat=True))
        )
        with self.act(request, kind=ChangeSet.Kind.ACTION, subject=plan.title):
            count = act(people)
        text = ngettext(
            "%(title)s: done for %(count)s person.",
            "%(title)s: done for %(count)s people.",
            count,
        )
        done = text % {"title": plan.title, "count": count}
        self.message_user(request, done, messages.SUCCESS)
        return None

    def _is_the_plan_shown(self, request: HttpRequest, plan: ActionPlan) -> bool:
        if plan.form is None:
            return True
        shown = request.POST.get("shown_until")
        return plan.form.is_valid() and shown == str(plan.form.cleaned_data["until"])

    def _show(self, request: HttpRequest, plan: ActionPlan) -> HttpResponse:
        is_across = request.POST.get("select_across") == "1"
        return TemplateResponse(
            request,
            "accounts/action.html",
            {
                **self.admin_site.each_context(request),
                "title": plan.title,
                "opts": self.opts,
                "plan": plan,
                "media": self.media,
                "back": plan.back or request.get_full_path(),
                "action": request.POST.get("action", ""),
                "select_across": int(is_across),
                "selected": []
                if is_across
                else request.POST.getlist(ACTION_CHECKBOX_NAME),
                "checkbox_name": ACTION_CHECKBOX_NAME,
                "reason": request.POST.get("change_reason", ""),
            },
        )
