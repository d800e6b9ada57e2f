"""What an import may do in its actor's name: no more than the pages would let them."""

from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from accounts.imports.reaching import ImportReach
from accounts.policy import untouchable_ids


class RowRights:
    """Asked for each row that would change something.

    What the actor holds is asked for once: take a new one for each run. Without an
    actor everything is allowed: that is a look from the shell, which cannot write.
    """

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        self.untouchable = untouchable_ids(actor) if actor else set()
        self.reach = ImportReach(actor)

    def problem_with_seeing(self, person_id: int, branch: str) -> str | None:
        """Why the actor may not learn the values of somebody of this branch."""
        if self._to_see or self.reach.sees(person_id, branch):
            return self._to_see
        return _("This is a person of another branch than yours.")

    def problem_with_person(
        self, person_id: int | None, *, is_new: bool, is_active: bool = True
    ) -> str | None:
        """Why the actor may not create this person, or leave it so changed."""
        if person_id in self.untouchable:
            return _("This person stands above you: you may not change them.")
        if is_new:
            return self._to_create
        if not is_active and person_id == getattr(self.actor, "pk", None):
            return _("This is your own account: you cannot deactivate it.")
        return self._to_change

    def problem_with_table(self, model: Any, *, is_new: bool) -> str | None:
        """Why the actor may not create or change a branch or a category."""
        opts = model._meta
        if is_new:
            codename, label = "add", _("Can add %s")
        else:
            codename, label = "change", _("Can change %s")
        permission = f"{opts.app_label}.{codename}_{opts.model_name}"
        return self._missing((permission, label % opts.verbose_name))

    @cached_property
    def _to_see(self) -> str | None:
        return self._missing(("accounts.view_user", _("Can view person")))

    @cached_property
    def _to_create(self) -> str | None:
        return self._missing(
            ("accounts.add_user", _("Can add person")),
            ("readers.add_reader", _("Can add reader")),
        )

    @cached_property
    def _to_change(self) -> str | None:
        return self._missing(
            ("accounts.change_user", _("Can change person")),
            ("readers.change_reader", _("Can change reader")),
        )

    def _missing(self, *rights: tuple[str, str]) -> str | None:
        for permission, label in rights:
            if self.actor and not self.actor.has_perm(permission):
                return _("This needs the right «%s», which you do not have.") % label
        return None
