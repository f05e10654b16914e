"""The trail as it stands once a transaction is over, for tests that never end theirs."""

from __future__ import annotations

from django.db import connection


def seal() -> None:
    """Let the database do now what it does as a transaction ends: every entry takes its place in the chain."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
