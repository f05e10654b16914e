"""How many units stand at which level, theme by theme: one stacked bar each.

Levels are ordinal, so the distribution itself is shown, and units that signed nothing have a part of their
own: leaving them out would make the rest look better than it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rendering.charts import svg
from rendering.formats import count
from rendering.levels import NOT_SUBMITTED, STYLES, LevelStyle

WIDTH = 680
_LABEL_WIDTH = 190
_BAR_HEIGHT = 16
_ROW_HEIGHT = 37
_LINE_HEIGHT = 13
_LEGEND_ROW = 19
_GAP = 2


@dataclass(frozen=True, slots=True)
class DistributionRow:
    """One theme. `counts` has the units at level 1, 2, … in order; a theme that is not scored has no
    counts. `others` are units without a level for other reasons, in the order of the chart's."""

    label: str
    counts: tuple[int, ...]
    nothing_signed: int = 0
    others: tuple[int, ...] = ()

    @property
    def scored(self) -> bool:
        return bool(self.counts)

    @property
    def total(self) -> int:
        """All units of the bar, whether they signed or not."""
        return sum(self.counts) + self.nothing_signed + sum(self.others)


def stacked_bars(
    rows: Sequence[DistributionRow],
    *,
    chart_id: str,
    title: str,
    level_names: Sequence[str],
    nothing_signed: str = "Nothing signed",
    not_scored: str = "Not scored",
    others: Sequence[tuple[LevelStyle, str]] = (),
) -> str:
    """The chart as an `svg` element, WIDTH pixels wide.

    `chart_id` is unique on the page; `level_names` are the edition's, from level 1; `others` are the look and
    name of what else has a part in each bar. Raises ValueError if a row does not have one count for each.
    """
    for row in rows:
        if row.scored and len(row.counts) != len(level_names):
            raise ValueError(f"“{row.label}” has {len(row.counts)} counts for {len(level_names)} levels.")
        if row.scored and len(row.others) != len(others):
            raise ValueError(f"“{row.label}” has {len(row.others)} other counts for {len(others)} names.")
    other_names = [name for _, name in others]
    looks = [STYLES[level] for level in range(1, len(level_names) + 1)]
    looks += [NOT_SUBMITTED, *(look for look, _ in others)]
    names = [f"{level} {name}" for level, name in enumerate(level_names, start=1)] + [nothing_signed, *other_names]
    legend, top = _legend(list(zip(looks, names, strict=True)), chart_id)
    widest = max((row.total for row in rows), default=0)
    per_unit = (WIDTH - _LABEL_WIDTH - _GAP) / widest if widest else 0.0
    bars = []
    for row in rows:
        bars.append(_row(row, looks, chart_id, top, per_unit, not_scored))
        top += _row_height(row)
    return svg.drawing(
        "".join([svg.patterns(chart_id), legend, *bars]),
        chart_id=chart_id,
        title=alternative(
            rows, title=title, level_names=level_names, nothing_signed=nothing_signed, others=other_names
        ),
        width=WIDTH,
        height=top,
    )


def alternative(
    rows: Sequence[DistributionRow],
    *,
    title: str,
    level_names: Sequence[str],
    nothing_signed: str = "Nothing signed",
    others: Sequence[str] = (),
) -> str:
    """All the numbers of the chart in words."""
    legend = ", ".join(f"{level} {name}" for level, name in enumerate(level_names, start=1))
    lines = [f"{title}. Levels: {legend}."]
    for row in rows:
        if not row.scored:
            lines.append(f"{row.label}: not scored.")
            continue
        parts = [f"level {level}, {count(units)}" for level, units in enumerate(row.counts, start=1)]
        for name, units in zip((nothing_signed, *others), (row.nothing_signed, *row.others), strict=True):
            parts.append(f"{name[:1].lower()}{name[1:]}, {count(units)}")
        lines.append(f"{row.label}, {_units(row.total)}: {'; '.join(parts)}.")
    return " ".join(lines)


def sentence(rows: Sequence[DistributionRow], *, target: int = 3, counted: str = "that signed") -> str:
    """What the chart shows, for the line above it: the themes with the largest and the smallest share below the target.

    `counted` says which units have a level, for instance "whose statement was accepted".
    """
    signed = [row for row in rows if sum(row.counts)]
    if not signed:
        return "Nothing is signed yet, so the chart shows no levels."
    short = {row: sum(row.counts[: target - 1]) / sum(row.counts) for row in signed}
    most, fewest = max(short.values()), min(short.values())
    if most == 0:
        return f"No unit {counted} is below level {target} in any theme."
    if most == fewest:
        return f"The share below level {target} is the same in every theme: {_short_of(signed[:1], target, counted)}."
    largest = _short_of([row for row in signed if short[row] == most], target, counted)
    smallest = _short_of([row for row in signed if short[row] == fewest], target, counted)
    return f"Largest share below level {target}: {largest}. Smallest: {smallest}."


def _short_of(rows: Sequence[DistributionRow], target: int, counted: str) -> str:
    return ", ".join(
        f"{row.label} ({count(sum(row.counts[: target - 1]))} of the {_units(sum(row.counts))} {counted})"
        for row in rows
    )


def _units(number: int) -> str:
    return f"{count(number)} unit" if number == 1 else f"{count(number)} units"


def _legend(entries: Sequence[tuple[LevelStyle, str]], chart_id: str) -> tuple[str, float]:
    """The legend in two columns, read down, and the height it takes."""
    in_column = -(-len(entries) // 2)
    parts = []
    for index, (style, name) in enumerate(entries):
        x = 0.5 + (index // in_column) * WIDTH / 2
        y = 2.5 + (index % in_column) * _LEGEND_ROW
        parts.append(svg.area(style, chart_id, x, y, 24, 12) + svg.text(name, x + 31, y + 10))
    return "".join(parts), in_column * _LEGEND_ROW + 14


def _row(
    row: DistributionRow,
    looks: Sequence[LevelStyle],
    chart_id: str,
    top: float,
    per_unit: float,
    not_scored: str,
) -> str:
    label = "".join(svg.text(line, 0, top + 12 + _LINE_HEIGHT * index) for index, line in enumerate(_label_lines(row)))
    if not row.scored:
        return label + svg.text(not_scored, _LABEL_WIDTH, top + 12)
    segments = list(_segments(row, looks, per_unit))
    bar = "".join(
        svg.area(style, chart_id, x + 0.5, top + 0.5, max(width - _GAP, 1), _BAR_HEIGHT)
        for style, x, width, _ in segments
    )
    return label + bar + _numbers(segments, top + _BAR_HEIGHT + 12)


def _label_lines(row: DistributionRow) -> list[str]:
    return svg.wrapped(row.label, _LABEL_WIDTH - 12)


def _row_height(row: DistributionRow) -> float:
    return max(_ROW_HEIGHT, _LINE_HEIGHT * len(_label_lines(row)) + 9)


def _segments(
    row: DistributionRow, looks: Sequence[LevelStyle], per_unit: float
) -> Iterator[tuple[LevelStyle, float, float, int]]:
    """Look, left edge, width and number of units of each part that has any."""
    x = float(_LABEL_WIDTH)
    for style, units in zip(looks, (*row.counts, row.nothing_signed, *row.others), strict=True):
        if units:
            yield style, x, units * per_unit, units
        x += units * per_unit


def _numbers(segments: Sequence[tuple[LevelStyle, float, float, int]], baseline: float) -> str:
    """The numbers below their parts, on the page's own ground; one that would touch the last is left to
    the table."""
    parts, free_from = [], 0.0
    for _, x, width, units in segments:
        words = count(units)
        middle = x + (width - _GAP) / 2
        half = svg.text_width(words) / 2
        if middle - half >= free_from:
            parts.append(svg.text(words, middle, baseline, anchor="middle", css="chart-text chart-number"))
            free_from = middle + half + 2
    return "".join(parts)
