"""What may not be in people's appointments, side by side or one after the other. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from organisation.roles import INSIDE_THE_FORCE, Role
from rendering.formats import day


class Refused(Exception):
    """The act cannot be done; its message tells the person what is in the way and how to mend it."""


# Whoever manages accounts could give themselves a way to decide: an administrator holds none of these.
DECIDING = frozenset({Role.SLT_LEAD, Role.COG_LEAD, Role.SHRMT, Role.HEAD, Role.BOARD_SECRETARY, Role.EXTERNAL_AUDITOR})


@dataclass(frozen=True, slots=True)
class Held:
    """An appointment of one person: to what (`key` tells it from others, `scope` names it), and from when to when.

    `ends_on` is its last day, None without an end; before `starts_on` where it never gave any right.
    """

    role: Role
    starts_on: date
    ends_on: date | None = None
    key: str = ""
    scope: str = ""

    @property
    def in_words(self) -> str:
        """The appointment as a refusal names it."""
        to = f", {self.scope}" if self.scope else ""
        until = f" to {day(self.ends_on)}" if self.ends_on else ""
        return f"{self.role.label}{to}, from {day(self.starts_on)}{until}"

    @property
    def is_empty(self) -> bool:
        """Whether there is no day on which it gives rights."""
        return self.ends_on is not None and self.ends_on < self.starts_on

    def overlaps(self, other: Held) -> bool:
        """Whether there is a day on which both are in force."""
        if self.is_empty or other.is_empty:
            return False
        return (self.ends_on is None or other.starts_on <= self.ends_on) and (
            other.ends_on is None or self.starts_on <= other.ends_on
        )


def clash(sought: Held, others: Iterable[Held]) -> str:
    """Say why a person with these other appointments cannot hold the one that is sought; "" where they can."""
    for other in others:
        if sought.overlaps(other) and (why := _clash_of_two(sought, other)):
            return why
    return ""


def _clash_of_two(sought: Held, other: Held) -> str:
    roles = {sought.role, other.role}
    if (sought.role, sought.key) == (other.role, other.key):
        return (
            f"The person holds this appointment already at that time ({other.in_words}). "
            "Extend or end that one, or choose other dates."
        )
    if Role.PANEL_MEMBER in roles and roles & INSIDE_THE_FORCE:
        return (
            "A member of the audit panel receives papers and holds no appointment inside the police service, and the "
            f"other way round. In the way: {other.in_words}. End that one first, or choose dates after it."
        )
    if Role.ADMINISTRATOR in roles and roles & DECIDING:
        return (
            "An administrator can sign, accept, audit and publish nothing, so nobody is both at a time. "
            f"In the way: {other.in_words}. End that one first, or choose dates after it."
        )
    return ""


def keeps_an_administrator(others: Iterable[Held], *, without_from: date, so_far_until: date | None) -> bool:
    """Whether somebody still administers when one appointment ends, and no shorter than that one would have lasted.

    `others` are the other administrators' appointments. `without_from` is the first day without the one that ends,
    `so_far_until` the last day it had so far (None: no end): a deputy for a month does not let the last one go.
    """
    return any(
        other.starts_on <= without_from
        and (other.ends_on is None or (so_far_until is not None and other.ends_on >= so_far_until))
        for other in others
    )
