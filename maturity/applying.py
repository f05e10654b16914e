"""Which of several targets applies to a unit and theme. Pure: for pages that ask it of many units at once.

The same choice as `TargetQuerySet.applying_to` makes in the database for one unit; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """A target that stands on the day it is asked for. Ids are the database's; `theme` is an identity, "" for all."""

    id: int
    level: int
    by_on: date
    group_id: int | None = None
    unit_id: int | None = None
    risk_bands: tuple[str, ...] = ()
    theme: str = ""


def choose(
    targets: Iterable[TargetFacts], *, unit_id: int, group_id: int | None, risk_band: str, theme: str, day: date
) -> TargetFacts | None:
    """Return the target that applies to a unit and theme on `day`; None where none of them does.

    The most specific first (the unit's own, its group's, its risk band's, everybody's; one for the theme before one for
    all), then the one whose day comes next; one whose day has passed only where no other is left, the latest first.
    """
    holding = [
        target
        for target in targets
        if target.unit_id in (None, unit_id)
        and target.group_id in (None, group_id)
        and (not target.risk_bands or risk_band in target.risk_bands)
        and target.theme in ("", theme)
    ]
    return min(holding, key=lambda target: _order(target, day), default=None)


def _order(target: TargetFacts, day: date) -> tuple[int, bool, bool, int, int, int]:
    specific = 0 if target.unit_id else 1 if target.group_id else 2 if target.risk_bands else 3
    passed = target.by_on < day
    nearest = -target.by_on.toordinal() if passed else target.by_on.toordinal()
    return specific, target.theme == "", passed, nearest, -target.level, -target.id
