"""How the front page says that something waits: a line, and a heading with its lines."""

from __future__ import annotations

from dataclasses import dataclass

NEEDS_YOU, WAITS, SETTLED, LATE = "orange", "blue", "green", "red"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: what it is, where it stands (a tag and a sentence), and the page where to go on with it."""

    text: str
    url: str
    tag: str = ""
    colour: str = WAITS
    detail: str = ""
    is_overdue: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its lines, or what to expect while there are none."""

    heading: str
    lines: tuple[Line, ...] = ()
    empty: str = ""
    more_url: str = ""
    more_text: str = ""
