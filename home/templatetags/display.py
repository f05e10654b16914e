"""How values look on pages: the words of rendering.formats as template filters, and the tag of a level."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal, Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from rendering import formats

register = template.Library()

# What a template hands over for a value that is not known: None, or the empty text of a missing variable.
Missing = Literal[""] | None


class NamedLevel(Protocol):
    """A level of the model, as the tag needs it."""

    number: int
    name: str


@register.filter
def day(value: date | Missing) -> str:
    """A date, or the London date of a moment, as `6 March 2026`; nothing for None."""
    return "" if not value else formats.day(value)


@register.filter
def clock(value: datetime | time | Missing) -> str:
    """A time of day as `2:14pm`, on London's clock; nothing for None."""
    return "" if value is None or value == "" else formats.clock(value)


@register.filter
def moment(value: datetime | Missing) -> str:
    """A moment as `6 March 2026 at 2:14pm`, London time; nothing for None."""
    return "" if not value else f"{formats.day(value)} at {formats.clock(value)}"


@register.filter
def count(value: int | Missing) -> str:
    """A whole number as `1,890`; nothing for None."""
    return "" if value is None or value == "" else formats.count(value)


@register.filter
def signed_change(value: float | Missing) -> str:
    """A relative change with its sign, 0.042 as `+4.2%`; nothing for None."""
    return "" if value is None or value == "" else formats.signed_change(value)


@register.simple_tag
def level_tag(level: NamedLevel | int | Missing, *, scored: bool = True) -> SafeString:
    """A level as number, name, shade and gauge; `scored=False` for a theme whose levels are not released yet.

    A bare number is printed as “Level 3”, for places where the edition's names are not at hand.
    """
    if not scored:
        key, text = "unscored", "Not scored"
    elif level is None or level == "":
        key, text = "none", "Not given"
    elif isinstance(level, int):
        key, text = str(level), f"Level {level}"
    else:
        key, text = str(level.number), f"{level.number} {level.name}"
    return format_html('<strong class="app-level level level-{}">{}</strong>', key, text)
