"""A rate or count over time with its centre line and limits. Points outside them differ by shape and by their words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rendering import formats
from rendering.charts import svg
from rendering.charts.scales import Place, circle, diamond, grid, hollow_circle, step_of

WIDTH = 680
HEIGHT = 278
_LEFT, _RIGHT = 52, 676
_TOP, _BOTTOM = 44, 244
_MOST_LABELS = 9


@dataclass(frozen=True, slots=True)
class Moment:
    """One point: its value (None: there is none), its limits, and on which side of them it lies outside (1, −1, or 0).

    `is_provisional` points are drawn hollow: more may still be reported.
    """

    label: str
    value: float | None
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    outside: int = 0
    is_provisional: bool = False


def over_time(moments: Sequence[Moment], *, chart_id: str, title: str, measure: str) -> str:
    """The chart as an `svg` element, WIDTH × HEIGHT pixels. Raises ValueError for no moment at all."""
    if not moments:
        raise ValueError("There is nothing to draw.")
    shown = [one for one in moments if one.value is not None]
    most = max([0.0, *(value for one in moments for value in (one.value, one.upper, one.centre) if value is not None)])
    step = step_of(most)
    top = step * max(1, math.ceil(most / step))
    places = [_LEFT + 12 + (_RIGHT - _LEFT - 24) * index / max(len(moments) - 1, 1) for index in range(len(moments))]

    def height(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * value / top

    parts = [_legend(measure, has_provisional=any(one.is_provisional for one in shown))]
    parts += [grid(step, top, height, left=_LEFT, right=_RIGHT), _months(moments, places)]
    parts += [_limit(moments, places, height, name) for name in ("centre", "lower", "upper")]
    parts.append(_line(moments, places, height))
    for one, x in zip(moments, places, strict=True):
        if one.value is not None:
            parts.append(_point(one, x, height(one.value)))
    said = alternative(moments, title=title)
    return svg.drawing("".join(parts), chart_id=chart_id, title=said, width=WIDTH, height=HEIGHT)


def alternative(moments: Sequence[Moment], *, title: str) -> str:
    """What the chart shows, in a sentence; the table beside it has every number."""
    shown = [one for one in moments if one.value is not None]
    if not shown:
        return f"{title}. Nothing of it has a figure."
    lowest, highest = (find(shown, key=lambda one: one.value or 0.0) for find in (min, max))
    outside = [one.label for one in shown if one.outside]
    said = f"Outside the limits: {formats.listed(outside)}." if outside else "No point lies outside the limits."
    return (
        f"{title}. From {shown[0].label} to {shown[-1].label}; lowest {formats.rate(lowest.value or 0.0)} in "
        f"{lowest.label}, highest {formats.rate(highest.value or 0.0)} in {highest.label}. {said}"
    )


def _legend(measure: str, *, has_provisional: bool) -> str:
    entries = [(circle, measure), (diamond, "Outside the limits")]
    if has_provisional:
        entries.append((hollow_circle, "Provisional"))
    parts: list[str] = []
    x = 8.0
    for shape, words in entries:
        parts.append(shape(x, 10) + svg.text(words, x + 10, 14))
        x += svg.text_width(words) + 34
    return "".join(parts) + svg.text("Long dashes: average. Short dashes: limits.", 0, 32)


def _months(moments: Sequence[Moment], places: Sequence[float]) -> str:
    every = -(-len(moments) // _MOST_LABELS)
    return "".join(
        "".join(_name(word, x, _BOTTOM + 18 + 14 * line) for line, word in enumerate(_short(one.label)))
        for index, (one, x) in enumerate(zip(moments, places, strict=True))
        if index % every == 0
    )


def _name(word: str, x: float, y: float) -> str:
    """A word below the axis, drawn back where it would run over the edge."""
    half = svg.text_width(word) / 2
    return svg.text(word, min(x, WIDTH - half - 1), y, anchor="middle")


def _short(label: str) -> list[str]:
    """`July 2018` in two lines, its month shortened; likewise `Q2 2018/19`, without the months in brackets."""
    month, _, year = label.partition(" (")[0].partition(" ")
    return [month[:3], year] if year else [label]


def _limit(moments: Sequence[Moment], places: Sequence[float], height: Place, name: str) -> str:
    """A line through each month's own limit, broken where there is none."""
    half = (places[1] - places[0]) / 2 if len(places) > 1 else 12.0
    path = ""
    before: float | None = None
    for one, x in zip(moments, places, strict=True):
        value = getattr(one, name)
        if value is None:
            before = None
            continue
        y = svg.number(height(value))
        path += f"M{svg.number(x - half)} {y}" if before is None else f"V{y}"
        path += f"H{svg.number(x + half)}"
        before = value
    dashes = "9 4" if name == "centre" else "2 3"
    return f'<path d="{path}" stroke="currentColor" stroke-dasharray="{dashes}" fill="none"/>' if path else ""


def _line(moments: Sequence[Moment], places: Sequence[float], height: Place) -> str:
    path = ""
    marked = [None if one.value is None else (x, height(one.value)) for one, x in zip(moments, places, strict=True)]
    for before, after in pairwise(marked):
        if before and after:
            path += f"M{svg.number(before[0])} {svg.number(before[1])}L{svg.number(after[0])} {svg.number(after[1])}"
    return f'<path class="chart-line" d="{path}" stroke="currentColor" stroke-width="1.5" fill="none"/>' if path else ""


def _point(one: Moment, x: float, y: float) -> str:
    if one.outside:
        words = "high" if one.outside > 0 else "low"
        return diamond(x, y) + svg.text(words, x, y - 9 if one.outside > 0 else y + 18, anchor="middle")
    return (hollow_circle if one.is_provisional else circle)(x, y)
