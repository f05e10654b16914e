"""Taking the trail away as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from home import trail_reading
from organisation.models import User
from records.models import TrailEntry
from records.models.trail import TrailQuerySet
from records.services import trail
from rendering import cells


@transaction.atomic
def export(entries: TrailQuerySet, *, chosen: Mapping[str, Any], by: User, at: datetime) -> Iterator[str]:
    """Keep who took the trail away, chosen how, and return it as the lines of a CSV file, made as they are sent.

    What is recorded from here on is not in the file, and neither is that it was taken.
    """
    newest = TrailEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    trail.record(act="trail.exported", thing=None, by=by, at=at, chosen=dict(chosen), up_to=newest)
    rows = trail_reading.cells(entries, up_to=newest)
    return _with_mark(cells.csv_lines(trail_reading.HEADINGS, rows))


def _with_mark(lines: Iterator[str]) -> Iterator[str]:
    yield cells.BYTE_ORDER_MARK
    yield from lines
