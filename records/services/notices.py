"""Notices: lines for people, written in the transaction of the act they tell of. A daily e-mail carries them.

    notices.tell(person=spoc, kind="statement.returned", line="…", address="/statements/…", key="statement:7:…", at=now)
    notices.withdraw(prefix="statement:7:", at=now)      # nothing that waits about it is true any more

A key names the event, `thing:id:event`. What a person was told of once under a key is not said again, however often
it is written; only what was withdrawn before any e-mail carried it may become true again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from records.models import Notice


@dataclass(frozen=True, slots=True)
class News:
    """A line for one person. `address` is a path on this site where they do what the line asks for."""

    person_id: int
    kind: str
    line: str
    address: str
    key: str


def tell(*, person: AbstractBaseUser, kind: str, line: str, address: str, key: str, at: datetime) -> None:
    """Tell one person; nothing happens where they were told already. Refuses to run outside a transaction."""
    tell_all([News(person.pk, kind, line, address, key)], at=at)


def tell_all(news: Iterable[News], *, at: datetime) -> int:
    """Tell many people of many things in two queries; return how many lines are new. As `tell` otherwise."""
    _in_the_acts_transaction()
    wanted: dict[tuple[int, str], News] = {}
    for one in news:
        wanted.setdefault((one.person_id, one.key), one)
    if not wanted:
        return 0
    told = Notice.objects.filter(
        key__in={key for _, key in wanted}, person__in={person for person, _ in wanted}, withdrawn_at=None
    )
    for person_and_key in told.values_list("person_id", "key"):
        wanted.pop(person_and_key, None)
    # Whoever writes the same at this moment writes the same words, so it does not matter who comes last; both write in
    # the same order, so that neither waits for the other.
    Notice.objects.bulk_create(
        [
            Notice(
                person_id=one.person_id,
                kind=one.kind,
                line=one.line,
                address=one.address,
                key=one.key,
                at=at,
            )
            for _, one in sorted(wanted.items())
        ],
        update_conflicts=True,
        unique_fields=["person", "key"],
        update_fields=["kind", "line", "address", "at", "withdrawn_at"],
        batch_size=2000,
    )
    return len(wanted)


def withdraw(*, at: datetime, key: str = "", prefix: str = "") -> int:
    """Take back what no e-mail has carried yet: under exactly `key`, or under all keys that begin with `prefix`.

    A prefix ends with a colon, so that `statement:1:` never takes the notices of `statement:12:` with it.
    """
    _in_the_acts_transaction()
    if bool(key) == bool(prefix):
        raise ValueError("Name one key, or the prefix of several.")
    if prefix and not prefix.endswith(":"):
        raise ValueError(f"The prefix {prefix!r} does not end with a colon, so it would take too much with it.")
    waiting = Notice.objects.filter(sent_at=None, withdrawn_at=None)
    found = waiting.filter(key=key) if key else waiting.filter(key__startswith=prefix)
    return found.update(withdrawn_at=at)


def _in_the_acts_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A notice must be written in the transaction of the act that it tells of.")
