"""How many rows of an import have which outcome."""

from django.db.models import Count

from portal.models import ImportJob, Outcome

NAMES = {
    Outcome.CREATE: "created_count",
    Outcome.UPDATE: "updated_count",
    Outcome.UNCHANGED: "unchanged_count",
    Outcome.SKIP: "skipped_count",
    Outcome.ERROR: "error_count",
}


def count_rows(job: ImportJob) -> dict[str, int]:
    """By the names of the job's fields; rows that were left out count as skipped."""
    counts = dict.fromkeys(NAMES.values(), 0)
    rows = job.rows.order_by().values_list("outcome", "is_left_out")
    for outcome, is_left_out, number in rows.annotate(number=Count("pk")):
        name = NAMES[Outcome.SKIP if is_left_out else Outcome(outcome)]
        counts[name] += number
    return counts
