"""The force's half-year put together from what the database counted. Plain values: no database, no clock.

The same figures as a group's, over units wherever they are, with a row for each business group in the place of one for
each unit. The rows counted are those of `services/force_figures.py` and its neighbours; what they mean is said
once, in `rollup.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from assurance.comparing import Editions
from assurance.rollup import (
    AuditedClaims,
    Excluded,
    Figures,
    GroupActions,
    GroupRow,
    QuarterCoverage,
    StatementUsed,
    ThemeCells,
    ThemeDistribution,
    ThemeFacts,
    UnitActions,
    Validated,
    of_cells,
    weakest,
)
from assurance.rollup_context import questions
from assurance.rollup_movement import Move, Movement, ThemeMovement, UnitMovement, most_improved
from assurance.sustaining import SelfSustaining
from assurance.targets import LEVEL_OF_ASSURANCE, TargetProgress
from organisation.periods import HalfYear

# Units that were in no business group on the day that counts.
NO_GROUP = "In no business group"


@dataclass(frozen=True)
class Group:
    """A business group; None stands for units that are in none."""

    id: int | None
    name: str
    slug: str


@dataclass(frozen=True)
class Coverage:
    """The statements of a group's quarter: how many, and the ids of the units they are of."""

    group: int | None
    quarter: str
    expected: int
    signed: int
    accepted: int
    late: int
    signed_of: Collection[int] = ()
    accepted_of: Collection[int] = ()
    late_of: Collection[int] = ()


@dataclass(frozen=True)
class Used:
    """A group's units whose statement used is on an edition (None: nothing signed), and what reviewers answered."""

    group: int | None
    edition: str | None
    units: int
    late: int
    reviewed: int
    completed: int
    reflects: int
    improves: int


@dataclass(frozen=True)
class Cells:
    """A group's units at a level of a theme (None: no level given), in statements used that are on an edition."""

    group: int | None
    edition: str
    identity: str
    level: int | None
    units: int
    carried: int


@dataclass(frozen=True)
class Moves:
    """A group's units whose level in a theme went one way between two statements (of no edition: no statement)."""

    group: int | None
    edition: str | None
    edition_before: str | None
    identity: str
    move: str
    units: int
    at_target_before: int
    at_target_now: int


@dataclass(frozen=True)
class Sustained:
    """A group's units that sustain a theme by themselves, with their ids; every scored theme where `identity` is None,
    and then without.
    """

    group: int | None
    identity: str | None
    units: int
    of: Collection[int] = ()


@dataclass(frozen=True)
class ReportedAndFound:
    """Levels of a theme reported in statements on an edition, and last found by audits as another edition describes
    them: how many agree, and how many are reported higher and lower."""

    identity: str
    edition: str
    edition_found: str
    agree: int
    higher: int
    lower: int


@dataclass(frozen=True)
class Actions:
    """A group's actions."""

    group: int | None
    open: int
    overdue: int
    closed: int


@dataclass(frozen=True)
class Counted:
    """Everything that was counted for a force's half-year."""

    half: HalfYear
    as_at: str
    edition: str
    edition_before: str
    editions: Editions
    level_names: Sequence[str]
    themes: Sequence[ThemeFacts]
    target_levels: Mapping[str, int]
    groups: Sequence[Group]
    coverage: Sequence[Coverage]
    used: Sequence[Used]
    cells: Sequence[Cells]
    moves: Sequence[Moves]
    sustained: Sequence[Sustained]
    actions: Sequence[Actions]
    excluded: Sequence[tuple[int | None, Excluded]]
    ended: Sequence[str]
    targets: Sequence[TargetProgress]
    statements: Sequence[StatementUsed] = ()
    validated: Sequence[ReportedAndFound] = ()
    audited_claims: AuditedClaims | None = None
    ended_statements: Sequence[StatementUsed] = ()


def summarise_force(counted: Counted) -> Figures:
    """Return the force's figures."""
    # Sorted by group once: there are as many rows as groups, themes and levels, so looking through all of them for
    # each group would take the square of the force's size.
    cells: dict[int | None, list[Cells]] = defaultdict(list)
    for cell in counted.cells:
        cells[cell.group].append(cell)
    by_group = {group.id: _theme_cells(counted, group.id, cells[group.id]) for group in counted.groups}
    rows = {theme.identity: _distribution(counted, theme, by_group) for theme in counted.themes}
    moved = _movement(counted)
    return Figures(
        half=str(counted.half),
        level_names=tuple(counted.level_names),
        coverage=_coverage(counted.coverage),
        themes=tuple(counted.themes),
        units=(),
        distribution=tuple(rows.values()),
        actions=_actions(counted),
        as_at=counted.as_at,
        edition=counted.edition,
        unit_count=sum(row.units for row in counted.used),
        used_late=sum(row.late for row in counted.used),
        excluded=tuple(excluded for _, excluded in counted.excluded),
        movement=moved,
        self_sustaining=_sustained(counted),
        validated=_validated(counted),
        audited_claims=counted.audited_claims,
        weakest=weakest(rows.values()),
        most_improved=most_improved(moved.themes),
        questions=questions(
            used=sum(row.units for row in counted.used if row.edition is not None),
            given=sum(row.reviewed for row in counted.used),
            yes=[sum(getattr(row, name) for row in counted.used) for name in ("completed", "reflects", "improves")],
        ),
        targets=tuple(counted.targets),
        groups=tuple(_group(counted, group, by_group[group.id]) for group in counted.groups),
        statements=tuple(counted.statements),
        ended=tuple(counted.ended_statements),
    )


def _theme_cells(counted: Counted, group: int | None, cells: Sequence[Cells]) -> dict[str, ThemeCells]:
    """What was counted of each theme in a group, whose cells are given."""
    used = [row for row in counted.used if row.group == group]
    nothing_signed = sum(row.units for row in used if row.edition is None)
    found = {}
    for theme in counted.themes:
        comparable = {
            row.edition
            for row in used
            if row.edition is not None and counted.editions.comparable(counted.edition, row.edition, theme.identity)
        }
        rows = [row for row in cells if row.identity == theme.identity and row.edition in comparable]
        levels: Counter[int] = Counter()
        for row in rows:
            if row.level is not None:
                levels[row.level] += row.units
        on_comparable = sum(row.units for row in used if row.edition in comparable)
        found[theme.identity] = ThemeCells(
            levels,
            no_level=on_comparable - levels.total(),
            nothing_signed=nothing_signed,
            other_edition=sum(row.units for row in used if row.edition is not None) - on_comparable,
            carried=sum(row.carried for row in rows),
        )
    return found


def _added(cells: Iterable[ThemeCells]) -> ThemeCells:
    levels: Counter[int] = Counter()
    rest: Counter[str] = Counter()
    for one in cells:
        levels.update(one.levels)
        rest.update({name: value for name, value in asdict(one).items() if name != "levels"})
    return ThemeCells(levels, **rest)


def _distribution(
    counted: Counted, theme: ThemeFacts, by_group: Mapping[int | None, Mapping[str, ThemeCells]]
) -> ThemeDistribution:
    target = counted.target_levels.get(theme.identity, LEVEL_OF_ASSURANCE)
    found = of_cells(theme, _added(cells[theme.identity] for cells in by_group.values()), target=target)
    if not theme.scored:
        return found
    lowest = found.lowest or 0
    return replace(
        found,
        lowest_units=tuple(
            group.name for group in counted.groups if by_group[group.id][theme.identity].levels.get(lowest)
        ),
        self_sustaining=sum(row.units for row in counted.sustained if row.identity == theme.identity),
    )


def _coverage(rows: Iterable[Coverage]) -> tuple[QuarterCoverage, ...]:
    """Add up the rows of each quarter, the earlier first."""
    added: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        added[row.quarter].update(expected=row.expected, signed=row.signed, accepted=row.accepted, signed_late=row.late)
    return tuple(
        QuarterCoverage(
            quarter,
            found["expected"],
            found["signed"],
            found["accepted"],
            found["signed_late"],
            found["expected"] - found["signed"],
        )
        for quarter, found in sorted(added.items())
    )


def _group(counted: Counted, group: Group, cells: Mapping[str, ThemeCells]) -> GroupRow:
    rows = [row for row in counted.coverage if row.group == group.id]
    empty = [Coverage(group.id, quarter, 0, 0, 0, 0) for quarter in {row.quarter for row in counted.coverage}]
    return GroupRow(
        group.name,
        group.slug,
        units=sum(row.units for row in counted.used if row.group == group.id),
        coverage=_coverage([*rows, *empty]),
        themes=tuple(
            of_cells(theme, cells[theme.identity], target=counted.target_levels.get(theme.identity, LEVEL_OF_ASSURANCE))
            for theme in counted.themes
        ),
        excluded=sum(of == group.id for of, _ in counted.excluded),
    )


def _sustained(counted: Counted) -> SelfSustaining:
    by_theme: Counter[str] = Counter()
    in_every_theme = 0
    for row in counted.sustained:
        if row.identity is None:
            in_every_theme += row.units
        else:
            by_theme[row.identity] += row.units
    return SelfSustaining(in_every_theme, dict(sorted(by_theme.items())))


def _validated(counted: Counted) -> Validated:
    comparable = [
        row
        for row in counted.validated
        if all(
            counted.editions.comparable(counted.edition, edition, row.identity)
            for edition in (row.edition, row.edition_found)
        )
    ]
    agree, higher, lower = (sum(getattr(row, name) for row in comparable) for name in ("agree", "higher", "lower"))
    return Validated(agree + higher + lower, agree, higher, lower)


def _actions(counted: Counted) -> GroupActions:
    names = {group.id: group for group in counted.groups}
    rows = {row.group: row for row in counted.actions}
    return GroupActions(
        counted.as_at,
        sum(row.open for row in counted.actions),
        sum(row.overdue for row in counted.actions),
        sum(row.closed for row in counted.actions),
        tuple(
            UnitActions(group.id or 0, group.name, group.slug, row.open, row.overdue, row.closed)
            for group in names.values()
            if (row := rows.get(group.id, Actions(group.id, 0, 0, 0)))
        ),
    )


def _movement(counted: Counted) -> Movement:
    scored = [theme for theme in counted.themes if theme.scored]
    by_theme: dict[str, Counter[str]] = {theme.identity: Counter() for theme in scored}
    by_group: dict[int | None, Counter[str]] = {group.id: Counter() for group in counted.groups}
    for row in counted.moves:
        move = _move(row, counted.editions)
        by_theme[row.identity][move] += row.units
        if row.group in by_group:
            by_group[row.group][move] += row.units
        if move is not Move.NOT_COMPARABLE:
            by_theme[row.identity]["at_target_before"] += row.at_target_before
            by_theme[row.identity]["at_target_now"] += row.at_target_now
    return Movement(
        since=str(counted.half.previous()),
        edition=counted.edition,
        edition_before=counted.edition_before,
        not_comparable=tuple(
            theme.name
            for theme in scored
            if not counted.editions.comparable(counted.edition, counted.edition_before, theme.identity)
        ),
        themes=tuple(
            ThemeMovement(**by_theme[theme.identity], identity=theme.identity, name=theme.name) for theme in scored
        ),
        units=tuple(
            UnitMovement(**by_group[group.id], name=group.name, slug=group.slug, themes={}) for group in counted.groups
        ),
        ended=tuple(counted.ended),
    )


def _move(row: Moves, editions: Editions) -> Move:
    both = row.edition is not None and row.edition_before is not None
    if both and not editions.comparable(row.edition or "", row.edition_before or "", row.identity):
        return Move.NOT_COMPARABLE
    return Move(row.move)
