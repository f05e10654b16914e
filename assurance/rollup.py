"""How a business group's half-year is summed up. Plain values in, figures out: no database, no clock.

Levels are ordinal: distributions, medians and the lowest lead; nothing is averaged. A unit with nothing signed is a
category of its own and stays in every count. Rules: domain.md, *Roll-ups*; `statistics.md`, *Levels are ordinal*.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from assurance.comparing import Editions
from assurance.rollup_movement import Movement
from assurance.sustaining import SelfSustaining
from assurance.targets import LEVEL_OF_ASSURANCE, TargetProgress
from organisation.periods import Quarter

LEVELS = (1, 2, 3, 4, 5)
ACCEPTED, SIGNED = "accepted", "signed"
ANY_EDITIONS = Editions()


@dataclass(frozen=True)
class UnitFacts:
    """A unit of the group."""

    id: int
    name: str
    slug: str
    opened_on: date
    closed_on: date | None = None
    risk_band: str = ""

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
    edition: str = ""


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
class UnitQuarter:
    """What came of the statement of a quarter in which one is expected of a unit: no `status` where nothing did.

    `late` is whether it was first signed after its day.
    """

    quarter: str
    status: str | None = None
    late: bool = False


@dataclass(frozen=True)
class CountedUnit:
    """A unit in the figures, and what it is counted as: what leads from a number back to the units behind it.

    The statement that counts for it is named by `quarter` and `revision`, and is on the `edition` of this code; its
    `status` is None where nothing is signed, `late` whether that quarter's was first signed after its day, and
    `answers` what the reviewer answered about it, in the order of `Questions`. `quarters` are those in which a
    statement was expected; `sustained` are the identities of the scored themes that the unit sustains by itself.
    Targets are named by their number in the figures, from 1: those the unit is at, and those it is short of.
    """

    unit_id: int
    name: str
    slug: str = ""
    quarter: str | None = None
    revision: int | None = None
    status: str | None = None
    edition: str = ""
    late: bool = False
    answers: tuple[bool, bool, bool] | None = None
    quarters: tuple[UnitQuarter, ...] = ()
    sustained: tuple[str, ...] = ()
    at_targets: tuple[int, ...] = ()
    short_of: tuple[int, ...] = ()


@dataclass(frozen=True)
class UnitReading(CountedUnit):
    """What the roll-up takes from a unit: which statement, its levels by theme identity, and what it merely carried.

    `carried` are the identities of the themes of which the unit said that last time's text still holds; `apart` are
    the themes that its edition does not score, or means otherwise by; `validated` are the levels that audits found.
    """

    later_awaits_acceptance: bool = False
    levels: dict[str, int | None] = field(default_factory=dict)
    carried: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    validated: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ThemeDistribution:
    """How many units stand at each level of a theme; the counts add up to the units of the group.

    `other_edition` are units whose statement is on an edition in which the theme means something else or is not
    scored: they are in no denominator. `carried` is how many of those with a statement merely carried the theme
    forward, `at_target` how many stand at `target` or above, `self_sustaining` how many hold it by themselves; None
    where it was not counted. `lowest_units` names those at the lowest level: units, or the groups that have any.
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
    other_edition: int = 0
    target: int | None = None
    at_target: int | None = None
    at_lowest: int | None = None
    lowest_units: tuple[str, ...] = ()
    self_sustaining: int | None = None

    @property
    def with_level(self) -> int:
        """How many units gave a level: the denominator of the share at target."""
        return sum(self.counts)

    @property
    def in_all(self) -> int:
        """The denominator of the harsher share: units without a level, or without a statement, are in it."""
        return self.with_level + self.no_level + self.nothing_signed


@dataclass(frozen=True)
class ThemeCells:
    """What is counted of a theme, however it was counted: units at each level that occurs, and the others."""

    levels: Mapping[int, int] = field(default_factory=dict)
    no_level: int = 0
    nothing_signed: int = 0
    other_edition: int = 0
    carried: int = 0


@dataclass(frozen=True)
class Excluded:
    """A unit of the group of which no statement was expected in the half-year, with the days that say why (ISO)."""

    name: str
    slug: str
    opened_on: str
    closed_on: str | None


@dataclass(frozen=True)
class YesNo:
    """How one of the questions about a statement was answered."""

    yes: int
    no: int


@dataclass(frozen=True)
class Questions:
    """The reviewers' answers to the three questions (2019 paper, §1.11) about the statements used.

    `not_reviewed` are the statements used of which nothing has been decided; `used` is their denominator.
    """

    used: int
    not_reviewed: int
    appropriately_completed: YesNo
    reflects_performance: YesNo
    identifies_improvement: YesNo


@dataclass(frozen=True)
class Validated:
    """Levels reported in the half and last found by audits, over the units' themes that an audit has validated.

    Themes that do not mean the same in the edition reported on and in the audit's are left out.
    """

    cells: int = 0
    agree: int = 0
    reported_higher: int = 0
    reported_lower: int = 0


@dataclass(frozen=True)
class AuditedClaims:
    """Claims that issued audits judged, each in the very statement that the audit validates, whenever that was.

    `claims` are confirmed, too high or too low; of `not_enough_evidence` more the auditors could not judge.
    """

    claims: int
    confirmed: int
    too_high: int
    too_low: int
    not_enough_evidence: int


@dataclass(frozen=True)
class GroupRow:
    """A business group in a force's figures. `themes` are the group's distributions, in the order of the figures'."""

    name: str
    slug: str
    units: int
    coverage: tuple[QuarterCoverage, ...]
    themes: tuple[ThemeDistribution, ...]
    excluded: int = 0


@dataclass(frozen=True)
class StatementUsed(CountedUnit):
    """The statement that counts for a unit of the force: what it says is read from its row, which never changes.

    `group` is the slug of the business group, empty where it is in none, None where no figures are of its group;
    `before` names the statement that counted for the unit in the half-year before, by quarter, revision and edition.
    """

    group: str | None = None
    before: tuple[str, int, str] | None = None


@dataclass(frozen=True)
class Figures:
    """A half-year in figures, of a group or of the force. `level_names` are the edition's, from level 1: frozen with
    what they name.

    Figures of a group have `units`; those of the force have `groups` instead, and of each unit only which of its
    `statements` counts; `ended` are those of its units that only the half-year before speaks of. `unit_count` is how
    many units they speak of. Figures hold counts: shares, intervals and paces are worked out from them when they are
    shown. What was not counted yet when older figures were built is missing.
    """

    half: str
    level_names: tuple[str, ...]
    coverage: tuple[QuarterCoverage, ...]
    themes: tuple[ThemeFacts, ...]
    units: tuple[UnitReading, ...]
    distribution: tuple[ThemeDistribution, ...]
    actions: GroupActions | None = None
    as_at: str = ""
    edition: str = ""
    unit_count: int = 0
    used_late: int = 0
    excluded: tuple[Excluded, ...] = ()
    movement: Movement | None = None
    self_sustaining: SelfSustaining | None = None
    validated: Validated | None = None
    audited_claims: AuditedClaims | None = None
    weakest: tuple[str, ...] = ()
    most_improved: tuple[str, ...] = ()
    questions: Questions | None = None
    targets: tuple[TargetProgress, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    statements: tuple[StatementUsed, ...] = ()
    ended: tuple[StatementUsed, ...] = ()


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


def median_of_counts(counts: Sequence[int]) -> str:
    """Return `median_label` of the levels of which there are so many each, from level 1."""
    units = sum(counts)
    if not units:
        return ""
    low = high = 0
    counted = 0
    for level, number in enumerate(counts, start=1):
        counted += number
        low = low or (level if counted >= (units + 1) // 2 else 0)
        high = high or (level if counted >= units // 2 + 1 else 0)
    return str(low) if low == high else f"{low}–{high}"


def unit_quarters(
    unit: UnitFacts, quarters: Iterable[Quarter], revisions: Iterable[SignedRevision]
) -> tuple[UnitQuarter, ...]:
    """Return what came of the unit's statement of each of the quarters in which one is expected of it.

    `revisions` are the unit's signed, unreturned ones.
    """
    by_quarter: dict[Quarter, list[SignedRevision]] = defaultdict(list)
    for revision in revisions:
        by_quarter[revision.quarter].append(revision)
    found = []
    for quarter in quarters:
        if not unit.expected_in(quarter):
            continue
        signed = by_quarter.get(quarter)
        if not signed:
            found.append(UnitQuarter(str(quarter)))
            continue
        status = ACCEPTED if any(one.state == ACCEPTED for one in signed) else SIGNED
        late = min(one.signed_on for one in signed) > quarter.due_on
        found.append(UnitQuarter(str(quarter), status, late=late))
    return tuple(found)


def coverage(quarter: Quarter, units: Iterable[UnitFacts], revisions: Iterable[SignedRevision]) -> QuarterCoverage:
    """Count the quarter's expected, signed, accepted, late and missing statements."""
    by_unit: dict[int, list[SignedRevision]] = defaultdict(list)
    for revision in revisions:
        by_unit[revision.unit_id].append(revision)
    return coverage_of(quarter, [unit_quarters(unit, [quarter], by_unit.get(unit.id, ())) for unit in units])


def coverage_of(quarter: Quarter, units: Iterable[Iterable[UnitQuarter]]) -> QuarterCoverage:
    """Count the same from what came of each unit's statements."""
    expected = [one for quarters in units for one in quarters if one.quarter == str(quarter)]
    signed = [one for one in expected if one.status is not None]
    return QuarterCoverage(
        str(quarter),
        expected=len(expected),
        signed=len(signed),
        accepted=sum(one.status == ACCEPTED for one in signed),
        signed_late=sum(one.late for one in signed),
        nothing_signed=len(expected) - len(signed),
    )


def distribution(
    theme: ThemeFacts,
    readings: Iterable[UnitReading],
    *,
    target: int = LEVEL_OF_ASSURANCE,
) -> ThemeDistribution:
    """Count the units at each level of `theme`, and those that merely carried it. An unscored theme has no counts."""
    no_level = nothing_signed = other_edition = carried = 0
    levels: dict[str, int] = {}
    for reading in readings:
        level = reading.levels.get(theme.identity)
        if reading.status is None:
            nothing_signed += 1
        elif theme.identity in reading.apart:
            other_edition += 1
        else:
            carried += theme.identity in reading.carried
            if level is None:
                no_level += 1
            else:
                levels[reading.name] = level
    cells = ThemeCells(Counter(levels.values()), no_level, nothing_signed, other_edition, carried)
    found = of_cells(theme, cells, target=target)
    return replace(found, lowest_units=tuple(name for name, level in levels.items() if level == found.lowest))


def of_cells(theme: ThemeFacts, cells: ThemeCells, *, target: int = LEVEL_OF_ASSURANCE) -> ThemeDistribution:
    """Return the distribution of a theme from what was counted of it."""
    if not theme.scored:
        return ThemeDistribution(theme.identity, theme.name, scored=False)
    counts = tuple(cells.levels.get(level, 0) for level in LEVELS)
    occurring = [level for level in LEVELS if counts[level - 1]]
    return ThemeDistribution(
        theme.identity,
        theme.name,
        scored=True,
        counts=counts,
        no_level=cells.no_level,
        nothing_signed=cells.nothing_signed,
        median=median_of_counts(counts),
        lowest=min(occurring, default=None),
        carried=cells.carried,
        other_edition=cells.other_edition,
        target=target,
        at_target=sum(counts[target - 1 :]),
        at_lowest=counts[occurring[0] - 1] if occurring else 0,
    )


def weakest(distributions: Iterable[ThemeDistribution]) -> tuple[str, ...]:
    """Return the identities of the themes with the smallest share at target among the units that gave a level.

    Among those with the same share, the ones with the lowest median; what is still tied is listed. None where every
    unit is at target in every theme.
    """
    found = [row for row in distributions if row.scored and row.with_level and row.at_target is not None]
    shares = {row.identity: Fraction(row.at_target or 0, row.with_level) for row in found}
    least = min(shares.values(), default=Fraction(1))
    if least == 1:
        return ()
    tied = [row for row in found if shares[row.identity] == least]
    lowest_median = min(row.median for row in tied)
    return tuple(row.identity for row in tied if row.median == lowest_median)


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
    edition: str = "",
    editions: Editions = ANY_EDITIONS,
    targets: Mapping[str, int] | None = None,
) -> Figures:
    """Sum up a group's half-year.

    `quarters` are those of the half that have begun: of a later one nothing is expected yet. `units` are the group's
    on the half's last day, each expected in at least one of these quarters; `revisions` their
    signed, unreturned revisions of the half; `levels` maps a revision's id to {theme identity: level or None}, and
    `carried` to the themes it merely carried forward. `actions` are the units' as at `as_at`, by the unit's id.
    `edition` is the half's, `editions` tells which themes mean the same in others, and `targets` has the level that
    the share at target speaks of, by theme; `rollup_context` adds what is beyond the half.
    """
    by_unit: dict[int, list[SignedRevision]] = {unit.id: [] for unit in units}
    for revision in revisions:
        by_unit[revision.unit_id].append(revision)
    scored = [theme.identity for theme in themes if theme.scored]
    readings = tuple(
        replace(
            found,
            apart=tuple(one for one in scored if not editions.comparable(edition, found.edition or edition, one)),
        )
        for unit in units
        for found in [_reading(unit, quarters, by_unit[unit.id], levels, carried)]
    )
    asked = targets or {}
    distributions = tuple(
        distribution(
            theme,
            readings,
            target=asked.get(theme.identity, LEVEL_OF_ASSURANCE),
        )
        for theme in themes
    )
    return Figures(
        half=str(quarters[0].half),
        level_names=tuple(level_names),
        coverage=tuple(coverage_of(quarter, [one.quarters for one in readings]) for quarter in quarters),
        themes=tuple(themes),
        units=readings,
        distribution=distributions,
        actions=group_actions(units, actions, as_at=as_at),
        as_at=as_at.isoformat(),
        edition=edition,
        unit_count=len(units),
        used_late=sum(reading.late for reading in readings),
        weakest=weakest(distributions),
    )


def _reading(
    unit: UnitFacts,
    quarters: Sequence[Quarter],
    revisions: Sequence[SignedRevision],
    levels: Mapping[int, Mapping[str, int | None]],
    carried: Mapping[int, Sequence[str]],
) -> UnitReading:
    counts, awaiting = taken(revisions)
    came = unit_quarters(unit, quarters, revisions)
    if counts is None:
        return UnitReading(unit.id, unit.name, unit.slug, quarters=came)
    first_signed = min(one.signed_on for one in revisions if one.quarter == counts.quarter)
    return UnitReading(
        unit.id,
        unit.name,
        unit.slug,
        quarter=str(counts.quarter),
        revision=counts.number,
        status=counts.state,
        later_awaits_acceptance=awaiting,
        levels=dict(levels.get(counts.id, {})),
        carried=tuple(sorted(carried.get(counts.id, ()))),
        edition=counts.edition,
        late=first_signed > counts.quarter.due_on,
        quarters=came,
    )
