"""The mail server: does it let us in?"""

import smtplib
from collections.abc import Iterator

from django.conf import settings
from health_check.checks import Mail
from health_check.exceptions import HealthCheckException

from portal.doctor.registry import Finding, error, examines, ok, warning
from portal.health.checks import MAIL_TIMEOUT


@examines("Mail server")
def look_at_mail() -> Iterator[Finding]:
    if not settings.EMAIL_HOST_NAME:
        yield warning(
            "there is none; letters are printed where the worker runs",
            "Set EMAIL_HOST, so that invitations reach people.",
        )
        return
    try:
        Mail(timeout=MAIL_TIMEOUT).run()
    except (HealthCheckException, smtplib.SMTPException, OSError) as failed:
        yield error(
            f"{settings.EMAIL_HOST_NAME}: {failed}",
            "See EMAIL_HOST, EMAIL_PORT, EMAIL_USER, EMAIL_PASSWORD, EMAIL_USE_TLS.",
        )
    else:
        yield ok(f"{settings.EMAIL_HOST_NAME} lets us in")
