"""Scales of charts: round distances between the lines of a grid, and the grid with its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

from rendering import formats
from rendering.charts import svg

_MOST_LINES = 6

# Where a value lies in the drawing, in pixels.
Place = Callable[[float], float]


def step_of(most: float) -> float:
    """Return a round distance for a scale from nought to `most`: 1, 2 or 5 times a power of ten, some six times."""
    if most <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(most / _MOST_LINES))
    return next(size * times for times in (1, 2, 5, 10) if most / (size * times) <= _MOST_LINES)


def grid(
    step: float, top: float, height: Place, *, left: float, right: float, bottom: float = 0.0, unit: str = ""
) -> str:
    """Return level lines from `bottom` to `top`, each with its number to the left."""
    values = [bottom + step * index for index in range(round((top - bottom) / step) + 1)]
    places = max(0, -math.floor(math.log10(step))) if step < 1 else 0
    lines = "".join(f"M{svg.number(left)} {svg.number(height(value))}H{svg.number(right)}" for value in values)
    labels = "".join(
        svg.text(formats.decimal(value, places) + unit, left - 6, height(value) + 4, anchor="end") for value in values
    )
    return f'<path d="{lines}" stroke="currentColor" stroke-opacity="0.2" fill="none"/>{labels}'


def diamond(x: float, y: float) -> str:
    """Return the mark of what lies outside limits."""
    return f'<path d="M{svg.number(x - 6)} {svg.number(y)}l6 -6l6 6l-6 6z" fill="currentColor"/>'


def circle(x: float, y: float, *, radius: float = 3.2) -> str:
    """Return the mark of what lies within them, or of any value."""
    return f'<circle cx="{svg.number(x)}" cy="{svg.number(y)}" r="{svg.number(radius)}" fill="currentColor"/>'


def hollow_circle(x: float, y: float) -> str:
    """Return the mark of a value that is to be read with care."""
    place = f'cx="{svg.number(x)}" cy="{svg.number(y)}" r="3.8"'
    return f'<circle class="chart-hollow" {place} fill="#ffffff" stroke="currentColor" stroke-width="1.5"/>'


def hollow_diamond(x: float, y: float) -> str:
    """Return the mark of one that lies outside limits as well."""
    path = f"M{svg.number(x - 6)} {svg.number(y)}l6 -6l6 6l-6 6z"
    return f'<path class="chart-hollow" d="{path}" fill="#ffffff" stroke="currentColor" stroke-width="1.5"/>'
