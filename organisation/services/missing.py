"""Taking away who and what is missing, as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from organisation.missing import COLUMNS, Section, as_rows
from organisation.models import User
from records.services import trail
from rendering.cells import csv_bytes


@transaction.atomic
def download(sections: Sequence[Section], *, by: User, at: datetime) -> bytes:
    """Return everything that is missing as CSV, and keep who took how much."""
    rows = list(as_rows(sections))
    trail.record(act="missing.downloaded", thing=by, by=by, at=at, rows=len(rows))
    return csv_bytes(COLUMNS, rows)
