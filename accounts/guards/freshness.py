"""Which acts ask again who is there, when the sign-in is not a fresh one.

The table names every address behind which rights are changed, people brought in, taken
out or erased, or somebody's way in is changed. An act that is not in it asks nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from accounts.guards.answers import is_by_script, page_of, turn_to, with_next
from accounts.guards.proof import is_fresh
from accounts.guards.resuming import stash
from accounts.guards.rights_in_forms import (
    changes_rights,
    changes_role,
    fills_role,
    gives_rights,
)
from accounts.guards.signals import fresh_sign_in_asked

LOOK = frozenset({"GET", "HEAD"})
SEND = frozenset({"POST"})
BOTH = LOOK | SEND


@dataclass(frozen=True)
class Need:
    """`when` looks at the request and the parts of its address."""

    methods: frozenset[str] = SEND
    when: Callable[..., bool] | None = None
    # A file cannot wait for the password. The page that asks for it does, and what it
    # sends may come so much later.
    times: int = 1


def carries_out(*actions: str) -> Callable[..., bool]:
    """Of the actions on a list, those that do something now, and are no look at it."""

    def when(request: HttpRequest, **kwargs: Any) -> bool:
        sent = request.POST
        return sent.get("action") in actions and not {"post", "format"}.isdisjoint(sent)

    return when


def links_account(request: HttpRequest, **kwargs: Any) -> bool:
    return request.GET.get("process") == "connect"


NEEDS: dict[str, tuple[Need, ...]] = {
    # Rights.
    "admin:accounts_user_add": (Need(when=gives_rights),),
    "admin:accounts_user_change": (Need(when=changes_rights),),
    "admin:auth_group_add": (Need(when=fills_role),),
    "admin:auth_group_change": (Need(when=changes_role),),
    # Versions of people and roles, and acts on many objects, may bring back rights.
    "admin:accounts_user_revert": (Need(),),
    "admin:accounts_user_revert_field": (Need(),),
    "admin:accounts_user_back": (Need(),),
    "admin:auth_group_revert": (Need(),),
    "admin:auth_group_revert_field": (Need(),),
    "admin:auth_group_back": (Need(),),
    "admin:portal_changeset_revert": (Need(),),
    "admin:portal_revert_actor": (Need(),),
    "admin:portal_revertjob_again": (Need(),),
    "admin:portal_restore": (Need(),),
    # Bringing in.
    "admin:accounts_user_import": (Need(LOOK), Need(SEND, times=2)),
    "admin:accounts_user_commit_import": (Need(),),
    "admin:accounts_user_repair_import": (Need(),),
    # Taking out.
    "admin:accounts_user_export": (Need(BOTH),),
    "admin:portal_changeset_export": (Need(BOTH),),
    "admin:portal_exportjob_again": (Need(),),
    "admin:portal_exportjob_download": (Need(BOTH),),
    # Erasing; and exporting those that are ticked.
    "admin:accounts_user_delete": (Need(),),
    "admin:auth_group_delete": (Need(),),
    "admin:accounts_user_changelist": (
        Need(when=carries_out("delete_selected", "export_selected")),
    ),
    "admin:auth_group_changelist": (Need(when=carries_out("delete_selected")),),
    # Somebody else's way in.
    "admin:accounts_user_sessions": (Need(),),
    "admin:accounts_user_reset_factor": (Need(),),
    "admin:accounts_user_unlink": (Need(),),
    # One's own. Changing a password asks for the old one by itself.
    "account_set_password": (Need(BOTH),),
    "account_email": (Need(),),
    "socialaccount_connections": (Need(),),
    "openid_connect_login": (Need(BOTH, when=links_account),),
    "mfa_activate_totp": (Need(BOTH),),
    "mfa_deactivate_totp": (Need(BOTH),),
    "mfa_add_webauthn": (Need(BOTH),),
    "mfa_edit_webauthn": (Need(BOTH),),
    "mfa_remove_webauthn": (Need(BOTH),),
    "mfa_view_recovery_codes": (Need(BOTH),),
    "mfa_generate_recovery_codes": (Need(BOTH),),
    "mfa_download_recovery_codes": (Need(BOTH),),
}


def guard(
    request: HttpRequest, view_name: str, kwargs: dict[str, Any]
) -> HttpResponse | None:
    """Ask again, where the table says so."""
    for need in NEEDS.get(view_name, ()):
        if request.method not in need.methods or is_fresh(request, need.times):
            continue
        if need.when is None or need.when(request, **kwargs):
            fresh_sign_in_asked.send(sender=Need, request=request)
            return _ask(request, view_name)
    return None


def _ask(request: HttpRequest, view_name: str) -> HttpResponse:
    """By the password, or the factor: either shows that it is still the same person.

    The session has used both already where both are needed. Codes by e-mail are off:
    at a desk that was left open, the mail is often open too.
    """
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not methods:
        return _ask_to_sign_in(request)
    request.session.pop(STATE_SESSION_KEY, None)
    page = page_of(request)
    why = _("Please confirm that it is you. Then it goes on where you were.")
    if request.method == "POST" and not is_by_script(request):
        page = request.get_full_path()
        if request.FILES:
            why = _("Please confirm that it is you, and choose your file again.")
        else:
            stash(request, view_name)
    return turn_to(request, with_next(methods[0]["url"], page), why)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Whoever signs in elsewhere alone, with no factor here, has nothing to confirm."""
    logout(request)
    url = with_next(resolve_url(settings.LOGIN_URL), page_of(request))
    why = _("Please sign in again for this.")
    return turn_to(request, url, why, HTTPStatus.UNAUTHORIZED)
