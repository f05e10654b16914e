"""Injury figures of the invented force: three years of monthly counts and headcounts, by staff group and unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from random import Random

from django.conf import settings

from home.demo.cast import Cast
from home.demo.plan import Plan, dice
from injuries import indicatorsfile
from injuries.figures import Figures, Key, Number, Place
from injuries.models import UploadKind
from injuries.months import Month
from injuries.services import importing, indicators
from injuries.services.previews import preview
from organisation.models import Unit
from organisation.periods import london_day

INDICATORS = Path(settings.BASE_DIR) / "fixtures" / "injury-indicators.toml"
MONTHS = 36
UNITS_WITH_FIGURES = 60  # of a large force, so that it loads in time that does not grow with it
# How many of each staff group there are in a unit, from and to.
PEOPLE = {"police-officers": (90, 420), "pcsos": (0, 30), "ddos": (0, 25), "police-staff": (15, 90)}
# A year’s injuries for each thousand people, by indicator and staff group.
A_YEAR = {
    "total-accidents": {"police-officers": 95, "pcsos": 80, "ddos": 110, "police-staff": 40},
    "major-injuries": {"police-officers": 3, "police-staff": 2},
    "lost-time-injuries": {"police-officers": 5, "police-staff": 3},
    "assaults-with-injury": {"police-officers": 57, "pcsos": 16, "ddos": 90},
    "major-injuries-after-assault": {"police-officers": 1},
    "slips-trips-falls": {"police-officers": 18, "pcsos": 20, "ddos": 14, "police-staff": 12},
    "moving-vehicle": {"police-officers": 12, "pcsos": 4, "police-staff": 2},
    "handling": {"police-officers": 9, "ddos": 14, "police-staff": 7},
    "near-misses": {"police-officers": 60, "pcsos": 50, "ddos": 70, "police-staff": 45},
}
RISING = "assaults-with-injury"  # by a third in the last year, among detention officers
RISES_BY = 1.35


def write(plan: Plan, *, units: Sequence[Unit], cast: Cast, now: datetime) -> None:
    """Load what is counted, and write the months up to the last that is over."""
    indicators.load(indicatorsfile.read(INDICATORS.read_text(encoding="utf-8")), at=now)
    latest = Month.of(london_day(now)).plus(-1)
    months = [latest.plus(-back) for back in reversed(range(MONTHS))]
    # A unit that closed has no figures: whom its people count for by then would have to be told, too.
    there = [
        (unit, dice(plan.size, planned.number, "injuries"))
        for planned, unit in zip(plan.units, units, strict=True)
        if planned.closed_on is None and unit.opened_on <= months[0].first_day
    ][:UNITS_WITH_FIGURES]
    chances = {unit.slug: random for unit, random in there}
    people = {unit: {code: random.randint(*ends) for code, ends in PEOPLE.items()} for unit, random in chances.items()}
    _bring(UploadKind.HEADCOUNT, _headcounts(months, people), cast, now)
    _bring(UploadKind.COUNTS, _counts(months, people, chances), cast, now)


def _bring(kind: UploadKind, said: Figures, cast: Cast, now: datetime) -> None:
    """Import figures as an auditor does, by way of their preview."""
    by = cast.named["auditor"]
    source = importing.Source(kind, f"{kind.value}.csv", sha256(kind.value.encode()).hexdigest())
    upload = importing.keep(figures=said, source=source, by=by, at=now)
    importing.apply(upload=upload, seen=preview(upload).digest, by=by, at=now)


def _headcounts(months: Sequence[Month], people: Mapping[str, Mapping[str, int]]) -> Figures:
    by_key: dict[Key, dict[Place, Number]] = {
        (group, month.first_day): {("", unit): by_group[group] for unit, by_group in people.items() if by_group[group]}
        for group in PEOPLE
        for month in months
    }
    return Figures(by_key, lines=sum(map(len, by_key.values())))


def _counts(months: Sequence[Month], people: Mapping[str, Mapping[str, int]], chances: Mapping[str, Random]) -> Figures:
    by_key: dict[Key, dict[Place, Number]] = {}
    for indicator, groups in A_YEAR.items():
        for month in months:
            numbers = by_key.setdefault((indicator, month.first_day), {})
            for group, a_year in groups.items():
                rises = RISES_BY if indicator == RISING and group == "ddos" and month >= months[-12] else 1
                for unit, by_group in people.items():
                    if number := _happened(by_group[group] * a_year / 12_000 * rises, chances[unit]):
                        numbers[group, unit] = number
    return Figures(by_key, lines=sum(map(len, by_key.values())))


def _happened(expected: float, random: Random) -> int:
    """A number that chance alone brings about where so many are expected (Poisson, as arrivals in a month)."""
    number, time = 0, random.expovariate(1.0)
    while time < expected:
        number += 1
        time += random.expovariate(1.0)
    return number
