"""The history rows that changed one field, asked of the database."""

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Subquery

from portal.history.story import CHANGED


def rows_that_changed(rows: QuerySet, name: str) -> QuerySet:
    """Those of one model's rows; of a field that gives rights, at both ends too.

    As `ChangeCount` has them, but that a related object's new name counts as well.
    """
    history = rows.model
    field = history.instance_type._meta.get_field(name)
    value = f"relations__{name}" if field.many_to_many else field.attname
    pk_name = history.instance_type._meta.pk.attname
    same = history._base_manager.filter(**{pk_name: OuterRef(pk_name)})
    earlier = same.filter(history_id__lt=OuterRef("history_id"))
    rows = rows.alias(
        before_id=Subquery(earlier.order_by("-history_id").values("history_id")[:1])
    )
    before = history._base_manager.filter(history_id=OuterRef("before_id"))
    empty = Q(**{f"{value}__isnull": True})
    same_value = Exists(before.filter(**{value: OuterRef(value)}))
    differs = Q(empty, Exists(before.exclude(empty))) | Q(~empty, ~same_value)
    wanted = Q(differs, history_type=CHANGED)
    if name in history.rights:
        has = ~Q(**{value: []}) if field.many_to_many else ~empty
        if isinstance(field, BooleanField):
            has = Q(**{value: True})
        wanted |= Q(has) & ~Q(history_type=CHANGED)
    return rows.filter(wanted)
