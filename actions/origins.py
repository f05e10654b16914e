"""Where actions come from. An action does not know: each room that raises actions says so here, when it is ready.

origins.register(EntryOrigins())     # in the room's AppConfig.ready()
origins.of_actions(ids)              # {action id: [Origin, …]}: one query a room, however many actions
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Origin:
    """What raised an action, in words, and the page where it stands. `short` is for the rows of a list."""

    label: str
    short: str
    url: str


class Room(Protocol):
    """A room that raises actions."""

    def of_actions(self, action_ids: Collection[int]) -> Mapping[int, Sequence[Origin]]:
        """Return what raised each of the actions; those the room has nothing to do with are left out."""

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return what a list may be narrowed to: a key, unique among all rooms, and its label."""

    def raised_by(self, key: str) -> QuerySet[Any] | None:
        """Return the ids of the actions raised by what `key` stands for, as a query; None for another room's key."""


_rooms: list[Room] = []


def register(room: Room) -> None:
    """Let a room say where actions come from."""
    _rooms.append(room)


def of_actions(action_ids: Iterable[int]) -> dict[int, list[Origin]]:
    """Return what raised each of the actions, by its id."""
    wanted = list(action_ids)
    found: dict[int, list[Origin]] = defaultdict(list)
    for room in _rooms:
        for action_id, raised_by in room.of_actions(wanted).items():
            found[action_id] += raised_by
    return found


def choices() -> list[tuple[str, str]]:
    """Return everything a list of actions may be narrowed to."""
    return [choice for room in _rooms for choice in room.choices()]


def raised_by(key: str) -> QuerySet[Any] | None:
    """Return the ids of the actions raised by what `key` stands for, as a query; None where nothing does."""
    return next((ids for room in _rooms if (ids := room.raised_by(key)) is not None), None)
