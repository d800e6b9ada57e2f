"""Orders the letters about signing in; the worker sends them."""

from functools import partial

from allauth.account.adapter import get_adapter
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.http import HttpRequest
from django.tasks import task

from accounts.models import User
from accounts.sign_in.devices import device_in_words
from accounts.sign_in.letters import Letter, notice_letter, reset_letter


def order_reset(person: User, base_url: str) -> None:
    """Order the letter with which `person` chooses a new password.

    Every password reset passes here.
    """
    order = partial(send_reset.enqueue, user_id=person.pk, base_url=base_url)
    transaction.on_commit(order)


def order_notice(
    person: User, kind: str, request: HttpRequest, *, to: str | None = None
) -> None:
    """Order a notice of a change, to the person's address or to an older one."""
    to = person.email if to is None else to
    if not to:
        return
    order = partial(
        send_notice.enqueue,
        user_id=person.pk,
        kind=kind,
        to=to,
        device=device_in_words(request.META.get("HTTP_USER_AGENT", "")),
        address=get_adapter(request).get_client_ip(request),
        base_url=request.build_absolute_uri("/"),
    )
    transaction.on_commit(order)


@task
def send_reset(*, user_id: int, base_url: str) -> None:
    """Write to the person as they are by now; the link is made here.

    A queue is read by many and the link is a secret, so it must not be an argument.
    """
    person = User.objects.active().exclude(email="").filter(pk=user_id).first()
    if person is not None:
        _send(reset_letter(person, base_url), person.email)


@task
def send_notice(
    *, user_id: int, kind: str, to: str, device: str, address: str, base_url: str
) -> None:
    person = User.objects.filter(pk=user_id).first()
    if person is not None:
        letter = notice_letter(
            person, kind, device=device, address=address, base_url=base_url
        )
        _send(letter, to)


def _send(letter: Letter, address: str) -> None:
    mail = EmailMultiAlternatives(letter.subject, letter.text, to=[address])
    mail.attach_alternative(letter.html, "text/html")
    mail.send()
