"""Removing a person: what the account holds is dropped, what they signed and decided stays, with the name under it.

The row of the account stays without anything of the person's in it, since records point at it. What stays with their
name is what they signed or completed: the name and position are part of the signed text. Texts that people wrote stay
too; where one names somebody, the redaction of that text is the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from assurance.services import forgetting as assurance
from home.services import holding
from injuries.services import forgetting as injuries
from organisation.models import Appointment, User
from organisation.periods import london_day
from organisation.services import forgetting as organisation
from records.models import LegalHold, RecordClass
from records.services import forgetting as records
from records.services import holds, trail
from risks.services import forgetting as risks

# What is dropped belongs to these classes: a hold of any of them, over the person, is in the way.
DROPPED = (RecordClass.PEOPLE, RecordClass.TRAIL, RecordClass.MESSAGES)


class Because(StrEnum):
    """Why somebody is removed, in words that name nobody: they stay in the trail."""

    ASKED = "asked"
    PERIOD = "period"
    MISTAKE = "mistake"

    @property
    def label(self) -> str:
        return {
            Because.ASKED: "They asked for it, and nothing speaks against it",
            Because.PERIOD: "The account has been closed for longer than its period",
            Because.MISTAKE: "The account was made by mistake",
        }[self]


class Refused(Exception):
    """The person cannot be removed as things stand; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What has to be settled before a person can be removed."""

    already: bool
    oneself: bool
    appointments: Sequence[Appointment]
    holds: Sequence[LegalHold]

    def __bool__(self) -> bool:
        return bool(self.already or self.oneself or self.appointments or self.holds)

    @property
    def reasons(self) -> list[str]:
        """What is in the way, in sentences that say what to do."""
        found = []
        if self.already:
            found.append("The personal data of this account was removed already.")
        if self.oneself:
            found.append("You cannot remove yourself. Ask another administrator.")
        if self.appointments:
            listed = "; ".join(str(one) for one in self.appointments)
            found.append(f"The person holds appointments, or will: {listed}. End them first.")
        if self.holds:
            numbers = ", ".join(str(hold.pk) for hold in self.holds)
            found.append(
                f"Legal hold {numbers} covers what would be deleted. It has to be lifted first; the Head of Safety, "
                "Health and Wellbeing knows about it."
            )
        return found


def in_the_way(*, person: User, by: User, at: datetime) -> InTheWay:
    """Return what keeps the person from being removed now."""
    ahead = Appointment.objects.filter(person=person).ahead_or_in_force(london_day(at))
    return InTheWay(
        already=person.removed_at is not None,
        oneself=person.pk == by.pk,
        appointments=list(ahead.select_related("unit", "group").order_by("pk")),
        holds=holding.over_person(person, DROPPED),
    )


@transaction.atomic
def remove(*, person: User, because: Because, reference: str, by: User, at: datetime) -> User:
    """Drop the person's data for good. Raises Refused where something is in the way.

    `reference` is the number of the request or decision, without any name: it stays in the trail.
    """
    holds.locked()
    current: User = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if found := in_the_way(person=current, by=by, at=at):
        raise Refused(" ".join(found.reasons))
    name, email = current.name, current.email
    assurance.person(person=current, name=name)
    injuries.person(person=current)
    risks.person(person=current)
    organisation.person(person=current, at=at)
    records.person(person=current, name=name, email=email, by=by, at=at)
    trail.record(act="account.removed", thing=current, by=by, at=at, because=because.value, reference=reference)
    return current
