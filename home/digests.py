"""The daily e-mail in words. Pure: notices in, subject and text out.

Plain text. What people wrote stays what it is: no line of it can begin a header, hide a letter or turn the page round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rendering.plain import inert

# A letter is read on a phone; beyond this the home page is the better list.
MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: its paragraphs, the first of which says what to do, and the link to where it is done."""

    paragraphs: tuple[str, ...]
    link: str


def line(text: str, *, link: str) -> Line:
    """Return a notice's text as a line of the letter, without what cannot be read."""
    paragraphs = (inert(part) for part in text.splitlines())
    return Line(tuple(part for part in paragraphs if part), link)


def subject(things: int) -> str:
    """Return the subject: how many things there are. No word in it is anybody's but ours."""
    return f"Truelevel: {things} thing{'' if things == 1 else 's'} for you"


def shown(lines: Sequence[Line]) -> tuple[Sequence[Line], int]:
    """Return the lines that the letter shows, and how many more there are on the home page."""
    return lines[:MOST_LINES], max(0, len(lines) - MOST_LINES)
