"""What an agenda pack of the Board holds: what a meeting deals with, and the risk register as it stands.

`gather` returns the whole content as plain JSON values; when a pack is asked for, exactly that is frozen. Everybody who
reads the Board's meetings reads all of it (docs/decisions/0027).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from assurance.models import IssuedRollup
from assurance.services.issuing import reports_of
from organisation.models import Force
from organisation.periods import HalfYear, financial_year_name, financial_year_of, london_day
from papers.contents.heatmap import scale_as_json
from risks import reading
from risks.models import (
    BoardMeeting,
    Control,
    GroupRisk,
    Objective,
    ObjectiveProgress,
    ProposalState,
    Risk,
    RiskProposal,
    RiskStatus,
    RiskUpdate,
    SubGroup,
    SubGroupReport,
)
from risks.reading import RiskLine
from risks.trend import Place, Trend

# The shape of what is frozen. A pack that was made is read by its own format for ever.
FORMAT = 1
MARKING = "OFFICIAL"


def gather(meeting: BoardMeeting, *, today: date) -> dict[str, Any]:
    """Return all that a pack of the meeting says as at `today`: a fixed number of queries."""
    force = Force.objects.first()
    return {
        "format": FORMAT,
        "force": force.name if force else "",
        "marking": MARKING,
        "as_at": today.isoformat(),
        "meeting": _meeting(meeting),
        "agenda": [{"number": one.number, "title": one.title, "lead": one.lead} for one in meeting.items.all()],
        "papers": _papers(meeting, today=today),
        "previous": _previous(meeting),
        "scale": scale_as_json(reading.scale()),
        "risks": _risks(meeting, today=today),
        "proposals": _proposals(),
        "group_risks": _group_risks(),
        "roll_ups": _roll_ups(HalfYear.of(meeting.held_on).previous()),
        "sub_groups": _sub_groups(meeting),
        "objectives": _objectives(financial_year_of(meeting.held_on)),
    }


def _meeting(meeting: BoardMeeting) -> dict[str, Any]:
    return {"name": meeting.name, "held_on": meeting.held_on.isoformat()}


def _papers(meeting: BoardMeeting, *, today: date) -> list[dict[str, Any]]:
    return [
        {
            "title": paper.title,
            "kind": paper.get_kind_display(),
            "group": paper.group.name if paper.group else "",
            "due_on": paper.due_on.isoformat(),
            "received_on": _day(paper.received_on),
            "is_late": paper.received_on is None and paper.due_on < today,
        }
        for paper in meeting.papers.select_related("group")
    ]


def _previous(meeting: BoardMeeting) -> dict[str, Any] | None:
    """Return what the meeting before decided and noted, corrections in their places; None where there was none."""
    previous = BoardMeeting.objects.filter(held_on__lt=meeting.held_on).order_by("-held_on").first()
    if previous is None:
        return None
    records = previous.records.filter(replaced_by=None).select_related("item")
    decisions = previous.decisions.select_related("risk")
    return _meeting(previous) | {
        "records": [
            {"minute": one.minute, "item": one.item.title if one.item else "", "text": one.text} for one in records
        ],
        "decisions": [
            {
                "minute": one.minute,
                "reference": one.risk.reference,
                "what": f"{one.get_kind_display()}: {one.trend}" if one.trend else one.get_kind_display(),
                "because": one.because,
            }
            for one in decisions
        ],
    }


# --- The register -----------------------------------------------------------------------------------------------------


def _risks(meeting: BoardMeeting, *, today: date) -> list[dict[str, Any]]:
    """Return every risk of the register that is not closed, in the order of their references."""
    there = Risk.objects.exclude(status=RiskStatus.CLOSED).prefetch_related("groups")
    lines = reading.lines(there, today=today)
    pks = [line.risk.pk for line in lines]
    updates = _last_updates(meeting, pks)
    controls: dict[int, list[dict[str, str]]] = {}
    for one in Control.objects.filter(risk__in=pks, ended_at=None):
        said = {"text": one.text, "owner": one.owner, "assurance": one.assurance}
        controls.setdefault(one.risk_id, []).append(said)
    return [
        _risk(line, updates.get(line.risk.pk), meeting)
        | {"without_controls": _without_controls(line), "controls": controls.get(line.risk.pk, [])}
        for line in lines
    ]


def _without_controls(line: RiskLine) -> list[int] | None:
    """Return where the risk would lie without its controls, by its last assessment."""
    return [line.last.likelihood_before, line.last.impact_before] if line.last else None


def _last_updates(meeting: BoardMeeting, risks: Collection[int]) -> dict[int, RiskUpdate]:
    """Return what was told last of each risk, for this meeting or an earlier one: one query."""
    told = RiskUpdate.objects.filter(risk__in=risks, meeting__held_on__lte=meeting.held_on).select_related("meeting")
    newest = told.order_by("risk_id", "-meeting__held_on", "-pk").distinct("risk_id")
    return {update.risk_id: update for update in newest}


def _risk(line: RiskLine, update: RiskUpdate | None, meeting: BoardMeeting) -> dict[str, Any]:
    risk = line.risk
    return {
        "reference": risk.reference,
        "title": risk.title,
        "description": risk.description,
        "status": risk.get_status_display(),
        "is_on_the_map": risk.is_on_the_map,
        "groups": sorted(group.name for group in risk.groups.all()),
        "leads": list(line.leads),
        "trend": _trend(line.trend),
        "place": _place(line.place),
        "before": _place(line.before),
        "assessed_on": _day(line.assessed_on),
        "target_score": risk.target_score,
        "target_on": _day(risk.target_on),
        "review_on": _day(risk.review_on),
        "review_is_due": line.review_is_due,
        "is_stale": line.is_stale,
        "update": update and _meeting(update.meeting) | {"is_for_this": update.meeting == meeting, "text": update.text},
    }


def _trend(trend: Trend | None) -> dict[str, Any] | None:
    if trend is None:
        return None
    return {"direction": str(trend.direction), "is_new": trend.is_new, "because": trend.because}


def _place(place: Place | None) -> list[int] | None:
    return [place.likelihood, place.impact] if place else None


# --- New and emerging risks -------------------------------------------------------------------------------------------


def _proposals() -> list[dict[str, Any]]:
    """Return the proposed risks that wait for the Board, the oldest first; not those that business groups put to it."""
    waiting = RiskProposal.objects.waiting().filter(of_group=None).prefetch_related("groups").order_by("pk")
    return [_proposal(one) | {"groups": sorted(group.name for group in one.groups.all())} for one in waiting]


def _group_risks() -> list[dict[str, Any]]:
    """Return the business groups' own risks that were put before the Board and wait."""
    waiting = GroupRisk.objects.filter(escalated_as__state=ProposalState.WAITING).select_related(
        "group", "escalated_as"
    )
    return [
        _proposal(one.escalated_as)
        | {"group": one.group.name, "owner": one.owner, "controls": one.controls, "place": [one.likelihood, one.impact]}
        for one in waiting
        if one.escalated_as
    ]


def _proposal(proposal: RiskProposal) -> dict[str, Any]:
    on = london_day(proposal.proposed_at).isoformat()
    return {"title": proposal.title, "description": proposal.description, "proposed_on": on}


# --- What others report -----------------------------------------------------------------------------------------------


def _roll_ups(half: HalfYear) -> dict[str, Any]:
    """Return which business groups have issued their roll-up of the half, and whether the force summary is out."""
    summaries = IssuedRollup.objects.filter(rollup__half=half, rollup__group=None).newest_of_each()
    summary = summaries.first()
    rows = [{name: row[name] for name in ("group", "number", "issued_on")} for row in reports_of(half)]
    issued = summary and {"number": summary.number, "issued_on": london_day(summary.issued_at).isoformat()}
    return {"half": str(half), "rows": rows, "summary": issued}


def _sub_groups(meeting: BoardMeeting) -> list[dict[str, Any]]:
    """Return the sub-groups that work on the meeting's day or report to it, each with its newest report to it."""
    reports = SubGroupReport.objects.filter(meeting=meeting).order_by("sub_group_id", "-pk").distinct("sub_group_id")
    texts = dict(reports.values_list("sub_group_id", "text"))
    return [
        {"name": one.name, "chair": one.chair, "text": texts.get(one.pk, "")}
        for one in SubGroup.objects.all()
        if one.pk in texts or _works_on(one, meeting.held_on)
    ]


def _works_on(sub_group: SubGroup, day: date) -> bool:
    return sub_group.starts_on <= day and (sub_group.ends_on is None or day <= sub_group.ends_on)


def _objectives(year: int) -> dict[str, Any]:
    rows = Objective.objects.filter(year=year).order_by("pk").prefetch_related("progress")
    return {"year": financial_year_name(year), "rows": [_objective(one, one.progress.all()) for one in rows]}


def _objective(objective: Objective, progress: Iterable[ObjectiveProgress]) -> dict[str, Any]:
    last = next(iter(progress), None)  # the latest comes first
    return {
        "title": objective.title,
        "owner": objective.owner,
        "standing": last.get_standing_display() if last else "",
        "text": last.text if last else "",
        "said_on": london_day(last.at).isoformat() if last else None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
