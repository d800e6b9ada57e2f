"""Reviews: somebody looked at a change set, and says so in an act of its own.

The latest review of a change set counts. Four eyes: nobody reviews what they did, a
superuser neither; flagging it is free to all, for a flag asks for more eyes, not fewer.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.history.snapshot import history_model_of, is_tracked
from portal.models import ChangeCount, ChangeSet, Review, Verdict


@dataclass
class Outcome:
    """Which change sets got their review, and which were left, for what reason."""

    done: list[ChangeSet] = field(default_factory=list)
    own: list[ChangeSet] = field(default_factory=list)
    # Somebody reviewed or flagged these after they were shown.
    meanwhile: list[ChangeSet] = field(default_factory=list)
    # Neither sensitive nor flagged.
    needless: list[ChangeSet] = field(default_factory=list)


def review(
    shown: dict[int, int | None],
    *,
    verdict: str,
    actor: Any,
    comment: str = "",
    origin: str = "",
    at: datetime | None = None,
) -> Outcome:
    """Give these change sets one verdict, in one act, as far as `actor` may.

    `shown` has for each the latest review that the actor saw, or None: whoever did not
    see a flag must not settle it. A flag needs a comment; forms say so first. `at` is
    the time of the act, for the demo.
    """
    if verdict == Verdict.FLAGGED and not comment:
        raise ValueError("A flag needs a comment.")
    now = at or timezone.now()
    with transaction.atomic():
        # Locked in one order, so that two reviewers wait for each other.
        locked = ChangeSet.objects.select_for_update(no_key=True)
        change_sets = list(locked.filter(pk__in=shown).order_by("pk"))
        latest = latest_reviews(change_sets)
        outcome = _sort(change_sets, latest, shown, verdict, actor)
        if outcome.done:
            act = ChangeSet.objects.create(
                kind=ChangeSet.Kind.ACTION,
                actor_id=actor.pk,
                actor_name=actor.get_username(),
                subject=_subject(verdict, outcome.done),
                reason=comment,
                origin=origin[:100],
                started_at=now,
                finished_at=now,
            )
            Review.objects.bulk_create(
                Review(
                    change_set=made,
                    verdict=verdict,
                    by=act,
                    follows=latest.get(made.pk),
                )
                for made in outcome.done
            )
    return outcome


def _sort(
    change_sets: list[ChangeSet],
    latest: dict[int, Review],
    shown: dict[int, int | None],
    verdict: str,
    actor: Any,
) -> Outcome:
    outcome = Outcome()
    for made in change_sets:
        newest = latest.get(made.pk)
        if shown[made.pk] != (newest.pk if newest else None):
            outcome.meanwhile.append(made)
        elif verdict == Verdict.FLAGGED:
            outcome.done.append(made)
        elif not needs_review(made, newest):
            outcome.needless.append(made)
        else:
            (outcome.own if is_own(made, actor) else outcome.done).append(made)
    return outcome


def needs_review(made: ChangeSet, newest: Review | None) -> bool:
    """Whether it waits, or is flagged; `newest` is its latest review."""
    return newest.verdict == Verdict.FLAGGED if newest else made.is_sensitive


def is_own(made: ChangeSet, actor: Any) -> bool:
    return made.actor_id is not None and made.actor_id == actor.pk


def _subject(verdict: str, change_sets: list[ChangeSet]) -> str:
    count = len(change_sets)
    if count == 1:
        one = {
            Verdict.REVIEWED: _("Reviewed change set %s"),
            Verdict.FLAGGED: _("Flagged change set %s"),
        }
        return one[Verdict(verdict)] % change_sets[0].pk
    many = {
        Verdict.REVIEWED: ngettext(
            "Reviewed %s change set", "Reviewed %s change sets", count
        ),
        Verdict.FLAGGED: ngettext(
            "Flagged %s change set", "Flagged %s change sets", count
        ),
    }
    return many[Verdict(verdict)] % intcomma(count)


def latest_reviews(change_sets: Iterable[ChangeSet]) -> dict[int, Review]:
    """The review that counts of each of these change sets, if there is one."""
    found = Review.objects.filter(
        change_set__in=[made.pk for made in change_sets], followed_by=None
    )
    return {each.change_set_id: each for each in found.select_related("by")}


# --- Why they are sensitive -----------------------------------------------------------


def reasons_for_review(change_sets: Iterable[ChangeSet]) -> dict[int, list[str]]:
    """What makes each of these change sets sensitive, in words; one query for all."""
    made = {each.pk: each for each in change_sets}
    words: dict[int, list[str]] = defaultdict(list)
    counts = ChangeCount.objects.filter(change_set__in=made).exclude(field="")
    for count in counts.order_by("pk"):
        if number := _sensitive_number(count):
            words[count.change_set_id].append(_in_words(count, number))
    for pk, each in made.items():
        total = each.created_count + each.changed_count + each.deleted_count
        # The setting may have been another at the time.
        is_big = total > settings.REVIEW_ROWS or not words[pk]
        if each.is_sensitive and is_big:
            text = ngettext("%s object", "%s objects", total)
            words[pk].append(text % intcomma(total))
    return words


def _sensitive_number(count: ChangeCount) -> int:
    """On how many objects this field was changed in a way that is sensitive."""
    model = _model(count)
    if model is None:
        return 0
    history = history_model_of(model)
    if count.field in history.rights:
        return count.created_count + count.changed_count + count.deleted_count
    return count.changed_count if count.field in history.identifiers else 0


def _model(count: ChangeCount) -> type[models.Model] | None:
    """The counted model, unless it has gone since."""
    try:
        model = apps.get_model(count.model)
        model._meta.get_field(count.field)
    except (LookupError, FieldDoesNotExist):
        return None
    return model if is_tracked(model) else None


def _in_words(count: ChangeCount, number: int) -> str:
    opts = apps.get_model(count.model)._meta
    name = opts.verbose_name if number == 1 else opts.verbose_name_plural
    field: Any = opts.get_field(count.field)
    return _("%(field)s of %(number)s %(objects)s") % {
        "field": capfirst(field.verbose_name),
        "number": intcomma(number),
        "objects": name,
    }
