from django.utils.text import capfirst

from accounts.imports.columns import USER_COLUMNS
from accounts.models import User
from readers.models import Reader


def label_of(column: str) -> str:
    """What the forms call the field: «Card number» for `card_number`."""
    model = User if column in USER_COLUMNS else Reader
    return str(capfirst(model._meta.get_field(column).verbose_name))  # type: ignore[union-attr]
