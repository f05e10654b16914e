"""Taking injury figures away as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from organisation.models import User
from organisation.periods import london_day
from records.services import trail
from rendering import tables
from rendering.tables import Table


@transaction.atomic
def download(
    *, figures: Sequence[Table], what: str, file_format: str, by: User, at: datetime, as_list: bool = False
) -> bytes:
    """Return the tables as CSV or XLSX, and keep who took `what` of the figures.

    CSV has the first of them as it stands or, `as_list`, every value of all of them on a line of its own.
    """
    trail.record(act="injury-figures.downloaded", thing=by, by=by, at=at, what=what, format=file_format)
    if file_format == "csv":
        return tables.list_csv(figures) if as_list else tables.table_csv(figures[0])
    return tables.xlsx(figures, dated=london_day(at))
