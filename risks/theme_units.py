"""Which units lie low in a theme of the model, for whom to share learning with: asked of the rooms that know claims.

theme_units.register(LowInTheme())      # in the AppConfig.ready() of the room that reads statements
theme_units.low_in("leadership", day)   # ids of units; none where nobody knows
"""

from __future__ import annotations

from datetime import date
from typing import Protocol


class Room(Protocol):
    """A room that knows what units claim."""

    def low_in(self, theme: str, day: date) -> set[int]:
        """Return the units that claim less than level 3 in the theme, or nothing."""


_rooms: list[Room] = []


def register(room: Room) -> None:
    """Let a room say which units lie low in a theme."""
    _rooms.append(room)


def low_in(theme: str, day: date) -> set[int]:
    """Return the units that lie low in a theme, by its identity."""
    return {unit for room in _rooms for unit in room.low_in(theme, day)}
