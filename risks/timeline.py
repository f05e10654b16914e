"""Everything that has become of a risk, the latest first, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from organisation.models import User
from risks.models import DecisionKind, Risk


@dataclass(frozen=True, slots=True)
class Event:
    """Something that became of a risk: when, by whom, what, and why or with which words."""

    at: datetime
    by: User
    what: str
    text: str = ""


def timeline(risk: Risk) -> list[Event]:
    """Return what became of the risk: four queries however much that is."""
    found = [Event(risk.entered_at, risk.entered_by, "Entered on the register")]
    for assessment in risk.assessments.select_related("by", "withdrawn_by"):
        where = f"likelihood {assessment.likelihood}, impact {assessment.impact}"
        found.append(Event(assessment.at, assessment.by, f"Assessed: {where}", assessment.because))
        if assessment.withdrawn_at and assessment.withdrawn_by:
            what = f"Assessment taken back: {where}"
            found.append(Event(assessment.withdrawn_at, assessment.withdrawn_by, what, assessment.withdrawn_because))
    for decision in risk.decisions.select_related("by", "meeting"):
        what = f"{decision.get_kind_display()}, {decision.meeting}, minute {decision.minute}"
        if decision.kind == DecisionKind.TREND:
            what = f"Trend said by the Board: {decision.trend}, {decision.meeting}, minute {decision.minute}"
        found.append(Event(decision.at, decision.by, what, decision.because))
    for control in risk.controls.select_related("added_by", "ended_by"):
        found.append(Event(control.added_at, control.added_by, "Control added", control.text))
        if control.ended_at and control.ended_by:
            found.append(
                Event(control.ended_at, control.ended_by, f"Control ended: {control.text}", control.ended_because)
            )
    for update in risk.updates.select_related("by", "meeting"):
        found.append(Event(update.at, update.by, f"Told for the {update.meeting}", update.text))
    return sorted(found, key=lambda event: event.at, reverse=True)
