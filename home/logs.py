"""What must not be read in a log: the secrets of private links. The framework names the address of whatever fails."""

from __future__ import annotations

import logging
import re

_FEED = re.compile(r"/calendar/[^/\s]+\.ics")
_NEW_PASSWORD = re.compile(r"/account/password/new/[^/\s]+-[^/\s]+/")


class HideSecrets(logging.Filter):
    """Lets every record through, the secrets of calendar links and of links to a password made unreadable in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        told = _FEED.sub("/calendar/(secret).ics", said)
        told = _NEW_PASSWORD.sub("/account/password/new/(secret)/", told)
        if told != said:
            record.msg, record.args = told, ()
        return True
