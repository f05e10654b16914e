"""What waits for a person of audits: drafts to answer, recommendations to carry out or to check, audits to do.

A fixed number of queries, however many audits there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from assurance.audit_permissions import AUDITS
from assurance.models import Audit, AuditorAssignment, AuditState, Recommendation
from assurance.models.audit import OUT
from home.lines import LATE, NEEDS_YOU, SETTLED, WAITS, Line, Part
from organisation.models import Appointment
from organisation.roles import UNIT_ROLES, Role
from rendering.formats import count, day, so_many

MOST_AUDITS = 10
WHAT_NEXT = {
    AuditState.PLANNED: "Fieldwork has not begun.",
    AuditState.FIELDWORK: "Give a verdict on each theme, then draft the report.",
    AuditState.DRAFT: "Its lead auditor sends it to be answered.",
    AuditState.RESPONSE: "Its facts are being checked by those who were audited.",
}


def audits_waiting(appointments: Sequence[Appointment], roles: set[Role], *, today: date) -> Iterator[Part]:
    """Yield what waits of audits; nothing for somebody whom none concerns now."""
    lines: list[Line] = []
    answers = [held for held in appointments if Role(held.role) in UNIT_ROLES or held.role == Role.COG_LEAD]
    if answers:
        lines += _to_answer(answers)
    units = [held.unit_id for held in appointments if Role(held.role) in UNIT_ROLES]
    if units:
        lines += _to_carry_out(units, today)
    if roles & AUDITS:
        lines += _to_do(appointments[0])
    if Role.SHRMT in roles:
        lines += _to_check()
    if lines:
        address = "assurance:audits"
        yield Part("Audits", tuple(lines), more_url=reverse(address), more_text="All audits")


def _to_answer(appointments: Sequence[Appointment]) -> Iterator[Line]:
    """Draft reports that wait for somebody to say whether their facts are right."""
    units = [held.unit_id for held in appointments if held.unit_id is not None]
    groups = [held.group_id for held in appointments if held.group_id is not None]
    sent = Audit.objects.filter(Q(unit__in=units) | Q(group__in=groups), state=AuditState.RESPONSE)
    for one in sent.select_related("unit", "group").defer("content").order_by("response_due_on", "pk")[:MOST_AUDITS]:
        due = f" Answer by {day(one.response_due_on)}." if one.response_due_on else ""
        yield Line(
            f"Draft report of audit {one.reference}, {one.scope}",
            reverse("assurance:audit_report", args=[one.pk]),
            "To be answered",
            NEEDS_YOU,
            f"Say whether its facts are right.{due}",
        )


def _to_carry_out(units: Sequence[int | None], today: date) -> Iterator[Line]:
    """What audits recommended to the person's units and no auditor has confirmed."""
    standing = Recommendation.objects.filter(unit__in=units, audit__state__in=OUT).open()
    if number := standing.count():
        overdue = standing.overdue(today).count()
        yield Line(
            so_many(number, "recommendation") + " of audits to carry out",
            reverse("assurance:recommendations"),
            f"{count(overdue)} overdue" if overdue else "None overdue",
            LATE if overdue else SETTLED,
        )


def _to_do(appointment: Appointment) -> Iterator[Line]:
    """Audits in progress that the person does."""
    own = AuditorAssignment.objects.standing().filter(audit=OuterRef("pk"), auditor=appointment.person_id)
    going_on = Audit.objects.filter(Exists(own), state__in=list(WHAT_NEXT))
    for one in going_on.select_related("unit", "group").defer("content").order_by("planned_from", "pk")[:MOST_AUDITS]:
        state = AuditState(one.state)
        waits = state == AuditState.RESPONSE
        yield Line(
            f"Audit {one.reference}, {one.scope}",
            reverse("assurance:audit", args=[one.pk]),
            state.label,
            WAITS if waits else NEEDS_YOU,
            WHAT_NEXT[state],
        )


def _to_check() -> Iterator[Line]:
    """Recommendations that units say are done, for any independent auditor to look at."""
    if waiting := Recommendation.objects.waiting_for_a_check().count():
        yield Line(
            so_many(waiting, "recommendation") + " to check",
            f"{reverse('assurance:recommendations')}?show=waiting",
            "Said to be done",
            NEEDS_YOU,
            "An auditor who is independent of the unit confirms it, or says what is missing.",
        )
