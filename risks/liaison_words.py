"""What people are told of deadlines with the HSE and of learning, in words. Pure: no Django."""

from __future__ import annotations

from datetime import date

from rendering.formats import day
from risks.deadlines import Stage

HSE = "Health and Safety Executive (HSE)"


def to_report(kind: str, *, event_on: date, due_on: date, stage: Stage) -> str:
    """Tell that an event is to be reported. What happened is not said: letters leave the product."""
    event = f"The event of {day(event_on)} ({kind.lower()})"
    if stage is Stage.OVERDUE:
        return (
            f"{event} was to be reported to the {HSE} by {day(due_on)}, and is not recorded as reported. Report it "
            "now, or record when it was."
        )
    return f"{event} is to be reported to the {HSE} by {day(due_on)}. Report it, and record that it was."


def to_comply(kind: str, reference: str, *, comply_by: date, stage: Stage) -> str:
    """Tell that a notice of the HSE is to be complied with."""
    notice = f"{kind} {reference} of the {HSE}"
    if stage is Stage.OVERDUE:
        return (
            f"{notice} was to be complied with by {day(comply_by)}, and is not recorded as complied with. See that it "
            "is, or record when it was."
        )
    return f"{notice} is to be complied with by {day(comply_by)}. See that it is, and record how."


def learning_shared(title: str, unit: str) -> str:
    """Tell a unit's SLT lead that there is something to learn and to acknowledge."""
    return f"There is something to learn for {unit} of an investigation: {title}. Read it and acknowledge it."
