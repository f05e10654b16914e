"""Rates with their intervals, a line each, on one scale from nought: a point, and a bar as far as chance would reach.

Each line has its value in words, so that nothing has to be read off the scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rendering import formats
from rendering.charts import svg
from rendering.charts.scales import Place, circle, diamond, step_of

WIDTH = 680
_LABELS = 216  # where the scale begins
_END, _VALUES = 560, 570  # where it ends, and the values begin
_TOP, _BOTTOM = 24, 40
_LINE, _BETWEEN = 13, 8  # of text, and between two estimates
_CAP = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate and its interval, each of a scale from nought.

    `of` is a short word below the label, such as what the rate is per; `is_unreliable` ones have a shape of their own.
    """

    label: str
    of: str
    value: float
    low: float
    high: float
    is_unreliable: bool = False


def intervals(estimates: Sequence[Estimate], *, chart_id: str, title: str, measure: str) -> str:
    """The chart as an `svg` element, WIDTH pixels wide. Raises ValueError for no estimate."""
    if not estimates:
        raise ValueError("There is nothing to draw.")
    step = step_of(max(one.high for one in estimates))
    top = step * max(1, math.ceil(max(one.high for one in estimates) / step))
    bottom = _TOP + sum(map(_height, estimates))

    def along(value: float) -> float:
        return _LABELS + (_END - _LABELS) * value / top

    parts = [_scale(step, top, along, bottom), svg.text(measure, (_LABELS + _END) / 2, bottom + 34, anchor="middle")]
    y = float(_TOP)
    for one in estimates:
        parts.append(_line(one, along, y + _height(one) / 2))
        y += _height(one)
    if any(one.is_unreliable for one in estimates):
        parts.append(diamond(6, bottom + 30) + svg.text("Fewer than 20: unreliable", 18, bottom + 34))
    said = alternative(estimates, title=title)
    return svg.drawing("".join(parts), chart_id=chart_id, title=said, width=WIDTH, height=bottom + _BOTTOM)


def alternative(estimates: Sequence[Estimate], *, title: str) -> str:
    """What the chart shows, line by line."""
    lines = "; ".join(
        f"{one.label}: {formats.rate(one.value)} {one.of}, from {formats.interval(one.low, one.high)}"
        f"{', unreliable' if one.is_unreliable else ''}"
        for one in estimates
    )
    return f"{title}. {lines}."


def _scale(step: float, top: float, along: Place, bottom: float) -> str:
    values = [step * index for index in range(round(top / step) + 1)]
    places = max(0, -math.floor(math.log10(step))) if step < 1 else 0
    lines = "".join(f"M{svg.number(along(value))} {_TOP}V{svg.number(bottom)}" for value in values)
    labels = "".join(
        svg.text(formats.decimal(value, places), along(value), bottom + 16, anchor="middle") for value in values
    )
    return f'<path d="{lines}" stroke="currentColor" stroke-opacity="0.2" fill="none"/>{labels}'


def _line(one: Estimate, along: Place, y: float) -> str:
    low, high, value = (along(number) for number in (one.low, one.high, one.value))
    caps = "".join(f"M{svg.number(x)} {svg.number(y - _CAP)}v{2 * _CAP}" for x in (low, high))
    bar = f'<path d="M{svg.number(low)} {svg.number(y)}H{svg.number(high)}{caps}" stroke="currentColor" fill="none"/>'
    mark = diamond(value, y) if one.is_unreliable else circle(value, y, radius=4.5)
    lines = _words(one)
    first = y - _LINE * (len(lines) - 1) / 2 + 4
    words = "".join(svg.text(line, 0, first + _LINE * number) for number, line in enumerate(lines))
    return words + bar + mark + svg.text(formats.rate(one.value), _VALUES, y + 4, bold=True)


def _words(one: Estimate) -> list[str]:
    width = _LABELS - _LINE
    return svg.wrapped(one.label, width) + svg.wrapped(one.of, width)


def _height(one: Estimate) -> int:
    return _LINE * len(_words(one)) + _BETWEEN
