"""What the security events can be narrowed to; each costs an index, not a scan."""

from functools import reduce
from ipaddress import ip_address
from operator import or_
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import MultipleDropdownFilter, TextFilter

from portal.fields import normalize_line
from portal.models import SecurityEvent


class NameFilter(TextFilter):
    """A username as it is now; of who is gone, as it was then."""

    roles: tuple[str, ...]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        name = normalize_line((self.value() or "").replace("\0", " "))
        if not name:
            return queryset
        if keys := _keys_of(name):
            wanted = [Q(**{f"{role}_id__in": keys}) for role in self.roles]
        else:
            wanted = [Q(**{f"{role}_name__iexact": name}) for role in self.roles]
        return queryset.filter(reduce(or_, wanted))


class ActorFilter(NameFilter):
    title = _("actor’s username")
    parameter_name = "actor"
    roles = ("actor",)


class PersonFilter(NameFilter):
    """What somebody did, and what was done to them."""

    title = _("person’s username")
    parameter_name = "person"
    roles = ("actor", "subject")


class KindFilter(MultipleDropdownFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(SecurityEvent.Kind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        kinds = [kind for kind in self.value() or () if kind]
        return queryset.filter(kind__in=kinds) if kinds else queryset


class AddressFilter(TextFilter):
    """A whole address: what is none, nobody came from."""

    title = _("address")
    parameter_name = "address"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        text = (self.value() or "").strip()
        if not text:
            return queryset
        try:
            return queryset.filter(address=str(ip_address(text)))
        except ValueError:
            return queryset.none()


def _keys_of(username: str) -> list[int]:
    people = get_user_model()._default_manager.alias(folded=Lower("username"))
    found = people.filter(folded=Lower(Value(username)))
    return list(found.order_by().values_list("pk", flat=True))


FILTERS = (KindFilter, ActorFilter, PersonFilter, AddressFilter)
