"""A roll-up's figures as the rows that page and document show. Plain values in and out; nothing is counted here.

`figures` is what `rollup.py` made, as it lies in the database: page and PDF read it through the same functions, so that
they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assurance.rollup_findings import Findings, findings_of
from assurance.rollup_units import about
from organisation.periods import HalfYear, Quarter
from rendering.charts.distribution import DistributionRow, sentence, stacked_bars
from rendering.formats import count, day, share, so_many
from rendering.levels import NO_LEVEL, NOT_EXPECTED, OTHER_EDITION, LevelStyle

NOTHING_SIGNED, NOT_ASKED = "Nothing signed", "Nothing expected"
USED = {"accepted": "accepted", "signed": "signed, not yet accepted"}

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class CoverageRow:
    """A quarter: how many statements were expected, and how many of those came. Counts print their denominator.

    `key` is the quarter as the figures write it.
    """

    key: str
    quarter: str
    due_on: Any
    expected: str
    signed: str
    accepted: str
    signed_late: str
    nothing_signed: str


@dataclass(frozen=True)
class LevelCell:
    """A level in a table. `key` is the suffix of its CSS class; `name` is for those who do not see the shade."""

    key: str
    text: str
    name: str

    @property
    def spoken(self) -> str:
        """The level as it is read out: its number, where it has one, and its name."""
        return f"{self.text} {self.name}" if self.text.isdecimal() else self.name


@dataclass(frozen=True)
class UnitRow:
    """A unit and its levels by theme; without a statement there are no cells."""

    name: str
    slug: str
    quarter: Quarter | None
    revision: int | None
    used: str
    later_awaits_acceptance: bool
    cells: tuple[LevelCell, ...]


@dataclass(frozen=True)
class ThemeRow:
    """The distribution of one theme. `counts` has the units at each level; an unscored theme has none."""

    number: int
    name: str
    scored: bool
    counts: tuple[str, ...]
    no_level: str
    nothing_signed: str
    median: str
    lowest: str
    carried: str
    identity: str = ""
    other_edition: str = ""


@dataclass(frozen=True)
class ActionRow:
    """A unit or a group, or all of them, and its actions. `about` is how an address names it."""

    name: str
    slug: str
    about: Mapping[str, str]
    open: str
    overdue: str
    closed: str


@dataclass(frozen=True)
class ActionTable:
    """The actions of the group's units. `rows` are the units that have any; `says` puts the totals in a sentence."""

    says: str
    rows: tuple[ActionRow, ...]
    total: ActionRow


@dataclass(frozen=True)
class LevelRow:
    """A level of a unit in a theme, with what an audit found of it, where one did."""

    unit: UnitRow
    identity: str
    theme: str
    level: LevelCell
    validated: str


@dataclass(frozen=True)
class RollupTables:
    """Everything a roll-up shows."""

    half: HalfYear
    units: int
    coverage: tuple[CoverageRow, ...]
    levels: tuple[LevelCell, ...]
    themes: Sequence[Mapping[str, Any]]
    rows: tuple[UnitRow, ...]
    distribution: tuple[ThemeRow, ...]
    chart: str
    chart_says: str
    actions: ActionTable | None = None
    findings: Findings | None = None
    figures: Figures = field(default_factory=dict)

    @property
    def has_carried(self) -> bool:
        """Whether it was counted how much was merely carried forward: it was not when the first roll-ups were built."""
        return any(row.carried for row in self.distribution)

    @property
    def has_other_editions(self) -> bool:
        """Whether a statement used is on an edition in which some theme means something else."""
        return any(row.other_edition not in ("", "0") for row in self.distribution)

    @property
    def columns_of_levels(self) -> int:
        """How many columns a theme's distribution takes beside its name."""
        return len(self.levels) + 4 + self.has_other_editions + self.has_carried

    @property
    def counted(self) -> str:
        """How many units the figures speak of."""
        return so_many(self.units, "unit")

    @property
    def has_all_quarters(self) -> bool:
        """Whether both quarters of the half had begun when the figures were read."""
        return len(self.coverage) == len(self.half.quarters)


def tables_of(figures: Figures, *, chart_id: str = "distribution", comparison: bool = True) -> RollupTables:
    """Return the rows of every table of the roll-up, and its chart.

    Without `comparison` nothing of the half-year before is in them.
    """
    others = _others(figures)
    bars = _bars(figures, [key for key, _, _ in others])
    return RollupTables(
        half=HalfYear.parse(figures["half"]),
        units=units_counted(figures),
        coverage=tuple(_coverage(row) for row in figures["coverage"]),
        levels=tuple(
            LevelCell(str(number), str(number), name) for number, name in enumerate(figures["level_names"], start=1)
        ),
        themes=figures["themes"],
        rows=tuple(_unit(row, figures) for row in figures["units"]),
        distribution=tuple(
            _theme(row, theme["number"]) for row, theme in zip(figures["distribution"], figures["themes"], strict=True)
        ),
        chart=stacked_bars(
            bars,
            chart_id=chart_id,
            title="Units at each level, theme by theme",
            level_names=figures["level_names"],
            nothing_signed=NOTHING_SIGNED,
            others=[(look, name) for _, look, name in others],
        ),
        chart_says=sentence(bars, counted="that gave a level"),
        actions=_actions(figures.get("actions"), "group" if figures.get("groups") else "unit"),
        findings=findings_of(figures, comparison=comparison),
        figures=figures if comparison else {**figures, "movement": None},
    )


def unit_rows(figures: Figures, slugs: Iterable[str]) -> list[UnitRow]:
    """The rows of these units, in this order. Those that have ended since the half-year before are only in what moved,
    and those of which nothing was expected only in what is excluded.
    """
    moved = (figures.get("movement") or {}).get("units", ())
    rows = {row["slug"]: UnitRow(row["name"], row["slug"], None, None, NOTHING_SIGNED, False, ()) for row in moved}
    for row in figures.get("excluded", ()):
        rows[row["slug"]] = UnitRow(row["name"], row["slug"], None, None, NOT_ASKED, False, ())
    counted = {row["slug"]: row for row in figures["units"]}
    return [_unit(counted[slug], figures) if slug in counted else rows[slug] for slug in slugs]


def level_rows(figures: Figures, levels: Sequence[tuple[str, str]]) -> list[LevelRow]:
    """The rows of these levels, each a unit's slug and a theme's identity, in this order."""
    units = {row.slug: row for row in unit_rows(figures, dict(levels))}
    places = {theme["identity"]: place for place, theme in enumerate(figures["themes"])}
    validated = {row["slug"]: row.get("validated", {}) for row in figures["units"]}
    return [
        LevelRow(
            unit=(unit := units[slug]),
            identity=identity,
            theme=figures["themes"][places[identity]]["name"],
            level=unit.cells[places[identity]] if unit.cells else LevelCell("none", "–", NOTHING_SIGNED),
            validated=str(validated.get(slug, {}).get(identity, "")),
        )
        for slug, identity in levels
    ]


def units_counted(figures: Figures) -> int:
    """Return how many units the figures speak of."""
    return int(figures.get("unit_count") or len(figures["units"]))


def theme_row(figures: Figures, identity: str) -> ThemeRow | None:
    """Return the distribution of one theme; None where the figures do not know it."""
    numbers = {theme["identity"]: theme["number"] for theme in figures["themes"]}
    rows = [row for row in figures["distribution"] if row["identity"] == identity]
    return _theme(rows[0], numbers[identity]) if rows else None


def _actions(found: Mapping[str, Any] | None, of: str) -> ActionTable | None:
    if found is None:
        return None
    return ActionTable(
        says=_actions_in_words(found),
        rows=tuple(
            _action_row(row, row["name"], row["slug"], about(of, row["slug"]))
            for row in found["units"]
            if _has_any(row)
        ),
        total=_action_row(found, f"All {of}s", "", {}),
    )


def _has_any(row: Mapping[str, Any]) -> bool:
    return bool(row["open"] or row["closed"])


def _action_row(row: Mapping[str, Any], name: str, slug: str, about: Mapping[str, str]) -> ActionRow:
    return ActionRow(name, slug, about, count(row["open"]), count(row["overdue"]), count(row["closed"]))


def _actions_in_words(found: Mapping[str, Any]) -> str:
    as_at = day(date.fromisoformat(found["as_at"]))
    one = found["open"] == 1
    overdue = f"{count(found['overdue'])} of them overdue" if found["overdue"] else "none of them overdue"
    is_open = f"{count(found['open'])} action{'' if one else 's'} open" + (f", {overdue}" if found["open"] else "")
    closed = f"{count(found['closed'])} {'was' if found['closed'] == 1 else 'were'} closed in the half-year"
    return f"On {as_at} the units had {is_open}; {closed}."


def _coverage(row: Mapping[str, Any]) -> CoverageRow:
    quarter = Quarter.parse(row["quarter"])
    return CoverageRow(
        key=row["quarter"],
        quarter=quarter.name,
        due_on=quarter.due_on,
        expected=count(row["expected"]),
        signed=_of(row["signed"], row["expected"]),
        accepted=_of(row["accepted"], row["expected"]),
        signed_late=_of(row["signed_late"], row["expected"]),
        nothing_signed=_of(row["nothing_signed"], row["expected"]),
    )


def _of(part: int, whole: int) -> str:
    """`9 of 12 (75%)`: the denominator stands with the count, and is always what was expected."""
    return f"{count(part)} of {count(whole)} ({share(part, whole)})" if whole else "0 of 0"


def _unit(row: Mapping[str, Any], figures: Figures) -> UnitRow:
    if row["status"] is None:
        return UnitRow(row["name"], row["slug"], None, None, NOTHING_SIGNED, False, ())
    quarter = Quarter.parse(row["quarter"])
    return UnitRow(
        name=row["name"],
        slug=row["slug"],
        quarter=quarter,
        revision=row["revision"],
        used=f"Q{quarter.number}, {USED[row['status']]}",
        later_awaits_acceptance=row["later_awaits_acceptance"],
        cells=tuple(_cell(theme, row, figures["level_names"]) for theme in figures["themes"]),
    )


def _cell(theme: Mapping[str, Any], unit: Mapping[str, Any], names: Sequence[str]) -> LevelCell:
    if not theme["scored"]:
        return LevelCell("unscored", "n/s", "Not scored")
    if theme["identity"] in unit.get("apart", ()):
        return LevelCell("unscored", "n/c", "On another edition, not comparable")
    level = unit["levels"].get(theme["identity"])
    if level is None:
        return LevelCell("none", "–", "No level given")
    return LevelCell(str(level), str(level), names[level - 1])


def _theme(row: Mapping[str, Any], number: int) -> ThemeRow:
    if not row["scored"]:
        return ThemeRow(number, row["name"], False, (), "", "", "", "", "", row["identity"])
    carried = row.get("carried")
    return ThemeRow(
        number=number,
        name=row["name"],
        scored=True,
        counts=tuple(count(units) for units in row["counts"]),
        no_level=count(row["no_level"]),
        nothing_signed=count(row["nothing_signed"]),
        median=row["median"] or "–",
        lowest="–" if row["lowest"] is None else str(row["lowest"]),
        carried="" if carried is None else count(carried),
        identity=row["identity"],
        other_edition=count(row.get("other_edition", 0)),
    )


def _others(figures: Figures) -> list[tuple[str, LevelStyle, str]]:
    """What has a part of its own in each bar, beside levels and nothing signed: key, look and name."""
    found = [("no_level", NO_LEVEL, "No level given")]
    if any(row.get("other_edition") for row in figures["distribution"]):
        found.append(("other_edition", OTHER_EDITION, "On another edition, not comparable"))
    if figures.get("excluded"):
        found.append(("not_expected", NOT_EXPECTED, "Not expected to make a statement"))
    return found


def _bars(figures: Figures, others: Sequence[str]) -> list[DistributionRow]:
    not_expected = len(figures.get("excluded", ()))
    return [
        DistributionRow(
            row["name"],
            tuple(row["counts"]),
            row["nothing_signed"],
            tuple(not_expected if key == "not_expected" else row.get(key, 0) for key in others),
        )
        for row in figures["distribution"]
    ]
