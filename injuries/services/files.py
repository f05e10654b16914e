"""Reading a file of injury figures, whatever kind it is. Nothing is written, and nothing of the file is kept."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import BinaryIO

from injuries import countsfile, incidents
from injuries.figures import Figures
from injuries.models import ColumnMapping, Indicator, StaffGroup, UploadKind
from injuries.names import Known, KnownUnit
from injuries.services import mappings
from injuries.services.importing import Source
from organisation.models import Unit
from organisation.periods import london_day
from records import tables
from records.spreadsheets import MOST_BYTES, Unreadable


def known(*, at: datetime) -> Known:
    """Return what a file may name: three queries."""
    groups = StaffGroup.objects.values_list("code", "name", "short_name")
    return Known(
        indicators={code: (name,) for code, name in Indicator.objects.values_list("code", "name")},
        staff_groups={code: (name, short_name) for code, name, short_name in groups},
        units=[
            KnownUnit(*row)
            for row in Unit.objects.order_by("name", "pk").values_list("slug", "name", "opened_on", "closed_on")
        ],
        today=london_day(at),
    )


def read(
    file: BinaryIO, *, kind: UploadKind, name: str, mapping: ColumnMapping | None = None, at: datetime
) -> tuple[Figures, Source]:
    """Return what the file says, with every fault, and what it is. A file of incidents is read by a mapping.

    Raises Unreadable where it is no such file.
    """
    looked = tables.look(file)
    source = Source(kind, name, looked.sha256, mapping)
    if kind == UploadKind.INCIDENTS:
        if mapping is None:
            raise ValueError("A file of incidents is read by a mapping of its columns.")
        with closing(tables.stream(file, looked, incidents.WANTED)) as lines:
            return incidents.read(lines, mappings.rules_of(mapping), known(at=at)), source
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it by months.")
    of_the_kind = countsfile.read_headcount if kind == UploadKind.HEADCOUNT else countsfile.read_counts
    return of_the_kind(content, known(at=at)), source
