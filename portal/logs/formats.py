"""How a log line is written: JSON for machines, words for people.

What is logged may hold what strangers sent (names, addresses). A line break or an
escape sequence in it must not look like another line, or steer a terminal.
"""

import json
import logging
import re
from datetime import UTC, datetime

from portal.logs.masking import mask

# Control characters, and those that break lines or turn the direction of text.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff]"
)


def printable(text: str) -> str:
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


class MaskedFormatter(logging.Formatter):
    """The parts of a record, without secrets."""

    def message_of(self, record: logging.LogRecord) -> str:
        return mask(record.getMessage())

    def trouble_of(self, record: logging.LogRecord) -> str:
        """The traceback, if there is one."""
        parts = []
        if record.exc_info:
            parts.append(self.formatException(record.exc_info))
        if record.stack_info:
            parts.append(self.formatStack(record.stack_info))
        return mask("\n".join(parts))


class JsonFormatter(MaskedFormatter):
    """One JSON object on one line, in ASCII: everything else is escaped."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": self.message_of(record),
            **getattr(record, "context", {}),
        }
        if trouble := self.trouble_of(record):
            line["traceback"] = trouble
        return json.dumps(line, default=str)


class LineFormatter(MaskedFormatter):
    """A line that a person reads; a traceback follows it, indented."""

    def format(self, record: logging.LogRecord) -> str:
        parts = [
            self.formatTime(record, "%H:%M:%S"),
            f"{record.levelname:<7}",
            record.name,
            self.message_of(record),
        ]
        context = getattr(record, "context", {})
        parts += [f"{name}={context[name]}" for name in SHORT if context.get(name)]
        lines = [" ".join(parts), *self.trouble_of(record).splitlines()]
        return "\n    ".join(printable(line) for line in lines)


# The other facts of a request are in its message already.
SHORT = ("request_id", "user", "task", "job")
