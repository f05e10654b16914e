"""How far injuries contradict what units claim: asked of whoever can tell, since this room counts no injuries.

injury_signals.register(InjurySignals())     # in the AppConfig.ready() of the room that reads both
injury_signals.of_units(units, day)          # {} where nobody can tell
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

from assurance.sampling import Signal


class Teller(Protocol):
    """Whoever reads claims and injuries side by side."""

    def of_units(self, units: Collection[int], day: date) -> Mapping[int, Signal]:
        """Return what is known of units on a day; a unit of which nothing is known is left out. Set-based."""


_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Let a room tell how far injuries contradict claims."""
    _tellers.append(teller)


def of_units(units: Collection[int], day: date) -> Mapping[int, Signal]:
    """Return each unit's signal, as far as anybody can tell."""
    found: dict[int, Signal] = {}
    for teller in _tellers:
        found |= teller.of_units(units, day)
    return found
