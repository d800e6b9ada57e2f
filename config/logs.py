"""Where the log goes, and in which form."""

from typing import Any


def logging_settings(*, formatter: str, level: str) -> dict[str, Any]:
    """Everything to the terminal, as `lines` for people or as `json` for machines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "portal.logs.context.ContextFilter"}},
        "formatters": {
            "json": {"()": "portal.logs.formats.JsonFormatter"},
            "lines": {"()": "portal.logs.formats.LineFormatter"},
        },
        "handlers": {
            "terminal": {
                "class": "logging.StreamHandler",
                "filters": ["context"],
                "formatter": formatter,
            },
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["terminal"], "level": level},
        "loggers": {
            # Django's own handlers would write a second line, and none of ours.
            "django": {"handlers": [], "level": "INFO"},
            # A refused request has its line; this adds the traceback of a crash.
            "django.request": {"level": "ERROR"},
            # The development server's lines hold the whole address.
            "django.server": {"handlers": ["nowhere"], "propagate": False},
        },
    }
