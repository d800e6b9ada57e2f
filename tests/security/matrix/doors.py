"""Each address of the portal by its name: what it needs, and about whom it is.

An address without a line here fails the matrix. Lines say what staff may expect, from
README and design; nothing is read from the code.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto

SEE_HISTORY = ("portal.view_changeset", "portal.view_history")
VIEW_PERSON = ("accounts.view_user", "accounts.change_user")


class About(Enum):
    """Whom or what the address names."""

    NOTHING = auto()
    PERSON = auto()
    OBJECT = auto()
    # Something that tells of the person of the actor's branch.
    OF_A_PERSON = auto()
    # The role Front desk.
    ROLE = auto()
    # A job, which is its owner's alone, or shown to others too.
    OWN_JOB = auto()
    IMPORT_JOB = auto()
    REVERT_JOB = auto()
    EXPORT_JOB = auto()


@dataclass(frozen=True)
class Door:
    """`needs` are rights that must all be held, `any_of` such that one is enough.

    `posts` and `posts_any_of` stand in for them where a POST needs others. `touches` is
    the right by which a person is to be reached whom the address would change, and
    `on_get` whether it is asked on a GET too.
    """

    about: About = About.NOTHING
    needs: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    posts: tuple[str, ...] | None = None
    posts_any_of: tuple[str, ...] | None = None
    touches: str = ""
    touches_on_get: bool = False
    keeps_oneself: bool = False
    is_open: bool = False
    may_be_unready: bool = False
    # For whoever has an account, about which alone it is.
    is_own_account: bool = False
    # Nobody posts to it, and nobody whose rights are limited to branches sees it.
    reads_only: bool = False
    for_all_branches: bool = False
    # Whoever is limited must have a branch to put people into.
    needs_a_branch: bool = False
    # Nobody gets through, whatever they hold.
    is_shut: bool = False


OPEN = Door(is_open=True)
ACCOUNT = Door(is_own_account=True)
STAFF = Door()
SHUT = Door(is_shut=True)


def _history_doors(
    prefix: str, about: About, view: tuple[str, ...], change: str
) -> dict[str, Door]:
    """The pages of an object's history, the same for every tracked model."""
    asks_rank = about in (About.PERSON, About.ROLE)
    reads = Door(about, ("portal.view_history",), view)
    goes_back = Door(
        about,
        ("portal.view_history", "portal.revert_history", change),
        touches=change if asks_rank else "",
        touches_on_get=True,
    )
    return {
        **{f"{prefix}_{name}": reads for name in ("history", "compare", "as_of")},
        f"{prefix}_revert": goes_back,
        f"{prefix}_revert_field": goes_back,
        f"{prefix}_back": goes_back,
    }


def _model_doors(
    prefix: str, app: str, model: str, about: About = About.OBJECT
) -> dict[str, Door]:
    view, add, change, delete = (
        f"{app}.{verb}_{model}" for verb in ("view", "add", "change", "delete")
    )
    return {
        f"{prefix}_changelist": Door(any_of=(view, change)),
        f"{prefix}_add": Door(needs=(add,)),
        f"{prefix}_change": Door(
            about,
            any_of=(view, change),
            posts_any_of=(change,),
            touches=change if about is About.ROLE else "",
        ),
        f"{prefix}_delete": Door(
            about,
            (delete,),
            touches=delete if about is About.ROLE else "",
            touches_on_get=True,
        ),
        **_history_doors(prefix, about, (view, change), change),
    }


IMPORT = ("accounts.import_user",)
OWN_IMPORT = Door(About.OWN_JOB, IMPORT)
SEEN_IMPORT = Door(About.IMPORT_JOB, ("portal.view_importjob",))
VIEW_EXPORTS = ("portal.view_exportjob", "accounts.export_user")

DOORS: dict[str, Door] = {
    "home": OPEN,
    # --- Sign-in ---
    **dict.fromkeys(
        (
            *("invitation", "invitation_done", "login"),
            *("account_login", "account_inactive", "account_signup"),
            *("account_reset_password", "account_reset_password_done"),
            *("account_reset_password_from_key", "account_confirm_login_code"),
            *("account_reset_password_from_key_done", "account_confirm_email"),
            *("account_email_verification_sent", "mfa_authenticate"),
            *("socialaccount_login_cancelled", "socialaccount_login_error"),
            *("socialaccount_signup", "openid_connect_login"),
            *("openid_connect_callback", "account", "mfa_login_webauthn"),
            # What the portal does not want of the library is not there for anybody.
            *("account_email", "account_set_password", "socialaccount_connections"),
            *("account_request_login_code", "account_request_reauthentication_code"),
            "account_confirm_reauthentication_code",
        ),
        OPEN,
    ),
    "live": OPEN,
    # A probe is told by the status that something is missing.
    "ready": Door(is_open=True, may_be_unready=True),
    **dict.fromkeys(
        (
            *("account_reauthenticate", "account_change_password", "mfa_index"),
            *("mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp"),
            *("mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
            *("mfa_download_recovery_codes", "mfa_list_webauthn"),
            *("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"),
            *("mfa_reauthenticate_webauthn", "usersessions_list"),
        ),
        ACCOUNT,
    ),
    "password_change": STAFF,
    "password_change_done": STAFF,
    # --- The portal ---
    "index": STAFF,
    "search": STAFF,
    "jsi18n": STAFF,
    "app_list": Door(
        any_of=(
            "accounts.view_user",
            "accounts.add_user",
            "accounts.change_user",
            "accounts.delete_user",
            "accounts.import_user",
            "accounts.export_user",
        )
    ),
    "view_on_site": SHUT,
    # Without its parameters it finds nothing; the attacks ask it for more.
    "autocomplete": SHUT,
    # --- People ---
    "accounts_user_changelist": Door(any_of=VIEW_PERSON),
    "accounts_user_add": Door(needs=("accounts.add_user",), needs_a_branch=True),
    "accounts_user_change": Door(
        About.PERSON,
        any_of=VIEW_PERSON,
        posts_any_of=("accounts.change_user",),
        touches="accounts.change_user",
    ),
    "accounts_user_delete": Door(
        About.PERSON,
        ("accounts.delete_user",),
        touches="accounts.delete_user",
        touches_on_get=True,
        keeps_oneself=True,
    ),
    "accounts_user_invite": Door(About.PERSON, ("accounts.invite_user",), VIEW_PERSON),
    "accounts_user_sessions": Door(
        About.PERSON,
        ("accounts.manage_staff",),
        touches="accounts.change_user",
        touches_on_get=True,
    ),
    "accounts_user_reset_factor": Door(
        About.PERSON,
        ("accounts.manage_staff",),
        touches="accounts.change_user",
        touches_on_get=True,
        keeps_oneself=True,
    ),
    "accounts_user_unlink": Door(
        About.PERSON,
        ("accounts.manage_staff",),
        touches="accounts.change_user",
        touches_on_get=True,
        keeps_oneself=True,
    ),
    **_history_doors(
        "accounts_user", About.PERSON, VIEW_PERSON, "accounts.change_user"
    ),
    # --- Imports and exports ---
    "accounts_user_import": Door(needs=IMPORT),
    "accounts_user_template_import": Door(needs=IMPORT),
    **{
        f"accounts_user_{step}_import": OWN_IMPORT
        for step in (
            "job",
            "columns",
            "reading",
            "recipe",
            "result",
            "refused",
            "repair",
            "review",
            "ticks",
            "row",
            "check",
            "commit",
            "progress",
            "state",
            "cancel",
        )
    },
    "accounts_user_export": Door(needs=("accounts.export_user",), any_of=VIEW_PERSON),
    "portal_importjob_changelist": Door(any_of=("portal.view_importjob",)),
    "portal_importjob_change": replace(SEEN_IMPORT, reads_only=True),
    **{
        f"portal_{model}_{name}": SHUT
        for model in (
            *("importjob", "exportjob", "revertjob", "changeset"),
            *("letter", "securityevent"),
        )
        for name in ("add", "delete")
    },
    "portal_importjob_history": SEEN_IMPORT,
    "portal_exportjob_changelist": Door(any_of=VIEW_EXPORTS),
    **{
        f"portal_exportjob_{name}": Door(About.EXPORT_JOB, any_of=VIEW_EXPORTS)
        for name in ("change", "history", "progress")
    },
    "portal_exportjob_download": Door(
        About.OWN_JOB, ("accounts.export_user",), VIEW_PERSON
    ),
    "portal_exportjob_cancel": Door(About.OWN_JOB, any_of=VIEW_EXPORTS),
    # For its owner, and once no worker gives a sign of life.
    "portal_exportjob_again": SHUT,
    "portal_revertjob_changelist": Door(needs=("portal.view_history",)),
    # Its owner sees it without any right.
    "portal_revertjob_change": Door(About.REVERT_JOB),
    "portal_revertjob_history": Door(About.REVERT_JOB),
    # For its owner, and once no worker gives a sign of life.
    "portal_revertjob_again": SHUT,
    # --- History ---
    "portal_changeset_changelist": Door(needs=SEE_HISTORY),
    "portal_changeset_change": Door(About.OBJECT, SEE_HISTORY),
    "portal_changeset_objects": Door(About.OBJECT, SEE_HISTORY),
    "portal_changeset_history": Door(About.OBJECT, SEE_HISTORY),
    "portal_changeset_export": Door(needs=(*SEE_HISTORY, "portal.export_history")),
    "portal_changeset_revert": Door(
        About.OBJECT, (*SEE_HISTORY, "portal.revert_history")
    ),
    "portal_changeset_review": Door(
        About.OBJECT, (*SEE_HISTORY, "portal.review_history")
    ),
    "portal_review": Door(needs=(*SEE_HISTORY, "portal.review_history")),
    "portal_deleted": Door(needs=SEE_HISTORY),
    "portal_restore": Door(needs=(*SEE_HISTORY, "portal.restore_history")),
    "portal_revert_actor": Door(needs=(*SEE_HISTORY, "portal.revert_history")),
    "portal_proof": Door(needs=SEE_HISTORY, for_all_branches=True),
    "portal_proof_head": Door(
        needs=(*SEE_HISTORY, "portal.export_history"), for_all_branches=True
    ),
    # --- Letters and security events ---
    **{
        f"portal_{model}_{name}": Door(
            about, (f"portal.view_{model}",), reads_only=name == "change"
        )
        for model in ("letter", "securityevent")
        for name, about in (
            ("changelist", About.NOTHING),
            ("change", About.OF_A_PERSON),
            ("history", About.OF_A_PERSON),
        )
    },
    # --- Tables and roles ---
    "auth_group_overview": STAFF,
    **_model_doors("readers_branch", "readers", "branch"),
    **_model_doors("readers_category", "readers", "category"),
    **_model_doors("auth_group", "auth", "group", About.ROLE),
}
