"""Every address that could need a fresh sign-in is in the table, or here with why not.

A new address whose name tells of such an act fails here until it is in one of both.
"""

import re

from accounts.guards.freshness import NEEDS
from tests.portal.pages import MODELS, all_patterns, label

TELLING = re.compile(
    r"add|again|back|change|commit|connect|delete|download|email|export|factor|forget"
    r"|import|merge|mfa|password|recovery|repair|reset|restore|revert|role|session|undo"
)
# Nobody gets these pages, or they only show.
CLOSED = {
    f"admin:{label(model).replace('.', '_')}_{page}"
    for model in MODELS
    for page in ("changelist", "history", "compare", "as_of")
}
CLOSED |= {
    f"admin:{label(model).replace('.', '_')}_{page}"
    for model in MODELS
    if model._meta.app_label == "portal"
    for page in ("add", "change", "delete")
}
# Branches and categories hold no rights and are no people.
SMALL_TABLES = {
    f"admin:readers_{table}_{page}"
    for table in ("branch", "category")
    for page in ("add", "change", "delete", "revert", "revert_field", "back")
}
# Steps before the confirmation, which asks; they bring in nobody.
STEPS = {
    f"admin:accounts_user_{step}_import"
    for step in (
        *("cancel", "check", "columns", "job", "progress", "reading", "recipe"),
        *("refused", "result", "review", "row", "state", "template", "ticks"),
    )
}
STEPS |= {"admin:portal_exportjob_cancel", "admin:portal_exportjob_progress"}
# Letters go to the address that was there before, and tell nobody else.
STEPS |= {"admin:portal_letter_again", "admin:portal_letter_cancel"}
# Looks and verdicts of history, which change no person.
OF_HISTORY = {f"admin:portal_changeset_{page}" for page in ("objects", "review")} | {
    "admin:portal_review",
    "admin:portal_deleted",
}
# They ask for the password themselves, or lead to signing in.
WAYS_IN = {
    *("account_change_password", "admin:password_change", "admin:password_change_done"),
    *("account_reset_password", "account_reset_password_done"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done"),
    *("account_confirm_email", "account_email_verification_sent"),
    *("mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    "mfa_login_webauthn",
    "openid_connect_callback",
}
# Lists of one's own; ending one's other sessions must never be held up.
OWN_LISTS = {"mfa_index", "mfa_list_webauthn", "usersessions_list"}
FREE = CLOSED | SMALL_TABLES | STEPS | OF_HISTORY | WAYS_IN | OWN_LISTS


def names():
    for before, pattern in all_patterns():
        if pattern.name:
            yield (
                f"admin:{pattern.name}"
                if before.startswith("/admin/")
                else str(pattern.name)
            )


def test_each_telling_address_is_in_the_table_or_free():
    telling = {name for name in names() if TELLING.search(name)}

    assert sorted(telling - FREE - set(NEEDS)) == []


def test_table_names_only_what_is_there():
    assert sorted(set(NEEDS) - set(names())) == []


def test_nothing_is_both():
    assert sorted(set(NEEDS) & FREE - CLOSED) == []
