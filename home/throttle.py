"""So many a minute and no more: for lines in a log. Counted in this process, since a log is not worth a query."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from threading import Lock


class Throttle:
    """Lets `of_all` through a minute of the clock, and `of_one` from any one sender. Safe among threads."""

    def __init__(self, *, of_one: int, of_all: int) -> None:
        self.of_one, self.of_all = of_one, of_all
        self._minute: datetime | None = None
        self._by_sender: Counter[str] = Counter()
        self._lock = Lock()

    def lets_through(self, sender: str, *, now: datetime) -> bool:
        """Count one, and say whether it is within the limits. What is not let through is not counted."""
        minute = now.replace(second=0, microsecond=0)
        with self._lock:
            if minute != self._minute:
                self._minute, self._by_sender = minute, Counter()
            if self._by_sender[sender] >= self.of_one or self._by_sender.total() >= self.of_all:
                return False
            self._by_sender[sender] += 1
            return True
