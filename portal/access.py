"""What a user sees of each model: the portal's door to the policy of the project.

Pages that show any model (history, what was deleted, jobs) must not show more than the
model's own pages would, and the portal knows no domain model. So they ask here, and the
module that `settings.ACCESS_POLICY` names answers.

A filter is None where there is nothing to filter: staff without limits pay nothing.
"""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Model, Q, QuerySet

# Stands for a value that somebody may not see, whether there is one or not.
HIDDEN = "•••"


def visible_objects(user: Any, model: type[Model]) -> Q | None:
    """A filter of live objects: those that `user` sees by the right to view them."""
    return _policy(settings.ACCESS_POLICY).visible_objects(user, model)


def visible_rows(user: Any, model: type[Model], rights: Iterable[str] = ()) -> Q | None:
    """A filter of the model's history rows: those that `user` sees.

    With `rights`, only those that all of these reach as well: «portal.export_history».
    """
    return _policy(settings.ACCESS_POLICY).visible_rows(user, model, rights)


def rows_of_few(user: Any, model: type[Model], rights: Iterable[str] = ()) -> Q | None:
    """To go with `visible_rows`: it finds the rows of few objects. None if many."""
    return _policy(settings.ACCESS_POLICY).rows_of_few(user, model, rights)


def visible_people(user: Any) -> QuerySet | None:
    """The keys of the people whom `user` sees; None where that is everybody."""
    people = get_user_model()
    within = visible_objects(user, people)
    if within is None:
        return None
    return people._default_manager.filter(within).order_by().values("pk")


def hidden_fields(user: Any, model: type[Model]) -> frozenset[str]:
    """The fields of the model whose values `user` may neither see nor change."""
    return _policy(settings.ACCESS_POLICY).hidden_fields(user, model)


def is_limited(user: Any, rights: Iterable[str] = ()) -> bool:
    """Whether there is history that `user` does not see, by a limit of their rights."""
    return _policy(settings.ACCESS_POLICY).is_limited(user, rights)


@cache
def _policy(path: str) -> Any:
    return import_module(path)
