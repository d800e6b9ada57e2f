"""The people pages: a User, its Reader and its roles as one thing."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    BooleanRadioFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display

from accounts.admin.events import SecurityEventsLinkMixin
from accounts.admin.filters import BranchFilter, ExpiryFilter, ImportFilter, RoleFilter
from accounts.admin.invite import InvitePageMixin
from accounts.admin.person_reverts import check_reach, heed_reach
from accounts.admin.reader import ReachedReaderInline
from accounts.admin.rights import StaffRightsMixin
from accounts.admin.sessions import SessionsPageMixin
from accounts.forms import Access, PersonAddForm, PersonForm
from accounts.imports.admin import PeopleImportExportMixin
from accounts.models import User
from accounts.policy import people_within, untouchable_ids
from accounts.search import filter_people
from accounts.sign_in.notices import EMAIL_CHANGED
from accounts.sign_in.posting import order_notice
from portal.admin.base import PortalModelAdmin
from portal.admin.history import refusal, refusals
from portal.history.steps import Doubts, Step
from portal.history.viewing import rows_of
from readers.models import Reader

PERSON = (
    None,
    {"fields": (("first_name", "last_name"), ("username", "email"))},
)


@admin.register(User)
class UserAdmin(
    StaffRightsMixin,
    InvitePageMixin,
    SecurityEventsLinkMixin,
    SessionsPageMixin,
    PeopleImportExportMixin,
    PortalModelAdmin,
):
    form = PersonForm
    add_form = PersonAddForm
    inlines = (ReachedReaderInline,)
    answers_for = (Reader,)
    filter_horizontal = ("groups", "user_permissions")
    list_display = (
        "display_person",
        "email",
        "display_card",
        "display_category",
        "display_branch",
        "display_roles",
        "is_active",
        "display_joined",
        "display_last_change",
    )
    list_filter = (
        ("reader__category", RelatedDropdownFilter),
        ("reader__branch", BranchFilter),
        ("groups", RoleFilter),
        ("is_staff", BooleanRadioFilter),
        ("is_active", BooleanRadioFilter),
        ExpiryFilter,
        ImportFilter,
        ("reader__joined_on", RangeDateFilter),
    )
    list_select_related = ("reader__category", "reader__branch")
    search_fields = (
        "username",
        "first_name",
        "last_name",
        "email",
        "reader__card_number",
    )
    actions = (*InvitePageMixin.actions, "export_selected")
    search_help_text = _("Search by name, username, e-mail or card number")
    ordering = ("username",)

    class Media:
        js = ("reading-room/person-form.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        people = super().get_queryset(request).filter(people_within(request.user))
        return people.annotate(last_change=_last_change()).prefetch_related("groups")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return filter_people(queryset, search_term), False

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        sign_in = ("access",) if obj is None else ("is_active", "display_sign_in")
        return (
            PERSON,
            (_("Sign-in"), {"fields": (sign_in,)}),
            *self.staff_fieldsets(request, obj),
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = self.add_form
        form = super().get_form(request, obj, change, **kwargs)
        # On a class of this request's own: the admin object serves all requests.
        return type(form.__name__, (form,), {"actor": request.user})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person = kwargs.get("obj")
        if person is not None and person.is_staff:
            link = (_t("Roles and rights"), reverse("admin:auth_group_overview"), "key")
            context.setdefault("object_links", []).append(link)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        person = form.instance
        if change and "email" in form.changed_data and may_sign_in(person):
            old = form.initial["email"]
            order_notice(person, EMAIL_CHANGED, request, to=old)
        is_invited = form.cleaned_data.get("access") == Access.INVITATION
        if is_invited and self.send_links(request, [person]):
            text = _t("An invitation is on its way to %s.") % person.email
            messages.info(request, text)

    def history_sources(self, request: HttpRequest, obj: Any) -> list[QuerySet]:
        """A person's story is that of the User and of its Reader."""
        sources = super().history_sources(request, obj)
        if request.user.has_perm("readers.view_reader"):
            readers = rows_of(request.user, Reader)
            sources.append(readers.filter(user_id=obj.pk))
        return sources

    def check_revert(self, request: HttpRequest, steps: Sequence[Step]) -> None:
        super().check_revert(request, [s for s in steps if s.model is User])
        readers = [step for step in steps if step.model is Reader]
        above = untouchable_ids(request.user)
        may = self._may_with_readers(request)
        check_reach(request.user, readers)
        for step in readers:
            if not may[step.kind]:
                step.problems.append(refusal(step.kind, Reader))
            state = step.now or step.target
            if state and state.values["user_id"] in above:
                step.problems.append(_t("This account stands above you."))

    def revert_doubts(self, request: HttpRequest, model: type[Model]) -> Doubts:
        if model is not Reader:
            return super().revert_doubts(request, model)
        doubts = Doubts(
            refused=refusals(self._may_with_readers(request), Reader),
            keys={"user": untouchable_ids(request.user)},
        )
        return heed_reach(request.user, Reader, doubts)

    def _may_with_readers(self, request: HttpRequest) -> dict[str, bool]:
        return {
            "create": request.user.has_perm("readers.add_reader"),
            "update": request.user.has_perm("readers.change_reader")
            and self.has_change_permission(request),
            # A Reader goes with its User, and the User's step is asked about.
            "delete": True,
        }

    def lookup_allowed(
        self, lookup: str, value: Any, request: HttpRequest | None = None
    ) -> bool:
        # Not by their hash, letter by letter.
        return "password" not in lookup and super().lookup_allowed(
            lookup, value, request
        )

    @display(description=_("Name"), ordering="last_name", header=True)
    def display_person(self, person: User) -> list[str]:
        return [str(person), person.username]

    @display(description=_("Card"), ordering="reader__card_number")
    def display_card(self, person: User) -> str:
        return _reader_value(person, "card_number")

    @display(description=_("Category"), ordering="reader__category__name")
    def display_category(self, person: User) -> str:
        return _reader_value(person, "category")

    @display(description=_("Branch"), ordering="reader__branch__name")
    def display_branch(self, person: User) -> str:
        return _reader_value(person, "branch")

    @display(description=_("Roles"))
    def display_roles(self, person: User) -> str:
        return ", ".join(group.name for group in person.groups.all())

    @display(description=_("Joined"), ordering="reader__joined_on")
    def display_joined(self, person: User) -> Any:
        return _reader_value(person, "joined_on")

    @display(description=_("Last change"))
    def display_last_change(self, person: Any) -> Any:
        return person.last_change and timezone.localtime(person.last_change).date()

    @display(description=_("Access"))
    def display_sign_in(self, person: User) -> str:
        if not person.has_usable_password():
            return _t("No password yet: cannot sign in.")
        if person.last_login is None:
            return _t("Has a password, never signed in.")
        return _t("Signs in with a password.")


def may_sign_in(person: User) -> bool:
    """Whether there is anything to guard: most people have no key to the portal."""
    return person.is_staff or person.has_usable_password()


def _reader_value(person: User, name: str) -> Any:
    """A value of the Reader; a person whom a fixture left without one has none."""
    reader = getattr(person, "reader", None)
    return getattr(reader, name, None) or ""


def _last_change() -> Any:
    """When the User or its Reader was last changed; NULL if that is not recorded."""
    users = User.history.model._base_manager.filter(id=OuterRef("pk"))
    readers = Reader.history.model._base_manager.filter(user_id=OuterRef("pk"))
    newest = [
        Subquery(rows.order_by("-history_id").values("history_date")[:1])
        for rows in (users, readers)
    ]
    # GREATEST of a NULL is NULL on SQLite, so each stands in for the other.
    return Greatest(Coalesce(*newest), Coalesce(*reversed(newest)))
