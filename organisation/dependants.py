"""What the end of a unit means elsewhere. Units do not know who works with them: each room says so when it is ready.

dependants.register(StatementsOfUnits())     # in the room's AppConfig.ready()
dependants.of_closing(units, last_day)       # what forbids it, and what people should know before they decide
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # rooms import this before there are models
    from organisation.models import Unit


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Sentences for the person who decides: what makes it impossible, and what it will mean."""

    forbids: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()


class Room(Protocol):
    """A room whose rows belong to units."""

    def of_closing(self, units: Sequence[Unit], last_day: date) -> Foreseen:
        """Return what it means that each of the units has its last day on `last_day`: a fixed number of queries."""


_rooms: list[Room] = []


def register(room: Room) -> None:
    """Let a room say what the end of a unit means to it."""
    _rooms.append(room)


def of_closing(units: Sequence[Unit], last_day: date) -> Foreseen:
    """Return what every room says about units that end with `last_day`."""
    said = [room.of_closing(units, last_day) for room in _rooms]
    return Foreseen(
        tuple(sentence for one in said for sentence in one.forbids),
        tuple(sentence for one in said for sentence in one.tells),
    )
