"""Which objects and history rows a user sees; `settings.ACCESS_POLICY` names this.

Only people have limits. Their history follows them: all of it goes by the branch where
a person is now, and that of somebody deleted by the branch of the last Reader row. Who
has an account and no Reader is for unlimited staff. One's own is seen, but not that of
one's Reader when it has fields that are hidden of oneself alone.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any

from django.db.models import BigIntegerField, Exists, Model, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from accounts.models import User
from accounts.policy import VIEW_PEOPLE, hidden_of_oneself, people_within, reach_of
from accounts.policy import hidden_fields as hidden_personal_fields
from accounts.reach import EVERYWHERE, Reach, common
from readers.models import Reader

VIEW_READERS = "readers.view_reader"
VIEW_HISTORY = "portal.view_history"
# The history of so many people is found by looking at each of them.
FEW = 3_000
# The column of a history row that has the key of the person.
PERSON_KEYS: dict[type[Model], str] = {User: "id", Reader: "user_id"}


def visible_objects(user: Any, model: type[Model]) -> Q | None:
    if model is Reader:
        reach = _common(user, [VIEW_PEOPLE, VIEW_READERS])
        within = Q(branch__in=reach or ()) | Q(user=user.pk)
        return None if reach is EVERYWHERE else within
    if model is not User or reach_of(user, VIEW_PEOPLE) is EVERYWHERE:
        return None
    return people_within(user, VIEW_PEOPLE)


def visible_rows(user: Any, model: type[Model], rights: Iterable[str] = ()) -> Q | None:
    reach = _reach_of_rows(user, model, rights)
    if reach is None:
        return None
    within = _rows_within(PERSON_KEYS[model], reach)
    if model is Reader and hidden_of_oneself(user):
        return within
    return within | Q(**{PERSON_KEYS[model]: user.pk})


def rows_of_few(user: Any, model: type[Model], rights: Iterable[str] = ()) -> Q | None:
    """A filter that finds their rows by the people, when few are in reach; else None.

    It may let more through than `visible_rows`, which goes with it.
    """
    reach = _reach_of_rows(user, model, rights)
    if reach is None:
        return None
    here = Reader.objects.filter(branch__in=reach)
    if here[: FEW + 1].count() > FEW:
        return None
    rows = Reader.history.model._base_manager
    gone = rows.filter(branch__in=reach, history_type="-").order_by()
    oneself = User.objects.filter(pk=user.pk).order_by()
    keys = here.order_by().values("user_id")
    people = keys.union(gone.values("user_id"), oneself.values("pk"), all=True)
    return Q(**{f"{PERSON_KEYS[model]}__in": people})


def hidden_fields(user: Any, model: type[Model]) -> frozenset[str]:
    return hidden_personal_fields(user) if model is Reader else frozenset()


def is_limited(user: Any, rights: Iterable[str] = ()) -> bool:
    """Whether `user` may view people, or history, and not of everybody."""
    return any(
        user.has_perm(right) and reach_of(user, right) is not EVERYWHERE
        for right in (VIEW_PEOPLE, VIEW_HISTORY, *rights)
    )


def _reach_of_rows(user: Any, model: type[Model], rights: Iterable[str]) -> Reach:
    if model not in PERSON_KEYS:
        return EVERYWHERE
    own = [VIEW_READERS] if model is Reader else []
    return _common(user, [VIEW_PEOPLE, VIEW_HISTORY, *own, *rights])


def _common(user: Any, rights: Iterable[str]) -> Reach:
    """The branches that all these rights reach."""
    return reduce(common, (reach_of(user, right) for right in rights))


def _rows_within(key: str, reach: frozenset[int]) -> Q:
    """Looked up from each row: a page shows few rows of many people."""
    if not reach:
        return Q(pk__in=())
    here = Reader.objects.filter(user=OuterRef(key), branch__in=reach)
    there = User.objects.filter(pk=OuterRef(key))
    versions = Reader.history.model._base_manager.filter(user=OuterRef(key))
    last_branch = versions.order_by("-history_id").values("branch_id")[:1]
    # No branch as a number that none has: beside NULL, even «not» is unknown.
    known = Coalesce(Subquery(last_branch), 0, output_field=BigIntegerField())
    was_here = Q(In(known, sorted(reach)))
    return Q(Exists(here)) | (~Q(Exists(there)) & was_here)
