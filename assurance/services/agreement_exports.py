"""Taking audited claims away as a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from assurance.services.agreement import JudgedClaim
from organisation.models import User
from organisation.periods import london_day
from records.services import trail
from rendering import tables

COLUMNS = (
    ("Unit", 30),
    ("Theme", 34),
    ("Level claimed", 12),
    ("Level found", 12),
    ("Outcome", 30),
    ("Audit", 14),
    ("Report issued on", 16),
    ("Quarter of the statement", 14),
    ("Revision", 10),
)


@transaction.atomic
def download(*, claims: Iterable[JudgedClaim], file_format: str, said: list[str], by: User, at: datetime) -> bytes:
    """Return the claims as CSV or XLSX, and keep who took how many, chosen how (`said`: the filters in words)."""
    table = tables.Table("Audited claims", COLUMNS, [_row(one) for one in claims])
    words = {"where": "; ".join(said)} if said else None  # what was looked for may be a name
    detail = {"claims": len(table.rows), "format": file_format}
    trail.record(act="agreement.downloaded", thing=by, by=by, at=at, words=words, **detail)
    if file_format == "csv":
        return tables.table_csv(table)
    return tables.xlsx([table], dated=london_day(at))


def _row(one: JudgedClaim) -> list[tables.Cell]:
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
