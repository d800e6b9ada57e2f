"""One text for a value, whatever the file format that it comes from or goes to."""

import datetime as dt
from decimal import Decimal, InvalidOperation

DAY = dt.timedelta(days=1)
# Spreadsheets keep fifteen digits of a number and fill up with zeros.
EXACT_BELOW = 10.0**15
LONGEST_PLAIN_EXPONENT = 40


def text_of(value: object) -> str:
    """The text of a cell: «12345» for 12345.0, «true», «2024-03-05», «» for nothing."""
    match value:
        case str():
            # A subclass (a lazy or safe string) must not leak out.
            return str(value)
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return _float_text(value)
        case Decimal():
            return format(value, "f")
        case dt.datetime():
            return _datetime_text(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return _duration_text(value)
    return str(value)


def is_rounded(value: float) -> bool:
    """Whether a spreadsheet cannot have kept all digits of it, or it is no number."""
    return not -EXACT_BELOW < value < EXACT_BELOW


def number_text(literal: str) -> str:
    """The text of a number as written in a file, exact however many digits it has."""
    try:
        number = Decimal(literal)
        exponent = number.adjusted()
    except InvalidOperation:
        return literal
    if not number:
        return "0"
    if abs(exponent) > LONGEST_PLAIN_EXPONENT and not literal.lstrip("-").isdigit():
        return literal
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _float_text(value: float) -> str:
    # Adding zero turns -0.0 into 0.0.
    return repr(value + 0.0).removesuffix(".0")


def _datetime_text(value: dt.datetime) -> str:
    if value.tzinfo is None and value.time() == dt.time.min:
        return value.date().isoformat()
    return value.isoformat()


def _duration_text(value: dt.timedelta) -> str:
    """A time of day where it can be one: ods has no other way to hold a time."""
    if dt.timedelta() <= value < DAY:
        return (dt.datetime.min + value).time().isoformat()
    sign = "-" if value < dt.timedelta() else ""
    value = abs(value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    second = f"{seconds}.{value.microseconds:06}" if value.microseconds else seconds
    parts = ((hours, "H"), (minutes, "M"), (second, "S"))
    clock = "".join(f"{amount}{unit}" for amount, unit in parts if amount)
    return f"{sign}P{value.days}D" + (f"T{clock}" if clock else "")
