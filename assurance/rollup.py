"""How a business group's half-year is summed up. Plain values in, figures out: no database, no clock.

Levels are ordinal: distributions, medians and the lowest lead; nothing is averaged. A unit with nothing signed is a
category of its own and stays in every count. Rules: domain.md, *Roll-ups*; `statistics.md`, *Levels are ordinal*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from organisation.periods import Quarter

LEVELS = (1, 2, 3, 4, 5)
ACCEPTED, SIGNED = "accepted", "signed"


@dataclass(frozen=True)
class UnitFacts:
    """A unit of the group."""

    id: int
    name: str
    slug: str
    opened_on: date
    closed_on: date | None = None

    def expected_in(self, quarter: Quarter) -> bool:
        """Whether a statement is expected: the unit existed on the quarter's first day."""
        first = quarter.first_day
        return self.opened_on <= first and (self.closed_on is None or self.closed_on >= first)


@dataclass(frozen=True)
class SignedRevision:
    """A revision that is signed or accepted, and was not returned."""

    id: int
    unit_id: int
    quarter: Quarter
    number: int
    state: str
    signed_on: date


@dataclass(frozen=True)
class ThemeFacts:
    """A theme of the edition the half's statements are on."""

    identity: str
    name: str
    number: int
    scored: bool


@dataclass(frozen=True)
class QuarterCoverage:
    """How many statements of a quarter there should be, and are. `signed` includes `accepted`."""

    quarter: str
    expected: int
    signed: int
    accepted: int
    signed_late: int
    nothing_signed: int


@dataclass(frozen=True)
class ActionCounts:
    """A unit's actions: open on a day, overdue among those, and closed between the half's first day and that day."""

    open: int = 0
    overdue: int = 0
    closed: int = 0


@dataclass(frozen=True)
class UnitActions:
    """The actions of one unit."""

    unit_id: int
    name: str
    slug: str
    open: int
    overdue: int
    closed: int


@dataclass(frozen=True)
class GroupActions:
    """The actions of the group's units as at a day (ISO text), together and unit by unit."""

    as_at: str
    open: int
    overdue: int
    closed: int
    units: tuple[UnitActions, ...]


@dataclass(frozen=True)
class UnitReading:
    """What the roll-up takes from a unit: which statement, its levels by theme identity, and what it merely carried.

    `carried` are the identities of the themes of which the unit said that last time's text still holds.
    """

    unit_id: int
    name: str
    slug: str
    quarter: str | None = None
    revision: int | None = None
    status: str | None = None
    later_awaits_acceptance: bool = False
    levels: dict[str, int | None] = field(default_factory=dict)
    carried: tuple[str, ...] = ()


@dataclass(frozen=True)
class ThemeDistribution:
    """How many units stand at each level of a theme; the counts add up to the units of the group.

    `carried` is how many of those with a statement merely carried the theme forward; None where it was not counted.
    """

    identity: str
    name: str
    scored: bool
    counts: tuple[int, ...] = ()
    no_level: int = 0
    nothing_signed: int = 0
    median: str = ""
    lowest: int | None = None
    carried: int | None = None


@dataclass(frozen=True)
class Figures:
    """A group's half-year in figures. `level_names` are the edition's, from level 1: frozen with what they name.

    Figures that were built before actions were counted have none.
    """

    half: str
    level_names: tuple[str, ...]
    coverage: tuple[QuarterCoverage, ...]
    themes: tuple[ThemeFacts, ...]
    units: tuple[UnitReading, ...]
    distribution: tuple[ThemeDistribution, ...]
    actions: GroupActions | None = None


def taken(revisions: Iterable[SignedRevision]) -> tuple[SignedRevision | None, bool]:
    """Return the revision of a unit's half that counts, and whether a later one awaits acceptance.

    The latest accepted (later quarter first), else the latest signed, else none.
    """
    latest_first = sorted(revisions, key=lambda revision: (revision.quarter, revision.number), reverse=True)
    if not latest_first:
        return None, False
    accepted = [revision for revision in latest_first if revision.state == ACCEPTED]
    counts = accepted[0] if accepted else latest_first[0]
    return counts, bool(accepted) and counts is not latest_first[0]


def median_label(levels: Sequence[int]) -> str:
    """Return the median level in words of figures: `3`, or `3–4` where the middle lies between two; empty for none."""
    if not levels:
        return ""
    ordered = sorted(levels)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return str(low) if low == high else f"{low}–{high}"


def coverage(quarter: Quarter, units: Iterable[UnitFacts], revisions: Iterable[SignedRevision]) -> QuarterCoverage:
    """Count the quarter's expected, signed, accepted, late and missing statements."""
    expected = {unit.id for unit in units if unit.expected_in(quarter)}
    first_signed: dict[int, date] = {}
    accepted: set[int] = set()
    for revision in revisions:
        if revision.quarter == quarter and revision.unit_id in expected:
            first_signed[revision.unit_id] = min(
                revision.signed_on, first_signed.get(revision.unit_id, revision.signed_on)
            )
            if revision.state == ACCEPTED:
                accepted.add(revision.unit_id)
    late = sum(1 for signed_on in first_signed.values() if signed_on > quarter.due_on)
    return QuarterCoverage(
        str(quarter), len(expected), len(first_signed), len(accepted), late, len(expected) - len(first_signed)
    )


def distribution(theme: ThemeFacts, readings: Iterable[UnitReading]) -> ThemeDistribution:
    """Count the units at each level of `theme`, and those that merely carried it. An unscored theme has no counts."""
    if not theme.scored:
        return ThemeDistribution(theme.identity, theme.name, scored=False)
    nothing_signed = no_level = carried = 0
    levels: list[int] = []
    for reading in readings:
        level = reading.levels.get(theme.identity)
        carried += theme.identity in reading.carried
        if reading.status is None:
            nothing_signed += 1
        elif level is None:
            no_level += 1
        else:
            levels.append(level)
    found = Counter(levels)
    return ThemeDistribution(
        theme.identity,
        theme.name,
        scored=True,
        counts=tuple(found[level] for level in LEVELS),
        no_level=no_level,
        nothing_signed=nothing_signed,
        median=median_label(levels),
        lowest=min(levels, default=None),
        carried=carried,
    )


def group_actions(units: Iterable[UnitFacts], counts: Mapping[int, ActionCounts], *, as_at: date) -> GroupActions:
    """Add up the units' actions; a unit that `counts` does not name has none."""
    rows = []
    for unit in units:
        found = counts.get(unit.id, ActionCounts())
        rows.append(UnitActions(unit.id, unit.name, unit.slug, found.open, found.overdue, found.closed))
    return GroupActions(
        as_at.isoformat(),
        sum(row.open for row in rows),
        sum(row.overdue for row in rows),
        sum(row.closed for row in rows),
        tuple(rows),
    )


def summarise(
    *,
    quarters: Sequence[Quarter],
    level_names: Sequence[str],
    units: Sequence[UnitFacts],
    themes: Sequence[ThemeFacts],
    revisions: Sequence[SignedRevision],
    levels: Mapping[int, Mapping[str, int | None]],
    carried: Mapping[int, Sequence[str]],
    actions: Mapping[int, ActionCounts],
    as_at: date,
) -> Figures:
    """Sum up a group's half-year.

    `quarters` are those of the half that have begun: of a later one nothing is expected yet. `units` are the group's
    on the half's last day, each expected in at least one of these quarters; `revisions` their
    signed, unreturned revisions of the half; `levels` maps a revision's id to {theme identity: level or None}, and
    `carried` to the themes it merely carried forward. `actions` are the units' as at `as_at`, by the unit's id.
    """
    by_unit: dict[int, list[SignedRevision]] = {unit.id: [] for unit in units}
    for revision in revisions:
        by_unit[revision.unit_id].append(revision)
    readings = []
    for unit in units:
        counts, awaiting = taken(by_unit[unit.id])
        if counts is None:
            readings.append(UnitReading(unit.id, unit.name, unit.slug))
        else:
            readings.append(
                UnitReading(
                    unit.id,
                    unit.name,
                    unit.slug,
                    quarter=str(counts.quarter),
                    revision=counts.number,
                    status=counts.state,
                    later_awaits_acceptance=awaiting,
                    levels=dict(levels.get(counts.id, {})),
                    carried=tuple(sorted(carried.get(counts.id, ()))),
                )
            )
    return Figures(
        half=str(quarters[0].half),
        level_names=tuple(level_names),
        coverage=tuple(coverage(quarter, units, revisions) for quarter in quarters),
        themes=tuple(themes),
        units=tuple(readings),
        distribution=tuple(distribution(theme, readings) for theme in themes),
        actions=group_actions(units, actions, as_at=as_at),
    )
