"""What of history a user sees: of what they may view at all, the rows in their reach.

A change set is seen by whoever sees any row of it, and wholly by whoever sees all.
"""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth import get_permission_codename
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from portal import access
from portal.history.snapshot import history_model_of, owner_field, tracked_models
from portal.models import ChangeSet


def may_view(user: Any, model: type[Model]) -> bool:
    """A part without a right of its own is viewed with its whole."""
    owner = owner_field(model)
    if owner and "view" not in model._meta.default_permissions:
        return may_view(user, owner.related_model)
    codename = get_permission_codename("view", model._meta)
    return user.has_perm(f"{model._meta.app_label}.{codename}")


def viewable_models(user: Any) -> list[type[Model]]:
    """Those whose history the user may see; wholes come before their parts."""
    viewable = [model for model in tracked_models() if may_view(user, model)]
    return sorted(viewable, key=lambda model: owner_field(model) is not None)


def rows_of(user: Any, model: type[Model], rights: Iterable[str] = ()) -> QuerySet:
    """The history rows that `user` sees of a model that they may view."""
    rows = history_model_of(model)._base_manager.all()
    within = access.visible_rows(user, model, rights)
    return rows if within is None else rows.filter(within)


def sees_history_of(user: Any, obj: Model) -> bool:
    """Whether any row of the object is within the reach of `user`."""
    model = type(obj)
    if access.visible_rows(user, model) is None:
        return True
    return rows_of(user, model).filter(**{model._meta.pk.attname: obj.pk}).exists()


def only_seen[Sets: QuerySet[ChangeSet]](
    change_sets: Sets, user: Any, rights: Iterable[str] = ()
) -> Sets:
    """Those with any row that `user` sees; all of them, if no right has a limit.

    Where a user sees few objects, their rows are looked up first. Else each change set
    is asked in the order of the list, and its rows until the first that is seen: a page
    costs what it passes over.
    """
    if not access.is_limited(user, rights):
        return change_sets
    seen: list[Q] = [Q(pk__in=())]
    for model in viewable_models(user):
        rows = rows_of(user, model, rights).order_by()
        few = access.rows_of_few(user, model, rights)
        if few is not None or access.visible_rows(user, model, rights) is None:
            # The tables without limits are small, and read once.
            its = rows.filter(few or Q())
            seen.append(Q(pk__in=its.values("change_set")))
        else:
            seen.append(Q(Exists(rows.filter(change_set=OuterRef("pk")))))
    return change_sets.filter(reduce(or_, seen))


def only_wholly_seen[Sets: QuerySet[ChangeSet]](
    change_sets: Sets, user: Any, rights: Iterable[str] = ()
) -> Sets:
    """Those of which `user` sees every row, and at least one."""
    if not access.is_limited(user, rights):
        return change_sets
    found = only_seen(change_sets, user, rights)
    for model in tracked_models():
        within = access.visible_rows(user, model, rights)
        its = history_model_of(model)._base_manager.filter(change_set=OuterRef("pk"))
        if not may_view(user, model):
            found = found.filter(~Exists(its))
        elif within is not None:
            found = found.filter(~Exists(its.exclude(within)))
    return found
