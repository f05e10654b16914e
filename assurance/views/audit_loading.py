"""Loading what a page of an audit is about, for somebody who may see it. A stranger gets 404, a reader who may not
write 403."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404

from assurance.audit_permissions import can_allow_auditor, can_do_audit, can_plan_audits, can_read_audit
from assurance.models import Audit, ThemeVerdict
from organisation.models import User
from organisation.permissions import hold_appointments
from organisation.requests import SignedInRequest

ONLY_SHRMT = (
    "Only the Safety and Health Risk Management Team (SHRMT) plans audits and says who does them. You can read it."
)
ONLY_THE_HEAD = "Only the Head of Safety, Health and Wellbeing lets somebody audit what they mentored. You can read it."
ONLY_ITS_AUDITORS = "Only the auditors of this audit write on it. You can read it."
# What pages do not read of what is validated: claims.py does, where it is shown.
UNREAD = ("content", "repeat_of__content", "revision__content", "claimed_in__content", "claimed_in__rollup__figures")


def audit_or_404(request: SignedInRequest, pk: int) -> Audit:
    """Return the audit where the person reads it."""
    audits = Audit.objects.select_related(
        "unit", "group", "edition", "repeat_of", "revision__statement__unit", "claimed_in__rollup__group", "changed_by"
    )
    found = audits.defer(*UNREAD).filter(pk=pk).first()
    if found is None or not _reads(request.user, found):
        raise Http404
    return found


def planned_audit_or_404(request: SignedInRequest, pk: int) -> Audit:
    """Return the audit where the person plans it."""
    found = audit_or_404(request, pk)
    if not can_plan_audits(request.user):
        raise PermissionDenied(ONLY_SHRMT)
    return found


def audit_to_allow_or_404(request: SignedInRequest, pk: int) -> Audit:
    """Return the audit where the person may set aside that somebody mentored what it audits."""
    found = audit_or_404(request, pk)
    if not can_allow_auditor(request.user):
        raise PermissionDenied(ONLY_THE_HEAD)
    return found


def done_audit_or_404(request: SignedInRequest, pk: int) -> Audit:
    """Return the audit where the person does it. Whether it is in writing is not asked."""
    found = audit_or_404(request, pk)
    _refuse_unless_done_by(request.user, found)
    return found


def verdict_or_404(request: SignedInRequest, pk: int, theme: str) -> ThemeVerdict:
    """Return what the audit says of a theme where the person reads it."""
    verdicts = ThemeVerdict.objects.select_related(
        "theme", "changed_by", "audit__unit", "audit__group", "audit__edition", "audit__revision__statement__unit"
    ).select_related("audit__claimed_in__rollup__group")
    unread = [f"audit__{name}" for name in UNREAD]
    found = verdicts.defer(*unread).filter(audit=pk, theme__identity=theme).first()
    if found is None or not _reads(request.user, found.audit):
        raise Http404
    return found


def done_verdict_or_404(request: SignedInRequest, pk: int, theme: str) -> ThemeVerdict:
    """Return what the audit says of a theme where the person writes it; as `done_audit_or_404`."""
    found = verdict_or_404(request, pk, theme)
    _refuse_unless_done_by(request.user, found.audit)
    return found


def _reads(person: User, audit: Audit) -> bool:
    hold_appointments(person)  # the page around it needs them too: they are read once
    return can_read_audit(person, audit)


def _refuse_unless_done_by(person: User, audit: Audit) -> None:
    if not can_do_audit(person, audit):
        raise PermissionDenied(ONLY_ITS_AUDITORS)
