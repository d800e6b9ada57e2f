"""What the theme asks at each request; `config.unfold` names these by dotted path."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.access import is_limited
from portal.models import ChangeSet

ENVIRONMENT_COLOURS = {
    "production": "danger",
    "staging": "warning",
    "demo": "info",
}
REVIEW_RIGHTS = [
    "portal.review_history",
    "portal.view_history",
    "portal.view_changeset",
]
MOST_TOLD = 99
PEOPLE_PAGES_OF_THEIR_OWN = ("_add", "_import", "_export")


def environment_badge(request: HttpRequest) -> list[str] | None:
    """The label in the page's header and its colour, or None for no label."""
    name = settings.ENVIRONMENT_NAME
    return [name, ENVIRONMENT_COLOURS.get(name.casefold(), "default")] if name else None


def environment_prefix(request: HttpRequest) -> str | None:
    """Tells the browser's tabs of several installations apart."""
    name = settings.ENVIRONMENT_NAME
    return f"[{name}]" if name else None


def account_links(request: HttpRequest) -> list[dict[str, str]]:
    """What the menu below one's own name leads to."""
    pages = {"mfa_index": _("Second factor"), "usersessions_list": _("Devices")}
    if settings.SSO_ISSUER:
        pages["socialaccount_connections"] = _("Single sign-on")
    if request.user.is_authenticated and request.user.has_usable_password():
        pages["account_change_password"] = _("Change password")
    return [{"title": title, "link": reverse(page)} for page, title in pages.items()]


def is_people_list_active(request: HttpRequest) -> bool:
    """Whether the sidebar marks «People».

    The theme marks each link whose path is the beginning of the page's own. «Add»,
    «Import» and «Export» lie below the list, so two links would be marked at once.
    """
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    return name.startswith("accounts_user_") and not name.endswith(
        PEOPLE_PAGES_OF_THEIR_OWN
    )


def is_roles_active(request: HttpRequest) -> bool:
    """Whether the sidebar marks «Roles»; the overview lies below that list."""
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    return name.startswith("auth_group_") and name != "auth_group_overview"


def is_changes_active(request: HttpRequest) -> bool:
    """Whether the sidebar marks «Changes»; «Deleted» lies below that list too."""
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    return name.startswith("portal_changeset_")


def may_view_people(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.view_user")


def may_add_people(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.add_user")


def may_import_people(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.import_user")


def may_export_people(request: HttpRequest) -> bool:
    return request.user.has_perm("accounts.export_user")


def may_view_roles(request: HttpRequest) -> bool:
    return request.user.has_perm("auth.view_group")


def may_view_imports(request: HttpRequest) -> bool:
    return request.user.has_perm("portal.view_importjob")


def may_view_exports(request: HttpRequest) -> bool:
    return request.user.has_perm("portal.view_exportjob") or may_export_people(request)


def may_view_letters(request: HttpRequest) -> bool:
    return request.user.has_perm("portal.view_letter")


def may_view_changes(request: HttpRequest) -> bool:
    return request.user.has_perm("portal.view_changeset")


def may_view_security_events(request: HttpRequest) -> bool:
    return request.user.has_perm("portal.view_securityevent")


def may_view_deleted(request: HttpRequest) -> bool:
    return request.user.has_perms(["portal.view_changeset", "portal.view_history"])


def may_review(request: HttpRequest) -> bool:
    return request.user.has_perms(REVIEW_RIGHTS)


def waiting_badge(request: HttpRequest) -> str:
    """How many change sets wait for their review; "" draws no badge."""
    if not may_review(request) or is_limited(request.user):
        # To count for staff with limits costs a look into each; the queue does.
        return ""
    # It stands on every page, so it counts no further than it tells.
    waiting = ChangeSet.objects.waiting().order_by("-pk")[: MOST_TOLD + 1].count()
    if waiting > MOST_TOLD:
        return f"{MOST_TOLD}+"
    return str(waiting) if waiting else ""


def may_view_branches(request: HttpRequest) -> bool:
    return request.user.has_perm("readers.view_branch")


def may_view_categories(request: HttpRequest) -> bool:
    return request.user.has_perm("readers.view_category")
