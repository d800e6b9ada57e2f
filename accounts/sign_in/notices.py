"""What a person is told by letter of how they sign in; the keys are allauth's."""

from django.utils.translation import gettext_lazy as _

EMAIL_CHANGED = "email_changed"
FACTOR_RESET = "second_factor_reset"
NOTICES = {
    EMAIL_CHANGED: _(
        "The e-mail address of your account was changed; letters no longer come to "
        "this one."
    ),
    FACTOR_RESET: _(
        "All your second factors and recovery codes were removed, and you were signed "
        "out everywhere. The next sign-in asks you to set up a new one, if your rights "
        "need one."
    ),
    "account/email/password_changed": _("Your password was changed."),
    "account/email/password_reset": _(
        "Your password was chosen anew, with the link of a letter to this address."
    ),
    "mfa/email/totp_activated": _("An authenticator app was added to your account."),
    "mfa/email/totp_deactivated": _(
        "The authenticator app was removed from your account."
    ),
    "mfa/email/webauthn_added": _(
        "A passkey or security key was added to your account."
    ),
    "mfa/email/webauthn_removed": _(
        "A passkey or security key was removed from your account."
    ),
    "mfa/email/recovery_codes_generated": _(
        "New recovery codes were made for your account; the old ones no longer work."
    ),
    "socialaccount/email/account_connected": _(
        "Your account was linked to %(sso_name)s, with which you can sign in now."
    ),
    "socialaccount/email/account_disconnected": _(
        "The link of your account to %(sso_name)s was removed."
    ),
}
