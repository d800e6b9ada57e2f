"""How far a job of the worker is: what its page shows, and asks for every second."""

from typing import Any, Protocol

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR = 60, 3600


class Job(Protocol):
    """`done` of `total` since `started_at`, which is None before the worker begins."""

    state: Any
    done: Any
    total: Any
    started_at: Any

    @property
    def is_finished(self) -> bool: ...


def progress_of(job: Job) -> dict[str, Any]:
    """What `static/reading-room/job.js` reads; `rate` and `seconds_left` are None as
    long as they cannot be told."""
    rate = None
    if job.started_at is not None and job.done:
        seconds = (timezone.now() - job.started_at).total_seconds()
        rate = job.done / max(seconds, 0.001)
    left = max(job.total - job.done, 0) / rate if rate else None
    return {
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "rate": rate and round(rate),
        "seconds_left": None if left is None else round(left),
        "is_finished": job.is_finished,
        "text": _text(job, rate, left),
    }


def _text(job: Job, rate: float | None, left: float | None) -> str:
    if job.started_at is None:
        return _("The worker has not begun yet.")
    if not job.total:
        return _("The worker has begun.")
    text = _("%(done)s of %(total)s rows") % {
        "done": intcomma(job.done),
        "total": intcomma(job.total),
    }
    if rate is None or left is None or job.is_finished:
        return text
    speed = _("%s a second") % intcomma(round(rate))
    return f"{text} · {speed} · {_time_left(left)}"


def _time_left(seconds: float) -> str:
    if seconds >= HOUR:
        count = round(seconds / HOUR)
        return ngettext("about an hour left", "about %(count)s hours left", count) % {
            "count": count
        }
    if seconds >= MINUTE:
        count = round(seconds / MINUTE)
        return ngettext(
            "about a minute left", "about %(count)s minutes left", count
        ) % {"count": count}
    count = max(1, round(seconds))
    return ngettext("%(count)s second left", "%(count)s seconds left", count) % {
        "count": count
    }
