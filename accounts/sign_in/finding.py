"""Who is meant by what somebody typed."""

from django.db.models import Value
from django.db.models.functions import Lower

from accounts.models import User


def person_named(typed: str) -> User | None:
    """The person with this username or, if there is none, with this e-mail address."""
    if "\0" in typed:
        return None
    try:
        return User.objects.get_by_natural_key(User.normalize_username(typed))
    except User.DoesNotExist:
        return person_at(typed)


def person_at(address: str) -> User | None:
    """The person with this e-mail address, compared as the unique constraint does.

    The address on the User is the only one that counts: staff keep it.
    """
    if not address or "\0" in address:
        return None
    people = User.objects.alias(folded=Lower("email"))
    return people.filter(folded=Lower(Value(address))).first()
