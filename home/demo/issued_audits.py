"""Audits of the invented force whose reports have been issued: most verdicts confirm what was claimed, some do not.

They go through the services that auditors and units use, as far as the time since has let them come; there are few of
them, however large the force is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from assurance.audit_permissions import can_audit_unit
from assurance.models import Audit, Recommendation, Revision, RevisionState
from assurance.services import audit_content, audit_reports, auditing, planning_audits, recommendations
from home.demo.audits import NOT_ENOUGH, give_verdict, plan_audit
from home.demo.cast import Cast
from home.demo.plan import DEMO_UNIT, Plan, dice
from organisation.models import Unit, User
from organisation.periods import Quarter, london_day
from records.canonical import content_digest
from records.edits import Edit
from records.models import Job, Notice

# Days since each was planned: the demo unit's, and those of every third other one.
OF_THE_DEMO_UNIT, OF_OTHERS = 150, range(60, 360, 40)
THEMES = 6
# How many levels a claim lies above what was found, and of a hundred claims so many.
ABOVE: dict[int | str, int] = {0: 70, 1: 18, 2: 3, -1: 5, NOT_ENOUGH: 4}

SUMMARY = "Most of what the unit claims was confirmed. Where it was not, the arrangement exists but is not yet lived."
FACTS_ARE_RIGHT = "The facts are right as they stand."
DONE = "All teams were briefed; the supervisors’ weekly lines are on file, with what came of them."
SEEN = "The lines of three months were read, and two teams asked at random knew of them."
NOT_SEEN = "The briefing has been held, but nobody could show what has been written down since."


@dataclass(frozen=True)
class Visit:
    """One audit: what it validates, when it was planned, who does it, and who answers for the unit."""

    unit: Unit
    claim: Revision
    planned_at: datetime
    auditor: User
    slt_lead: User
    random: Random


def write(plan: Plan, *, units: Sequence[Unit], cast: Cast, now: datetime) -> None:
    """Write the issued audits up to `now`, in the order of time."""
    for visit in sorted(_visits(plan, units, cast, now), key=lambda one: one.planned_at):
        audit = _issue(visit, planner=cast.named["auditor"])
        _pursue(audit, visit, now=now)
    # Nobody is told of what is history; a report of it is printed once somebody asks for its document.
    Notice.objects.all().delete()
    Job.objects.filter(task=audit_reports.PRINT).delete()


def _visits(plan: Plan, units: Sequence[Unit], cast: Cast, now: datetime) -> Iterator[Visit]:
    """Units that had an accepted statement by then, each with an auditor who is independent of it."""
    others = [one for one in plan.units if one.number != DEMO_UNIT and one.number % 3 == 1 and one.closed_on is None]
    asked = [(plan.units[DEMO_UNIT], OF_THE_DEMO_UNIT), *zip(others, OF_OTHERS, strict=False)]
    for planned, days_ago in asked:
        unit, planned_at = units[planned.number], now - timedelta(days=days_ago)
        claim, auditor = _claim(unit, planned_at), _independent(cast, unit, now)
        if claim is not None and auditor is not None:
            random = dice(plan.size, planned.number, "audit")
            yield Visit(unit, claim, planned_at, auditor, cast.slt_lead(planned.number), random)


def _claim(unit: Unit, at: datetime) -> Revision | None:
    """Return the newest accepted statement of a quarter that had ended by then."""
    ended = str(Quarter.of(london_day(at)).plus(-1))
    accepted = Revision.objects.filter(
        statement__unit=unit, statement__quarter__lte=ended, state=RevisionState.ACCEPTED, signed_at__lt=at
    )
    return accepted.select_related("statement").order_by("-statement__quarter", "-number").first()


def _independent(cast: Cast, unit: Unit, now: datetime) -> User | None:
    """Return whoever of SHRMT is independent of the unit today, and so was before."""
    both = (cast.named["auditor"], cast.named["adviser"])
    return next((one for one in both if can_audit_unit(one, unit, london_day(now))), None)


def _issue(visit: Visit, *, planner: User) -> Audit:
    begun = visit.planned_at + timedelta(days=10)
    sent, issued = visit.planned_at + timedelta(days=28), visit.planned_at + timedelta(days=38)
    entries = visit.claim.entries.filter(theme__scored=True).values_list("theme__identity", "level")
    claimed = {identity: level for identity, level in entries if level is not None}
    themes = sorted(claimed, key=lambda identity: (-claimed[identity], identity))[:THEMES]
    audit = plan_audit(visit.unit, themes, first=begun, by=planner, at=visit.planned_at)
    planning_audits.assign(audit=audit, auditor=visit.auditor, by=planner, at=visit.planned_at)
    auditing.start_fieldwork(audit=audit, claim=visit.claim, by=visit.auditor, at=begun)
    for verdict in audit.verdicts.select_related("theme", "audit"):
        above = visit.random.choices(list(ABOVE), weights=list(ABOVE.values()))[0]
        level, found_on = claimed[verdict.theme.identity], begun + timedelta(days=1)
        give_verdict(verdict, level, above, visit.unit, by=visit.auditor, at=found_on)
    auditing.save_words(audit=audit, edits={"summary": Edit(0, SUMMARY)}, by=visit.auditor, at=begun)
    auditing.draft_report(audit=audit, by=visit.auditor, at=sent - timedelta(days=4))
    due_on = london_day(sent) + timedelta(days=14)
    audit_reports.send_for_accuracy(audit=audit, response_due_on=due_on, by=visit.auditor, at=sent)
    answered = sent + timedelta(days=7)
    audit_reports.respond(audit=audit, agrees=True, text=FACTS_ARE_RIGHT, by=visit.slt_lead, at=answered)
    audit.refresh_from_db()
    seen = content_digest(audit_content.content_of(audit))
    return audit_reports.issue(audit=audit, seen_digest=seen, by=visit.auditor, at=issued)


def _pursue(audit: Audit, visit: Visit, *, now: datetime) -> None:
    """Have the unit call two in three recommendations done in time; the auditor confirms most of those."""
    assert audit.issued_at is not None  # noqa: S101  # it has just been
    asked = audit.issued_at + timedelta(days=40)
    looked_at = asked + timedelta(days=7)
    for one in Recommendation.objects.filter(audit=audit).select_related("audit", "unit", "action"):
        is_called_done, is_done = visit.random.random() < 2 / 3, visit.random.random() < 3 / 4
        if not is_called_done or looked_at >= now:
            continue
        check = recommendations.ask_for_closure(recommendation=one, evidence=DONE, by=visit.slt_lead, at=asked)
        if is_done:
            recommendations.confirm(check=check, reasons=SEEN, by=visit.auditor, at=looked_at)
        else:
            recommendations.reopen(check=check, reasons=NOT_SEEN, by=visit.auditor, at=looked_at)
