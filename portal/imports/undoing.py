"""An import and the revert of what it did."""

from django.utils.translation import gettext as _

from portal.models import ChangeSet, ImportJob, Letter

State = ImportJob.State


def note_revert(reverted: ChangeSet | None) -> None:
    """Say so with the import that was taken back, or brought back again.

    Call it in the transaction of the revert.
    """
    if reverted is None:
        return
    jobs = ImportJob.objects.order_by()
    jobs.filter(change_set=reverted, state=State.DONE).update(state=State.UNDONE)
    # Brought back again, its people are not invited again without being asked for.
    Letter.objects.filter(job__change_set=reverted).cancel(_("The import was undone."))
    if reverted.reverts_id is not None:
        undone = jobs.filter(change_set=reverted.reverts_id, state=State.UNDONE)
        undone.update(state=State.DONE)
