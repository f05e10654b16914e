"""A paper's content laid out for reading: numbered paragraphs, tables of levels, the chart. Page and PDF share it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from injuries.two_periods import Compared, Side, of_json
from organisation.periods import HalfYear, Quarter
from papers.contents import maturity_position
from papers.contents.panel_paper import INJURIES, POSITION, PROSE, is_needed
from rendering import markdown
from rendering.charts.distribution import DistributionRow, sentence, stacked_bars
from rendering.formats import count, listed

NOTHING_TO_REPORT = mark_safe("<p>Nothing to report under this heading.</p>")
# On drafts only: a paper without these sections cannot be made final.
STILL_TO_BE_WRITTEN = mark_safe("<p>Still to be written.</p>")
ACCEPTED_OR_SIGNED = {"accepted": "accepted", "signed": "signed, not yet reviewed"}
# Beyond this many columns a table of groups is printed on a page turned sideways.
MOST_UPRIGHT_COLUMNS = 8


@dataclass(frozen=True)
class Cell:
    """A level or median in a table: `look` is its class suffix (`3`, `none`, `unscored`), `text` what it says."""

    look: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Row:
    heading: str
    cells: tuple[Cell, ...]
    statement: str = ""


@dataclass(frozen=True)
class Table:
    """A table of levels; `corner` heads the rows' headings, `columns` the cells after them."""

    anchor: str
    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    is_wide: bool = False

    @property
    def has_statements(self) -> bool:
        """Whether the first column names the statement each row is taken from."""
        return any(row.statement for row in self.rows)


@dataclass(frozen=True)
class NumbersRow:
    """Figures under their columns: a theme's counts (one that is not scored has none), or those of an indicator."""

    heading: str
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Numbers:
    """A table of figures: those behind the chart, or of two periods; `corner` heads the rows' headings."""

    corner: str
    anchor: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[NumbersRow, ...]


@dataclass(frozen=True)
class Chart:
    caption: str
    svg: SafeString
    numbers: Numbers


@dataclass(frozen=True)
class Piece:
    """A paragraph (with its number, if it has one), the names of the levels, a table of levels or figures, a chart."""

    html: SafeString | None = None
    number: str = ""
    levels: tuple[Cell, ...] = ()
    table: Table | None = None
    numbers: Numbers | None = None
    chart: Chart | None = None


@dataclass(frozen=True)
class LaidSection:
    key: str
    heading: str
    is_prose: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class LaidPart:
    heading: str
    sections: tuple[LaidSection, ...]

    @property
    def is_sideways(self) -> bool:
        """Whether it is all wide tables, for which the paper is turned."""
        pieces = [piece for section in self.sections for piece in section.pieces]
        return not any(section.is_prose for section in self.sections) and any(
            piece.table and piece.table.is_wide for piece in pieces
        )


@dataclass(frozen=True)
class Document:
    """A paper, ready for a template."""

    force: str
    panel: str
    title: str
    meeting_on: date
    report_by: str
    half: HalfYear
    marking: str
    parts: tuple[LaidPart, ...]


def laid_out(content: Mapping[str, Any]) -> Document:
    """Lay out a paper's content, as `panel_paper.gather` returns it or as it was frozen.

    Paragraphs of a chapter are numbered without gaps (1.1, 1.2, …), whichever sections they stand in.
    """
    numbered: dict[int, int] = {}

    def number(chapter: int) -> str:
        if not chapter:
            return ""
        numbered[chapter] = numbered.get(chapter, 0) + 1
        return f"{chapter}.{numbered[chapter]}"

    def lay(section: Mapping[str, Any]) -> LaidSection:
        pieces = [
            Piece(html=piece, number=number(section["chapter"])) if isinstance(piece, str) else piece
            for piece in _pieces(section, content)
        ]
        return LaidSection(section["key"], section["heading"], section["kind"] == PROSE, tuple(pieces))

    return Document(
        force=content["force"],
        panel=content["panel"],
        title=content["title"],
        meeting_on=date.fromisoformat(content["meeting_on"]),
        report_by=content["report_by"],
        half=HalfYear.parse(content["half"]),
        marking=content["marking"],
        parts=tuple(
            LaidPart(
                part["heading"], tuple(lay(section) for section in part["sections"] if _has_content(section, content))
            )
            for part in content["parts"]
        ),
    )


def _has_content(section: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
    """Whether there is anything to lay out: a force that counts no injuries has no section about them."""
    return section["kind"] != INJURIES or bool(content.get("injuries"))


def _pieces(section: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[SafeString | Piece]:
    """The section's paragraphs as HTML, still without numbers, and its tables and charts."""
    if section["kind"] == PROSE:
        written = markdown.paragraphs(section["text"])
        # What `markdown` returns is sanitised: a few tags without attributes.
        yield from map(mark_safe, written)
        if not written:
            yield STILL_TO_BE_WRITTEN if is_needed(section["key"]) else NOTHING_TO_REPORT
    elif section["kind"] == POSITION:
        yield from _position_pieces(content["position"])
    elif section["kind"] == INJURIES:
        yield from _injury_pieces(content["injuries"])
    else:
        yield from _unit_pieces(content["position"])


def _paragraph(*sentences: str) -> SafeString:
    return format_html("<p>{}</p>", " ".join(filter(None, sentences)))


def _position_pieces(position: Mapping[str, Any]) -> Iterator[SafeString | Piece]:
    yield _paragraph(maturity_position.sources_text(position), maturity_position.audited_text(position))
    if not position["groups"]:
        return
    yield _paragraph(maturity_position.coverage_text(position))
    yield _paragraph(
        "Table 1 gives the middle (median) level of each business group’s units, theme by theme, with the number of "
        "units behind it. Two figures mean that the middle lies between them; the cell has the shade of the lower one.",
        maturity_position.medians_text(position),
    )
    yield Piece(levels=tuple(Cell(str(level), str(level), name) for level, name in _named(position)))
    yield Piece(table=medians_table(position))
    rows = chart_rows(position)
    yield _paragraph(
        "Figure 1 shows how many units stand at each level.",
        sentence([row for row in rows if row.scored]),
        maturity_position.denominators_text(position),
    )
    yield Piece(chart=_chart(position, rows))


def _injury_pieces(injuries: Mapping[str, Any]) -> Iterator[SafeString | Piece]:
    table = of_json(injuries)
    yield _paragraph(
        f"Table 3 compares injuries in {table.later.name} with those in {table.earlier.name}.",
        table.notes[0],
    )
    if table.sentences:
        yield format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((one,) for one in table.sentences)))
    yield Piece(numbers=_injury_numbers(table))
    yield format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((note,) for note in table.notes[1:])))


def _injury_numbers(table: Compared) -> Numbers:
    columns = []
    for heading in table.headings:
        columns += [f"Number, {heading}", f"Rate per 1,000, {heading}"]
    rows = (
        NumbersRow(
            f"{row.name}, {row.group}" if row.group else row.name,
            (*_injury_figures(row.later), *_injury_figures(row.earlier), row.change or "–", row.verdict or "–"),
        )
        for row in table.rows
        if row.later.number and row.earlier.number
    )
    return Numbers(
        "Indicator",
        "injuries",
        "Table 3: injuries by number and by rate per 1,000 people and month",
        (*columns, "Change in rate", "Is it chance?"),
        tuple(rows),
    )


def _injury_figures(side: Side) -> tuple[str, str]:
    return side.number, f"{side.rate} (unreliable)" if side.is_unreliable else side.rate or "–"


def _named(position: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    return iter(enumerate(position["level_names"], start=1))


def medians_table(position: Mapping[str, Any]) -> Table:
    """Business groups × themes: the median of each, the force's own in the last column."""
    groups = position["groups"]
    together = {row["identity"]: row for row in position["distribution"]}
    rows = []
    for theme in position["themes"]:
        cells = [_median_cell(group["medians"].get(theme["identity"]), units=group["units"]) for group in groups]
        force = together.get(theme["identity"])
        units = sum(group["units"] for group in groups)
        cells.append(_median_cell(force if force and force["scored"] else None, units=units))
        rows.append(Row(theme["name"], tuple(cells)))
    return Table(
        anchor="medians",
        corner="Theme",
        caption="Table 1: median level by theme and business group, with units counted of units expected",
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
        caption=f"Figure 1: units at each level by theme, {half}",
        svg=mark_safe(svg),  # noqa: S308 - rendering.charts escapes every word it is given
        numbers=Numbers(
            "Theme",
            "numbers",
            "Table 2: the figures behind the chart, in units",
            columns,
            tuple(map(_numbers, position["distribution"])),
        ),
    )


def _numbers(row: Mapping[str, Any]) -> NumbersRow:
    if not row["scored"]:
        return NumbersRow(row["name"], ())
    units = [*row["counts"], row["no_level"], row["nothing_signed"]]
    return NumbersRow(row["name"], (*map(count, units), count(sum(units)), row["median"] or "None"))


def _unit_pieces(position: Mapping[str, Any]) -> Iterator[SafeString | Piece]:
    yield _paragraph(
        "Each row takes the unit’s latest accepted statement of the half-year, or else the latest signed one, and says "
        "which. A unit without either is listed with no level."
    )
    themes = [theme for theme in position["themes"] if theme["scored"]]
    for number, group in enumerate(position["groups"], start=1):
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
        yield _paragraph(f"No roll-up yet, so no units listed: {listed(position['awaited'])}.")


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
