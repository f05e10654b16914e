"""Injuries of two periods: what changed, and the tables behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from injuries.comparisons import ADJUSTED, CLUSTERED, REPORTING
from injuries.reading import comparison, last_twelve
from injuries.two_periods import ROUNDED_LAST, WHAT_A_RATE_IS, Compared, Row, Side, as_json, of_json
from papers.contents.block import Asked, Block, Source
from papers.contents.pieces import Numbers, NumbersRow, Piece, Pieces, bullets, paragraph
from papers.contents.references import Figure, reference
from papers.options import Anchor, Codes, OnOff
from rendering.formats import listed

INDICATORS = Codes("indicators", "Indicators", "None chosen: all of them")
ANCHOR = Anchor(
    "anchor",
    "What prose calls the table",
    "Small letters, figures and hyphens; of “injuries”, prose says table.injuries between its brackets",
    usually="injuries",
)
COMPARISON = OnOff("comparison", "Compare with the twelve months before")
# Notes that say nothing where one period stands by itself.
ABOUT_COMPARING = frozenset({ROUNDED_LAST, CLUSTERED, REPORTING, ADJUSTED})


def gather(asked: Asked) -> dict[str, Any] | None:
    """Return the last twelve months that were counted before the meeting, beside the twelve before; None: no count."""
    later = last_twelve(asked.meeting_on)
    return as_json(comparison(later, later.before(), latest=later.last)) if later else None


def figures(data: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield number, monthly average, rate and change of each indicator and staff group, in the words of the tables."""
    table = of_json(data)
    yield Figure("injuries.period", table.later.name, "Injuries: the later period")
    yield Figure("injuries.period_before", table.earlier.name, "Injuries: the earlier period")
    for row in table.rows:
        name = ".".join(["injuries", *(code.replace("-", "_") for code in (row.code, row.group_code) if code)])
        for end, text, what in _figures_of(row):
            if text:
                yield Figure(f"{name}.{end}", text, f"{_name(row)}: {what}")


def _figures_of(row: Row) -> Iterator[tuple[str, str, str]]:
    yield "number", row.later.number, "number"
    yield "number_before", row.earlier.number, "number in the earlier period"
    yield "monthly", row.later.monthly, "average a month"
    yield "monthly_before", row.earlier.monthly, "average a month in the earlier period"
    yield "rate", row.later.rate, "rate per 1,000 people and month"
    yield "rate_before", row.earlier.rate, "rate in the earlier period"
    yield "rate_change", row.change, "change in the rate"
    yield "verdict", row.verdict, "whether the change may be chance"


def _name(row: Row) -> str:
    return f"{row.name}, {row.group}" if row.group else row.name


# --- Laying out -------------------------------------------------------------------------------------------------------


def lay_changes(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say how each rate has changed, one line an indicator."""
    table = of_json(data)
    rows = _chosen(table, options)
    yield paragraph(
        f"Comparing injuries in {table.later.name} with those in {table.earlier.name}, rates for each 1,000 people "
        "and month have changed as follows."
    )
    yield bullets(row.sentence for row in rows if row.sentence)
    silent = [_name(row) for row in rows if not row.sentence]
    if silent:
        yield paragraph("No change can be given of:")
        yield bullets(silent)


def lay_table(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Print numbers and rates of both periods, one row an indicator or staff group."""
    table = of_json(data)
    if not COMPARISON.of(options):
        yield from _alone(table, options)
        return
    numbers = _numbers(table, options)
    yield paragraph(
        f"{reference(f'table.{numbers.anchor}')} compares {table.later.name} with {table.earlier.name}.",
        table.notes[0],
    )
    yield Piece(numbers=numbers)
    yield bullets([*_not_in(table, options), *table.notes[1:]])


def lay_all(data: Mapping[str, Any], options: Mapping[str, Any]) -> Pieces:
    """Say what the table compares and how rates have changed, then print the table and its notes."""
    table = of_json(data)
    if not COMPARISON.of(options):
        yield from _alone(table, options)
        return
    numbers = _numbers(table, options)
    yield paragraph(
        f"{reference(f'table.{numbers.anchor}')} compares injuries in {table.later.name} with those in "
        f"{table.earlier.name}.",
        table.notes[0],
    )
    if said := [row.sentence for row in _chosen(table, options) if row.sentence]:
        yield bullets(said)
    yield Piece(numbers=numbers)
    yield bullets([*_not_in(table, options), *table.notes[1:]])


def _not_in(table: Compared, options: Mapping[str, Any]) -> Iterator[str]:
    """Name the rows that the table leaves out."""
    left_out = [_name(row) for row in _chosen(table, options) if not (row.later.number and row.earlier.number)]
    if left_out:
        yield f"Not in the table, since one of the two periods has no number: {listed(left_out)}."


def _chosen(table: Compared, options: Mapping[str, Any]) -> list[Row]:
    """Return the rows of the indicators that were chosen, by code; all of them where none was."""
    chosen = INDICATORS.of(options)
    return [row for row in table.rows if not chosen or row.code in chosen]


def _numbers(table: Compared, options: Mapping[str, Any]) -> Numbers:
    columns = []
    for heading in table.headings:
        columns += [f"Number, {heading}", f"Rate per 1,000, {heading}"]
    rows = (
        NumbersRow(
            _name(row),
            (*_side(row.later), *_side(row.earlier), row.change or "–", row.verdict or "–"),
        )
        for row in _chosen(table, options)
        if row.later.number and row.earlier.number
    )
    return Numbers(
        "Indicator",
        ANCHOR.of(options),
        "injuries by number and by rate per 1,000 people and month",
        (*columns, "Change in rate", "Is it chance?"),
        tuple(rows),
    )


def _alone(table: Compared, options: Mapping[str, Any]) -> Pieces:
    """Print numbers and rates of the later period by itself. Notes on changes say nothing of it."""
    anchor = ANCHOR.of(options)
    yield paragraph(
        f"{reference(f'table.{anchor}')} gives injuries in {table.later.name} by number and by rate.", WHAT_A_RATE_IS
    )
    rows = tuple(
        NumbersRow(_name(row), (row.later.number, row.later.monthly, _side(row.later)[1]))
        for row in _chosen(table, options)
        if row.later.number
    )
    columns = (f"Number, {table.headings[0]}", "A month", "Rate per 1,000")
    yield Piece(numbers=Numbers("Indicator", anchor, "injuries by number and by rate", columns, rows))
    yield bullets(note for note in table.notes[1:] if note not in ABOUT_COMPARING)


def _side(side: Side) -> tuple[str, str]:
    return side.number, f"{side.rate} (unreliable)" if side.is_unreliable else side.rate or "–"


SOURCE = Source("injuries", gather, figures)
CHOICE = (INDICATORS, COMPARISON, ANCHOR)
NOTHING = "No month of injuries has been counted before the paper’s meeting. Whoever brings figures does that."
BLOCKS = (
    Block("injury-changes", "How each injury rate has changed", SOURCE, lay_changes, NOTHING, options=(INDICATORS,)),
    Block("injury-table", "Injuries of two periods by number and rate", SOURCE, lay_table, NOTHING, options=CHOICE),
    Block("injury-figures", "Changes in injury rates with their table", SOURCE, lay_all, NOTHING, options=CHOICE),
)
