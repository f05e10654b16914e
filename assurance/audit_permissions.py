"""Who plans, does, reads and answers audits, what to audit next, and who is independent of a unit: the table of
domain.md. Row filters stand on the models."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from assurance.models import (
    Audit,
    AuditorAssignment,
    AuditProgramme,
    AuditState,
    MentoringRecord,
    Recommendation,
    Revision,
)
from assurance.models.audit import READS_ALL_AUDITS, READS_OWN_GROUPS_AUDITS, READS_OWN_UNITS_AUDITS
from assurance.models.programme import COULD_BE_AUDITED, READS_PROGRAMMES_FOR_THE_BOARD, WORKS_ON_PROGRAMMES
from assurance.permissions import can_read_statement
from organisation.models import Appointment, BusinessGroup, Unit, UnitMembership, User
from organisation.models.appointment import AppointmentQuerySet
from organisation.models.unit import UnitQuerySet
from organisation.periods import HalfYear
from organisation.permissions import (
    Person,
    administers,
    roles_anywhere,
    roles_in_unit,
    roles_over_group,
    roles_over_unit,
)
from organisation.roles import Role

AUDITS = frozenset({Role.SHRMT, Role.EXTERNAL_AUDITOR})
# Who reads issued audits of every unit of theirs: an external auditor reads no more than those they did.
READS_AGREEMENT = READS_ALL_AUDITS | READS_OWN_UNITS_AUDITS | READS_OWN_GROUPS_AUDITS
READS_AUDITS = READS_AGREEMENT | {Role.EXTERNAL_AUDITOR}
READS_PROGRAMMES = WORKS_ON_PROGRAMMES | READS_PROGRAMMES_FOR_THE_BOARD
# Who reads the findings of issued audits summed up, and no report.
READS_FINDINGS = frozenset({Role.SHRMT, Role.HEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY})
# From then on an external auditor reads the unit's statements no more.
AUDIT_IS_OVER = [AuditState.CLOSED.value, AuditState.WITHDRAWN.value]

# --- Audits ---------------------------------------------------------------------------------------------------------


def can_list_audits(user: Person) -> bool:
    """Whether the person reads any audit at all."""
    return bool(roles_anywhere(user) & READS_AUDITS)


def can_read_audit(user: Person, audit: Audit) -> bool:
    """Whether the person reads the audit as it stands: in progress only SHRMT, the Head and an external auditor of it.

    The unit audited, or the group's lead where a group is, reads the draft report once it is asked about its facts.
    """
    roles = roles_anywhere(user)
    if roles & READS_ALL_AUDITS or (Role.EXTERNAL_AUDITOR in roles and is_assigned(user, audit)):
        return True
    if audit.unit is None:
        return bool(roles_over_scope(user, audit) & READS_OWN_GROUPS_AUDITS) and audit.is_shown
    if roles_in_unit(user, audit.unit) & READS_OWN_UNITS_AUDITS:
        return audit.is_shown
    return bool(roles_over_unit(user, audit.unit) & READS_OWN_GROUPS_AUDITS) and audit.is_out


def can_plan_audits(user: Person) -> bool:
    """Whether the person plans audits and says who does them."""
    return Role.SHRMT in roles_anywhere(user) and not administers(user)


def can_allow_auditor(user: Person) -> bool:
    """Whether the person sets aside that an auditor mentored the unit: the Head."""
    return Role.HEAD in roles_anywhere(user) and not administers(user)


def is_assigned(user: Person, audit: Audit) -> bool:
    return AuditorAssignment.objects.standing().filter(audit=audit, auditor=user.pk).exists()


def leads_audit(user: Person, audit: Audit) -> bool:
    return AuditorAssignment.objects.standing().filter(audit=audit, auditor=user.pk, leads=True).exists()


def can_do_audit(user: Person, audit: Audit) -> bool:
    """Whether the person writes what the audit finds: an auditor assigned to it who audits today."""
    return can_audit(user, timezone.localdate()) and is_assigned(user, audit)


def can_issue_audit(user: Person, audit: Audit) -> bool:
    """Whether the person issues the report: its lead auditor. Whether all are independent is the service's question."""
    return can_do_audit(user, audit) and leads_audit(user, audit)


def can_respond(user: Person, audit: Audit) -> bool:
    """Whether the person answers for what is audited: the unit's SPOC or SLT lead, or the group's lead."""
    answers = READS_OWN_UNITS_AUDITS if audit.unit is not None else frozenset({Role.COG_LEAD})
    return bool(roles_over_scope(user, audit) & answers) and audit.is_shown


def can_close_audit(user: Person, audit: Audit) -> bool:
    """Whether the person closes an issued audit."""
    return can_plan_audits(user) and audit.state == AuditState.ISSUED


def can_ask_for_closure(user: Person, recommendation: Recommendation) -> bool:
    """Whether the person says for the unit that a recommendation is done."""
    return bool(roles_in_unit(user, recommendation.unit) & READS_OWN_UNITS_AUDITS) and recommendation.audit.is_out


def can_check_closure(user: Person, recommendation: Recommendation) -> bool:
    """Whether the person confirms that a recommendation is done, or reopens it: an independent SHRMT auditor."""
    if Role.SHRMT not in roles_anywhere(user) or not recommendation.audit.is_out:
        return False
    today = timezone.localdate()
    if not can_audit(user, today):
        return False
    return is_assigned(user, recommendation.audit) or not bars_to_auditing(user, recommendation.unit, today)


def can_list_recommendations(user: Person) -> bool:
    """Whether the person reads any recommendation at all."""
    return can_list_audits(user)


def can_read_recommendation(user: Person, recommendation: Recommendation) -> bool:
    """Whether the person reads what an issued audit recommends: its readers, the unit that does it, and its group's."""
    if not recommendation.audit.is_out:
        return False
    if can_read_audit(user, recommendation.audit) or roles_in_unit(user, recommendation.unit) & READS_OWN_UNITS_AUDITS:
        return True
    return bool(roles_over_unit(user, recommendation.unit) & READS_OWN_GROUPS_AUDITS)


def can_read_findings(user: Person) -> bool:
    """Whether the person reads what issued audits found, summed up for the Board."""
    return bool(roles_anywhere(user) & READS_FINDINGS)


# --- What an external auditor reads besides ---


def can_read_revision(user: Person, revision: Revision) -> bool:
    """Whether the person reads this revision: whoever reads the statement; once it is signed, whoever audits its unit
    from outside."""
    if can_read_statement(user, revision.statement):
        return True
    return revision.is_frozen and units_audited_from_outside(user).filter(pk=revision.statement.unit_id).exists()


def revisions_to_read_from_outside(user: Person) -> QuerySet[Revision]:
    """Revisions that `can_read_revision` grants to an external auditor, as a filter."""
    return Revision.objects.filter(signed_at__isnull=False, statement__unit__in=units_audited_from_outside(user))


def units_audited_from_outside(user: Person) -> UnitQuerySet:
    """Units that the person audits as an external auditor: until the assignment ends, or the audit is over."""
    if Role.EXTERNAL_AUDITOR not in roles_anywhere(user):
        return Unit.objects.none()
    doing = AuditorAssignment.objects.standing().filter(auditor=user.pk).exclude(audit__state__in=AUDIT_IS_OVER)
    return Unit.objects.filter(pk__in=doing.values("audit__unit"))


def roles_over_scope(user: Person, audit: Audit) -> frozenset[Role]:
    """Roles the person holds today over what is audited: in the unit itself, or over the group."""
    if audit.unit is not None:
        return roles_in_unit(user, audit.unit)
    return roles_over_group(user, _group_of(audit))


def _group_of(audit: Audit) -> BusinessGroup:
    assert audit.group is not None  # noqa: S101  # a constraint of the table
    return audit.group


# --- How claims agree with verdicts ---------------------------------------------------------------------------------


def can_list_agreement(user: Person) -> bool:
    """Whether the person reads of any unit how its claims agree with what audits found."""
    return bool(roles_anywhere(user) & READS_AGREEMENT)


def can_read_agreement(user: Person) -> bool:
    """Whether the person reads it of the force, by theme and over time, and of auditors beside each other."""
    return bool(roles_anywhere(user) & READS_ALL_AUDITS)


def can_read_agreement_of_group(user: Person, group: BusinessGroup) -> bool:
    """Whether the person reads it of the group, summed up over its units."""
    return bool(roles_over_group(user, group) & (READS_ALL_AUDITS | READS_OWN_GROUPS_AUDITS))


def can_read_agreement_of_unit(user: Person, unit: Unit) -> bool:
    """Whether the person reads what the unit claimed beside what issued audits of it found."""
    return bool(roles_over_unit(user, unit) & READS_AGREEMENT)


# --- What to audit next ---------------------------------------------------------------------------------------------


def can_list_programmes(user: Person) -> bool:
    """Whether the person reads any audit programme at all."""
    return bool(roles_anywhere(user) & READS_PROGRAMMES)


def can_read_programme(user: Person, programme: AuditProgramme) -> bool:
    """Whether the person reads it. To whom it could be a warning reads it for the Board only once its half begins."""
    roles = roles_anywhere(user)
    if roles & WORKS_ON_PROGRAMMES:
        return True
    begun = bool(programme.half <= HalfYear.of(timezone.localdate()))
    return bool(roles & READS_PROGRAMMES_FOR_THE_BOARD) and (begun or not roles & COULD_BE_AUDITED)


def can_propose_programme(user: Person) -> bool:
    """Whether the person proposes what to audit in a half-year, and proposes it anew until it is adopted."""
    return bool(roles_anywhere(user) & WORKS_ON_PROGRAMMES)


def can_adopt_programme(user: Person) -> bool:
    """Whether the person adopts programmes, and changes adopted ones: the Head, who administers no accounts."""
    return Role.HEAD in roles_anywhere(user) and not administers(user)


# --- Who audits what ------------------------------------------------------------------------------------------------


class Bar(StrEnum):
    """Why somebody who audits does not audit a unit."""

    APPOINTED = "They held an appointment there, or over its business group, in the last 12 months."
    MENTORED = "They mentored it in the last 12 months."


def can_audit(user: Person, day: date) -> bool:
    """Whether the person audits at all on `day`: an auditor who administers no accounts, then or now."""
    if not isinstance(user, User) or not user.is_active or administers(user):
        return False
    appointed = Appointment.objects.in_force(day).filter(person=user)
    return appointed.to(AUDITS).exists() and not appointed.to({Role.ADMINISTRATOR}).exists()


def can_audit_unit(user: Person, unit: Unit, day: date) -> bool:
    """Whether the person may audit the unit on `day`: they audit, and are independent of it."""
    return can_audit(user, day) and not bars_to_auditing(user, unit, day)


def bars_to_auditing(user: Person, unit: Unit, day: date) -> frozenset[Bar]:
    """Return what keeps the person from auditing the unit on `day`, if they audit: what they were to it in the year
    before, and to the units that it came of. The Head may set aside only that they mentored it."""
    return _bars(user, [unit.pk], day)


def bars_to_auditing_group(user: Person, group: BusinessGroup, day: date) -> frozenset[Bar]:
    """The same for a business group: what they were to it, or to any unit that is in it on `day`."""
    units = Unit.objects.in_group_on(group, day).values_list("pk", flat=True)
    return _bars(user, units, day, or_held=Q(group=group))


def bars_to_doing(user: Person, audit: Audit, day: date) -> frozenset[Bar]:
    """Return what keeps the person from doing the audit on `day`, by what it audits."""
    if audit.unit is not None:
        return bars_to_auditing(user, audit.unit, day)
    return bars_to_auditing_group(user, _group_of(audit), day)


def _bars(user: Person, units: Iterable[int], day: date, *, or_held: Q | None = None) -> frozenset[Bar]:
    """Return what the person was in the year before to the units, and to those that they came of; and whether they
    held an appointment that `or_held` grants."""
    since, lineage = _a_year_before(day), Unit.objects.lineage()
    line = {one for unit in units for one in (unit, *lineage.all_predecessors(unit))}
    held = Appointment.objects.filter(person=user.pk).held_between(since, day)
    in_it = Q(unit__in=line) | Q(Exists(_memberships_during(since, day).filter(unit__in=line)))
    named = {
        Bar.APPOINTED: held.filter(in_it if or_held is None else in_it | or_held).exists(),
        Bar.MENTORED: MentoringRecord.objects.units_mentored_by(user, since=since).filter(pk__in=line).exists(),
    }
    return frozenset(bar for bar, holds in named.items() if holds)


def auditors(day: date) -> QuerySet[User]:
    """People whom `can_audit` grants, as a filter."""
    appointed = Appointment.objects.in_force(day)
    return User.objects.filter(is_active=True, pk__in=appointed.to(AUDITS).values("person")).exclude(
        pk__in=appointed.to({Role.ADMINISTRATOR}).values("person")
    )


def units_to_audit(user: Person, day: date) -> UnitQuerySet:
    """Units that `can_audit_unit` grants, as a filter: all but the few that the person was something to, and what
    came of them."""
    if not can_audit(user, day):
        return Unit.objects.none()
    since = _a_year_before(day)
    held = Appointment.objects.filter(person=user.pk).held_between(since, day)
    mentored = MentoringRecord.objects.units_mentored_by(user, since=since)
    near = Unit.objects.filter(
        Q(pk__in=held.values("unit")) | Q(pk__in=_units_of_groups(held, since, day)) | Q(pk__in=mentored.values("pk"))
    )
    lineage = Unit.objects.lineage()
    barred = {one for pk in near.values_list("pk", flat=True) for one in (pk, *lineage.all_successors(pk))}
    return Unit.objects.exclude(pk__in=barred)


def _a_year_before(day: date) -> date:
    return date(day.year - 1, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _memberships_during(since: date, day: date) -> QuerySet[UnitMembership]:
    """Memberships in the group of the appointment outside, for a day on which that was held and both within time."""
    ends = Coalesce(OuterRef("ends_on"), Value(date.max))
    return UnitMembership.objects.filter(
        Q(ends_on=None) | (Q(ends_on__gte=since) & Q(ends_on__gte=OuterRef("starts_on"))),
        group=OuterRef("group"),
        starts_on__lte=day,
    ).filter(starts_on__lte=ends)


def _units_of_groups(held: AppointmentQuerySet, since: date, day: date) -> QuerySet[UnitMembership]:
    """Return the units that were in a group while the person was appointed to it, within that time."""
    ends = Coalesce(OuterRef("ends_on"), Value(date.max))
    during = held.filter(
        Q(ends_on=None) | Q(ends_on__gte=OuterRef("starts_on")), group=OuterRef("group"), starts_on__lte=ends
    )
    memberships = UnitMembership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=since), starts_on__lte=day)
    return memberships.filter(Exists(during)).values("unit")  # type: ignore[return-value]  # rows of ids
