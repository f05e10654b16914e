"""A business group's half-year for whoever leads it: who is short of which target, and the questions to expect.

Pure: plain values in, sentences and counts out; no Django, no clock. Levels are ordinal: compared, never added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from maturity.applying import TargetFacts, choose
from rendering.formats import count, day

# So many names stand in a sentence; the lists above it have all of them.
MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit of the group."""

    id: int
    name: str
    slug: str
    risk_band: str


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """A scored theme of the edition in force."""

    identity: str
    name: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A unit's statement that counts for a half-year: its levels by theme identity, and the themes merely carried."""

    quarter: str
    number: int
    edition_id: int
    levels: Mapping[str, int | None]
    carried: frozenset[str] = frozenset()


Readings = Mapping[int, Reading]  # by the unit's id


# --- Targets ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Short:
    """A unit below its target in a theme."""

    unit: UnitFacts
    level: int
    target: TargetFacts


@dataclass(frozen=True, slots=True)
class ThemeStanding:
    """A theme held against the targets of the group's units. The five counts add up to the units of the group."""

    theme: ThemeFacts
    short: tuple[Short, ...] = ()
    reached: int = 0
    no_level: int = 0
    nothing_signed: int = 0
    no_target: int = 0


def standings(
    themes: Iterable[ThemeFacts],
    units: Collection[UnitFacts],
    readings: Readings,
    targets: Sequence[TargetFacts],
    *,
    group_id: int,
    today: date,
) -> tuple[ThemeStanding, ...]:
    """Hold each unit's newest levels against its targets, theme by theme; a target with a share, unit by unit too."""
    return tuple(_standing(theme, units, readings, targets, group_id=group_id, today=today) for theme in themes)


def _standing(
    theme: ThemeFacts,
    units: Iterable[UnitFacts],
    readings: Readings,
    targets: Sequence[TargetFacts],
    *,
    group_id: int,
    today: date,
) -> ThemeStanding:
    short: list[Short] = []
    counts = {"reached": 0, "no_level": 0, "nothing_signed": 0, "no_target": 0}
    for unit in units:
        target = choose(
            targets, unit_id=unit.id, group_id=group_id, risk_band=unit.risk_band, theme=theme.identity, day=today
        )
        reading = readings.get(unit.id)
        level = reading.levels.get(theme.identity) if reading else None
        if target is None:
            counts["no_target"] += 1
        elif reading is None:
            counts["nothing_signed"] += 1
        elif level is None:
            counts["no_level"] += 1
        elif level < target.level:
            short.append(Short(unit, level, target))
        else:
            counts["reached"] += 1
    return ThemeStanding(theme, tuple(short), **counts)


# --- Movement -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fall:
    """A unit whose level of a theme is lower than in the half before."""

    unit: UnitFacts
    before: int
    now: int


def falls(
    themes: Iterable[ThemeFacts],
    units: Collection[UnitFacts],
    now: Readings,
    before: Readings,
    not_comparable: Collection[tuple[int, int, str]],
) -> dict[ThemeFacts, tuple[Fall, ...]]:
    """Return, for each theme in which some fell, the units that did. `not_comparable` are (edition, earlier edition,
    theme identity): between these nothing is compared."""
    found: dict[ThemeFacts, list[Fall]] = defaultdict(list)
    for theme in themes:
        for unit in units:
            if unit.id not in now or unit.id not in before:
                continue
            new, old = now[unit.id], before[unit.id]
            level, level_before = new.levels.get(theme.identity), old.levels.get(theme.identity)
            if level is None or level_before is None or level >= level_before:
                continue
            if (new.edition_id, old.edition_id, theme.identity) not in not_comparable:
                found[theme].append(Fall(unit, level_before, level))
    return {theme: tuple(fallen) for theme, fallen in found.items()}


def merely_carried(units: Iterable[UnitFacts], readings: Readings) -> list[UnitFacts]:
    """Return the units whose statement says of every theme with a level that last time's text still holds."""
    found = []
    for unit in units:
        reading = readings.get(unit.id)
        given = {identity for identity, level in reading.levels.items() if level is not None} if reading else set()
        if reading and given and given <= reading.carried:
            found.append(unit)
    return found


# --- The questions to expect --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    """What the questions are drawn from."""

    half: str
    half_before: str
    today: date
    units: Sequence[UnitFacts]
    nothing_signed: Sequence[UnitFacts]
    fallen: Mapping[ThemeFacts, Sequence[Fall]]
    standings: Sequence[ThemeStanding]
    carried: Sequence[UnitFacts]
    actions_overdue: int = 0
    oldest_due_on: date | None = None
    reviews_waiting: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A question that the Board may ask, from a fact; `source` is the part of the page or service that shows it."""

    text: str
    source: str = field(default="")


def questions(facts: Facts) -> list[Question]:
    """Return the questions to expect, the gravest first."""
    return [
        *_of_nothing_signed(facts),
        *_of_falls(facts),
        *_of_targets_passed(facts),
        *_of_actions(facts),
        *_of_carrying(facts),
        *_of_reviews(facts),
    ]


def _of_nothing_signed(facts: Facts) -> Iterable[Question]:
    if facts.nothing_signed:
        number, every = len(facts.nothing_signed), len(facts.units)
        have = "has" if number == 1 else "have"
        yield Question(
            f"{count(number)} of {count(every)} {_units(every)} {have} signed nothing in {facts.half}: "
            f"{_names(facts.nothing_signed)}. Why, and what do you know of them?",
            "due",
        )


def _of_falls(facts: Facts) -> Iterable[Question]:
    for theme, fallen in facts.fallen.items():
        named = [f"{one.unit.name} (from {one.before} to {one.now})" for one in fallen]
        number = len(fallen)
        yield Question(
            f"{theme.name} is lower than in {facts.half_before} at {count(number)} {_units(number)}: "
            f"{_listed(named)}. What happened?",
            "movement",
        )


def _of_targets_passed(facts: Facts) -> Iterable[Question]:
    short: dict[tuple[date, int], dict[int, UnitFacts]] = defaultdict(dict)
    for standing in facts.standings:
        for one in standing.short:
            if one.target.by_on < facts.today:
                short[one.target.by_on, one.target.level][one.unit.id] = one.unit
    for (by_on, level), units in sorted(short.items()):
        number = len(units)
        yield Question(
            f"Level {level} was to be reached by {day(by_on)}, and {count(number)} {_units(number)} "
            f"{'is' if number == 1 else 'are'} short of it in at least one theme: {_names(list(units.values()))}. "
            "When will it be reached?",
            "targets",
        )


def _of_actions(facts: Facts) -> Iterable[Question]:
    if facts.actions_overdue:
        number = facts.actions_overdue
        oldest = f", the oldest since {day(facts.oldest_due_on)}" if facts.oldest_due_on else ""
        yield Question(
            f"{count(number)} {'action is' if number == 1 else 'actions are'} overdue{oldest}. What holds "
            f"{'it' if number == 1 else 'them'} up?",
            "actions",
        )


def _of_carrying(facts: Facts) -> Iterable[Question]:
    if facts.carried:
        number = len(facts.carried)
        yield Question(
            f"{count(number)} {_units(number)} merely carried every theme forward: {_names(facts.carried)}. What has "
            "been done since?",
            "movement",
        )


def _of_reviews(facts: Facts) -> Iterable[Question]:
    if facts.reviews_waiting:
        number = facts.reviews_waiting
        yield Question(
            f"{count(number)} signed {'statement waits' if number == 1 else 'statements wait'} for review. Do the "
            "levels hold?",
            "due",
        )


def _units(number: int) -> str:
    return "unit" if number == 1 else "units"


def _names(units: Sequence[UnitFacts]) -> str:
    return _listed([unit.name for unit in units])


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {count(more)} more" if more > 0 else "")
