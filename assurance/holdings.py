"""What this room holds about a person: what they did to which statement, and when.

What statements say is the units', and is not repeated here. The names under a signature are: they are about the person.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from assurance.models import (
    Audit,
    AuditFile,
    AuditorAssignment,
    AuditProgramme,
    AuditResponse,
    ClimateSurvey,
    ClimateUpload,
    ClosureCheck,
    ClosureFile,
    Entry,
    EvidenceFile,
    EvidenceItem,
    Finding,
    InformationRequest,
    IssuedRollup,
    MentoringRecord,
    MergeDecision,
    Presence,
    ProgrammeChange,
    ProgrammeDraw,
    Redaction,
    Release,
    RequestedStatement,
    Review,
    ReviewNote,
    Revision,
    Rollup,
    SaveReceipt,
    ThemeAssessment,
    ThemeVerdict,
    UnitAdviser,
    Withholding,
    WorkbookUpload,
)
from records.holdings import AS_THE_RECORD, Held, Holding
from records.models import RecordClass

WHY = "A statement is worth what its authors, its signer and its reviewer answer for."
ANSWERED = "What is given out of statements by law, or kept back, is answered for by name."
AUDITS = "Whom the force audits, and why, is answered for by name."
LEADS = "What a business group or the force is said to have reached is answered for by name."
AUDITED = "What an audit finds, and what is answered to it, is answered for by name."
OF_AN_AUDIT = {"audit": "audit__reference"}
OF_A_VERDICT = {"audit": "verdict__audit__reference", "theme": "verdict__theme__name"}
OF_A_CLOSURE = {"audit": "recommendation__audit__reference", "recommendation": "recommendation__number"}
OF_A_ROLLUP = {"group": "group__name", "half": "half", "changed at": "changed_at"}
OF_A_REVISION = {
    "unit": "revision__statement__unit__name",
    "quarter": "revision__statement__quarter",
    "revision": "revision__number",
}
OF_AN_ENTRY = {
    "unit": "entry__revision__statement__unit__name",
    "quarter": "entry__revision__statement__quarter",
    "revision": "entry__revision__number",
    "theme": "entry__theme__name",
}


def _held(
    name: str,
    title: str,
    model: type[models.Model],
    people: tuple[str, ...],
    told: dict[str, str],
    *,
    why: str = WHY,
    kept: str = AS_THE_RECORD,
    record_class: RecordClass = RecordClass.STATEMENTS,
) -> Held:
    return Held(name, title, why, kept, record_class, model, people, told)


HELD = (
    _held(
        "statements",
        "Statements that you completed, signed or gave the details of, with the names under them",
        Revision,
        ("details_changed_by", "completed_by", "signed_by"),
        {
            "unit": "statement__unit__name",
            "quarter": "statement__quarter",
            "revision": "number",
            "details changed at": "details_changed_at",
            "completed at": "completed_at",
            "completed by": "completer_name",
            "position": "completer_position",
            "signed at": "signed_at",
            "signed by": "signer_name",
            "position of the signer": "signer_position",
        },
    ),
    _held(
        "statements-history",
        "Earlier states of statements that name you",
        apps.get_model("assurance", "RevisionEvent"),
        ("details_changed_by", "completed_by", "signed_by"),
        {"row": "pgh_obj_id", "state": "state", "overwritten at": "pgh_created_at"},
    ),
    _held(
        "answers",
        "Themes of statements whose newest answer is yours",
        Entry,
        ("changed_by",),
        {
            "unit": "revision__statement__unit__name",
            "quarter": "revision__statement__quarter",
            "revision": "revision__number",
            "theme": "theme__name",
            "changed at": "changed_at",
        },
    ),
    _held(
        "answers-history",
        "Earlier answers that were yours",
        apps.get_model("assurance", "EntryEvent"),
        ("changed_by",),
        {"row": "pgh_obj_id", "changed at": "changed_at", "overwritten at": "pgh_created_at"},
    ),
    _held(
        "evidence-files",
        "Files that you gave as evidence",
        EvidenceFile,
        ("uploaded_by",),
        {"unit": "unit__name", "file": "name", "given at": "uploaded_at"},
    ),
    _held(
        "evidence",
        "Files and links that you added to a theme",
        EvidenceItem,
        ("added_by",),
        {**OF_AN_ENTRY, "title": "title", "added at": "added_at"},
    ),
    _held(
        "reviews",
        "Your decisions on statements",
        Review,
        ("decided_by",),
        {**OF_A_REVISION, "decision": "decision", "decided at": "decided_at"},
    ),
    _held(
        "review-notes",
        "Notes that you wrote for a review",
        ReviewNote,
        ("by",),
        {**OF_A_REVISION, "written at": "at"},
    ),
    _held(
        "advisers",
        "Units whose adviser you are or were",
        UnitAdviser,
        ("adviser",),
        {"unit": "unit__name", "from": "starts_on", "to": "ends_on"},
        why="A unit knows whom to ask, and nobody audits a unit that they advised.",
    ),
    _held(
        "mentoring",
        "Advice that you asked for or gave",
        MentoringRecord,
        ("asked_by", "advised_by"),
        {"unit": "unit__name", "theme": "theme__name", "asked at": "asked_at", "advised at": "advised_at"},
        why="A unit finds its advice again, and nobody audits a unit that they advised.",
    ),
    _held(
        "information-requests",
        "Requests for information that you entered",
        InformationRequest,
        ("made_by",),
        {"reference": "reference", "entered at": "made_at"},
        why=ANSWERED,
    ),
    _held(
        "requested-statements",
        "Statements that you chose for an answer, or left out of it",
        RequestedStatement,
        ("chosen_by", "removed_by"),
        {"request": "request__reference", **OF_A_REVISION, "chosen at": "chosen_at", "left out at": "removed_at"},
        why=ANSWERED,
    ),
    _held(
        "withholdings",
        "Texts that you kept back from an answer, or gave after all",
        Withholding,
        ("decided_by", "undone_by"),
        {"request": "statement__request__reference", "decided at": "decided_at", "undone at": "undone_at"},
        why=ANSWERED,
    ),
    _held(
        "releases",
        "Answers that you confirmed",
        Release,
        ("confirmed_by",),
        {"request": "request__reference", "confirmed at": "confirmed_at"},
        why=ANSWERED,
    ),
    _held(
        "redactions",
        "Redactions of signed texts that you proposed or decided on",
        Redaction,
        ("proposed_by", "decided_by"),
        {**OF_A_REVISION, "state": "state", "proposed at": "proposed_at", "decided at": "decided_at"},
        why="What is taken out of a signed text is answered for by two people.",
    ),
    _held(
        "roll-ups",
        "Roll-ups that you wrote on last",
        Rollup,
        ("changed_by",),
        OF_A_ROLLUP,
        why=LEADS,
    ),
    _held(
        "roll-up-themes",
        "Themes of roll-ups that you wrote on last",
        ThemeAssessment,
        ("changed_by",),
        {"group": "rollup__group__name", "half": "rollup__half", "theme": "theme_identity", "changed at": "changed_at"},
        why=LEADS,
    ),
    _held(
        "earlier-roll-up-texts",
        "Earlier texts of yours in roll-ups",
        apps.get_model("assurance", "RollupEvent"),
        ("changed_by",),
        {"group": "pgh_obj__group__name", "half": "pgh_obj__half", "changed at": "changed_at"},
        why=LEADS,
    ),
    _held(
        "earlier-roll-up-theme-texts",
        "Earlier texts of yours in themes of roll-ups",
        apps.get_model("assurance", "ThemeAssessmentEvent"),
        ("changed_by",),
        {
            "group": "pgh_obj__rollup__group__name",
            "half": "pgh_obj__rollup__half",
            "theme": "pgh_obj__theme_identity",
            "changed at": "changed_at",
        },
        why=LEADS,
    ),
    _held(
        "issued-roll-ups",
        "Roll-ups that you issued",
        IssuedRollup,
        ("issued_by",),
        {"group": "rollup__group__name", "half": "rollup__half", "version": "number", "issued at": "issued_at"},
        why=LEADS,
    ),
    _held(
        "audits",
        "Audits that you planned, wrote on, issued or closed",
        Audit,
        ("changed_by", "planned_by", "issued_by", "closed_by"),
        {"audit": "reference", "planned at": "planned_at", "issued at": "issued_at", "closed at": "closed_at"},
        why=AUDITED,
    ),
    _held(
        "audits-history",
        "Earlier texts of audits that were yours",
        apps.get_model("assurance", "AuditEvent"),
        ("changed_by",),
        {"row": "pgh_obj_id", "changed at": "changed_at", "overwritten at": "pgh_created_at"},
        why=AUDITED,
    ),
    _held(
        "audit-assignments",
        "Audits that you do, or said who does",
        AuditorAssignment,
        ("auditor", "assigned_by", "allowed_by", "ended_by"),
        {
            **OF_AN_AUDIT,
            "leads": "leads",
            "assigned at": "assigned_at",
            "allowed at": "allowed_at",
            "ended at": "ended_at",
        },
        why=AUDITED,
    ),
    _held(
        "audit-responses",
        "What you answered to a report",
        AuditResponse,
        ("by",),
        {**OF_AN_AUDIT, "name": "responder_name", "at": "at"},
        why=AUDITED,
    ),
    _held(
        "verdicts",
        "Themes of audits whose newest answer is yours",
        ThemeVerdict,
        ("changed_by",),
        {**OF_AN_AUDIT, "theme": "theme__name", "changed at": "changed_at"},
        why=AUDITED,
    ),
    _held(
        "verdicts-history",
        "Earlier answers on themes of audits that were yours",
        apps.get_model("assurance", "ThemeVerdictEvent"),
        ("changed_by",),
        {"row": "pgh_obj_id", "changed at": "changed_at", "overwritten at": "pgh_created_at"},
        why=AUDITED,
    ),
    _held(
        "findings",
        "Findings that you added",
        Finding,
        ("added_by",),
        {**OF_A_VERDICT, "finding": "number", "added at": "added_at"},
        why=AUDITED,
    ),
    _held(
        "audit-files",
        "Files that you added to an audit",
        AuditFile,
        ("added_by",),
        {**OF_A_VERDICT, "file": "name", "added at": "added_at"},
        why=AUDITED,
    ),
    _held(
        "closure-checks",
        "Recommendations that you said are done, or checked",
        ClosureCheck,
        ("asked_by", "checked_by"),
        {**OF_A_CLOSURE, "asked at": "asked_at", "checked at": "checked_at"},
        why=AUDITED,
    ),
    _held(
        "closure-files",
        "Files with which you showed that a recommendation is done",
        ClosureFile,
        ("added_by",),
        {"file": "name", "added at": "added_at"},
        why=AUDITED,
    ),
    _held(
        "audit-programmes",
        "Audit programmes that you proposed last or adopted",
        AuditProgramme,
        ("proposed_by", "adopted_by"),
        {"half": "half", "proposed at": "proposed_at", "adopted at": "adopted_at"},
        why=AUDITS,
    ),
    _held(
        "audit-programme-draws",
        "Seeds that you drew for an audit programme",
        ProgrammeDraw,
        ("drawn_by",),
        {"half": "programme__half", "draw": "number", "drawn at": "drawn_at"},
        why=AUDITS,
    ),
    _held(
        "audit-programme-changes",
        "Changes that you made to an adopted audit programme",
        ProgrammeChange,
        ("by",),
        {"half": "programme__half", "unit": "unit__name", "change": "kind", "changed at": "at"},
        why=AUDITS,
    ),
    _held(
        "overtaken-texts",
        "Texts of yours that somebody else’s change had overtaken",
        MergeDecision,
        ("by",),
        {
            **OF_A_REVISION,
            "group": "rollup__group__name",
            "half": "rollup__half",
            "field": "field",
            "refused at": "refused_at",
            "decided at": "decided_at",
        },
        why="Nobody’s text is thrown away, and it can be seen who decided which one stands.",
    ),
    _held(
        "receipts",
        "Receipts of what your browser saved",
        SaveReceipt,
        ("by",),
        {**OF_A_REVISION, "group": "rollup__group__name", "half": "rollup__half", "saved at": "saved_at"},
        why="A save that is sent twice is done once.",
        kept="KEEP_RECEIPTS_DAYS",
        record_class=RecordClass.MESSAGES,
    ),
    _held(
        "open-drafts",
        "Drafts that you have open, or had within the last day",
        Presence,
        ("person",),
        {**OF_A_REVISION, "theme": "theme__name", "seen at": "seen_at"},
        why="Two people who write the same draft are told of each other.",
        kept="KEEP_PRESENCES_DAYS",
        record_class=RecordClass.MESSAGES,
    ),
    _held(
        "climate-surveys",
        "Climate surveys that you imported or withdrew",
        ClimateSurvey,
        ("imported_by", "withdrawn_by"),
        {"survey": "name", "imported at": "imported_at", "withdrawn at": "withdrawn_at"},
        why="What staff are said to have answered is answered for by whoever brought it in.",
    ),
    _held(
        "climate-files",
        "Files of climate results that you brought in",
        ClimateUpload,
        ("by",),
        {"file": "name", "brought in at": "uploaded_at", "confirmed at": "applied_at"},
        why="What a file says is shown before it counts, and counted once.",
        kept="KEEP_WORKBOOKS_DAYS",
        record_class=RecordClass.MESSAGES,
    ),
    _held(
        "workbooks",
        "Workbooks that you brought in",
        WorkbookUpload,
        ("by",),
        {**OF_A_REVISION, "file": "name", "brought in at": "uploaded_at", "applied at": "applied_at"},
        why="What a workbook says is shown before it is saved, and applied once.",
        kept="KEEP_WORKBOOKS_DAYS",
        record_class=RecordClass.MESSAGES,
    ),
)


def held_about(person: models.Model) -> Iterator[Holding]:
    """Yield what this room holds about a person."""
    for held in HELD:
        yield held.about(person)
