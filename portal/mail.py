"""Letters on the terminal or in a folder, for an installation without a mail server."""

import os
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend
from django.core.mail.backends.filebased import EmailBackend as FileBackend


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


class FolderBackend(FileBackend):
    """Keeps letters as files that only the portal's own account may read.

    Their links let somebody in.
    """

    def __init__(self, file_path: str, **options: Any) -> None:
        os.makedirs(file_path, mode=0o700, exist_ok=True)
        super().__init__(file_path=file_path, **options)

    def open(self) -> bool:
        if self.stream is not None:
            return False
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        descriptor = os.open(self._get_filename(), flags, 0o600)
        self.stream = os.fdopen(descriptor, "ab")
        return True
