"""How the log is written: an event begins a line, and nothing inside it can begin another."""

import logging
import re

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
BELOW = "    | "  # before each line of a trace: no event begins so


def plain(text: str) -> str:
    """Without line ends, terminal sequences and marks that turn the direction: as `\\n`, `\\x1b` (EN07)."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class OneEvent(logging.Formatter):
    """One event on one line; a trace below it on lines that are told by their beginning."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return plain(super().formatMessage(record))

    def formatException(self, ei: object) -> str:
        return below(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:
        return below(super().formatStack(stack_info))


def below(text: str) -> str:
    return "\n".join(BELOW + plain(line) for line in text.split("\n"))
