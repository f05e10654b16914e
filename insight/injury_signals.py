"""Where a unit’s injuries contradict what it claims, as audit programmes take it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from assurance.sampling import Signal
from insight.contradictions import HIGH
from insight.outcomes import Better, bearing_on
from insight.reading import known_of
from insight.three_readings import Known, OfUnit
from rendering.formats import listed, signed_change

# What one indicator that rose adds to the strength of a signal; two say it all.
EACH = 50
FULL = 100
NOTHING_CONTRADICTS = "No injuries rose by more than chance where level 4 or above is claimed."


class InjurySignals:
    """Tells the audit programme where injuries rose by more than chance beside a claim of level 4 or above."""

    def of_units(self, units: Collection[int], day: date) -> Mapping[int, Signal]:
        """Return a signal of each unit whose injuries are counted: some twenty queries for many units as for one."""
        known = known_of(units, day=day)
        return {unit: _signal(known, of) for unit, of in known.units.items() if of.moved}


def _signal(known: Known, of: OfUnit) -> Signal:
    facts: dict[str, str] = {}
    for theme in known.themes:
        claim = of.claims.get(theme.identity)
        if claim is None or claim.level is None or claim.level < HIGH:
            continue
        for one in bearing_on(theme.identity, known.indicators):
            moved = of.moved.get(one.code)
            if one.better is not Better.LOWER or moved is None or moved.could_be_chance:
                continue
            if moved.change is not None and moved.change > 0:
                facts.setdefault(one.code, f"{one.name} {signed_change(moved.change, 0)} where {theme.name} is claimed")
    if not facts:
        return Signal(0, NOTHING_CONTRADICTS)
    said = listed(list(facts.values()))
    return Signal(min(FULL, EACH * len(facts)), f"More than chance: {said} at level 4 or above.")
