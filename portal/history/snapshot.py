"""The tracked state of objects, as a history row holds it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Max
from django.db.models.expressions import RawSQL
from simple_history.utils import get_history_model_for_model

from portal.history.keys import key_list, key_rows

Relations = dict[str, list[list[Any]]]


@cache
def history_model_of(model: type[models.Model]) -> Any:
    """The model of `model`'s history rows; raises NotHistoricalModelError.

    Kept, because the library makes a class of manager each time it is asked.
    """
    return get_history_model_for_model(model)


def is_tracked(model: type[models.Model]) -> bool:
    return hasattr(model._meta, "simple_history_manager_attribute")


def tracked_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if is_tracked(model)]


def owner_field(model: type[models.Model]) -> Any:
    """The one-to-one key to the object that `model` is a part of, or None."""
    for key in model._meta.concrete_fields:
        if isinstance(key, models.OneToOneField) and not key.null:
            return key
    return None


def tracked_fields(model: type[models.Model]) -> list[models.Field]:
    return history_model_of(model).tracked_fields


def tracked_relations(model: type[models.Model]) -> list[models.ManyToManyField]:
    names = history_model_of(model).tracked_relations
    return [model._meta.get_field(name) for name in names]  # type: ignore[misc]


@dataclass
class Snapshot:
    """One object's tracked values, and whom it is related to."""

    model: type[models.Model]
    values: dict[str, Any]
    relations: Relations = field(default_factory=dict)
    is_deletion: bool = False

    def same_as(self, other: "Snapshot") -> bool:
        """Whether nothing tracked differs; a related object's new name is no change."""
        return self.values == other.values and _ids(self.relations) == _ids(
            other.relations
        )


def _ids(relations: Relations) -> dict[str, list[Any]]:
    return {name: [pair[0] for pair in pairs] for name, pairs in relations.items()}


def snapshot_of_row(row: Any) -> Snapshot:
    """The state that a history row holds."""
    model = row.instance_type
    return Snapshot(
        model=model,
        values={f.attname: getattr(row, f.attname) for f in tracked_fields(model)},
        relations=row.relations,
        is_deletion=row.history_type == "-",
    )


def object_name(row: Any) -> str:
    """The object's name as this version had it, without a query.

    `row.instance` would ask the database for the fields that history leaves out.
    """
    model = row.instance_type
    values = snapshot_of_row(row).values
    return str(model(**values)) or f"{model._meta.verbose_name} {row.pk}"


def current_snapshots(
    model: type[models.Model], pks: Iterable[Any]
) -> dict[Any, Snapshot]:
    """The live state of the objects with these keys, read from the database."""
    attnames = [f.attname for f in tracked_fields(model)]
    instances = model._base_manager.filter(pk__in=list(pks)).order_by("pk")
    snapshots = {
        instance.pk: Snapshot(
            model, {name: getattr(instance, name) for name in attnames}
        )
        for instance in instances
    }
    for relation in tracked_relations(model):
        for snapshot in snapshots.values():
            snapshot.relations[relation.name] = []
        for pk, related in _related(relation, list(snapshots)):
            snapshots[pk].relations[relation.name].append([related.pk, str(related)])
    return snapshots


def _related(
    relation: models.ManyToManyField, pks: list[Any]
) -> Iterable[tuple[Any, models.Model]]:
    """Each (owner's key, related object), ordered by the related object's key."""
    through: Any = relation.remote_field.through
    owner, target = relation.m2m_field_name(), relation.m2m_reverse_field_name()
    joins = _names_need(relation.related_model)
    links = (
        through._base_manager.filter(**{f"{owner}__in": pks})
        # Not by the object itself, whose own ordering goes by names that may change.
        .order_by(f"{target}_id")
        .select_related(target, *(f"{target}__{name}" for name in joins))
    )
    return ((getattr(link, f"{owner}_id"), getattr(link, target)) for link in links)


def names_of(relation: models.ManyToManyField, owners: Iterable[Any]) -> dict[Any, str]:
    """The names of all that these objects are related to, by key."""
    quote, related = connection.ops.quote_name, relation.related_model
    its = RawSQL(
        f"SELECT x.{quote(relation.m2m_reverse_name())} "
        f"FROM {quote(relation.m2m_db_table())} x "
        f"JOIN ({key_rows(relation.model)}) t "
        f"ON t.key = x.{quote(relation.m2m_column_name())}",
        [key_list(owners)],
    )
    found = related._base_manager.filter(pk__in=its)
    if joins := _names_need(related):
        found = found.select_related(*joins)
    return {each.pk: str(each) for each in found}


def _names_need(related: Any) -> list[str]:
    """What to join so that a related object's name costs no query of its own.

    A permission's name goes through its content type.
    """
    return [f.name for f in related._meta.fields if f.name == "content_type"]


def newest_rows(model: type[models.Model], pks: Iterable[Any]) -> dict[Any, Any]:
    """The newest history row of each object that has one."""
    history = history_model_of(model)
    pk_name = model._meta.pk.attname
    newest = (
        history._base_manager.filter(**{f"{pk_name}__in": list(pks)})
        .values(pk_name)
        .annotate(newest=Max("history_id"))
        .values("newest")
    )
    rows = history._base_manager.filter(history_id__in=newest)
    return {getattr(row, pk_name): row for row in rows}
