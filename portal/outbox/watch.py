"""What has to be done now and then: letters whose time has come, and old ones."""

from portal.models import Letter
from portal.outbox.work import send_due
from portal.queue import enqueue_once
from portal.security.keeping import deadline


def take_up_again() -> bool:
    """Have sent what is due. Once too often does no harm: a letter is taken once."""
    is_due = Letter.objects.due().exists()
    if is_due:
        enqueue_once(send_due)
    return is_due


def expire() -> None:
    """What has ended is kept as long as the security events that tell of it."""
    Letter.objects.filter(finished_at__lt=deadline()).delete()
