"""Planning an audit, saying who does it, and giving it up: until its report is issued.

An auditor is independent of what they audit (`audit_permissions.py`): that is asked here whenever somebody is
assigned. The Head may set aside that somebody mentored it, with a reason, beside another auditor who is independent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from assurance.audit_permissions import Bar, bars_to_doing, can_audit
from assurance.models import Audit, AuditKind, AuditorAssignment, AuditState, ThemeVerdict
from assurance.models.audit import OUT
from assurance.rules import Refused
from maturity.models import Edition, Theme
from maturity.services import editions
from organisation.models import BusinessGroup, Unit, User
from organisation.periods import london_day
from records.canonical import normal
from records.services import trail
from rendering.formats import day as in_words

# Whoever gives an audit its number holds this advisory lock until their transaction has ended.
NUMBERING_LOCK = 7_266_483_105
OVER = [*OUT, AuditState.WITHDRAWN.value]
NO_AUDITOR = "{person} does not audit. Auditors are of SHRMT or external, and administer no accounts."
ASSIGNED_ALREADY = "{person} does this audit already."
NOT_INDEPENDENT = "{person} is not independent of {scope}. {reasons}"
ASK_THE_HEAD = " The Head of Safety, Health and Wellbeing may allow it, with a reason and beside another auditor."
ONE_ALONE = (
    "Whoever mentored {scope} audits it only beside another auditor who is independent of it. Assign that one first."
)


@dataclass(frozen=True)
class Plan:
    """What is to be audited, by whom in kind, and when. Either `unit` or `group` is given; themes by their identity.

    `repeat_of` is the issued audit of the same that it repeats, if it does.
    """

    kind: AuditKind
    themes: Collection[str]
    planned_from: date
    planned_to: date
    unit: Unit | None = None
    group: BusinessGroup | None = None
    purpose: str = ""
    repeat_of: Audit | None = None


# --- Planning -----------------------------------------------------------------------------------------------------


def edition_for(day: date) -> Edition:
    """Return the edition whose themes an audit that begins on `day` tests. Raises Refused where there is none."""
    edition = Edition.objects.in_force(day)
    if edition is None:
        raise Refused("No edition of the model is in force on that day. Choose a later one.")
    return edition


@transaction.atomic
def plan(*, wanted: Plan, by: User, at: datetime) -> Audit:
    """Plan an audit of a unit or a group, with room for a verdict on each theme. Raises Refused."""
    edition = edition_for(wanted.planned_from)
    _refuse_unless_it_can_be_done(wanted)
    themes = _themes_of(edition, wanted.themes)
    editions.mark_in_use(edition, at=at)
    audit = Audit.objects.create(
        reference=_next_reference(london_day(at).year),
        kind=wanted.kind,
        unit=wanted.unit,
        group=wanted.group,
        edition=edition,
        repeat_of=wanted.repeat_of,
        purpose=normal(wanted.purpose.strip()),
        planned_from=wanted.planned_from,
        planned_to=wanted.planned_to,
        planned_at=at,
        planned_by=by,
    )
    ThemeVerdict.objects.bulk_create([ThemeVerdict(audit=audit, theme=theme) for theme in themes])
    identities = sorted(wanted.themes)
    trail.record(act="audit.planned", thing=audit, by=by, at=at, kind=audit.kind, themes=identities)
    return audit


def _refuse_unless_it_can_be_done(wanted: Plan) -> None:
    if (wanted.unit is None) == (wanted.group is None):
        raise Refused("Choose a unit or a business group to audit: one of them.")
    if not wanted.themes:
        raise Refused("Choose at least one theme to audit.")
    if wanted.planned_to < wanted.planned_from:
        raise Refused("The last day lies before the first. Check the dates.")
    repeated = wanted.repeat_of
    if repeated is not None and (repeated.unit, repeated.group) != (wanted.unit, wanted.group):
        raise Refused(f"Audit {repeated.reference} was of {repeated.scope}. A repeat of it is of the same.")
    closed_on = wanted.unit.closed_on if wanted.unit is not None else None
    if closed_on is not None and closed_on < wanted.planned_from:
        raise Refused(f"{wanted.unit} closed on {in_words(closed_on)}. Audit the unit that followed it.")


def _themes_of(edition: Edition, identities: Collection[str]) -> list[Theme]:
    themes = list(Theme.objects.filter(edition=edition, scored=True, identity__in=identities))
    if len(themes) < len(set(identities)):
        raise Refused("One of the themes has no levels in the edition of the model that is in force then.")
    return themes


def _next_reference(year: int) -> str:
    """Return the reference that follows the last of the year. Whoever plans meanwhile waits for this one to end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
    taken = Audit.objects.filter(reference__regex=rf"^A-{year}-\d+$").values_list("reference", flat=True)
    last = max((int(reference.rsplit("-", 1)[1]) for reference in taken), default=0)
    return f"A-{year}-{last + 1:03}"


@transaction.atomic
def withdraw(*, audit: Audit, because: str, by: User, at: datetime) -> Audit:
    """Give an audit up before its report is issued; what was written stays. Raises Refused, also without a reason."""
    because = normal(because).strip()
    if not because:
        raise Refused("Say why the audit is withdrawn. Whoever reads it reads that first.")
    current = locked(audit)
    _refuse_if_over(current)
    current.state, current.withdrawn_because = AuditState.WITHDRAWN, because
    current.save(update_fields=["state", "withdrawn_because"])
    trail.record(act="audit.withdrawn", thing=current, by=by, at=at, words={"reason": because})
    return current


# --- Who does it --------------------------------------------------------------------------------------------------


@transaction.atomic
def assign(*, audit: Audit, auditor: User, by: User, at: datetime) -> AuditorAssignment:
    """Let somebody independent do the audit. Whoever is the first leads it. Raises Refused with the reason."""
    current = locked(audit)
    bars = _bars(current, auditor, at=at)
    if bars:
        reasons = " ".join(sorted(bars)) + (ASK_THE_HEAD if bars == {Bar.MENTORED} else "")
        raise Refused(NOT_INDEPENDENT.format(person=auditor, scope=current.scope, reasons=reasons))
    return _assign(current, auditor, act="audit.assigned", by=by, at=at)


@transaction.atomic
def allow(*, audit: Audit, auditor: User, because: str, by: User, at: datetime) -> AuditorAssignment:
    """Let somebody do the audit although they mentored what is audited, beside another who is independent.

    Raises Refused, also without a reason, and where there is more against it than that, or nothing.
    """
    because = normal(because).strip()
    if not because:
        raise Refused("Say why. Whoever reads the audit reads it beside the auditor’s name.")
    current = locked(audit)
    bars = _bars(current, auditor, at=at)
    if not bars:
        raise Refused(f"{auditor} is independent of {current.scope}, so there is nothing to allow: SHRMT assigns them.")
    if bars != {Bar.MENTORED}:
        reasons = " ".join(sorted(bars)) + " Only that somebody mentored it can be set aside."
        raise Refused(NOT_INDEPENDENT.format(person=auditor, scope=current.scope, reasons=reasons))
    if not _independent(current).exists():
        raise Refused(ONE_ALONE.format(scope=current.scope))
    allowed = {"allowed_because": because, "allowed_at": at, "allowed_by": by}
    return _assign(current, auditor, act="audit.allowed", words={"reason": because}, by=by, at=at, **allowed)


@transaction.atomic
def end_assignment(*, assignment: AuditorAssignment, by: User, at: datetime) -> None:
    """Let somebody do the audit no longer. Where they led it, the one assigned longest leads it then."""
    current = locked(assignment.audit)
    _refuse_if_over(current)
    ending = _standing(current, assignment)
    others = _independent(current).exclude(pk=ending.pk)
    if not ending.allowed_because and not others.exists() and current.assignments.standing().count() > 1:
        raise Refused(ONE_ALONE.format(scope=current.scope))
    ending.ended_at, ending.ended_by = at, by
    ending.save(update_fields=["ended_at", "ended_by"])
    trail.record(act="audit.assignment_ended", thing=ending, by=by, at=at, audit=current.reference)
    follows = others.order_by("pk").first()
    if ending.leads and follows is not None:
        _let_lead(current, follows, by=by, at=at)


@transaction.atomic
def name_lead(*, assignment: AuditorAssignment, by: User, at: datetime) -> None:
    """Let one of the auditors lead the audit in place of whoever did."""
    current = locked(assignment.audit)
    _refuse_if_over(current)
    chosen = _standing(current, assignment)
    if not chosen.leads:
        _let_lead(current, chosen, by=by, at=at)


def _bars(current: Audit, auditor: User, *, at: datetime) -> frozenset[Bar]:
    """Return what keeps them from doing it, where they could be assigned at all."""
    _refuse_if_over(current)
    today = london_day(at)
    if not can_audit(auditor, today):
        raise Refused(NO_AUDITOR.format(person=auditor))
    if current.assignments.standing().filter(auditor=auditor).exists():
        raise Refused(ASSIGNED_ALREADY.format(person=auditor))
    return bars_to_doing(auditor, current, today)


def _assign(
    current: Audit, auditor: User, *, act: str, words: Any = None, by: User, at: datetime, **allowed: Any
) -> AuditorAssignment:
    assigned = AuditorAssignment.objects.create(
        audit=current,
        auditor=auditor,
        leads=not current.assignments.standing().filter(leads=True).exists(),
        assigned_at=at,
        assigned_by=by,
        **allowed,
    )
    trail.record(act=act, thing=assigned, by=by, at=at, words=words, audit=current.reference, leads=assigned.leads)
    return assigned


def _let_lead(current: Audit, assignment: AuditorAssignment, *, by: User, at: datetime) -> None:
    current.assignments.standing().filter(leads=True).update(leads=False)
    assignment.leads = True
    assignment.save(update_fields=["leads"])
    trail.record(act="audit.led", thing=assignment, by=by, at=at, audit=current.reference)


def _independent(current: Audit) -> Any:
    """Who does the audit without having been allowed to."""
    return current.assignments.standing().filter(allowed_because="")


def _standing(current: Audit, assignment: AuditorAssignment) -> AuditorAssignment:
    found = current.assignments.standing().filter(pk=assignment.pk).first()
    if found is None:
        raise Refused(f"{assignment.auditor} does not do this audit any more.")
    return found


# --- Steps --------------------------------------------------------------------------------------------------------


def locked(audit: Audit) -> Audit:
    """Return the audit as it stands, held until the transaction ends."""
    return Audit.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "group").get(pk=audit.pk)


def _refuse_if_over(current: Audit) -> None:
    if current.state in OVER:
        raise Refused(f"The audit stands at “{current.get_state_display()}”, so nothing of it can be changed.")
