"""Injury figures beside what units claim: how each indicator moved, and where that contradicts a claim."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction

from injuries import reading
from injuries.comparisons import Comparison, Verdict, compare, judge
from injuries.rates import Observed
from insight.outcomes import Moved, Movement


class InjuryRecorder:
    """Says how injuries moved from the twelve months before the last twelve, as rates where headcount is known.

    What moved is more than chance where the comparison is, adjusted among the unit’s own indicators (Holm).
    """

    def moved(self, units: Collection[int], day: date) -> Moved:
        """Return how indicators moved: six queries for many units as for one."""
        found = reading.of_units(units, today=day)
        if found is None:
            return Moved()
        by_unit = {unit: _moved(pairs, found) for unit, pairs in found.by_unit.items()}
        return Moved(by_unit, _moved(_together(found), found))


def _together(found: reading.OfUnits) -> dict[str, tuple[Observed, Observed]]:
    """All units as one; nothing where one has no headcount, since no rate of all is known then."""
    sums: dict[str, tuple[Observed, Observed]] = {}
    for pairs in found.by_unit.values():
        for code, (later, earlier) in pairs.items():
            if later.per == "months":
                return {}
            before = sums.get(code)
            sums[code] = (_both(before[0], later), _both(before[1], earlier)) if before else (later, earlier)
    return sums


def _both(one: Observed, other: Observed) -> Observed:
    """Two units in the same months, as one."""
    return Observed(one.events + other.events, one.exposure + other.exposure, one.months, one.per)


def _moved(pairs: Mapping[str, tuple[Observed, Observed]], found: reading.OfUnits) -> dict[str, Movement]:
    comparisons = {code: compare(later, earlier) for code, (later, earlier) in pairs.items()}
    judged = dict(zip(comparisons, judge(list(comparisons.values())), strict=True))
    return {
        code: Movement(
            _value(comparison, comparison.later),
            _value(comparison, comparison.earlier),
            found.later.name,
            found.earlier.name,
            could_be_chance=judged[code].verdict is not Verdict.MORE_THAN_CHANCE,
        )
        for code, comparison in comparisons.items()
    }


def _value(comparison: Comparison, period: Observed) -> Fraction:
    return Fraction(period.events) if comparison.later.per == "months" else period.rate_per_1000
