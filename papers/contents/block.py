"""What a block is: something that a paper draws from data. Which there are: `papers/contents/blocks/`.

A block names its source. What a source gathers is frozen with the paper, once for all blocks that draw on it; blocks
lay it out, and prose names its figures.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from organisation.periods import HalfYear
from papers.contents.pieces import Pieces
from papers.contents.references import Figure


@dataclass(frozen=True)
class Asked:
    """What a paper is about: the half-year of its roll-ups, the day of its meeting, and the day it is asked for."""

    half: HalfYear
    meeting_on: date
    today: date

    @property
    def until(self) -> date:
        """The day before which something has happened, as far as the paper can know: what is planned has not."""
        return min(self.meeting_on, self.today)


@dataclass(frozen=True)
class Source:
    """Data that blocks are drawn from: plain JSON values, or None. `figures` are what prose can name of them."""

    name: str
    gather: Callable[[Asked], Any]
    figures: Callable[[Any], Iterable[Figure]] = lambda data: ()  # noqa: ARG005  # most have none


@dataclass(frozen=True)
class Block:
    """Something a template can place. `meaning` tells what it prints, `nothing` what stands where there are no data."""

    kind: str
    meaning: str
    source: Source
    lay: Callable[[Any, Mapping[str, Any]], Pieces]
    nothing: str = ""
    options: Collection[str] = ()
