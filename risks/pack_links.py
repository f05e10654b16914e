"""What a meeting's page leads to besides what this room keeps, such as its agenda pack: asked of whoever makes that.

pack_links.register(PackLinks())     # in the AppConfig.ready() of the room that makes packs
pack_links.of_meeting(meeting)       # [] where nobody makes any
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from risks.models import BoardMeeting  # rooms register before models can be imported


@dataclass(frozen=True, slots=True)
class Link:
    """A page about a meeting that whoever reads the Board's meetings may read."""

    label: str
    url: str


class Maker(Protocol):
    """A room that makes something of a meeting."""

    def of_meeting(self, meeting: BoardMeeting) -> Sequence[Link]:
        """Return the pages that the room has for the meeting."""


_makers: list[Maker] = []


def register(maker: Maker) -> None:
    """Let a room lead from a meeting's page to its own."""
    _makers.append(maker)


def of_meeting(meeting: BoardMeeting) -> list[Link]:
    """Return what the meeting's page leads to."""
    return [link for maker in _makers for link in maker.of_meeting(meeting)]
