"""Working time of the invented force: a reading at the end of each quarter of two years, one of them corrected, and
targets. The first readings are averaged over more weeks than the later ones.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from home.demo.cast import Cast
from home.demo.plan import Plan, dice
from injuries.models import StaffGroup
from injuries.services import working_time
from injuries.services.working_time import Said, Terms
from organisation.models import Unit
from organisation.periods import LONDON, Quarter, london_day

READINGS = 9
OVER_MORE_WEEKS = 2  # of the readings, the first ones
CORRECTED = 5
OFFICERS_A_UNIT = 250
NOT_OPTED_OUT = (4.2, 2.4)  # per cent of officers, in the first reading and in the last
OPTED_OUT = 3.6
STRAYS_BY = 0.15
BOARD = "Health, Safety and Wellbeing Board"
# The share that is to comply, from the first day of so many quarters after the first reading’s.
TARGETS = ((0, "96.5"), (4, "97"))


def write(plan: Plan, *, units: Sequence[Unit], cast: Cast, now: datetime) -> None:
    """Write readings of police officers up to the last quarter that is over; the staff groups are there already."""
    random = dice(plan.size, 0, "working time")
    group = StaffGroup.objects.get(code="police-officers")
    days = _ends_of_quarters(london_day(now))
    for after, share in TARGETS:
        first = Quarter.of(days[after]).first_day
        working_time.set_target(
            terms=Terms(Decimal(share), first, BOARD),
            staff_group=group,
            token=_token(random),
            by=cast.named["head"],
            at=_noon(first, now),
        )
    for number, day in enumerate(days):
        said, by = _said(day, number, OFFICERS_A_UNIT * len(units), random), cast.named["auditor"]
        at = _noon(day + timedelta(days=10), now)
        if number != CORRECTED:
            working_time.record(said=said, staff_group=group, token=_token(random), by=by, at=at)
            continue
        wrong = replace(said, opted_out=said.not_opted_out, not_opted_out=said.opted_out)
        reading = working_time.record(said=wrong, staff_group=group, token=_token(random), by=by, at=at)
        because = "The two numbers of those over the limit had been written the wrong way round."
        working_time.correct(
            reading=reading,
            said=said,
            because=because,
            token=_token(random),
            by=by,
            at=_noon(day + timedelta(days=13), now),
        )


def _ends_of_quarters(today: date) -> list[date]:
    quarter, found = Quarter.of(today), []
    for _ in range(READINGS):
        quarter = quarter.previous()
        found.append(quarter.last_day)
    return found[::-1]


def _said(day: date, number: int, officers: int, random: Random) -> Said:
    in_scope = officers + random.randint(-officers // 50, officers // 50)
    first, last = NOT_OPTED_OUT
    share = first + (last - first) * number / (READINGS - 1)
    not_opted_out, opted_out = (
        round(in_scope * (per_cent + random.uniform(-STRAYS_BY, STRAYS_BY)) / 100) for per_cent in (share, OPTED_OUT)
    )
    return Said(day, in_scope, opted_out, not_opted_out, weeks=26 if number < OVER_MORE_WEEKS else 17, hours=48)


def _token(random: Random) -> uuid.UUID:
    return uuid.UUID(int=random.getrandbits(128), version=4)


def _noon(day: date, now: datetime) -> datetime:
    return min(now, datetime.combine(day, time(12), tzinfo=LONDON))
