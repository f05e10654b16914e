"""What the page of a risk or a meeting leads to besides what this room keeps: asked of the rooms above that have more.

links.register(RiskLinks())     # in the AppConfig.ready() of the room that has such a page
links.of_risk(risk)             # [] where there is none
links.of_meeting(meeting)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from risks.models import BoardMeeting, Risk  # rooms register before models can be imported


@dataclass(frozen=True, slots=True)
class Link:
    """A page that whoever reads the risk, or the meeting, may read."""

    label: str
    url: str


class Room(Protocol):
    """A room that has pages about risks or meetings."""

    def of_risk(self, risk: Risk) -> Sequence[Link]:
        """Return the pages that the room has for the risk."""

    def of_meeting(self, meeting: BoardMeeting) -> Sequence[Link]:
        """Return the pages that the room has for the meeting."""


_rooms: list[Room] = []


def register(room: Room) -> None:
    """Let a room lead from the pages of risks and meetings to its own."""
    _rooms.append(room)


def of_risk(risk: Risk) -> list[Link]:
    """Return what the risk's page leads to."""
    return [link for room in _rooms for link in room.of_risk(risk)]


def of_meeting(meeting: BoardMeeting) -> list[Link]:
    """Return what the meeting's page leads to."""
    return [link for room in _rooms for link in room.of_meeting(meeting)]
