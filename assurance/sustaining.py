"""What a unit holds by itself. Plain values: no database, no clock.

Self-sustaining (domain.md, *The maturity model*): level 3 or above, held without relying on the Safety and Health Risk
Management Team (SHRMT), four quarters running, and not contradicted by an audit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from assurance.comparing import Editions
from organisation.periods import Quarter

LEAST_LEVEL = 3
QUARTERS_RUNNING = 4


@dataclass(frozen=True)
class QuarterlyLevels:
    """What a unit's statement of a quarter says: its levels by theme, and which of them it holds without SHRMT."""

    edition: str = ""
    levels: Mapping[str, int | None] = field(default_factory=dict)
    held: Collection[str] = ()


@dataclass(frozen=True)
class SelfSustaining:
    """How many units sustain themselves: in every scored theme, with their names, and theme by theme.

    Of a force there are no names.
    """

    in_every_theme: int
    by_theme: Mapping[str, int]
    names: tuple[str, ...] = ()


def self_sustaining(
    statements: Mapping[Quarter, QuarterlyLevels],
    last: Quarter,
    editions: Editions,
    *,
    least: int = LEAST_LEVEL,
    contradicted: Collection[str] = (),
) -> frozenset[str]:
    """Return the themes that a unit sustains by itself at the end of the quarter `last`.

    `statements` has one for each quarter that has a signed one; `contradicted` are the themes in which an audit found
    otherwise. Levels of editions in which the theme is not comparable do not make a run.
    """
    run = [statements.get(last.plus(-back)) for back in range(QUARTERS_RUNNING)]
    if None in run:
        return frozenset()
    quarters = [one for one in run if one is not None]
    newest = quarters[0]
    return frozenset(
        identity
        for identity in newest.held
        if identity not in contradicted
        and all(
            (one.levels.get(identity) or 0) >= least
            and identity in one.held
            and editions.comparable(newest.edition, one.edition, identity)
            for one in quarters
        )
    )
