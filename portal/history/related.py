"""Writes that go through a relation: its managers on both sides, and its links.

Django's related managers write past the querysets of what they relate: a many-to-many
one through the table of links, a one-to-many one through the plain manager. Each verb
of theirs is one act here, and so is each write to a link itself.
"""

from collections.abc import Callable, Collection, Iterable
from functools import wraps
from itertools import batched
from typing import Any

from django.db import models

from portal.history.acts import BATCH, Act, change_set
from portal.history.snapshot import tracked_models, tracked_relations

WRITING = {"add", "remove", "clear", "set"}
WRITING |= {"create", "get_or_create", "update_or_create"}


def record_related_writes() -> None:
    """Let every relation of the tracked models record; once all models are there."""
    for model in tracked_models():
        for relation in tracked_relations(model):
            _record_links(relation)
            for descriptor in _descriptors(model, relation):
                _record(descriptor.related_manager_cls)
        for field in model._meta.concrete_fields:
            if field.many_to_one:
                for descriptor in _descriptors(model, field)[1:]:
                    _record(descriptor.related_manager_cls, _touching)


def in_one_act(write: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(write)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        with change_set():
            return write(self, *args, **kwargs)

    return method


def _descriptors(model: type[models.Model], field: Any) -> list[Any]:
    """The attribute of the relation, and the one on the other side if it has one."""
    descriptors = [getattr(model, field.name)]
    if not field.remote_field.hidden:
        accessor = field.remote_field.accessor_name
        descriptors.append(getattr(field.related_model, accessor))
    return descriptors


def _record(manager: Any, record_add: Callable[..., Any] = in_one_act) -> None:
    for name in WRITING & {*dir(manager)}:
        record = record_add if name == "add" else in_one_act
        setattr(manager, name, record(getattr(manager, name)))
    choose = manager.__call__

    def another(self: Any, *, manager: str) -> Any:
        """`user.groups(manager="objects")` makes a class of its own."""
        chosen = choose(self, manager=manager)
        _record(type(chosen), record_add)
        return chosen

    manager.__call__ = another


def _touching(add: Callable[..., Any]) -> Callable[..., Any]:
    """The verb of a one-to-many manager that writes past its own queryset."""

    @wraps(add)
    def method(self: Any, *objs: Any, **kwargs: Any) -> None:
        with change_set() as act:
            add(self, *objs, **kwargs)
            act.touch(self.model, [obj.pk for obj in objs])

    return method


class LinkQuerySet(models.QuerySet):
    """The links of a tracked relation, written without its managers."""

    def update(self, **values: Any) -> int:
        with change_set() as act:
            # A link may get another owner: both have changed.
            keys = list(self.values_list("pk", flat=True))
            _touch_owners(act, self.model, keys)
            count = super().update(**values)
            _touch_owners(act, self.model, keys)
            return count

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(
        self,
        objs: Iterable[Any],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[Any]:
        if update_conflicts:
            raise ValueError(
                f"bulk_create on {self.model._meta.label} cannot record history for "
                "links in conflict: find the existing links first."
            )
        links = list(objs)
        with change_set() as act:
            _touch_owners(act, self.model, [], links)
            return super().bulk_create(links, batch_size, ignore_conflicts)

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        with change_set():
            return super().bulk_update(*args, **kwargs)

    bulk_update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        with change_set() as act:
            _touch_owners(act, self.model, self.values_list("pk", flat=True))
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


def _record_links(relation: Any) -> None:
    """Let `through.objects` and a link's own `save` and `delete` record.

    The managers of the relation write through the default manager. That one stays
    plain: they say by signals what they did, and which of it is a fixture's.
    """
    through: Any = relation.remote_field.through
    through.tracked_relation = relation
    through._meta.local_managers.clear()
    LinkQuerySet.as_manager().contribute_to_class(through, "objects")
    models.Manager().contribute_to_class(through, "unrecorded")
    through._meta.default_manager_name = "unrecorded"
    through._meta._expire_cache()
    for name in ("save", "delete"):
        setattr(through, name, _touching_owners(getattr(through, name)))


def _touching_owners(write: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(write)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        with change_set() as act:
            _touch_owners(act, type(self), [self.pk], [self])
            return write(self, *args, **kwargs)

    return method


def _touch_owners(
    act: Act, through: Any, pks: Iterable[Any], links: Iterable[Any] = ()
) -> None:
    """Touch whom these links belong to, in the table and in memory."""
    name = f"{through.tracked_relation.m2m_field_name()}_id"
    owners = {getattr(link, name) for link in links}
    for some in batched(pks, BATCH):
        stored = through._base_manager.filter(pk__in=some)
        owners |= set(stored.values_list(name, flat=True))
    act.touch(through.tracked_relation.model, owners - {None})
