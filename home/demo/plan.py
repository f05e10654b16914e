"""What an invented force looks like: its groups and units, and what each did in each quarter. Pure: no database.

Everything follows from the seed and the sizes. Each unit draws from a generator of its own, so that a larger force
has the smaller one's habits and no unit's history hangs on another's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from home.demo.names import GROUPS, GroupKind, unit_names
from organisation.periods import Quarter

FOUNDED_ON = date(2012, 4, 1)
DEFAULT_SEED = "northmoor"
DEFAULT_UNITS = 64
DEFAULT_QUARTERS = 8
BANDS = ("low", "medium", "high")
# The first unit is the one whose SPOC and SLT lead have a sign-in: nothing out of the ordinary happens to it.
DEMO_UNIT = 0
# Every fortieth unit is moved or merged, every twentieth is opened while the history runs.
MOVED, MERGED, OPENED_LATE = (1, 40), (2, 40), (4, 20)
# Every second unit leaves its reviewers little to look at: it keeps its actions up and writes in its own words.
THOROUGH = (1, 2)


@dataclass(frozen=True)
class Size:
    """What is asked for. `group_size` None spreads the units over the seven groups by their usual shares."""

    seed: str = DEFAULT_SEED
    units: int = DEFAULT_UNITS
    quarters: int = DEFAULT_QUARTERS
    group_size: int | None = None

    def __str__(self) -> str:
        """The request in one line: what `Force.demo_seed` keeps."""
        groups = f", {self.group_size} to a group" if self.group_size else ""
        return f"{self.seed}: {self.units} units, {self.quarters} quarters{groups}"


@dataclass(frozen=True)
class PlannedUnit:
    """A unit; `group`, `moved_from` and `merged_into` are positions in the plan's lists."""

    number: int
    name: str
    kind: str
    risk_band: str
    group: int
    opened_on: date
    closed_on: date | None = None
    merged_into: int | None = None
    moved_from: int | None = None
    moved_on: date | None = None

    @property
    def is_thorough(self) -> bool:
        return _falls_on(self.number, THOROUGH)

    def expected_in(self, quarter: Quarter) -> bool:
        """Whether the unit existed on the quarter's first day, so that a statement is opened for it."""
        first = quarter.first_day
        return self.opened_on <= first and (self.closed_on is None or self.closed_on >= first)

    def group_on(self, day: date) -> int:
        """The group it belonged to on `day`."""
        if self.moved_from is not None and self.moved_on is not None and day < self.moved_on:
            return self.moved_from
        return self.group


@dataclass(frozen=True)
class Plan:
    """The force before it is written: names of its groups, its units, and the quarters of its history."""

    size: Size
    groups: tuple[str, ...]
    units: tuple[PlannedUnit, ...]
    quarters: tuple[Quarter, ...]


def dice(size: Size, unit: int, purpose: str) -> Random:
    """A generator of its own for one purpose of one unit: the same for the same seed, on every machine."""
    return Random(f"{size.seed}|{unit}|{purpose}")  # noqa: S311  # repeatable is what is wanted here


class Fate(StrEnum):
    """What became of a unit's statement of a quarter."""

    BLANK = "blank"
    STARTED = "started"
    COMPLETED = "completed"
    SIGNED = "signed"
    ACCEPTED = "accepted"
    SIGNED_LATE = "signed late"
    RETURNED_AND_SIGNED_AGAIN = "returned and signed again"
    RETURNED = "returned"


def plan_force(size: Size, *, today: date) -> Plan:
    """Return the force that `size` asks for, with a history that ends in the quarter of `today`."""
    last = Quarter.of(today)
    quarters = tuple(last.plus(-back) for back in reversed(range(size.quarters)))
    kinds = _kinds_of_groups(size)
    membership = _groups_of_units(size, len(kinds))
    names = [unit_names(kind) for kind in GROUPS]
    units = []
    for number, group in enumerate(membership):
        kind = kinds[group]
        name = next(names[GROUPS.index(kind)])
        heir = _heir(number, membership)
        units.append(_plan_unit(size, number, name, kind, group, len(kinds), heir, quarters))
    return Plan(size, tuple(_group_names(kinds)), tuple(units), quarters)


def _kinds_of_groups(size: Size) -> list[GroupKind]:
    if size.group_size is None:
        return list(GROUPS)
    wanted = -(-size.units // size.group_size)
    return [GROUPS[position % len(GROUPS)] for position in range(wanted)]


def _group_names(kinds: Sequence[GroupKind]) -> Iterator[str]:
    for position, kind in enumerate(kinds):
        turn = position // len(GROUPS) + 1
        yield kind.name if turn == 1 else f"{kind.name} {turn}"


def _groups_of_units(size: Size, groups: int) -> list[int]:
    """Return the group of each unit: filled one after the other by size, or dealt out by the groups' shares."""
    if size.group_size is not None:
        return [number // size.group_size for number in range(size.units)]
    # The group that is furthest behind its share takes the next unit, so that any number of units is spread evenly.
    taken = [0] * groups
    membership = []
    for number in range(1, size.units + 1):
        group = max(range(groups), key=lambda position: GROUPS[position].share * number / 100 - taken[position])
        taken[group] += 1
        membership.append(group)
    return membership


def _heir(number: int, membership: Sequence[int]) -> int | None:
    """The next unit of the same group to which nothing out of the ordinary happens: it can take `number` over."""
    following = range(number + 1, len(membership))
    events = (MOVED, MERGED, OPENED_LATE)
    same = (other for other in following if membership[other] == membership[number])
    return next((other for other in same if not any(_falls_on(other, event) for event in events)), None)


def _plan_unit(
    size: Size,
    number: int,
    name: str,
    kind: GroupKind,
    group: int,
    groups: int,
    heir: int | None,
    quarters: Sequence[Quarter],
) -> PlannedUnit:
    random = dice(size, number, "unit")
    risk_band = random.choices(BANDS, weights=kind.bands)[0]
    opened_on, closed_on, merged_into, moved_from, moved_on = FOUNDED_ON, None, None, None, None
    # Early enough to leave two quarters of history after it, where there is as much.
    turning = quarters[random.randrange(1, max(2, len(quarters) - 2))] if len(quarters) > 2 else None
    if turning is not None and _falls_on(number, MOVED) and groups > 1:
        moved_from, moved_on = (group + 1) % groups, turning.first_day
    elif turning is not None and _falls_on(number, MERGED) and heir is not None:
        closed_on, merged_into = turning.last_day, heir
    elif turning is not None and _falls_on(number, OPENED_LATE):
        opened_on = turning.first_day + timedelta(days=random.randrange(5, 80))
    return PlannedUnit(
        number, name, kind.unit_kind, risk_band, group, opened_on, closed_on, merged_into, moved_from, moved_on
    )


def _falls_on(number: int, turn: tuple[int, int]) -> bool:
    first, every = turn
    return number % every == first


# --- What a unit is like ------------------------------------------------------------------------------------------

SCALE = (1, 5)
# How far a theme usually lies above or below a unit's own standing.
THEME_LEANING = {
    "leadership": 0.35,
    "policy-governance": 0.3,
    "capability-competence": -0.1,
    "communication": 0.25,
    "risk-management": 0.1,
    "wellbeing": 0.0,
    "monitoring": -0.2,
    "infrastructure-assets": 0.05,
    "partnerships-contracts": -0.35,
    "change-management": -0.15,
    "performance-benchmarking": -0.3,
    "audit": -0.1,
}
BAND_LEANING = {"low": 0.0, "medium": 0.05, "high": 0.2}


class Character:
    """A unit's standing and habits: where it started, how fast it improves, how punctual it is."""

    def __init__(self, size: Size, unit: PlannedUnit, themes: Sequence[str]) -> None:
        random = dice(size, unit.number, "character")
        self.standing = random.gauss(2.45, 0.4) + BAND_LEANING[unit.risk_band]
        self.pace = max(-0.02, random.gauss(0.09, 0.05))
        self.punctuality = min(0.98, max(0.4, random.gauss(0.82, 0.12)))
        self.independence = random.gauss(0.55, 0.2)
        self.leaning = {theme: THEME_LEANING.get(theme, 0.0) + random.gauss(0, 0.35) for theme in sorted(themes)}

    def level(self, theme: str, *, quarter: int, random: Random) -> int:
        """The level of a theme in the quarter of that position: drifts upwards, with an occasional setback."""
        exact = self.standing + self.pace * quarter + self.leaning.get(theme, 0.0) + random.gauss(0, 0.08)
        return min(SCALE[1], max(SCALE[0], round(exact)))

    def holds_alone(self, level: int, *, random: Random) -> bool:
        """Whether the unit says that it holds the level without SHRMT."""
        return level >= 3 and random.random() < self.independence + 0.15 * (level - 3)


def fate_of(unit: PlannedUnit, character: Character, *, age: int, random: Random) -> Fate:
    """Return what became of the statement of the quarter that lies `age` quarters back (0 is the current one)."""
    draw = random.random()
    if unit.number == DEMO_UNIT:
        return Fate.BLANK if age == 0 else Fate.ACCEPTED
    if age == 0:
        return _first_below(
            draw,
            [
                (0.05 * character.punctuality, Fate.ACCEPTED),
                (0.15 * character.punctuality, Fate.SIGNED),
                (0.25 * character.punctuality, Fate.COMPLETED),
                (0.45, Fate.STARTED),
            ],
            Fate.BLANK,
        )
    # Nobody has got round to the newest ones yet.
    waiting = {1: 0.22, 2: 0.06}.get(age, 0.02)
    late = (1 - character.punctuality) * 0.6
    missing = (1 - character.punctuality) * 0.3
    return _first_below(
        draw,
        [
            (missing * 0.4, Fate.BLANK),
            (missing * 0.8, Fate.STARTED),
            (missing, Fate.COMPLETED),
            (missing + late, Fate.SIGNED_LATE),
            (missing + late + 0.06, Fate.RETURNED_AND_SIGNED_AGAIN),
            (missing + late + 0.07, Fate.RETURNED),
            (missing + late + 0.07 + waiting, Fate.SIGNED),
        ],
        Fate.ACCEPTED,
    )


def _first_below(draw: float, steps: Sequence[tuple[float, Fate]], otherwise: Fate) -> Fate:
    return next((fate for limit, fate in steps if draw < limit), otherwise)
