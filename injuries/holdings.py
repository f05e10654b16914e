"""What this room holds about a person: which figures they brought. Of those who were hurt it holds nothing."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models

from injuries.models import CustodyReport, Upload
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
