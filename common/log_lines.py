"""Lines of the log: what went wrong and where, never whose name or number was in the row."""

import logging
import re

# What PostgreSQL adds to a refusal quotes the row: "Key (phone)=(138…) already exists", "Failing row
# contains (1, 王桂兰, …)"; a value may run over several lines.
_QUOTED = re.compile(
    r"^(DETAIL|CONTEXT):.*?(?=^\S*(?:Error|Exception)|^Traceback|^\s*$|^The above|^During|\Z)", re.M | re.S
)


class Lines(logging.Formatter):
    """Leaves out what the database quotes of a row."""

    def format(self, record: logging.LogRecord) -> str:
        return _QUOTED.sub(r"\1: …\n", super().format(record)).rstrip("\n")
