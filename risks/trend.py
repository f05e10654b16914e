"""How a risk moves: from its assessments, or as the Board says. Plain values: no database, no clock.

A risk improves where its score after controls falls, and worsens where it rises. The Board may say otherwise, with a
reason; what it says stands until the risk is assessed again, or until the Board takes it back (docs/decisions/0026).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

HIGHEST = 5
POINTS = range(1, HIGHEST + 1)


class Direction(StrEnum):
    """Which way a risk moves. The arrow is the risk's: down is better. It never stands without its word."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    UNCHANGED = "unchanged"

    @property
    def arrow(self) -> str:
        return {Direction.IMPROVED: "↓", Direction.WORSENED: "↑", Direction.UNCHANGED: "↔"}[self]


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where a risk lies: likelihood and impact, each from 1 to 5."""

    likelihood: int
    impact: int

    def __post_init__(self) -> None:
        if self.likelihood not in POINTS or self.impact not in POINTS:
            raise ValueError(
                f"Likelihood {self.likelihood} and impact {self.impact} lie on no scale from 1 to {HIGHEST}."
            )

    @property
    def score(self) -> int:
        return self.likelihood * self.impact


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment that stands: of which day, when it was recorded, and where it puts the risk after controls."""

    on: date
    recorded_at: datetime
    place: Place


@dataclass(frozen=True, slots=True)
class SaidByBoard:
    """The trend that the Board recorded, with its reason; no direction: it took back what it had said before."""

    recorded_at: datetime
    direction: Direction | None
    because: str


@dataclass(frozen=True, slots=True)
class Trend:
    """How a risk moves. `is_new`: it was assessed once only. `because` is the Board's reason, where it is its own."""

    direction: Direction
    is_new: bool = False
    because: str = ""

    @property
    def is_the_boards(self) -> bool:
        return bool(self.because)

    @property
    def words(self) -> str:
        """The trend in words, for beside the arrow."""
        if self.is_the_boards:
            return f"{self.direction.capitalize()} (the Board’s own)"
        return "Unchanged (new)" if self.is_new else self.direction.capitalize()


def latest_first(assessments: Sequence[Assessed]) -> list[Assessed]:
    """Return the assessments by their day, the latest first; of one day, the one that was recorded later."""
    return sorted(assessments, key=lambda one: (one.on, one.recorded_at), reverse=True)


def trend_of(assessments: Sequence[Assessed], said: Sequence[SaidByBoard] = ()) -> Trend | None:
    """Return how a risk moves; None where it has neither been assessed nor the Board has said anything."""
    ordered = latest_first(assessments)
    own = max(said, key=lambda one: one.recorded_at, default=None)
    recorded = max((one.recorded_at for one in assessments), default=None)
    if own and own.direction and (recorded is None or own.recorded_at >= recorded):
        return Trend(own.direction, because=own.because)
    if not ordered:
        return None
    if len(ordered) == 1:
        return Trend(Direction.UNCHANGED, is_new=True)
    now, before = ordered[0].place.score, ordered[1].place.score
    if now == before:
        return Trend(Direction.UNCHANGED)
    return Trend(Direction.IMPROVED if now < before else Direction.WORSENED)
