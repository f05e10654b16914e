"""Taking audited claims away as a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from assurance.services.agreement import JudgedClaim
from organisation.models import User
from records.services import trail
from rendering import cells

COLUMNS = (
    "Unit",
    "Theme",
    "Level claimed",
    "Level found",
    "Outcome",
    "Audit",
    "Report issued on",
    "Quarter of the statement",
    "Revision",
)


@transaction.atomic
def download(*, claims: Iterable[JudgedClaim], said: list[str], by: User, at: datetime) -> bytes:
    """Return the claims as CSV, and keep who took how many, chosen how (`said`: the filters in words)."""
    found = list(claims)
    words = {"where": "; ".join(said)} if said else None  # what was looked for may be a name
    trail.record(act="agreement.downloaded", thing=by, by=by, at=at, words=words, claims=len(found), format="csv")
    return cells.csv_bytes(COLUMNS, map(_row, found))


def _row(one: JudgedClaim) -> list[cells.Value]:
    return [
        one.unit,
        one.theme,
        one.claim,
        one.level,
        one.in_words,
        one.reference,
        one.issued_on,
        str(one.quarter),
        one.revision,
    ]
