from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from portal.fields import TAKEN, CodeField, NotesField
from portal.history.acts import change_set
from portal.history.records import TrackedHistory
from portal.history.tracked import TrackedModel
from readers.cards import generate_card_number, validate_card_number
from readers.models.branch import Branch
from readers.models.category import Category
from readers.querysets import ReaderQuerySet

# A race for one of 10**8 numbers is lost once in a lifetime; five times, never.
CARD_NUMBER_ATTEMPTS = 5
EARLIEST_BIRTH_YEAR = 1880


class Reader(TrackedModel):
    """The profile of one User: its card, category and branch."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="reader",
    )
    card_number = CodeField(
        _("card number"),
        max_length=32,
        blank=True,
        validators=[validate_card_number],
        help_text=_("Left blank, a new one is made."),
    )
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    branch = models.ForeignKey(
        Branch,
        verbose_name=_("branch"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    phone = PhoneNumberField(_("phone"), blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    joined_on = models.DateField(_("joined"), default=timezone.localdate, db_index=True)
    expires_on = models.DateField(_("expires"), null=True, blank=True, db_index=True)
    notes = NotesField(_("notes"), blank=True, max_length=5000)

    objects: ClassVar[Any] = ReaderQuerySet.as_manager()
    history = TrackedHistory(identifiers=["card_number"])

    class Meta:
        ordering = ["pk"]
        verbose_name = _("reader")
        verbose_name_plural = _("readers")
        permissions = [
            ("view_birth_date", _("Can view and change birth dates")),
            ("view_phone", _("Can view and change phone numbers")),
            ("view_notes", _("Can view and change notes")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["card_number"],
                condition=~Q(card_number=""),
                name="readers_reader_card_number_unique",
                violation_error_message=_("This card number is somebody's already."),
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("joined_on")),
                name="readers_reader_expires_after_joining",
                violation_error_message=_(
                    "The expiry date is before the date of joining."
                ),
            ),
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True)
                | Q(birth_date__lte=F("joined_on")),
                name="readers_reader_born_before_joining",
                violation_error_message=_(
                    "The birth date is after the date of joining."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.card_number or str(_("reader without a card"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a blank card number is filled with a new one."""
        if self.card_number and not self.card_number.isspace():
            super().save(*args, **kwargs)
            return
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "card_number"}
        for attempt in range(CARD_NUMBER_ATTEMPTS):
            self.card_number = generate_card_number()
            if not type(self).objects.filter(card_number=self.card_number).exists():
                try:
                    with change_set(), transaction.atomic():
                        super().save(*args, **kwargs)
                    return
                except IntegrityError as error:
                    # Only a number that somebody took meanwhile is worth another.
                    last = attempt == CARD_NUMBER_ATTEMPTS - 1
                    if last or "card_number" not in str(error):
                        self.card_number = ""
                        raise

    def clean(self) -> None:
        super().clean()
        problems = {
            **self.problems_with_dates(timezone.localdate()),
            **self._problems_with_card(),
        }
        if problems:
            raise ValidationError(problems)

    def problems_with_dates(self, today: date) -> dict[str, Any]:
        """Field → what is wrong with its date, by itself or beside the others."""
        problems: dict[str, Any] = {}
        if self.birth_date and self.birth_date >= today:
            problems["birth_date"] = _("The birth date must be in the past.")
        elif self.birth_date and self.birth_date.year < EARLIEST_BIRTH_YEAR:
            problems["birth_date"] = _("The birth date is before %(year)s.") % {
                "year": EARLIEST_BIRTH_YEAR
            }
        elif self.birth_date and self.joined_on and self.birth_date > self.joined_on:
            problems["birth_date"] = _("The birth date is after the date of joining.")
        if self.expires_on and self.joined_on and self.expires_on < self.joined_on:
            problems["expires_on"] = _("The expiry date is before the date of joining.")
        return problems

    def _problems_with_card(self) -> dict[str, Any]:
        """The constraint finds this too, but cannot say at which field."""
        if not self.others_with_card().exists():
            return {}
        taken = _("This card number is somebody's already.")
        return {"card_number": ValidationError(taken, code=TAKEN)}

    def others_with_card(self) -> Any:
        """The other readers with this one's card number: one at most."""
        # PostgreSQL cannot be asked for what holds NUL; the field refuses it.
        if not self.card_number or "\0" in self.card_number:
            return Reader.objects.none()
        return Reader.objects.filter(card_number=self.card_number).exclude(pk=self.pk)

    @property
    def is_expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < timezone.localdate()

    def natural_key(self) -> tuple[str, ...]:
        return self.user.natural_key()

    natural_key.dependencies = [  # type: ignore[attr-defined]
        settings.AUTH_USER_MODEL,
        "readers.branch",
        "readers.category",
    ]
