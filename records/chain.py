"""What the trail's chain covers: the digest of each entry, and the commitments to the names in it. Pure.

An entry's digest is the SHA-256 of the digest before it and of all its columns, each written as its length in bytes, a
colon, its text in UTF-8 and a comma, so that no two entries are written alike. The database's own trigger writes them
(records/models/trail.py); this is the second opinion that `verify_trail` checks it with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it stands in its table. `detail` is the text of its JSON as the database writes it."""

    id: int
    at: datetime
    actor: int | None
    act: str
    thing_type: str
    thing_id: int | None
    thing_name: str
    detail: str
    name_commitment: str
    address_commitment: str


def digest(row: Row, *, position: int, before: str) -> str:
    """Return the digest of an entry at a place in the chain (from 1); `before` is the digest before it, "" at first."""
    parts = (
        before,
        str(position),
        str(row.id),
        row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
        "" if row.actor is None else str(row.actor),
        row.act,
        row.thing_type,
        "" if row.thing_id is None else str(row.thing_id),
        row.thing_name,
        row.detail,
        row.name_commitment,
        row.address_commitment,
    )
    return hashlib.sha256(_framed(parts)).hexdigest()


def _framed(parts: Iterable[str]) -> bytes:
    return b"".join(b"%d:%b," % (len(part), part) for part in (text.encode() for text in parts))


def commitment(*, salt: str, text: str) -> str:
    """Return what an entry keeps of a name or an address: once the salt is erased with it, it tells nothing."""
    return hashlib.sha256(json.dumps([salt, text], ensure_ascii=False).encode()).hexdigest()
