"""Card numbers: `RR`, eight random digits and a Damm check digit.

Random, not counted: two creations at once need no lock, a preview spends no number,
and a number tells nobody how many readers there are. The unique constraint is the
last guard. The check digit (Damm, by python-stdnum) catches every single mistyped
digit and every swap of two neighbours.
"""

import re
import secrets
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import damm

PREFIX = "RR"
DIGITS = 8
_OURS = re.compile(rf"{PREFIX}\d+")
_ALLOWED = re.compile(r"[0-9A-Z][0-9A-Z\-./]*")


def generate_card_number() -> str:
    """A number of our scheme, which may be taken already."""
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    return f"{PREFIX}{digits}{damm.calc_check_digit(digits)}"


def generate_card_numbers(count: int, taken: Iterable[str] = ()) -> list[str]:
    """`count` different numbers, none of them in `taken`."""
    seen = set(taken)
    numbers: list[str] = []
    while len(numbers) < count:
        number = generate_card_number()
        if number not in seen:
            seen.add(number)
            numbers.append(number)
    return numbers


def validate_card_number(number: str) -> None:
    """Refuse what no card bears, and a mistyped number of our own scheme."""
    if not _ALLOWED.fullmatch(number):
        raise ValidationError(
            _(
                "A card number has letters A to Z, digits, and - . / between them, "
                "such as RR482019339."
            ),
            code="card_number_characters",
        )
    if _OURS.fullmatch(number) and not (
        len(number) == len(PREFIX) + DIGITS + 1 and damm.is_valid(number[2:])
    ):
        raise ValidationError(
            _(
                "This card number looks mistyped: numbers beginning with RR have nine "
                "digits, and the last one does not fit the others."
            ),
            code="card_number_check_digit",
        )
