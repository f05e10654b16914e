"""The last levels that audits validated, by unit and theme: set-based, one query however many units there are.

Only issued reports count, and of each theme the newest that gives a level: one without enough evidence takes nothing
back. Whoever may read a unit's statement as its reviewer or writer may read these too (domain.md, *Audit issued*).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone

from assurance.models import Audit, ThemeVerdict
from organisation.periods import london_day
from rendering.formats import LONDON

# Of several reports on a theme, the one that counts comes first.
NEWEST_FIRST = ("-audit__issued_at", "-audit_id")


class LastVerdict(NamedTuple):
    """The level an audit found of a theme, as its edition describes it, in a report issued on that day."""

    level: int
    edition: str
    edition_id: int
    on: date
    reference: str


def issued_verdicts(*, until: date) -> QuerySet[ThemeVerdict]:
    """What issued audits of units said of their themes, in reports issued on that day or before."""
    return ThemeVerdict.objects.filter(
        audit__in=Audit.objects.out(), audit__unit__isnull=False, audit__issued_at__lt=_end_of(until)
    )


def levels_found(*, until: date) -> QuerySet[ThemeVerdict]:
    """Those of them that give a level of a scored theme: what can be compared with a claim."""
    return issued_verdicts(until=until).filter(level__isnull=False, theme__scored=True)


def last_validated(units: Collection[int], *, until: date) -> Mapping[int, Mapping[str, LastVerdict]]:
    """Return the last validated levels by unit id and theme identity: one query."""
    newest = (
        levels_found(until=until)
        .filter(audit__unit__in=units)
        .order_by("audit__unit_id", "theme__identity", *NEWEST_FIRST)
        .distinct("audit__unit_id", "theme__identity")
        .annotate(unit=F("audit__unit_id"))
        .values_list(
            "unit",
            "theme__identity",
            "level",
            "theme__edition__code",
            "theme__edition_id",
            "audit__issued_at",
            "audit__reference",
        )
    )
    found: dict[int, dict[str, LastVerdict]] = defaultdict(dict)
    for unit, identity, level, edition, edition_id, issued_at, reference in newest:
        if level is None or issued_at is None:  # what was asked for has both
            continue
        found[unit][identity] = LastVerdict(level, edition, edition_id, london_day(issued_at), reference)
    return found


def _end_of(day: date) -> datetime:
    """The moment the day is over in London."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()), LONDON)
