"""What a laid-out paper is made of: paragraphs, tables of levels and figures, charts. Page and PDF share it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# So many rows of figures are kept on one sheet.
MOST_KEPT_TOGETHER = 20


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
    """A table of figures: those behind the chart, or of two periods; `corner` heads the rows' headings.

    One of words stands on the left. One that `has_room` is to be filled in by hand: its cells are empty and large
    enough to write in.
    """

    corner: str
    anchor: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[NumbersRow, ...]
    is_words: bool = False
    has_room: bool = False

    @property
    def is_long(self) -> bool:
        """Whether it may run over a sheet's end: shorter ones are kept together."""
        return len(self.rows) > MOST_KEPT_TOGETHER


@dataclass(frozen=True)
class Chart:
    """A drawing with the table of what it shows."""

    anchor: str
    caption: str
    svg: SafeString
    numbers: Numbers


@dataclass(frozen=True)
class Piece:
    """A paragraph (with its number, if it has one), the names of the levels, a table of levels or figures, a chart.

    A list `continues` what stands above it, and takes no number of its own.
    """

    html: SafeString | None = None
    number: str = ""
    levels: tuple[Cell, ...] = ()
    table: Table | None = None
    numbers: Numbers | None = None
    chart: Chart | None = None
    continues: bool = False

    @property
    def tables(self) -> Iterator[Table | Numbers]:
        """The tables it prints, that behind a chart included."""
        yield from filter(None, (self.table, self.numbers, self.chart.numbers if self.chart else None))


@dataclass(frozen=True)
class Note:
    """A note and its number in the paper; `called` and `anchor` are where it is called and where it stands."""

    number: int
    html: SafeString

    @property
    def called(self) -> str:
        # No key of a section has a low line, so that nothing else on the page is called like this.
        return f"note_{self.number}_called"

    @property
    def anchor(self) -> str:
        return f"note_{self.number}"


# A paragraph that layout still has to number, or something that takes no number of a paragraph.
Pieces = Iterator[SafeString | Piece]


def paragraph(*sentences: str) -> SafeString:
    """Return a paragraph of these sentences, escaped; empty ones are left out."""
    return format_html("<p>{}</p>", " ".join(filter(None, sentences)))


def bullets(lines: Iterable[str]) -> SafeString:
    """Return a list of these lines, escaped."""
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines)))
