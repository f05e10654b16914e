"""What the Board decides: of risks on its register, and of those that are proposed for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from organisation.models import BusinessGroup, User
from organisation.periods import london_day
from records.canonical import normal
from records.services import trail
from risks.models import (
    BoardDecision,
    BoardMeeting,
    DecisionKind,
    ProposalState,
    Risk,
    RiskLead,
    RiskProposal,
    RiskStatus,
)
from risks.rules import Refused, status_after
from risks.services.register import locked
from risks.trend import Direction

NOT_HELD_YET = "That meeting has not been held yet, so it has decided nothing. Choose the one that decided."


@dataclass(frozen=True, slots=True)
class Minute:
    """Where a decision was made, where the minutes say it, and why."""

    meeting: BoardMeeting
    reference: str
    because: str


# --- Risks of the register --------------------------------------------------------------------------------------------


@transaction.atomic
def decide(*, risk: Risk, kind: DecisionKind, minute: Minute, by: User, at: datetime) -> BoardDecision:
    """Record that the Board opened, controlled, reopened or closed a risk. Raises Refused where it cannot have."""
    _was_held(minute, at)
    current = locked(risk)
    current.status = status_after(kind, current.status)
    current.changed_at, current.changed_by = at, by
    current.save(update_fields=["status", "changed_at", "changed_by"])
    return _record(current, kind, minute, by=by, at=at, status=current.status)


@transaction.atomic
def say_trend(*, risk: Risk, direction: Direction | None, minute: Minute, by: User, at: datetime) -> BoardDecision:
    """Record the Board’s own trend of a risk, or (None) that it takes back what it had said."""
    _was_held(minute, at)
    current = locked(risk)
    last = current.decisions.filter(kind__in=(DecisionKind.TREND, DecisionKind.TREND_TAKEN_BACK)).last()
    if direction is None and (last is None or last.kind == DecisionKind.TREND_TAKEN_BACK):
        raise Refused("The Board has said nothing of its own about how this risk moves, so nothing was taken back.")
    kind = DecisionKind.TREND_TAKEN_BACK if direction is None else DecisionKind.TREND
    if last and (last.kind, last.trend, last.meeting_id) == (kind, direction or "", minute.meeting.pk):
        raise Refused("This is recorded for that meeting already, so it was not recorded again.")
    return _record(current, kind, minute, by=by, at=at, trend=direction or "")


def _record(
    risk: Risk, kind: DecisionKind, minute: Minute, *, by: User, at: datetime, status: str = "", trend: str = ""
) -> BoardDecision:
    decision = BoardDecision.objects.create(
        risk=risk,
        kind=kind,
        status=status,
        trend=trend,
        meeting=minute.meeting,
        minute=str(normal(minute.reference)),
        because=str(normal(minute.because)),
        by=by,
        at=at,
    )
    words = {"because": decision.because}
    trail.record(act="risk.decided", thing=decision, by=by, at=at, words=words, kind=str(kind), status=status)
    return decision


def _was_held(minute: Minute, at: datetime) -> None:
    if minute.meeting.held_on > london_day(at):
        raise Refused(NOT_HELD_YET)


# --- Proposed risks ---------------------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *, title: str, description: str, theme: str, groups: Collection[BusinessGroup], by: User, at: datetime
) -> RiskProposal:
    """Put a new or emerging risk before the Board."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # the same proposal sent twice meets the first one
    title, description = str(normal(title)), str(normal(description))
    if RiskProposal.objects.waiting().filter(proposed_by=by, title=title, description=description).exists():
        raise Refused("You have proposed this already, and it waits for the Board.")
    proposal = RiskProposal.objects.create(
        title=title, description=description, theme=theme, proposed_by=by, proposed_at=at
    )
    proposal.groups.set(groups)
    trail.record(act="risk.proposed", thing=proposal, by=by, at=at)
    return proposal


@dataclass(frozen=True, slots=True)
class Entry:
    """How a proposed risk enters the register: by which reference and status, led by which post."""

    reference: str
    status: RiskStatus
    lead: str


@transaction.atomic
def accept(*, proposal: RiskProposal, entry: Entry, minute: Minute, by: User, at: datetime) -> Risk:
    """Record that the Board took a proposed risk onto its register."""
    _was_held(minute, at)
    current = _waiting(proposal)
    try:
        with transaction.atomic():
            risk = Risk.objects.create(
                reference=entry.reference,
                title=current.title,
                description=current.description,
                theme=current.theme,
                status=entry.status,
                entered_at=at,
                entered_by=by,
                changed_at=at,
                changed_by=by,
            )
    except IntegrityError as error:
        raise Refused(f"There is a risk {entry.reference} already. Give this one a reference of its own.") from error
    risk.groups.set(current.groups.all())
    RiskLead.objects.create(risk=risk, post=str(normal(entry.lead)), starts_on=london_day(at))
    _decided(current, ProposalState.ACCEPTED, minute, by=by, at=at, risk=risk)
    record_acceptance(risk, minute, by=by, at=at)
    return risk


def record_acceptance(risk: Risk, minute: Minute, *, by: User, at: datetime) -> BoardDecision:
    """Record that the Board took a risk onto its register, in the transaction in which it is entered."""
    _was_held(minute, at)
    decision = _record(risk, DecisionKind.ACCEPTED, minute, by=by, at=at, status=risk.status)
    trail.record(act="risk.accepted", thing=risk, by=by, at=at, decision=decision.pk)
    return decision


@transaction.atomic
def decline(*, proposal: RiskProposal, minute: Minute, by: User, at: datetime) -> RiskProposal:
    """Record that the Board did not take a proposed risk onto its register, and why."""
    _was_held(minute, at)
    current = _waiting(proposal)
    _decided(current, ProposalState.DECLINED, minute, by=by, at=at)
    trail.record(act="proposal.declined", thing=current, by=by, at=at, words={"because": current.because})
    return current


def _waiting(proposal: RiskProposal) -> RiskProposal:
    current = RiskProposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    if current.state != ProposalState.WAITING:
        raise Refused(f"The Board has decided of this already: it is {current.get_state_display().lower()}.")
    return current


def _decided(
    proposal: RiskProposal, state: ProposalState, minute: Minute, *, by: User, at: datetime, risk: Risk | None = None
) -> None:
    proposal.state, proposal.risk = state, risk
    proposal.meeting, proposal.minute = minute.meeting, str(normal(minute.reference))
    proposal.because = str(normal(minute.because))
    proposal.decided_by, proposal.decided_at = by, at
    proposal.save()
