"""Outcomes that bear on the themes of the model: which do, as a file says it, and how one has moved. Pure.

Whoever counts outcomes is named among the `RECORDERS` of `insight/reading.py`: it says how the indicators that it knows
have moved, and the pages show it without being changed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Protocol

FORMAT = 1


class Better(StrEnum):
    """Which way an indicator moves where things get better. Fewer of a neutral one may mean less reporting."""

    LOWER = "lower"
    HIGHER = "higher"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something that is counted, and the identities of the themes that it bears on. Its name is a plural."""

    code: str
    name: str
    better: Better
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """How often something was counted in a period, and in one of the same length before it.

    Both are counts or rates of the same unit of measure; the periods are in words, such as “April to September 2026”.
    `could_be_chance` says that so much moves by chance alone, too: such a movement asks nothing.
    """

    now: Fraction
    before: Fraction
    period: str
    period_before: str
    could_be_chance: bool = False

    @property
    def change(self) -> Fraction | None:
        """The relative change, −0.4 for a fall by 40 %; None where there was nothing before to compare with."""
        return (self.now - self.before) / self.before if self.before else None


@dataclass(frozen=True, slots=True)
class Moved:
    """How indicators moved, by code: of each unit, and of all of them as one, since rates are not to be added up."""

    by_unit: Mapping[int, Mapping[str, Movement]] = field(default_factory=dict)
    together: Mapping[str, Movement] = field(default_factory=dict)


class Recorder(Protocol):
    """How a room says what became of the indicators that it counts: set-based, as known on a day."""

    def moved(self, units: Collection[int], day: date) -> Moved:
        """Return how the units' indicators moved, those that it knows."""


class NotIndicators(ValueError):
    """The file does not say which outcomes bear on which theme; the message says what to mend."""


def read_indicators(text: str) -> tuple[Indicator, ...]:
    """Return the indicators that a TOML file names, in its order. Raises NotIndicators."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotIndicators(f"The file is no TOML: {error}.") from error
    if document.get("format") != FORMAT:
        raise NotIndicators(f"The file does not say format = {FORMAT}.")
    found = tuple(_indicator(number, entry) for number, entry in enumerate(document.get("indicators", ()), start=1))
    codes = [one.code for one in found]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise NotIndicators(f"There twice: {', '.join(sorted(twice))}.")
    return found


def _indicator(number: int, entry: Mapping[str, Any]) -> Indicator:
    missing = [name for name in ("code", "name", "better", "themes") if not entry.get(name)]
    if missing:
        raise NotIndicators(f"Indicator {number} does not say its {', '.join(missing)}.")
    if entry["better"] not in set(Better):
        raise NotIndicators(f"Indicator {number}: better is {' or '.join(Better)}, not {entry['better']}.")
    return Indicator(entry["code"], entry["name"], Better(entry["better"]), tuple(entry["themes"]))


def bearing_on(theme: str, indicators: Sequence[Indicator]) -> tuple[Indicator, ...]:
    """Return the indicators that bear on a theme, in their order."""
    return tuple(one for one in indicators if theme in one.themes)
