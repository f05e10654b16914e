"""Actions of no unit, such as the Board's: the room that raised them says who reads and writes them.

bodies.register(BoardActions())          # in the room's AppConfig.ready()
bodies.readable_by(person)               # a filter on Action, for lists and single ones alike
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Protocol

from django.db.models import Q

if TYPE_CHECKING:  # models can be imported only once every room is there
    from organisation.permissions import Person

NONE = Q(pk__in=())


class Body(Protocol):
    """A room that raises actions which are no unit's."""

    def readable_by(self, user: Person) -> Q:
        """Return which of its actions the person reads, as a filter on Action."""

    def writable_by(self, user: Person) -> Q:
        """Return which of its actions the person changes, closes and reopens, as a filter on Action."""


_bodies: list[Body] = []


def register(body: Body) -> None:
    """Let a room say who reads and writes its actions."""
    _bodies.append(body)


def readable_by(user: Person) -> Q:
    """Return which actions of no unit the person reads."""
    return reduce(or_, (body.readable_by(user) for body in _bodies), NONE)


def writable_by(user: Person) -> Q:
    """Return which actions of no unit the person changes, closes and reopens."""
    return reduce(or_, (body.writable_by(user) for body in _bodies), NONE)
