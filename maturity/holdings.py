"""What this room holds about a person. Who endorsed a target is a post or a body, in words."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models

from maturity.models import Target
from records.holdings import AS_THE_RECORD, Held, Holding
from records.models import RecordClass

HELD = (
    Held(
        "targets",
        "Targets that you entered",
        "A target says who wrote it down.",
        AS_THE_RECORD,
        RecordClass.REPORTS,
        Target,
        ("entered_by",),
        {"target": "pk", "level": "level", "to be reached by": "by_on", "entered at": "entered_at"},
    ),
)


def held_about(person: models.Model) -> Iterator[Holding]:
    """Yield what this room holds about a person."""
    for held in HELD:
        yield held.about(person)
