"""The secret part of an invitation's address."""

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User
from portal.models import Letter

INVITATION = "invitation"


class InvitationTokens:
    """Makes and checks tokens, by the methods that Django's password views call.

    Django's own generator cannot be used: its `check_token` reads the lifetime of
    password resets.

    A token is dead once a password is set (with it, or otherwise), its person signs
    in, or their e-mail changes; once a newer invitation is on its way to them;
    while the account is switched off; and when it is too old. What it depends on is
    part of what is signed, so it is stored nowhere.
    """

    signer = TimestampSigner(sep=".", salt="accounts.invitations")

    def make_token(self, user: User) -> str:
        state = self._state(user)
        return self.signer.sign(state).removeprefix(f"{state}.")

    def check_token(self, user: User | None, token: str | None) -> bool:
        if user is None or not token or not user.is_active:
            return False
        signed = f"{self._state(user)}.{token}"
        try:
            self.signer.unsign(signed, max_age=settings.INVITATION_LIFETIME)
        except BadSignature:
            return False
        return True

    def _state(self, user: User) -> str:
        signed_in = "" if user.last_login is None else user.last_login.isoformat()
        newest = _newest_letter(user)
        return f"{user.pk} {user.password} {signed_in} {user.email} {newest}"


def _newest_letter(user: User) -> int | None:
    """The last that was begun to be sent; it may have arrived."""
    begun = Letter.objects.filter(kind=INVITATION, person_id=user.pk, attempts__gt=0)
    return begun.order_by("-pk").values_list("pk", flat=True).first()


invitation_tokens = InvitationTokens()


def invitation_link(user: User, base_url: str) -> str:
    """The address that lets its holder choose `user`'s password: keep it secret."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse(
        "accounts:invitation", args=[uid, invitation_tokens.make_token(user)]
    )
    return base_url.rstrip("/") + path
