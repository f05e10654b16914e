"""What a person may do next with the report of an audit, and where: for the audit's page and the report's own."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from assurance.audit_permissions import can_close_audit, can_issue_audit, can_respond
from assurance.models import Audit, AuditState, Recommendation
from assurance.models.audit import READS_ALL_AUDITS
from organisation.permissions import Person, roles_anywhere

# In these states there is nothing to be read yet, or any more.
WITHOUT_REPORT = (AuditState.PLANNED, AuditState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Step:
    """A link to a page on which something is read or done. `is_next`: the person is the one whose turn it is."""

    label: str
    url: str
    is_next: bool = False


def steps_of(user: Person, audit: Audit) -> list[Step]:
    """Return what the person, who reads the audit, may do with its report, what is their turn first."""
    if audit.state in WITHOUT_REPORT:
        return []

    def step(name: str, label: str, *, is_next: bool = False) -> Step:
        return Step(label, reverse(f"assurance:{name}", args=[audit.pk]), is_next)

    steps = []
    if audit.state == AuditState.DRAFT and can_issue_audit(user, audit):
        steps.append(step("send_audit_report", "Send the draft report to be answered", is_next=True))
    if audit.state == AuditState.RESPONSE:
        if can_respond(user, audit):
            steps.append(step("respond_to_audit", "Say whether the facts are right", is_next=True))
        if can_issue_audit(user, audit):
            steps += [
                step("issue_audit_report", "Issue the report", is_next=True),
                step("take_back_audit_report", "Take the report back to work on it"),
            ]
    if audit.is_out and can_respond(user, audit):
        steps.append(step("respond_to_audit", "Answer the report"))
    if can_close_audit(user, audit):
        steps.append(step("close_audit", "Close the audit"))
    steps.append(step("audit_report", "Read the report" if audit.is_out else "Read the draft report"))
    if audit.pdf_id is not None:
        steps.append(step("audit_report_pdf", "Download the report (PDF)"))
    return steps


def repeats_proposed(user: Person, audit: Audit) -> list[Recommendation]:
    """Return the recommendations that propose to audit again, for SHRMT, who decide on it, and the Head."""
    if not audit.is_out or not roles_anywhere(user) & READS_ALL_AUDITS:
        return []
    return list(audit.recommendations.proposing_a_repeat())
