"""What this room holds about a person: which figures they brought or recorded. Of who was hurt it holds nothing."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models

from injuries.models import CustodyReport, Upload, WorkingTimeReading, WorkingTimeTarget
from records.holdings import AS_THE_RECORD, Held, Holding
from records.models import RecordClass

HELD = (
    Held(
        "injury-figures",
        "Files of injury figures that you brought, imported or undid",
        "What the force is said to have counted is answered for by whoever brought it in.",
        AS_THE_RECORD,
        RecordClass.STATEMENTS,
        Upload,
        ("uploaded_by", "applied_by", "undone_by"),
        {
            "file": "name",
            "what": "kind",
            "brought in at": "uploaded_at",
            "imported at": "applied_at",
            "undone at": "undone_at",
        },
    ),
    Held(
        "working-time",
        "Readings of working time that you recorded, corrected or withdrew",
        "What the force is said to have worked is answered for by whoever recorded it.",
        AS_THE_RECORD,
        RecordClass.STATEMENTS,
        WorkingTimeReading,
        ("recorded_by", "ended_by"),
        {
            "of": "staff_group__name",
            "as at": "day",
            "note": "note",
            "corrected because": "because",
            "recorded at": "recorded_at",
            "corrected or withdrawn at": "ended_at",
            "withdrawn because": "withdrawn_because",
        },
    ),
    Held(
        "working-time-targets",
        "Targets for working time that you entered",
        "A target is answered for by whoever entered it.",
        AS_THE_RECORD,
        RecordClass.STATEMENTS,
        WorkingTimeTarget,
        ("entered_by",),
        {
            "of": "staff_group__name",
            "from": "from_on",
            "endorsed by": "endorsed_by",
            "note": "note",
            "entered at": "entered_at",
        },
    ),
    Held(
        "custody-figures",
        "Custody figures that you recorded, corrected or withdrew",
        "What the force is said to have counted is answered for by whoever recorded it.",
        AS_THE_RECORD,
        RecordClass.STATEMENTS,
        CustodyReport,
        ("recorded_by", "ended_by"),
        {
            "first month": "first",
            "last month": "last",
            "recorded at": "recorded_at",
            "stands no more since": "ended_at",
            "how it ended": "ended_how",
        },
    ),
)


def held_about(person: models.Model) -> Iterator[Holding]:
    """Yield what this room holds about a person."""
    for held in HELD:
        yield held.about(person)
