"""Three readings of each theme: what is claimed and what was validated, and how far staff agree.

The first two are levels and share a scale, each on a line of its own so that equal ones do not cover each other; what
staff answered is no level and has a panel beside it. Each reading has a shape of its own and its value in words next
to it, so that nothing depends on colour.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rendering.charts import svg
from rendering.charts.scales import circle

WIDTH = 680
_LABEL_WIDTH = 180
_LEVELS = (_LABEL_WIDTH + 12, 440)  # where levels 1 and the highest stand
_AGREES = (520, 632)  # where 0 and 100 % stand
_LINES = (11, 27)  # of the claim and of the verdict, below the top of a row
_ROW_HEIGHT = 44
_LINE_HEIGHT = 13
_SIZE = 5
_TOP = 62


@dataclass(frozen=True, slots=True)
class Mark:
    """One reading: where it stands on its scale (None: nowhere) and what is written beside it."""

    value: int | Fraction | None
    words: str


@dataclass(frozen=True, slots=True)
class ReadingsRow:
    """One theme. Levels count from 1; `agrees` is a share from 0 to 1."""

    label: str
    claimed: Mark
    validated: Mark
    agrees: Mark


@dataclass(frozen=True, slots=True)
class ReadingNames:
    """What the three readings are called in the chart's legend."""

    claimed: str = "Claimed"
    validated: str = "Validated"
    agrees: str = "Staff who agree"


def three_readings(
    rows: Sequence[ReadingsRow], *, chart_id: str, title: str, levels: int, names: ReadingNames | None = None
) -> str:
    """The chart as an `svg` element, WIDTH pixels wide, of themes on a scale of so many levels."""
    names = names or ReadingNames()
    height = _TOP + sum(map(_row_height, rows))
    parts = [_legend(names), _scales(levels), _grid(height, levels)]
    top = float(_TOP)
    for row in rows:
        parts.append(_row(row, top, levels))
        top += _row_height(row)
    return svg.drawing(
        "".join(parts),
        chart_id=chart_id,
        title=alternative(rows, title=title, names=names),
        width=WIDTH,
        height=height,
    )


def alternative(rows: Sequence[ReadingsRow], *, title: str, names: ReadingNames | None = None) -> str:
    """All that the chart says, in words."""
    names = names or ReadingNames()
    lines = [
        f"{row.label}: {_lower(names.claimed)}, {_lower(row.claimed.words)}; {_lower(names.validated)}, "
        f"{_lower(row.validated.words)}; {_lower(names.agrees)}, {_lower(row.agrees.words)}."
        for row in rows
    ]
    return " ".join([f"{title}.", *lines])


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _legend(names: ReadingNames) -> str:
    entries = ((_circle, names.claimed, 8.0), (_diamond, names.validated, 178.0), (_triangle, names.agrees, _AGREES[0]))
    return "".join(shape(x, 10) + svg.text(name, x + 11, 14) for shape, name, x in entries)


def _scales(levels: int) -> str:
    numbers = [
        svg.text(str(level), _level_at(level, levels), _TOP - 14, anchor="middle") for level in range(1, levels + 1)
    ]
    shares = [
        svg.text(f"{share}%", _share_at(Fraction(share, 100)), _TOP - 14, anchor="middle") for share in (0, 50, 100)
    ]
    return svg.text("Level", _LABEL_WIDTH - 30, _TOP - 14) + "".join([*numbers, *shares])


def _grid(bottom: float, levels: int) -> str:
    places = [_level_at(level, levels) for level in range(1, levels + 1)]
    places += [_share_at(Fraction(share, 2)) for share in range(3)]
    path = "".join(f"M{svg.number(x)} {_TOP - 8}V{svg.number(bottom)}" for x in places)
    return f'<path d="{path}" stroke="currentColor" stroke-opacity="0.25" fill="none"/>'


def _row(row: ReadingsRow, top: float, levels: int) -> str:
    label = "".join(svg.text(line, 0, top + 15 + _LINE_HEIGHT * index) for index, line in enumerate(_label(row)))
    first, second = (top + line for line in _LINES)
    return label + "".join(
        [
            _mark(_circle, row.claimed, _level_at(row.claimed.value, levels), first, _LEVELS[0]),
            _mark(_diamond, row.validated, _level_at(row.validated.value, levels), second, _LEVELS[0]),
            _mark(_triangle, row.agrees, _share_at(row.agrees.value), (first + second) / 2, _AGREES[0]),
        ]
    )


def _mark(shape: Callable[[float, float], str], mark: Mark, x: float, y: float, start: float) -> str:
    """A mark at the end of its stem with its words behind it; words alone where the reading stands nowhere."""
    if mark.value is None:
        return svg.text(mark.words, start + 4, y + 4)
    stem = f'<path d="M{svg.number(start)} {svg.number(y)}H{svg.number(x)}" stroke="currentColor" fill="none"/>'
    return stem + shape(x, y) + svg.text(mark.words, x + _SIZE + 5, y + 4, css="chart-text chart-number")


def _label(row: ReadingsRow) -> list[str]:
    return svg.wrapped(row.label, _LABEL_WIDTH - 12)


def _row_height(row: ReadingsRow) -> float:
    return max(_ROW_HEIGHT, _LINE_HEIGHT * len(_label(row)) + 12)


def _level_at(level: int | Fraction | None, levels: int) -> float:
    return _between(_LEVELS, Fraction((level or 1) - 1, max(levels - 1, 1)))


def _share_at(share: int | Fraction | None) -> float:
    return _between(_AGREES, Fraction(share or 0))


def _between(ends: tuple[int, int], part: Fraction) -> float:
    return float(ends[0] + (ends[1] - ends[0]) * part)


def _circle(x: float, y: float) -> str:
    return circle(x, y, radius=_SIZE)


def _diamond(x: float, y: float) -> str:
    """Hollow, with the paper behind it, so that the stem does not run through it."""
    corners = f"M{svg.number(x - 6)} {svg.number(y)}l6 -6l6 6l-6 6z"
    return f'<path class="chart-hollow" d="{corners}" fill="#ffffff" stroke="currentColor" stroke-width="2"/>'


def _triangle(x: float, y: float) -> str:
    return f'<path d="M{svg.number(x - 6)} {svg.number(y + 5)}h12l-6 -11z" fill="currentColor"/>'
