"""Every right of the portal in words, in the groups in which people think of them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.standing import known_permissions

GROUPS: tuple[tuple[Any, dict[str, Any]], ...] = (
    (
        _("People"),
        {
            "accounts.view_user": _("See people"),
            "readers.view_reader": _("See their Reader: card, category, branch, dates"),
            "accounts.add_user": _("Add people"),
            "readers.add_reader": _("Fill in the Reader of a new person"),
            "accounts.change_user": _("Change names, e-mails and access"),
            "readers.change_reader": _("Change the Reader"),
            "accounts.invite_user": _("Send invitations and sign-in links"),
            "portal.view_letter": _("See which letters went to people"),
            "accounts.delete_user": _("Delete people"),
            "readers.delete_reader": _("Delete a Reader, with its person"),
        },
    ),
    (
        _("Personal fields"),
        {
            "readers.view_birth_date": _("See and change birth dates"),
            "readers.view_phone": _("See and change phone numbers"),
            "readers.view_notes": _("See and change notes"),
        },
    ),
    (
        _("Imports and exports"),
        {
            "accounts.import_user": _("Import people from files"),
            "portal.view_importjob": _("See past imports"),
            "accounts.export_user": _("Export people to files"),
            "portal.view_exportjob": _("See past exports"),
        },
    ),
    (
        _("History"),
        {
            "portal.view_changeset": _("See the list of changes"),
            "portal.view_history": _("See the history of what they see"),
            "portal.export_history": _("Export the history"),
            "portal.revert_history": _("Revert changes"),
            "portal.restore_history": _("Restore what was deleted"),
            "portal.review_history": _("Review sensitive changes"),
            "portal.view_securityevent": _("See sign-ins, refusals and exports"),
        },
    ),
    (
        _("Staff and roles"),
        {
            "accounts.manage_staff": _("Manage staff accounts, and give out rights"),
            "auth.view_group": _("See roles"),
            "auth.add_group": _("Add roles"),
            "auth.change_group": _("Change roles"),
            "auth.delete_group": _("Delete roles"),
        },
    ),
    (
        _("Tables"),
        {
            "readers.view_branch": _("See branches"),
            "readers.add_branch": _("Add branches"),
            "readers.change_branch": _("Change branches"),
            "readers.delete_branch": _("Delete branches"),
            "readers.view_category": _("See categories"),
            "readers.add_category": _("Add categories"),
            "readers.change_category": _("Change categories"),
            "readers.delete_category": _("Delete categories"),
        },
    ),
)
# Rights to these are no rights to people: a limit to branches does not touch them.
WITHOUT_REACH = ("group", "branch", "category")


@dataclass(frozen=True)
class Right:
    key: int
    # As `has_perm` takes it.
    name: str
    words: Any

    @property
    def has_reach(self) -> bool:
        return not self.name.endswith(WITHOUT_REACH)


def grouped_rights() -> list[tuple[Any, list[Right]]]:
    """All rights that may be given, those without words of their own at the end."""
    known = {
        f"{each.content_type.app_label}.{each.codename}": each
        for each in known_permissions()
    }
    grouped = [
        (
            title,
            [
                Right(known.pop(name).pk, name, words)
                for name, words in rights.items()
                if name in known
            ],
        )
        for title, rights in GROUPS
    ]
    others = [Right(each.pk, name, each.name) for name, each in known.items()]
    return [*grouped, (_("Others"), others)] if others else grouped
