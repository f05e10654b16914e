"""Actions that the room which raised them keeps: it alone says when they are done. An action does not know of it.

keeping.register(RecommendationsKept())     # in the room's AppConfig.ready()
keeping.why_kept(action.pk)                 # "" where its own unit decides, as usual
"""

from __future__ import annotations

from typing import Protocol


class Keeper(Protocol):
    """A room that keeps some of the actions it raised."""

    def why_kept(self, action_id: int) -> str:
        """Return in words who says when the action is done, and where; "" where the room does not keep it."""


_keepers: list[Keeper] = []


def register(keeper: Keeper) -> None:
    """Let a room keep actions."""
    _keepers.append(keeper)


def why_kept(action_id: int) -> str:
    """Return why nobody but its room closes, withdraws or reopens the action; "" where that is open to its writers."""
    return next((reason for keeper in _keepers if (reason := keeper.why_kept(action_id))), "")
