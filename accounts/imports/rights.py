"""What an import may do in its actor's name: no more than the pages would let them."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.policy import untouchable_ids


class RowRights:
    """Asked for each row that would change something.

    Without an actor everything is allowed: that is a look from the shell, which cannot
    write.
    """

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        self._untouchable = untouchable_ids(actor) if actor else set()

    def problem_with_seeing(self, user: Any) -> str | None:
        """Why the actor may not learn what somebody's values are."""
        if user.pk is None:
            return None
        return self._missing(("accounts.view_user", _("Can view person")))

    def problem_with_person(self, user: Any, *, is_new: bool) -> str | None:
        """Why the actor may not create this person, or change it."""
        if user.pk in self._untouchable:
            return _("This person stands above you: you may not change them.")
        if is_new:
            return self._missing(
                ("accounts.add_user", _("Can add person")),
                ("readers.add_reader", _("Can add reader")),
            )
        if user.pk == getattr(self.actor, "pk", None) and not user.is_active:
            return _("This is your own account: you cannot deactivate it.")
        return self._missing(
            ("accounts.change_user", _("Can change person")),
            ("readers.change_reader", _("Can change reader")),
        )

    def problem_with_table(self, model: Any, *, is_new: bool) -> str | None:
        """Why the actor may not create or change a branch or a category."""
        opts = model._meta
        if is_new:
            codename, label = "add", _("Can add %s")
        else:
            codename, label = "change", _("Can change %s")
        permission = f"{opts.app_label}.{codename}_{opts.model_name}"
        return self._missing((permission, label % opts.verbose_name))

    def _missing(self, *rights: tuple[str, str]) -> str | None:
        for permission, label in rights:
            if self.actor and not self.actor.has_perm(permission):
                return _("This needs the right «%s», which you do not have.") % label
        return None
