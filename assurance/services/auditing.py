"""Doing an audit: from the first day of fieldwork to the draft of its report.

Verdicts are saved as statements are (`saving.py`): under the row's lock, answer by answer, nobody's text thrown away.
The claim that is validated is named when fieldwork begins, and nothing here changes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assurance.audit_rules import VerdictFacts, blocks_draft
from assurance.models import Audit, AuditState, IssuedRollup, MergeDecision, Revision, RevisionState, ThemeVerdict
from assurance.models.audit import AUDIT_ANSWERS
from assurance.models.verdict import VERDICT_ANSWERS
from assurance.rules import Blocked, Blocker, Refused
from assurance.services import saving
from assurance.services.planning_audits import locked
from assurance.services.saving import Place, Saved
from organisation.models import User
from organisation.periods import london_day
from records.edits import Edit
from records.models import Verdict
from records.services import trail

# What stands as a unit's claim; what was returned to it does not.
CLAIMS = [RevisionState.SIGNED.value, RevisionState.ACCEPTED.value]
NOTHING_SIGNED = "{scope} has no signed statement, so there is nothing to validate yet. Begin once it has one."
NOTHING_ISSUED = "{scope} has no issued roll-up, so there is nothing to validate yet. Begin once it has one."
NOT_IN_WRITING = "The audit stands at “{state}”, so what it found cannot be changed."
COLUMNS = {"level_answer": ("level", "not_enough_evidence")}


# --- Beginning ----------------------------------------------------------------------------------------------------


def claimed_revisions(audit: Audit) -> QuerySet[Revision]:
    """Signed revisions of the unit that stand as its claim, the newest quarter first."""
    revisions = Revision.objects.filter(statement__unit=audit.unit_id, state__in=CLAIMS)
    return revisions.select_related("statement__unit").defer("content").order_by("-statement__quarter", "-number")


def claimed_rollups(audit: Audit) -> QuerySet[IssuedRollup]:
    """Issued versions of the group's roll-ups, the newest half-year first."""
    issued = IssuedRollup.objects.filter(rollup__group=audit.group_id)
    issued = issued.select_related("rollup__group").defer("content", "rollup__figures")
    return issued.order_by("-rollup__half", "-number")


@transaction.atomic
def start_fieldwork(*, audit: Audit, claim: Revision | IssuedRollup | None, by: User, at: datetime) -> Audit:
    """Begin fieldwork on what a unit, or a group, has claimed. Raises Refused where it has not, or nobody leads it."""
    current = locked(audit)
    if current.state != AuditState.PLANNED:
        raise Refused(f"The audit stands at “{current.get_state_display()}”, so fieldwork cannot begin.")
    if not current.assignments.standing().filter(leads=True).exists():
        raise Refused("Nobody leads this audit. Assign its auditors first.")
    _refuse_unless_claimed(current, claim)
    if isinstance(claim, Revision):
        current.revision = claim
    else:
        current.claimed_in = claim
    current.state, current.started_on = AuditState.FIELDWORK, london_day(at)
    current.save(update_fields=["state", "started_on", "revision", "claimed_in"])
    trail.record(act="audit.started", thing=current, by=by, at=at, validates=str(claim))
    return current


def _refuse_unless_claimed(current: Audit, claim: Revision | IssuedRollup | None) -> None:
    is_of_a_unit = current.unit_id is not None
    if claim is None:
        raise Refused((NOTHING_SIGNED if is_of_a_unit else NOTHING_ISSUED).format(scope=current.scope))
    claims = claimed_revisions(current) if is_of_a_unit else claimed_rollups(current)
    if isinstance(claim, Revision) != is_of_a_unit or not claims.filter(pk=claim.pk).exists():
        raise Refused(f"{claim} does not stand as a claim of {current.scope}. Choose another one.")


# --- Saving what is found -----------------------------------------------------------------------------------------


@transaction.atomic
def save_words(
    *, audit: Audit, edits: Mapping[str, Edit], token: uuid.UUID | None = None, by: User, at: datetime
) -> Saved:
    """Write the edits of an audit's own answers that nobody has overtaken; keep and return the ones somebody has.

    The same `token` again changes nothing and is answered as the first time. Raises Refused where it is not in
    writing.
    """
    saving.refuse_unknown(edits, AUDIT_ANSWERS, audit)
    waiting = MergeDecision.objects.filter(audit=OuterRef("pk"), verdict=None, by=by, decided_at=None)
    current = (
        Audit.objects.select_for_update(of=("self",), no_key=True)
        .annotate(waits_for_a_decision=Exists(waiting))
        .get(pk=audit.pk)
    )
    refuse_unless_in_writing(current)
    return saving.save_row(current, Place(audit=current), AUDIT_ANSWERS, edits, token=token, by=by, at=at)


@transaction.atomic
def save_verdict(
    *, verdict: ThemeVerdict, edits: Mapping[str, Edit], token: uuid.UUID | None = None, by: User, at: datetime
) -> Saved:
    """Write what is found of a theme; as `save_words`."""
    saving.refuse_unknown(edits, VERDICT_ANSWERS, verdict)
    waiting = MergeDecision.objects.filter(verdict=OuterRef("pk"), by=by, decided_at=None)
    current = _lock(verdict, ThemeVerdict.objects.annotate(waits_for_a_decision=Exists(waiting)))
    place = Place(audit=current.audit, verdict=current)
    return saving.save_row(current, place, VERDICT_ANSWERS, edits, columns=COLUMNS, token=token, by=by, at=at)


def locked_verdict(verdict: ThemeVerdict) -> ThemeVerdict:
    """Return the verdict as it stands, held with its audit until the transaction ends. Raises Refused where the audit
    is not in writing."""
    return _lock(verdict, ThemeVerdict.objects.all())


def _lock(verdict: ThemeVerdict, rows: QuerySet[ThemeVerdict]) -> ThemeVerdict:
    # With the audit's own row, so that no report is drafted or sent of which a part is being written.
    current = (
        rows.select_for_update(of=("self", "audit"), no_key=True)
        .select_related("audit__unit", "audit__group", "theme")
        .get(pk=verdict.pk)
    )
    refuse_unless_in_writing(current.audit)
    return current


def refuse_unless_in_writing(audit: Audit) -> None:
    """Raise Refused where auditors change nothing of it: before fieldwork, and once the unit has been asked."""
    if not audit.is_in_writing:
        raise Refused(NOT_IN_WRITING.format(state=audit.get_state_display()))


# --- The draft report ---------------------------------------------------------------------------------------------


def missing(audit: Audit) -> list[Blocker]:
    """Return what the draft report still lacks, theme by theme: one query."""
    verdicts = audit.verdicts.select_related("theme").annotate(
        infected=Count("files", filter=Q(files__blob__verdict=Verdict.INFECTED))
    )
    return blocks_draft(
        VerdictFacts(
            identity=one.theme.identity,
            name=one.theme.name,
            level=one.level,
            not_enough_evidence=one.not_enough_evidence,
            reasons=one.reasons,
            infected=one.infected,
        )
        for one in verdicts
    )


@transaction.atomic
def draft_report(*, audit: Audit, by: User, at: datetime) -> Audit:
    """End fieldwork: from now on the report is in draft. Raises Blocked naming what is missing."""
    current = locked(audit)
    if current.state != AuditState.FIELDWORK:
        raise Refused(f"The audit stands at “{current.get_state_display()}”, so there is no fieldwork to end.")
    if blockers := missing(current):
        raise Blocked(blockers, "The report cannot be drafted yet.")
    current.state, current.ended_on = AuditState.DRAFT, london_day(at)
    current.save(update_fields=["state", "ended_on"])
    trail.record(act="audit.drafted", thing=current, by=by, at=at)
    return current


@transaction.atomic
def back_to_fieldwork(*, audit: Audit, by: User, at: datetime) -> Audit:
    """Go on with fieldwork. Raises Refused where the report is not in draft: then the unit has been asked."""
    current = locked(audit)
    if current.state != AuditState.DRAFT:
        raise Refused(f"The audit stands at “{current.get_state_display()}”, so fieldwork cannot go on.")
    current.state, current.ended_on = AuditState.FIELDWORK, None
    current.save(update_fields=["state", "ended_on"])
    trail.record(act="audit.reopened", thing=current, by=by, at=at)
    return current
