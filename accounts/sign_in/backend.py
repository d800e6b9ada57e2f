from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.sign_in.finding import person_named


class PersonBackend(AuthenticationBackend):
    """Knows people by username or e-mail address, whatever the case of its letters."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        if not username or not password:
            return None
        person = person_named(username)
        if person is None or not person.has_usable_password():
            # As slow as a wrong password, so that nobody learns who has an account.
            User().set_password(password)
            return None
        if not person.check_password(password):
            return None
        if self.user_can_authenticate(person):
            return person
        # Who gave the right password may be told that the account is switched off.
        self._stash_user(person)
        return None
