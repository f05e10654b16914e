"""What a block is: something that a paper draws from data. Which there are: `papers/contents/blocks/`.

A block names its source. What a source gathers is frozen with the paper, once for all blocks that draw on it; blocks
lay it out, and prose names its figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from organisation.periods import HalfYear
from papers.contents.pieces import Pieces
from papers.contents.references import Figure
from papers.options import Option


@dataclass(frozen=True)
class Asked:
    """What a paper is about: the half-year of its roll-ups, the day of its meeting, and the day it is asked for.

    `options` are those of the blocks that are drawn from each source, by its name: one mapping a block.
    """

    half: HalfYear
    meeting_on: date
    today: date
    options: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

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
    """Something a template can place. `meaning` tells what it prints.

    A block without data leaves its section out: `nothing` then tells its writers why there are none, and what to do.
    """

    kind: str
    meaning: str
    source: Source
    lay: Callable[[Any, Mapping[str, Any]], Pieces]
    nothing: str = ""
    options: Sequence[Option] = ()
