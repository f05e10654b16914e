"""From the draft report of an audit to its end: asking about the facts, issuing what was found, answering, closing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from actions.services import actions
from assurance import audit_permissions, audit_report_rules, documents
from assurance.audit_permissions import Bar
from assurance.models import (
    Audit,
    AuditorAssignment,
    AuditResponse,
    AuditState,
    Recommendation,
    ResponseKind,
)
from assurance.rules import Blocked, Blocker, Refused
from assurance.services import audit_notices, printing
from assurance.services.audit_content import content_of
from organisation.models import User
from organisation.periods import london_day
from records.canonical import content_digest, normal
from records.models import Job, TrailEntry
from records.services import blobs, jobs, trail

PRINT = "assurance.print_audit_report"
SENT = "audit.sent"
# Who leads the action that a recommendation becomes: whoever answers for the unit's safety.
LEAD_OF_THE_ACTION = "Senior Leadership Team (SLT) lead"
LONGEST_TITLE = 300

NOT_YET = "The report cannot be issued yet."
NOT_TO_BE_SENT_YET = "The draft report cannot be sent yet."
MOVED_ON = "The state of this audit is “{state}” now, so nothing was changed. Open its page again, then decide."
WRITTEN_SINCE = (
    "The report has changed since you opened this page, so nothing was done. Read it as it is now, then decide."
)
TOO_SOON = "Give the unit until a later day: the answer is due on a day that is still to come."
SAY_WHAT = "Say which facts are not right."
SAY_WHAT_NOT_ACCEPTED = "Say what is not accepted, and why."
STILL_OPEN = "{numbers} not confirmed as done yet. Close the audit when an auditor has confirmed {them}."
CANNOT_PRINT = "The report could not be printed; what was issued is unchanged. Show this to the administrator: {error}"


# --- The draft goes to the unit -----------------------------------------------------------------------------------


def report_digest(content: Mapping[str, Any]) -> str:
    """Return the digest of what somebody reads in a draft: of all of it but the answers, which others may add."""
    return content_digest({name: value for name, value in content.items() if name != "responses"})


def facts_of(audit: Audit, *, today: date, response_due_on: date | None = None) -> audit_report_rules.AuditFacts:
    """Return the audit as `audit_report_rules.py` sees it. Queries: five, and some for each auditor."""
    standing = list(audit.assignments.standing().select_related("auditor"))
    return audit_report_rules.AuditFacts(
        today=today,
        has_lead=any(one.leads for one in standing),
        ended_on=audit.ended_on,
        summary=audit.summary,
        verdicts=tuple(
            audit_report_rules.VerdictFacts(
                one.theme.identity, one.theme.name, one.level_answer is not None, reasons=one.reasons
            )
            for one in audit.verdicts.select_related("theme").order_by("theme__number")
        ),
        due_on=tuple(audit.recommendations.order_by("number").values_list("number", "due_on")),
        auditors=tuple(_auditor_facts(one, audit, today) for one in standing),
        response_due_on=response_due_on or audit.response_due_on,
        has_answered=has_answered(audit),
    )


def _auditor_facts(assignment: AuditorAssignment, audit: Audit, today: date) -> audit_report_rules.AuditorFacts:
    """Return whether the person is independent today. That the Head has allowed a mentor stays allowed."""
    auditor = assignment.auditor
    bars = audit_permissions.bars_to_doing(auditor, audit, today)
    was_allowed = assignment.allowed_at is not None
    standing = bars - ({Bar.MENTORED} if was_allowed else set())
    return audit_report_rules.AuditorFacts(
        name=auditor.name,
        audits=audit_permissions.can_audit(auditor, today),
        bars=tuple(sorted(standing)),
        was_allowed=was_allowed,
    )


def has_answered(audit: Audit) -> bool:
    """Whether the unit has answered on the facts of the draft since it was last sent to it.

    When that was stands in the trail alone: a draft may be sent, taken back and sent again.
    """
    if audit.state != AuditState.RESPONSE:
        return False
    sendings = TrailEntry.objects.filter(thing_type=Audit._meta.label, thing_id=audit.pk, act=SENT)
    sent_at = sendings.order_by("-pk").values_list("at", flat=True).first()
    answers = audit.responses.filter(kind=ResponseKind.ACCURACY)
    return (answers.filter(at__gte=sent_at) if sent_at else answers).exists()


@transaction.atomic
def send_for_accuracy(*, audit: Audit, response_due_on: date, by: User, at: datetime) -> Audit:
    """Give the finished draft to what is audited, to answer on its facts by a day. Nobody writes on it meanwhile.

    Raises Blocked with what is still missing in it.
    """
    current = _locked(audit, AuditState.DRAFT)
    today = london_day(at)
    if response_due_on <= today:
        raise Refused(TOO_SOON)
    if blockers := audit_report_rules.blocks_sending(facts_of(current, today=today, response_due_on=response_due_on)):
        raise Blocked(blockers, NOT_TO_BE_SENT_YET)
    current.state, current.response_due_on = AuditState.RESPONSE, response_due_on
    current.save(update_fields=["state", "response_due_on"])
    trail.record(act=SENT, thing=current, by=by, at=at, response_due_on=response_due_on.isoformat())
    audit_notices.sent(current, at=at)
    return current


@transaction.atomic
def take_back(*, audit: Audit, by: User, at: datetime) -> Audit:
    """Take the draft back to work on it. What was answered stays, and is printed in the report."""
    current = _locked(audit, AuditState.RESPONSE)
    current.state, current.response_due_on = AuditState.DRAFT, None
    current.save(update_fields=["state", "response_due_on"])
    trail.record(act="audit.taken_back", thing=current, by=by, at=at)
    audit_notices.taken_back(current, by=by, at=at)
    return current


@transaction.atomic
def respond(
    *, audit: Audit, agrees: bool, text: str = "", seen_digest: str | None = None, by: User, at: datetime
) -> AuditResponse:
    """Answer for what is audited: on the facts while the draft is with it, on the whole once it is issued.

    `seen_digest` is the `report_digest` of the draft that was read: another one is refused.
    """
    current = _locked(audit, AuditState.RESPONSE, AuditState.ISSUED, AuditState.CLOSED)
    kind = ResponseKind.MANAGEMENT if current.is_out else ResponseKind.ACCURACY
    text = normal(text).strip()
    if not agrees and not text:
        raise Refused(SAY_WHAT_NOT_ACCEPTED if current.is_out else SAY_WHAT)
    if not current.is_out and seen_digest is not None and report_digest(content_of(current)) != seen_digest:
        raise Refused(WRITTEN_SINCE)
    response = AuditResponse.objects.create(
        audit=current, kind=kind, agrees=agrees, text=text, by=by, responder_name=by.name, at=at
    )
    trail.record(
        act="audit.facts_answered" if kind == ResponseKind.ACCURACY else "audit.answered",
        thing=current,
        by=by,
        at=at,
        agrees=agrees,
    )
    audit_notices.answered(response, at=at)
    return response


# --- Issuing ------------------------------------------------------------------------------------------------------


def blockers_of(audit: Audit, *, today: date) -> list[Blocker]:
    """Return what keeps the report from being issued as things stand."""
    return audit_report_rules.blocks_issuing(facts_of(audit, today=today))


@transaction.atomic
def issue(*, audit: Audit, seen_digest: str, by: User, at: datetime) -> Audit:
    """Freeze the report as it was on the issuer's screen; what it recommends becomes the units' actions.

    `seen_digest` is of all of the draft, answers included. Raises Refused where it has changed since, and Blocked with
    what still keeps it from being issued: each auditor's independence is judged anew.
    """
    current = _locked(audit, AuditState.RESPONSE)
    if content_digest(content_of(current)) != seen_digest:
        raise Refused(WRITTEN_SINCE)
    if blockers := blockers_of(current, today=london_day(at)):
        raise Blocked(blockers, NOT_YET)
    _raise_actions(current, by=by, at=at)  # first: what is issued cannot be changed, its recommendations' rows included
    content = content_of(current, issued_at=at, issuer_name=by.name)
    current.state = AuditState.ISSUED
    current.content, current.content_digest = content, content_digest(content)
    current.issued_at, current.issued_by, current.issuer_name = at, by, by.name
    current.save(update_fields=["state", "content", "content_digest", "issued_at", "issued_by", "issuer_name"])
    trail.record(act="audit.issued", thing=current, by=by, at=at, content_digest=current.content_digest)
    audit_notices.issued(current, at=at)
    request_document(audit=current, by=by, at=at)
    return current


def _raise_actions(audit: Audit, *, by: User, at: datetime) -> None:
    for one in audit.recommendations.select_related("unit").order_by("number"):
        one.action = actions.raise_action(
            unit=one.unit,
            title=_title(one, audit),
            lead=LEAD_OF_THE_ACTION,
            due_on=one.due_on,
            measure=f"An auditor confirms, on evidence, that recommendation {one.number} of audit {audit.reference} "
            f"is done: {one.text}",
            by=by,
            at=at,
        )
        one.save(update_fields=["action"])


def _title(one: Recommendation, audit: Audit) -> str:
    title = f"Recommendation {one.number} of audit {audit.reference}: {' '.join(one.text.split())}"
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 2].rstrip()} …"


# --- Closing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def close(*, audit: Audit, by: User, at: datetime) -> Audit:
    """End an issued audit whose recommendations have all been confirmed as done."""
    current = _locked(audit, AuditState.ISSUED)
    still_open = list(current.recommendations.open().order_by("number").values_list("number", flat=True))
    if still_open:
        raise Refused(_not_confirmed(still_open))
    current.state, current.closed_at, current.closed_by = AuditState.CLOSED, at, by
    current.save(update_fields=["state", "closed_at", "closed_by"])
    trail.record(act="audit.closed", thing=current, by=by, at=at)
    return current


def _not_confirmed(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return STILL_OPEN.format(numbers=f"Recommendation {numbers[0]} is", them="it")
    listed = f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
    return STILL_OPEN.format(numbers=f"Recommendations {listed} are", them="them")


def _locked(audit: Audit, *states: AuditState) -> Audit:
    """Lock the audit and return it if it is in one of `states`."""
    rows = Audit.objects.select_for_update(of=("self",), no_key=True)
    current = rows.select_related(
        "unit", "group", "edition", "repeat_of", "revision__statement", "claimed_in__rollup"
    ).get(pk=audit.pk)
    if current.state not in states:
        raise Refused(MOVED_ON.format(state=current.get_state_display()))
    return current


# --- Its document -------------------------------------------------------------------------------------------------


@transaction.atomic
def request_document(*, audit: Audit, by: User | None, at: datetime) -> Job | None:
    """Ask for the document of an issued report; None where it exists. Two requests, one document."""
    if not audit.is_out or audit.pdf_id is not None:
        return None
    return jobs.request(task=PRINT, key=audit.job_key, by=by, at=at, audit_id=audit.pk)


def build_document(claim: jobs.Claim) -> None:
    """Print what was issued and keep the file for good. Does nothing where that has been done."""
    audit = Audit.objects.out().get(pk=claim.arguments["audit_id"])
    if audit.pdf_id is not None:
        with jobs.finishing(claim):
            return
    jobs.progress(claim, percent=20, step="Laying out the report")
    html = documents.audit_report_html(audit)
    jobs.progress(claim, percent=50, step="Printing the report")
    # The moment of issue, so that the same content gives the same file.
    content = printing.printed(html, created_at=audit.issued_at, failing=CANNOT_PRINT)
    with jobs.finishing(claim) as now:
        blob = blobs.store(content=content, media_type="application/pdf", at=now)
        # Another claim on the same report may have finished in the meantime: the first file stands.
        if Audit.objects.filter(pk=audit.pk, pdf=None).update(pdf=blob):
            digests = {"content_digest": audit.content_digest, "sha256": blob.sha256}
            trail.record(act="audit.printed", thing=audit, by=None, at=now, **digests)


@transaction.atomic
def record_download(*, audit: Audit, sha256: str, by: User, at: datetime) -> None:
    """Keep who took an issued report with them, and which bytes."""
    trail.record(act="audit.report_taken", thing=audit, by=by, at=at, sha256=sha256)
