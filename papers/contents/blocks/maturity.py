"""Where the force stands on the model: medians by business group and theme, the distribution, the levels of units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.safestring import mark_safe

from assurance.services.agreement import Scope, audited_claims
from assurance.services.rollups import groups_with_units
from organisation.periods import HalfYear, Quarter
from papers.contents import maturity_position, rollups
from papers.contents.block import Asked, Block, Source
from papers.contents.maturity_position import position
from papers.contents.pieces import Cell, Chart, Numbers, NumbersRow, Piece, Pieces, Row, Table, paragraph
from papers.contents.references import Figure, reference
from papers.options import Codes, Named
from rendering.charts.distribution import DistributionRow, sentence, stacked_bars
from rendering.formats import count, listed

ACCEPTED_OR_SIGNED = {"accepted": "accepted", "signed": "signed, not yet reviewed"}
# Beyond this many columns a table of groups is printed on a page turned sideways.
MOST_UPRIGHT_COLUMNS = 8
COLUMNS = Codes(
    "groups",
    "Business groups with a column of their own",
    "None chosen: all of them. The last column, the chart and the sentences are of the whole force in any case",
    named=Named.GROUPS,
)
LISTED = Codes("groups", "Business groups whose units are listed", "None chosen: all of them", named=Named.GROUPS)


def gather(asked: Asked) -> dict[str, Any]:
    """Return where the force stands by the roll-ups of the half-year, as they are now: a fixed number of queries."""
    half = asked.half
    built = rollups.of_groups(half)
    reported = [rollup.slug for rollup in built]
    awaited = groups_with_units(half).exclude(slug__in=reported).values_list("name", flat=True)
    judged = audited_claims(Scope(half.last_day))
    return position(half=half, rollups=built, awaited=list(awaited), audited_claims=judged)


def figures(position: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield the force's median and numbers of units, theme by theme."""
    groups = position["groups"]
    yield Figure("maturity.half", HalfYear.parse(position["half"]).name, "Maturity: the half-year")
    yield Figure("maturity.units", count(sum(group["units"] for group in groups)), "Units expected to state levels")
    yield Figure("maturity.units_reporting", count(sum(group["reporting"] for group in groups)), "Units that signed")
    for row in position["distribution"]:
        if row["scored"] and row["median"]:
            name = f"maturity.{row['identity'].replace('-', '_')}.median"
            yield Figure(name, row["median"], f"{row['name']}: median level of all units")


# --- Laying out -------------------------------------------------------------------------------------------------------


def lay_position(position: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say what it goes by, then table, key, chart and the figures behind it."""
    shown = {**position, "groups": _chosen(position, COLUMNS.of(options))}
    yield paragraph(maturity_position.sources_text(position), maturity_position.audited_text(position))
    if not position["groups"]:
        return
    yield paragraph(maturity_position.coverage_text(position))
    yield paragraph(
        f"{reference('table.medians')} gives the middle (median) level of each business group’s units, theme by theme, "
        "with the number of units behind it. Two figures mean that the middle lies between them; the cell has the "
        "shade of the lower one.",
        maturity_position.medians_text(shown),
    )
    yield Piece(levels=tuple(Cell(str(level), str(level), name) for level, name in _named(position)))
    yield Piece(table=medians_table(position, shown["groups"]))
    rows = chart_rows(position)
    yield paragraph(
        f"{reference('figure.levels')} shows how many units stand at each level.",
        sentence([row for row in rows if row.scored]),
        maturity_position.denominators_text(position),
    )
    yield Piece(chart=_chart(position, rows))


def _named(position: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    return iter(enumerate(position["level_names"], start=1))


def _chosen(position: Mapping[str, Any], slugs: Sequence[str]) -> list[Mapping[str, Any]]:
    """The groups of these slugs, all where there are none. Papers of earlier days knew names only."""
    return [group for group in position["groups"] if not slugs or group.get("slug") in slugs]


def medians_table(position: Mapping[str, Any], groups: Sequence[Mapping[str, Any]]) -> Table:
    """Business groups × themes: the median of each, the force's own in the last column."""
    counted = sum(group["units"] for group in position["groups"])
    together = {row["identity"]: row for row in position["distribution"]}
    rows = []
    for theme in position["themes"]:
        cells = [_median_cell(group["medians"].get(theme["identity"]), units=group["units"]) for group in groups]
        force = together.get(theme["identity"])
        cells.append(_median_cell(force if force and force["scored"] else None, units=counted))
        rows.append(Row(theme["name"], tuple(cells)))
    return Table(
        anchor="medians",
        corner="Theme",
        caption="median level by theme and business group, with units counted of units expected",
        columns=(*(group["name"] for group in groups), "All groups"),
        rows=tuple(rows),
        is_wide=len(groups) + 1 > MOST_UPRIGHT_COLUMNS,
    )


def _median_cell(theme: Mapping[str, Any] | None, *, units: int) -> Cell:
    if theme is None:
        return Cell("unscored", "Not scored")
    note = f"{count(sum(theme['counts']))} of {count(units)}"
    if not theme["median"]:
        return Cell("none", "None", note)
    return Cell(theme["median"].partition("–")[0], theme["median"], note)


def chart_rows(position: Mapping[str, Any]) -> list[DistributionRow]:
    """The force's distribution as the chart takes it."""
    return [
        DistributionRow(row["name"], tuple(row["counts"]) if row["scored"] else (), row["nothing_signed"])
        for row in position["distribution"]
    ]


def _chart(position: Mapping[str, Any], rows: Sequence[DistributionRow]) -> Chart:
    half = HalfYear.parse(position["half"]).name
    names = position["level_names"]
    svg = stacked_bars(rows, chart_id="levels", title=f"Units at each level by theme, {half}", level_names=names)
    columns = (
        *(f"Level {level}" for level in range(1, len(names) + 1)),
        "No level",
        "Nothing signed",
        "Units",
        "Median",
    )
    return Chart(
        anchor="levels",
        caption=f"units at each level by theme, {half}",
        svg=mark_safe(svg),  # noqa: S308 - rendering.charts escapes every word it is given
        numbers=Numbers(
            "Theme",
            "numbers",
            "the figures behind the chart, in units",
            columns,
            tuple(map(_numbers, position["distribution"])),
        ),
    )


def _numbers(row: Mapping[str, Any]) -> NumbersRow:
    if not row["scored"]:
        return NumbersRow(row["name"], ())
    units = [*row["counts"], row["no_level"], row["nothing_signed"]]
    return NumbersRow(row["name"], (*map(count, units), count(sum(units)), row["median"] or "None"))


def lay_units(position: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """List the units of each group with the levels of their latest statement."""
    yield paragraph(
        "Each row takes the unit’s latest accepted statement of the half-year, or else the latest signed one, and says "
        "which. A unit without either is listed with no level."
    )
    themes = [theme for theme in position["themes"] if theme["scored"]]
    for number, group in enumerate(_chosen(position, LISTED.of(options)), start=1):
        yield Piece(
            table=Table(
                anchor=f"group-{number}",
                corner="Unit",
                caption=f"{group['name']}: {count(group['reporting'])} of {count(group['units'])} units signed",
                columns=("Statement", *(theme["name"] for theme in themes)),
                rows=tuple(_unit_row(row, themes) for row in group["rows"]),
                is_wide=True,
            )
        )
    if position["awaited"]:
        yield paragraph(f"No roll-up yet, so no units listed: {listed(position['awaited'])}.")


def _unit_row(row: Mapping[str, Any], themes: Sequence[Mapping[str, Any]]) -> Row:
    if row["status"] is None:
        return Row(row["unit"], tuple(Cell("none", "–") for _ in themes), "Nothing signed")
    statement = f"Q{Quarter.parse(row['quarter']).number}, {ACCEPTED_OR_SIGNED[row['status']]}"
    if row["later_awaits_acceptance"]:
        statement += "; a later one awaits acceptance"
    levels = (row["levels"].get(theme["identity"]) for theme in themes)
    return Row(
        row["unit"],
        tuple(Cell("none", "–") if level is None else Cell(str(level), str(level)) for level in levels),
        statement,
    )


SOURCE = Source("position", gather, figures)
BLOCKS = (
    Block(
        "maturity-position",
        "Levels by business group and theme, with their distribution",
        SOURCE,
        lay_position,
        options=(COLUMNS,),
    ),
    Block("unit-levels", "The levels of every unit", SOURCE, lay_units, options=(LISTED,)),
)
