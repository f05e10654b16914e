"""What this room holds about a person: what they wrote of risks, recorded for the Board, or lead."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from records.holdings import AS_THE_RECORD, Held, Holding
from records.models import RecordClass
from risks.models import (
    Assessment,
    BoardDecision,
    BoardMeeting,
    BoardPaper,
    Control,
    EnforcementNotice,
    GroupRisk,
    Investigation,
    LearningShare,
    LiaisonFile,
    LiaisonMeeting,
    MeetingFile,
    MeetingRecord,
    Notification,
    Objective,
    ObjectiveProgress,
    RegisterUpload,
    Risk,
    RiskLead,
    RiskProposal,
    RiskUpdate,
    SubGroup,
    SubGroupReport,
    UnitLearning,
)

WHY = "What the Board is told of a risk, and what it decided, is answered for by name."
OF_A_RISK = {"risk": "risk__reference"}
OF_A_MEETING = {"meeting": "meeting__name"}


def _held(name: str, title: str, model: type[models.Model], people: tuple[str, ...], told: dict[str, str]) -> Held:
    return Held(name, title, WHY, AS_THE_RECORD, RecordClass.REPORTS, model, people, told)


HELD = (
    _held(
        "risks",
        "Risks that you entered or last changed",
        Risk,
        ("entered_by", "changed_by"),
        {"risk": "reference", "entered at": "entered_at", "changed at": "changed_at"},
    ),
    _held(
        "risks-history",
        "Earlier texts of risks that were yours",
        apps.get_model("risks", "RiskEvent"),
        ("changed_by",),
        {"changed at": "changed_at", "overwritten at": "pgh_created_at"},
    ),
    _held(
        "risk-leads",
        "Risks that you lead or led",
        RiskLead,
        ("person",),
        OF_A_RISK | {"post": "post", "from": "starts_on", "to": "ends_on"},
    ),
    _held(
        "controls",
        "Controls of risks that you added or ended",
        Control,
        ("added_by", "ended_by"),
        OF_A_RISK | {"added at": "added_at", "ended at": "ended_at"},
    ),
    _held(
        "assessments",
        "Assessments of risks that you recorded or took back",
        Assessment,
        ("by", "withdrawn_by"),
        OF_A_RISK | {"as at": "assessed_on", "recorded at": "at", "taken back at": "withdrawn_at"},
    ),
    _held(
        "board-decisions",
        "Decisions of the Board that you recorded",
        BoardDecision,
        ("by",),
        OF_A_RISK | {"decision": "kind", "meeting": "meeting__name", "recorded at": "at"},
    ),
    _held(
        "risk-updates",
        "What you wrote for the Board of how a risk stands",
        RiskUpdate,
        ("by",),
        OF_A_RISK | {"meeting": "meeting__name", "written at": "at"},
    ),
    _held(
        "risk-proposals",
        "Risks that you proposed, or whose proposal you recorded as decided",
        RiskProposal,
        ("proposed_by", "decided_by"),
        {"risk": "title", "proposed at": "proposed_at", "decided at": "decided_at"},
    ),
    _held(
        "board-meetings",
        "Meetings of the Board that you entered",
        BoardMeeting,
        ("made_by",),
        {"meeting": "name", "on": "held_on", "entered at": "made_at"},
    ),
    _held(
        "board-papers",
        "Papers for the Board that you said were awaited or received",
        BoardPaper,
        ("asked_by", "received_by"),
        OF_A_MEETING | {"paper": "title", "asked at": "asked_at", "received on": "received_on"},
    ),
    _held(
        "meeting-records",
        "What you recorded of meetings of the Board",
        MeetingRecord,
        ("by",),
        OF_A_MEETING | {"minute": "minute", "recorded at": "at"},
    ),
    _held(
        "meeting-files",
        "Files of meetings of the Board that you added",
        MeetingFile,
        ("added_by",),
        OF_A_MEETING | {"file": "name", "added at": "added_at"},
    ),
    _held("objectives", "Objectives of the Board that you entered", Objective, ("set_by",), {"entered at": "set_at"}),
    _held(
        "objective-progress",
        "What you wrote of how objectives of the Board stand",
        ObjectiveProgress,
        ("by",),
        {"objective": "objective", "written at": "at"},
    ),
    _held("sub-groups", "Sub-groups of the Board that you entered", SubGroup, ("made_by",), {"entered at": "made_at"}),
    _held(
        "sub-group-reports",
        "Reports of sub-groups that you wrote down",
        SubGroupReport,
        ("by",),
        OF_A_MEETING | {"written at": "at"},
    ),
    _held(
        "register-uploads",
        "A file of the risk register that you brought and did not confirm",
        RegisterUpload,
        ("uploaded_by",),
        {"file": "name", "brought in at": "uploaded_at"},
    ),
    _held(
        "group-risks",
        "Business groups’ own risks that you entered or last changed",
        GroupRisk,
        ("entered_by", "changed_by"),
        {"group": "group__name", "entered at": "entered_at", "changed at": "changed_at"},
    ),
    _held(
        "group-risks-history",
        "Earlier texts of business groups’ own risks that were yours",
        apps.get_model("risks", "GroupRiskEvent"),
        ("changed_by",),
        {"changed at": "changed_at", "overwritten at": "pgh_created_at"},
    ),
    _held(
        "liaison-meetings",
        "Meetings with the HSE that you entered or withdrew",
        LiaisonMeeting,
        ("entered_by", "withdrawn_by"),
        {"on": "held_on", "entered at": "entered_at", "withdrawn at": "withdrawn_at"},
    ),
    _held(
        "hse-notices",
        "Notices of the HSE that you entered, withdrew or said were complied with",
        EnforcementNotice,
        ("entered_by", "withdrawn_by", "complied_by"),
        {"notice": "reference", "entered at": "entered_at", "complied on": "complied_on"},
    ),
    _held(
        "hse-notifications",
        "Notifications to the HSE that you entered, withdrew or said were reported",
        Notification,
        ("entered_by", "withdrawn_by", "reported_by"),
        {"of an event on": "event_on", "entered at": "entered_at", "reported on": "reported_on"},
    ),
    _held(
        "hse-files",
        "Files of what there is with the HSE that you added",
        LiaisonFile,
        ("added_by",),
        {"file": "name", "added at": "added_at"},
    ),
    _held(
        "investigations",
        "Investigations that you entered, last changed or completed",
        Investigation,
        ("entered_by", "changed_by", "completed_by"),
        {"investigation": "title", "entered at": "entered_at", "changed at": "changed_at"},
    ),
    _held(
        "investigations-history",
        "Earlier texts of investigations that were yours",
        apps.get_model("risks", "InvestigationEvent"),
        ("changed_by",),
        {"changed at": "changed_at", "overwritten at": "pgh_created_at"},
    ),
    _held(
        "learning",
        "Learning of investigations that you shared",
        LearningShare,
        ("by",),
        {"learning": "title", "shared at": "at"},
    ),
    _held(
        "learning-acknowledged",
        "Learning of investigations that you acknowledged for a unit",
        UnitLearning,
        ("acknowledged_by",),
        {"learning": "share__title", "unit": "unit__name", "acknowledged at": "acknowledged_at"},
    ),
)


def held_about(person: models.Model) -> Iterator[Holding]:
    """Yield what this room holds about a person."""
    for held in HELD:
        yield held.about(person)
