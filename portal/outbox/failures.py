"""What a mail server says, in our words: its own may hold the letter."""

from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from django.utils.translation import gettext as _

OF_THE_SERVER = (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPHeloError,
    SMTPServerDisconnected,
)


def is_about_server(error: Exception) -> bool:
    """Whether another letter would meet the same."""
    if isinstance(error, SMTPException):
        return isinstance(error, OF_THE_SERVER)
    return isinstance(error, OSError)


def what_went_wrong(error: Exception) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        return _("The mail server does not take the person’s address.")
    if isinstance(error, SMTPSenderRefused):
        return _("The mail server does not take the portal’s own address.")
    if isinstance(error, SMTPAuthenticationError):
        return _("The mail server does not let the portal sign in.")
    if is_about_server(error):
        return _("The mail server cannot be reached.")
    return _("It could not be sent (%s). The log says more.") % type(error).__name__
