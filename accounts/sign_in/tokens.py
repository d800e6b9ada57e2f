from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator


class ResetTokens(PasswordResetTokenGenerator):
    """Django's: dead after a new password, a sign-in, a new e-mail address, or
    `PASSWORD_RESET_TIMEOUT`; and dead while the account is switched off.

    allauth's own would keep a second copy of everybody's address.
    """

    key_salt = "accounts.sign_in.reset"

    def check_token(self, user: Any, token: str | None) -> bool:
        return bool(user and user.is_active) and super().check_token(user, token)
