"""Units against the mean of all: a point each, between limits that narrow with size. Those outside have their names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rendering import formats
from rendering.charts import svg
from rendering.charts.scales import Place, circle, diamond, grid, step_of

WIDTH = 680
HEIGHT = 320
_LEFT, _RIGHT = 52, 668
_TOP, _BOTTOM = 40, 262
_MOST_NAMED = 12

Line = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Dot:
    """A unit: how large it is, its rate, and on which side of the outer limits it lies (1, −1, or 0: within)."""

    label: str
    size: float
    rate: float
    outside: int = 0


@dataclass(frozen=True, slots=True)
class Sides:
    """The lower and the upper limit, each from small sizes to large ones."""

    lower: Line
    upper: Line


def funnel(
    dots: Sequence[Dot], *, mean: float, inner: Sides, outer: Sides, chart_id: str, title: str, size: str, rate: str
) -> str:
    """The chart as an `svg` element, WIDTH × HEIGHT pixels; `size` and `rate` name its axes.

    Raises ValueError for no dot.
    """
    if not dots:
        raise ValueError("There is nothing to draw.")
    widest = max(dot.size for dot in dots) * 1.05
    # Limits of the smallest units would dwarf everything else, so the scale goes by the units.
    most = max([mean * 2, *(dot.rate * 1.1 for dot in dots)])
    step = step_of(most)
    top = step * math.ceil(most / step)

    def x_of(value: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * value / widest

    def y_of(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * value / top

    parts = [_legend(), grid(step, top, y_of, left=_LEFT, right=_RIGHT), _sizes(widest, x_of), svg.text(rate, 0, 32)]
    parts.append(svg.text(size, (_LEFT + _RIGHT) / 2, HEIGHT - 8, anchor="middle"))
    parts.append(_path([(0, mean), (widest, mean)], x_of, y_of, widest, top, dashes="9 4"))
    for sides, dashes in ((inner, "2 3"), (outer, "")):
        parts += [_path(line, x_of, y_of, widest, top, dashes=dashes) for line in (sides.lower, sides.upper)]
    named = sorted((dot for dot in dots if dot.outside), key=lambda dot: -dot.size)[:_MOST_NAMED]
    for dot in dots:
        parts.append(_dot(dot, x_of(dot.size), y_of(dot.rate), is_named=dot in named))
    said = alternative(dots, title=title, mean=mean)
    return svg.drawing("".join(parts), chart_id=chart_id, title=said, width=WIDTH, height=HEIGHT)


def alternative(dots: Sequence[Dot], *, title: str, mean: float) -> str:
    """What the chart shows, in a sentence; the table beside it has every number."""
    outside = [f"{dot.label} ({'above' if dot.outside > 0 else 'below'})" for dot in dots if dot.outside]
    said = "No unit lies outside the outer limits."
    if outside:
        said = f"Outside the outer limits: {formats.listed(outside)}."
    return f"{title}. {formats.so_many(len(dots), 'unit')} against a mean of {formats.rate(mean)}. {said}"


def _legend() -> str:
    return (
        circle(8, 10)
        + svg.text("Unit", 18, 14)
        + diamond(70, 10)
        + svg.text("Unit outside the outer limits", 82, 14)
        + svg.text("Long dashes: mean. Dots: 95%. Line: 99.8%.", 270, 14)
    )


def _sizes(widest: float, x_of: Place) -> str:
    step = step_of(widest)
    values = [step * index for index in range(int(widest // step) + 1)]
    return "".join(svg.text(formats.decimal(value, 0), x_of(value), _BOTTOM + 18, anchor="middle") for value in values)


def _path(line: Line, x_of: Place, y_of: Place, widest: float, top: float, *, dashes: str) -> str:
    """A line as far as it lies within the drawing."""
    within = [(x, y) for x, y in line if x <= widest and y <= top]
    if len(within) < 2:
        return ""
    points = "L".join(f"{svg.number(x_of(x))} {svg.number(y_of(y))}" for x, y in within)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="M{points}" stroke="currentColor"{dashed} fill="none"/>'


def _dot(dot: Dot, x: float, y: float, *, is_named: bool) -> str:
    if not dot.outside:
        return circle(x, y)
    if not is_named:
        return diamond(x, y)
    anchor, beside = ("end", x - 9) if x > _RIGHT - svg.text_width(dot.label) - 12 else ("start", x + 9)
    return diamond(x, y) + svg.text(dot.label, beside, y + 4, anchor=anchor)
