"""What an audit recommended, from the unit's word that it is done to the auditor's: confirmed, or open again.

Its action follows: nobody but these verbs closes it. What failed twice proposes a repeat audit, which people plan or
do not (docs/decisions/0019).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from actions.services import actions
from assurance.models import ClosureCheck, ClosureFile, Recommendation
from assurance.models.recommendation import FAILURES_THAT_PROPOSE_A_REPEAT
from assurance.rules import Refused
from assurance.services import audit_notices
from organisation.models import User
from records.canonical import normal
from records.services import intake, trail

logger = logging.getLogger(__name__)

NOT_ISSUED = "The report is not issued, so nothing has been recommended yet."
CLOSED = "An auditor has confirmed already that this is done."
ASKED_ALREADY = "The unit has said already that this is done. An auditor looks at it next."
SAY_WHAT_SHOWS_IT = "Say what shows that it is done."
SAY_WHAT_YOU_SAW = "Say what you saw, or what is still missing."
NOT_ASKED = "Nobody waits for this check any more. Open the page again to see how it stands."
NOT_ONES_OWN = "You said yourself that this is done, so somebody else checks it."
NOT_SEEN = (
    "Nobody can open “{name}”: the antivirus has not looked at it yet, or found something in it. Wait until it has "
    "been looked at, or reopen this and ask for another file."
)
FILE_NOT_TAKEN = "“{name}” was not added. {reason}"
TWICE = "“{name}” is the same file as another one that you chose. Choose it once."


def ask_for_closure(
    *,
    recommendation: Recommendation,
    evidence: str,
    files: Sequence[UploadedFile[Any]] = (),
    by: User,
    at: datetime,
) -> ClosureCheck:
    """Say for the unit that a recommendation is done, with what shows it. Raises Refused, and then keeps nothing said.

    Files are looked through and scanned as evidence of statements is, before anything is written.
    """
    evidence = normal(evidence).strip()
    if not evidence:
        raise Refused(SAY_WHAT_SHOWS_IT)
    _refuse_unless_open(recommendation)  # before the files: looking through them takes time
    taken = [_taken(recommendation, file, by=by, at=at) for file in files]
    with transaction.atomic():
        current = _locked(recommendation)
        _refuse_unless_open(current)
        check = ClosureCheck.objects.create(
            recommendation=current, number=current.checks.count() + 1, evidence=evidence, asked_at=at, asked_by=by
        )
        for one in taken:
            _, is_new = ClosureFile.objects.get_or_create(
                closure_check=check,
                blob=one.blob,
                defaults={"name": one.name, "added_at": at, "added_by": by},
            )
            if not is_new:
                raise Refused(TWICE.format(name=one.name))
        trail.record(
            act="recommendation.said_done",
            thing=check,
            by=by,
            at=at,
            words={"evidence": evidence},
            files=[one.blob.sha256 for one in taken],
        )
        actions.note(action=_action(current), text=f"Said to be done: {evidence}", by=by, at=at)
        audit_notices.said_done(check, by=by, at=at)
        return check


@transaction.atomic
def confirm(*, check: ClosureCheck, reasons: str, by: User, at: datetime) -> ClosureCheck:
    """Confirm as an auditor that a recommendation is done, with what was seen. Its action is closed with it."""
    current = _checked(check, confirmed=True, reasons=reasons, by=by, at=at)
    actions.close(action=_action(current.recommendation), achieved=current.evidence, by=by, at=at, for_its_keeper=True)
    audit_notices.confirmed(current, by=by, at=at)
    return current


@transaction.atomic
def reopen(*, check: ClosureCheck, reasons: str, by: User, at: datetime) -> ClosureCheck:
    """Say as an auditor what is still missing. The recommendation and its action stay open."""
    current = _checked(check, confirmed=False, reasons=reasons, by=by, at=at)
    one = current.recommendation
    actions.note(action=_action(one), text=f"Not done yet: {current.reasons}", by=by, at=at)
    failures = one.checks.filter(confirmed=False).count()
    audit_notices.reopened(current, proposes_a_repeat=failures == FAILURES_THAT_PROPOSE_A_REPEAT, by=by, at=at)
    return current


@transaction.atomic
def record_download(*, file: ClosureFile, by: User, at: datetime) -> None:
    """Keep who took a file away."""
    trail.record(act="recommendation.file_taken", thing=file, by=by, at=at, sha256=file.blob.sha256)


# --- Steps --------------------------------------------------------------------------------------------------------


def _refuse_unless_open(recommendation: Recommendation) -> None:
    if recommendation.action_id is None:
        raise Refused(NOT_ISSUED)
    checks = recommendation.checks.order_by("-number").values_list("checked_at", "confirmed")
    for checked_at, confirmed in checks[:1]:
        if confirmed:
            raise Refused(CLOSED)
        if checked_at is None:
            raise Refused(ASKED_ALREADY)


def _locked(recommendation: Recommendation) -> Recommendation:
    rows = Recommendation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("audit", "unit", "action").get(pk=recommendation.pk)


def _checked(check: ClosureCheck, *, confirmed: bool, reasons: str, by: User, at: datetime) -> ClosureCheck:
    """Write what an auditor made of it, under the recommendation's lock."""
    reasons = normal(reasons).strip()
    if not reasons:
        raise Refused(SAY_WHAT_YOU_SAW)
    one = _locked(check.recommendation)
    current = ClosureCheck.objects.select_for_update(no_key=True).get(pk=check.pk)
    current.recommendation = one
    if current.checked_at is not None:
        raise Refused(NOT_ASKED)
    if current.asked_by_id == by.pk:
        raise Refused(NOT_ONES_OWN)
    if confirmed:
        _refuse_unless_files_can_be_seen(current)
    current.confirmed, current.reasons = confirmed, reasons
    current.checked_at, current.checked_by = at, by
    current.save(update_fields=["confirmed", "reasons", "checked_at", "checked_by"])
    act = "recommendation.confirmed" if confirmed else "recommendation.reopened"
    trail.record(act=act, thing=current, by=by, at=at, words={"reasons": reasons})
    return current


def _refuse_unless_files_can_be_seen(check: ClosureCheck) -> None:
    """Nothing is confirmed on evidence that nobody can open."""
    for file in check.files.select_related("blob"):
        if not file.blob.may_be_handed_out:
            raise Refused(NOT_SEEN.format(name=file.name))


def _action(recommendation: Recommendation) -> Any:
    assert recommendation.action is not None  # noqa: S101  # issued with its audit
    return recommendation.action


def _taken(recommendation: Recommendation, file: UploadedFile[Any], *, by: User, at: datetime) -> intake.Taken:
    try:
        return intake.take(file, at=at)
    except intake.Infected as refusal:
        _record_infection(recommendation, refusal, by=by, at=at)
        raise Refused(FILE_NOT_TAKEN.format(name=refusal.name, reason=refusal)) from refusal
    except intake.NotKept as refusal:
        raise Refused(FILE_NOT_TAKEN.format(name=file.name, reason=refusal)) from refusal


@transaction.atomic
def _record_infection(recommendation: Recommendation, found: intake.Infected, *, by: User, at: datetime) -> None:
    logger.error(
        "An infected file was refused: %s, sent by user %s for recommendation %s",
        found.finding,
        by.pk,
        recommendation.pk,
    )
    trail.record(
        act="recommendation.infected",
        thing=recommendation,
        by=by,
        at=at,
        words={"name": found.name},
        finding=found.finding,
    )
