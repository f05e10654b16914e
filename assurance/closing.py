"""What the end of a unit means to its statements: what this room knows of it (see organisation/dependants.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assurance.models import MentoringRecord, Revision, UnitAdviser
from assurance.models.statement import DRAFT, FROZEN
from organisation.dependants import Foreseen
from organisation.models import Unit
from organisation.periods import Quarter
from rendering.formats import count, day


class StatementsOfUnits:
    """Statements, advisers and questions of units that end."""

    def of_closing(self, units: Sequence[Unit], last_day: date) -> Foreseen:
        """A quarter that begins after its last day has no statement of a unit; one that is signed is in the way."""
        last_quarter = Quarter.of(last_day)
        revisions = Revision.objects.filter(statement__unit__in=units).order_by("statement__unit__name")
        after = revisions.filter(statement__quarter__gt=last_quarter)
        signed = after.filter(state__in=FROZEN).values_list("statement__unit__name", "statement__quarter").distinct()
        drafts = revisions.filter(state__in=DRAFT).values_list("statement__unit__name", "statement__quarter", "state")
        tells = [_of_draft(*draft, last_quarter=last_quarter) for draft in drafts]
        return Foreseen(
            tuple(
                f"{name} has signed its statement of {quarter.name}, and would have ended before that, on "
                f"{day(last_day)}. Choose a later day."
                for name, quarter in signed
            ),
            (*tells, *_of_advice(units, last_day)),
        )


def _of_draft(name: str, quarter: Quarter, state: str, *, last_quarter: Quarter) -> str:
    if quarter > last_quarter:
        return (
            f"The statement of {name} of {quarter.name} has been opened already. Nobody is asked for it any more, and "
            "it can neither be completed nor signed."
        )
    return (
        f"The statement of {name} of {quarter.name} is {state} and is still due, signed, by {day(quarter.due_on)}. "
        "Whoever is appointed to the unit goes on with it."
    )


def _of_advice(units: Sequence[Unit], last_day: date) -> list[str]:
    said = []
    advisers = UnitAdviser.objects.in_force(last_day).filter(unit__in=units).select_related("unit", "adviser")
    for one in advisers.order_by("unit__name", "pk"):
        said.append(f"{one.adviser} advises {one.unit}. SHRMT names an adviser for what comes of it.")
    waiting = MentoringRecord.objects.filter(unit__in=units).unanswered().count()
    if waiting:
        wait = "question waits" if waiting == 1 else "questions wait"
        said.append(f"{count(waiting)} {wait} for an answer from SHRMT. It is read where it was asked.")
    return said
