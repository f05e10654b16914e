"""Several requests at the same rows at the same moment, each on a connection of its own.

The test holds the rows (of statements, of imports), lets the requests run until they wait for them, and then lets go:
none has seen what another writes when it starts to write.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, models, transaction
from django.test import Client

PATIENCE_SECONDS = 20
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

Post = tuple[Client, str, Mapping[str, Any]]


@contextmanager
def held(*rows: models.Model) -> Iterator[None]:
    manager = type(rows[0])._default_manager
    with transaction.atomic():
        assert len(manager.select_for_update().filter(pk__in=[row.pk for row in rows])) == len(rows)
        yield


def wait_for_waiting(number: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # what a transaction sees of it stands still otherwise
            cursor.execute(WAITING)
            if cursor.fetchone()[0] >= number:
                return
            time.sleep(0.02)
    raise AssertionError(f"not {number} requests waited for the row within {PATIENCE_SECONDS} seconds")


def send_each_at_once(
    rows: Sequence[models.Model], posts: Sequence[Post], *, meanwhile: Callable[[], object] | None = None
) -> list[int]:
    """Send each form to its address at the same moment; return the statuses, lowest first.

    They come to wait for the rows in the order given; what is done `meanwhile` is there when the wait is over.
    """

    def send(browser: Client, where: str, form: Mapping[str, Any]) -> int:
        try:
            return browser.post(where, form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(posts)) as pool:
        with held(*rows):
            sent = []
            for number, post in enumerate(posts, start=1):
                sent.append(pool.submit(send, *post))
                wait_for_waiting(number)
            if meanwhile is not None:
                meanwhile()
        return sorted(future.result(PATIENCE_SECONDS) for future in sent)
