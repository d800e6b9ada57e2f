"""Letters on the terminal, for an installation without a mail server."""

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend


class TerminalBackend(EmailBackend):
    """Prints letters as they are read, not as they are sent.

    What is sent breaks long lines, so that a link in it can be neither clicked nor
    copied.
    """

    def write_message(self, message: EmailMessage) -> None:
        self.stream.write(
            f"{'-' * 79}\n"
            f"To: {', '.join(message.recipients())}\n"
            f"Subject: {message.subject}\n\n"
            f"{message.body.strip()}\n"
            f"{'-' * 79}\n"
        )
