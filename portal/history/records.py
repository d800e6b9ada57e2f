"""django-simple-history's registration, writing through acts.

The library builds the history models and finds versions. Its own receivers write a
row at each save; ours only note the object in the open act, which later writes one
row for the net effect (see `portal.history.acts`).
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import models
from django.db.models.signals import m2m_changed, post_delete, pre_delete
from simple_history.models import HistoricalRecords

from portal.history.acts import change_set, is_recording_raw
from portal.history.tracked import HistoryRow


def concrete(instance: models.Model) -> type[models.Model]:
    """The model whose table holds `instance`, behind a proxy too."""
    return instance._meta.concrete_model or type(instance)


class TrackedHistory(HistoricalRecords):
    """Tracks a model's fields and, by name, many-to-many `relations`.

    `excluded_fields` never reach history. A change set is sensitive, and waits for
    its review, when it gives or takes something in one of the fields `rights`, or
    changes one of the `identifiers` of an object that was there before.

    Who and why stand on the change set, so the library's own user and reason columns
    are left out.
    """

    def __init__(
        self,
        *,
        relations: Iterable[str] = (),
        excluded_fields: Iterable[str] = (),
        rights: Iterable[str] = (),
        identifiers: Iterable[str] = (),
    ) -> None:
        self.relations = tuple(relations)
        self.rights = frozenset(rights)
        self.identifiers = frozenset(identifiers)
        super().__init__(
            bases=[HistoryRow],
            excluded_fields=list(excluded_fields),
            history_id_field=models.BigAutoField(),
        )

    def get_extra_fields(
        self, model: type[models.Model], fields: dict[str, models.Field]
    ) -> dict[str, Any]:
        extra = super().get_extra_fields(model, fields)
        for name in ("history_user", "history_change_reason"):
            del extra[name]
        return {
            **extra,
            "tracked_relations": self.relations,
            "rights": self.rights,
            "identifiers": self.identifiers,
        }

    def finalize(self, sender: type[models.Model], **kwargs: Any) -> None:
        super().finalize(sender, **kwargs)
        if self.cls is not sender:
            return
        for name in self.relations:
            relation = sender._meta.get_field(name)
            for signal, receiver, subject in (
                (m2m_changed, self.relation_changed, relation.remote_field.through),
                (pre_delete, self.related_going, relation.remote_field.model),
                (post_delete, self.related_gone, relation.remote_field.model),
            ):
                signal.connect(
                    partial(receiver, tracked=sender, name=name),
                    sender=subject,
                    weak=False,
                )

    def post_save(
        self,
        instance: models.Model,
        created: bool,
        using: str | None = None,
        raw: bool = False,
        **kwargs: Any,
    ) -> None:
        if raw and not is_recording_raw():
            return
        with change_set() as act:
            act.touch(concrete(instance), [instance.pk])

    def post_delete(
        self, instance: models.Model, using: str | None = None, **kwargs: Any
    ) -> None:
        with change_set() as act:
            act.touch(concrete(instance), [instance.pk])

    def relation_changed(
        self,
        instance: models.Model,
        action: str,
        reverse: bool,
        tracked: type[models.Model],
        name: str,
        pk_set: set[Any] | None = None,
        raw: bool = False,
        **kwargs: Any,
    ) -> None:
        """Touch the owners of a changed relation, from whichever side it changed."""
        if raw and not is_recording_raw():
            return
        if action == "pre_clear" and reverse:
            self.related_going(instance, tracked, name)
        elif action == "post_clear" and reverse:
            self.related_gone(instance, tracked, name)
        elif action in ("post_add", "post_remove", "post_clear"):
            with change_set() as act:
                act.touch(tracked, (pk_set or ()) if reverse else [instance.pk])

    def related_going(
        self, instance: models.Model, tracked: type[models.Model], name: str, **_: Any
    ) -> None:
        """Keep the owners that are about to lose a related object."""
        # Not "model": the m2m signal has an argument of that name.
        owners = tracked._base_manager.filter(**{name: instance.pk})
        setattr(
            instance, f"_owners_by_{name}", list(owners.values_list("pk", flat=True))
        )

    def related_gone(
        self, instance: models.Model, tracked: type[models.Model], name: str, **_: Any
    ) -> None:
        with change_set() as act:
            act.touch(tracked, getattr(instance, f"_owners_by_{name}"))
