"""`full_clean` without the queries that `Claims` has answered for the whole file."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError


def clean_part(
    instance: Any,
    errors: dict[str, Any],
    *,
    unique: Iterable[str],
    exclude: Iterable[str] = (),
) -> None:
    """Add to `errors` what the model says about its fields, and about them together.

    `clean` sees a copy whose `unique` fields are blank, so that it looks for no twins.
    """
    try:
        instance.clean_fields(exclude={*exclude, *errors})
    except ValidationError as error:
        error.update_error_dict(errors)
    probe = copy(instance)
    for name in unique:
        setattr(probe, name, "")
    try:
        probe.clean()
    except ValidationError as error:
        error.update_error_dict(errors)


def clean_user(user: Any, errors: dict[str, Any]) -> None:
    clean_part(user, errors, unique=("username", "email"))


def clean_reader(reader: Any, errors: dict[str, Any]) -> None:
    """The related objects come from the database or the same file, not from text."""
    clean_part(
        reader,
        errors,
        unique=("card_number",),
        exclude=("user", "category", "branch"),
    )
