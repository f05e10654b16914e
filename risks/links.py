"""What the page of a risk leads to besides what this room keeps: asked of the rooms that read several side by side.

links.register(RiskLinks())     # in the AppConfig.ready() of the room that has such a page
links.of_risk(risk)             # [] where there is none
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from risks.models import Risk  # rooms register before models can be imported


@dataclass(frozen=True, slots=True)
class Link:
    """A page that whoever reads the risk may read."""

    label: str
    url: str


class Room(Protocol):
    """A room that has a page about a risk."""

    def of_risk(self, risk: Risk) -> Sequence[Link]:
        """Return the pages that the room has for the risk."""


_rooms: list[Room] = []


def register(room: Room) -> None:
    """Let a room lead from a risk's page to its own."""
    _rooms.append(room)


def of_risk(risk: Risk) -> list[Link]:
    """Return what the risk's page leads to."""
    return [link for room in _rooms for link in room.of_risk(risk)]
