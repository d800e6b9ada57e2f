from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, Group
from django.contrib.auth.models import UserManager as AuthUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.passwords import unusable_password
from accounts.querysets import UserQuerySet
from portal.fields import TAKEN, LineField
from portal.history.acts import change_set
from portal.history.foreign import track_foreign
from portal.history.querysets import TrackedQuerySet
from portal.history.records import TrackedHistory
from portal.history.tracked import TrackedModel
from portal.security.events import Kind, record_event
from readers.models import Branch


class UserManager(AuthUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds people without regard to the case of their username."""

    use_in_migrations = False

    def get_by_natural_key(self, username: str | None) -> "User":
        # Compared as the unique constraint compares: `iexact` folds ASCII alone on
        # SQLite, and on PostgreSQL takes ı and i for one letter.
        people = self.alias(folded=Lower("username"))
        return people.get(folded=Lower(models.Value(username)))


class User(TrackedModel, AbstractUser):
    """Somebody who signs in, or only has a Reader."""

    first_name = LineField(_("first name"), max_length=150, blank=True)
    last_name = LineField(_("last name"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    must_change_password = models.BooleanField(
        _("must change the password"),
        default=False,
        help_text=_("The password was given out; the next sign-in asks for a new one."),
    )

    objects: ClassVar[Any] = UserManager()
    history = TrackedHistory(
        excluded_fields=["password", "last_login", "must_change_password"],
        relations=["groups", "user_permissions"],
        rights=["is_staff", "is_superuser", "groups", "user_permissions"],
        identifiers=["email"],
    )

    class Meta:
        ordering = ["username"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_user_username_unique",
                violation_error_message=_("Somebody has this username already."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="accounts_user_email_unique",
                violation_error_message=_("Somebody has this e-mail already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(username=""),
                name="accounts_user_username_not_blank",
            ),
        ]
        permissions = [
            ("import_user", _("Can import people")),
            ("export_user", _("Can export people")),
            ("manage_staff", _("Can manage staff accounts and roles")),
            ("invite_user", _("Can send invitations")),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.complete()
        # Django keeps what was set until it is saved; a better hash of the same
        # password is not a new one.
        is_new_password = getattr(self, "_password", None) is not None
        super().save(*args, **kwargs)
        if is_new_password:
            record_event(Kind.PASSWORD_CHANGED, subject=self)

    def complete(self) -> None:
        """What every write does first; bulk writes call it for each person."""
        if self.username:
            self.username = self.normalize_username(self.username)
        if not self.password:
            self.password = unusable_password()

    def set_password(self, raw_password: str | None) -> None:
        """Set a password of the person's own choice; see `must_change_password`."""
        super().set_password(raw_password)
        self.must_change_password = False

    def clean(self) -> None:
        super().clean()
        taken = {
            "username": _("Somebody has this username already."),
            "email": _("Somebody has this e-mail already."),
        }
        # The constraints find this too, but cannot say at which field. Whose it is
        # only the form may tell, which knows whether its reader may see them.
        problems = {
            field: ValidationError(message, code=TAKEN)
            for field, message in taken.items()
            if self.others_with(field).exists()
        }
        if problems:
            raise ValidationError(problems)

    def others_with(self, field: str) -> Any:
        """The other people with this one's `field`, whatever its case: one at most."""
        value = getattr(self, field)
        # PostgreSQL cannot be asked for what holds NUL; the fields refuse it.
        if not value or "\0" in value:
            return User.objects.none()
        twins = User.objects.annotate(folded=Lower(field)).exclude(pk=self.pk)
        return twins.filter(folded=Lower(models.Value(value)))


track_foreign(
    Group,
    app="accounts",
    relations=["permissions"],
    rights=["permissions"],
    identifiers=["name"],
)


class RoleLimitQuerySet(TrackedQuerySet):
    def get_by_natural_key(self, role: str) -> Any:
        return self.get(role__name=role)

    def limit(self, role: Group, branches: Iterable[Any] | None) -> None:
        """Let the role reach the people of these branches alone; None is everybody."""
        with change_set():
            if branches is None:
                self.filter(role=role).delete()
                return
            limit: Any = self.get_or_create(role=role)[0]
            limit.branches.set(branches)


class RoleLimit(TrackedModel):
    """That a role reaches only the people of some branches; of none, nobody.

    A row of its own rather than an empty choice that would mean «everybody»: taking the
    last branch away leaves the role with nobody.
    """

    role = models.OneToOneField(
        Group, verbose_name=_("role"), on_delete=models.CASCADE, related_name="limit"
    )
    branches = models.ManyToManyField(
        Branch, verbose_name=_("branches"), blank=True, related_name="role_limits"
    )

    objects: ClassVar[Any] = RoleLimitQuerySet.as_manager()
    history = TrackedHistory(
        relations=["branches"], rights=["role", "branches"], identifiers=["role"]
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("limit of a role")
        verbose_name_plural = _("limits of roles")
        # Part of its role: whoever may change that may change this.
        default_permissions = ()

    def __str__(self) -> str:
        # Its role's name would cost a query, and an old version's may be gone.
        return str(_("limit to branches"))

    def natural_key(self) -> tuple[str, ...]:
        return self.role.natural_key()

    natural_key.dependencies = ["auth.group", "readers.branch"]  # type: ignore[attr-defined]
