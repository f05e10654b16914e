"""Telling people about audits: the acts' own news, and each night what recommendations are overdue or wait for a check.

Each act first takes back what still waits about the same thing, since it is settled, then tells whoever is next. All of
it is written in the act's transaction. `escalate` is for the worker: once, twice or two at a time, the result is one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from assurance import audit_notices as words
from assurance.audit_notices import AboutAudit, AboutRecommendation, Rung
from assurance.models import Audit, AuditorAssignment, AuditResponse, ClosureCheck, Recommendation, ResponseKind
from assurance.services import addressees
from organisation.models import Force, User
from organisation.periods import LONDON, london_day
from organisation.roles import Role
from records.services import notices
from records.services.notices import News

SENT, TAKEN_BACK, ANSWERED, ISSUED = "audit.sent", "audit.taken_back", "audit.answered", "audit.issued"
DONE, CONFIRMED, REOPENED = "recommendation.done", "recommendation.confirmed", "recommendation.reopened"
OVERDUE, CHECK_WAITS, REPEAT = "recommendation.overdue", "recommendation.check_waits", "recommendation.repeat_proposed"


def _all_about(audit: Audit) -> str:
    return f"audit:{audit.pk}:"


def _all_about_recommendation(pk: int) -> str:
    return f"recommendation:{pk}:"


def _about(audit: Audit) -> AboutAudit:
    return AboutAudit(audit.reference, audit.scope.name)


def _about_recommendation(one: Recommendation) -> AboutRecommendation:
    return AboutRecommendation(one.number, one.audit.reference, one.unit.name, one.text, one.due_on)


# --- The report ---------------------------------------------------------------------------------------------------


def sent(audit: Audit, *, at: datetime) -> None:
    """Tell whoever answers for what is audited that the draft report is there."""
    assert audit.response_due_on is not None  # noqa: S101  # it has just been sent
    line = words.draft_to_read(_about(audit), due_on=audit.response_due_on)
    page = reverse("assurance:respond_to_audit", args=[audit.pk])
    _settle_and_tell(audit, SENT, line, page, _answerers(audit, at=at), at=at)


def taken_back(audit: Audit, *, by: User, at: datetime) -> None:
    """Tell them that there is nothing to answer for now; whoever was not told of it yet is not told at all."""
    notices.withdraw(prefix=_all_about(audit), at=at)
    line = words.taken_back(_about(audit), by=by.name)
    _tell(audit, TAKEN_BACK, line, reverse("home"), _answerers(audit, at=at), at=at)


def answered(response: AuditResponse, *, at: datetime) -> None:
    """Tell the auditors what was answered: on the facts, or on what was issued."""
    audit, by = response.audit, response.responder_name
    auditors = audit.assignments.standing().filter(auditor__is_active=True).values_list("auditor_id", flat=True)
    page = reverse("assurance:audit_report", args=[audit.pk])
    if response.kind == ResponseKind.ACCURACY:
        line = words.facts_answered(_about(audit), by=by, agrees=response.agrees)
        _settle_and_tell(audit, ANSWERED, line, page, auditors, at=at)
    else:
        _tell(audit, ANSWERED, words.answered(_about(audit), by=by), page, auditors, at=at)


def issued(audit: Audit, *, at: datetime) -> None:
    """Tell what is audited, the lead of a unit's business group, and every other unit that is to do something."""
    today = london_day(at)
    recommended_to = set(audit.recommendations.values_list("unit_id", flat=True))
    page = reverse("assurance:audit_report", args=[audit.pk])
    line = words.issued(_about(audit), recommendations=len(recommended_to))
    _settle_and_tell(audit, ISSUED, line, page, _answerers(audit, at=at), at=at)
    if audit.unit_id is not None:
        leads = addressees.cog_leads([audit.unit_id], today)[audit.unit_id]
        _tell(audit, ISSUED, words.issued_in_the_group(_about(audit)), page, leads, at=at)
    # A unit of a group that is audited reads what it is to do, not the report.
    others = addressees.holders(recommended_to - {audit.unit_id}, today)
    people = {person for unit in list(others) for those in others[unit].values() for person in those}
    _tell(audit, ISSUED, line, reverse("assurance:recommendations"), people, at=at)


def _answerers(audit: Audit, *, at: datetime) -> Collection[int]:
    """Return who answers for what is audited: the unit's SPOCs and SLT leads, or the group's leads."""
    today = london_day(at)
    if audit.unit_id is not None:
        return set().union(*addressees.holders([audit.unit_id], today)[audit.unit_id].values())
    assert audit.group_id is not None  # noqa: S101  # a constraint of the table
    return addressees.leads_of_group(audit.group_id, today)


def _settle_and_tell(audit: Audit, kind: str, line: str, page: str, people: Collection[int], *, at: datetime) -> None:
    notices.withdraw(prefix=_all_about(audit), at=at)
    _tell(audit, kind, line, page, people, at=at)


def _tell(audit: Audit, kind: str, line: str, page: str, people: Collection[int], *, at: datetime) -> None:
    # The moment is part of the key: what is sent again after it was taken back is news again.
    key = f"{_all_about(audit)}{kind.rpartition('.')[2]}:{at.isoformat()}"
    notices.tell_all([News(person, kind, line, page, key) for person in people], at=at)


# --- Recommendations ----------------------------------------------------------------------------------------------


def said_done(check: ClosureCheck, *, by: User, at: datetime) -> None:
    """Tell the auditors of the audit that there is something to look at; where nobody does it any more, SHRMT."""
    one = check.recommendation
    line = words.done(_about_recommendation(one), by=by.name)
    _settle_and_tell_of(one, DONE, line, _checkers([one], london_day(at))[one.pk] - {by.pk}, check.number, at=at)


def confirmed(check: ClosureCheck, *, by: User, at: datetime) -> None:
    """Tell the unit that nothing is left to do."""
    one = check.recommendation
    line = words.confirmed(_about_recommendation(one), by=by.name)
    _settle_and_tell_of(one, CONFIRMED, line, _unit_of(one, at=at), check.number, at=at)


def reopened(check: ClosureCheck, *, proposes_a_repeat: bool, by: User, at: datetime) -> None:
    """Tell the unit what is still missing; SHRMT where this is the failure that proposes a repeat audit."""
    one = check.recommendation
    line = words.reopened(_about_recommendation(one), by=by.name, reasons=check.reasons)
    _settle_and_tell_of(one, REOPENED, line, _unit_of(one, at=at), check.number, at=at)
    if proposes_a_repeat:
        line = words.repeat_proposed(_about_recommendation(one))
        key = f"{_all_about_recommendation(one.pk)}repeat"
        notices.tell_all(_news(one, REPEAT, line, key, addressees.all_in(Role.SHRMT, london_day(at))), at=at)


def _unit_of(one: Recommendation, *, at: datetime) -> Collection[int]:
    return set().union(*addressees.holders([one.unit_id], london_day(at))[one.unit_id].values())


def _settle_and_tell_of(
    one: Recommendation, kind: str, line: str, people: Collection[int], number: int, *, at: datetime
) -> None:
    notices.withdraw(prefix=_all_about_recommendation(one.pk), at=at)
    key = f"{_all_about_recommendation(one.pk)}{kind.rpartition('.')[2]}:{number}"
    notices.tell_all(_news(one, kind, line, key, people), at=at)


def _news(one: Recommendation, kind: str, line: str, key: str, people: Collection[int]) -> Iterator[News]:
    page = reverse("assurance:recommendation", args=[one.pk])
    return (News(person, kind, line, page, key) for person in people)


def _checkers(some: Collection[Recommendation], today: date) -> dict[int, set[int]]:
    """Return who is asked to look at each recommendation: the SHRMT auditors of its audit; where none is left, SHRMT.

    Two queries.
    """
    shrmt = addressees.all_in(Role.SHRMT, today)
    assigned = AuditorAssignment.objects.standing().filter(audit__in={one.audit_id for one in some})
    of_audit: dict[int, set[int]] = {}
    for audit, person in assigned.filter(auditor__in=shrmt).values_list("audit_id", "auditor_id"):
        of_audit.setdefault(audit, set()).add(person)
    return {one.pk: of_audit.get(one.audit_id, shrmt) for one in some}


# --- Each night ---------------------------------------------------------------------------------------------------


@transaction.atomic
def escalate(*, now: datetime) -> int:
    """Tell of recommendations that are overdue and of checks that wait; return how many lines.

    Of what is overdue first the unit, then its COG lead, then SHRMT, each so many days later as the force sets, and
    again each quarter until it is done. What the unit says is done waits for an auditor, so only they are told of it.
    A fixed number of queries, however many recommendations there are.
    """
    today = london_day(now)
    force = Force.objects.first() or Force()
    return notices.tell_all(
        [*_overdue(today, step=force.cog_lead_told_after_days), *_waiting(today, within=force.review_within_days)],
        at=now,
    )


def _overdue(today: date, *, step: int) -> Iterator[News]:
    waiting = ClosureCheck.objects.filter(recommendation=OuterRef("pk"), checked_at=None)
    found = list(
        Recommendation.objects.overdue(today)
        .filter(~Exists(waiting), action__isnull=False)
        .select_related("audit", "unit")
        .defer("audit__content")
        .order_by("pk")
    )
    units = {one.unit_id for one in found}
    holders, cog_leads = addressees.holders(units, today), addressees.cog_leads(units, today)
    shrmt = addressees.all_in(Role.SHRMT, today)
    for one in found:
        about = _about_recommendation(one)
        told = {
            Rung.UNIT: (words.overdue_for_the_unit(about), set().union(*holders[one.unit_id].values())),
            Rung.COG_LEAD: (words.overdue_for_the_cog_lead(about), cog_leads[one.unit_id]),
            Rung.SHRMT: (words.overdue_for_shrmt(about), shrmt),
        }
        for rung, times in words.overdue_rungs(one.due_on, today, step=step):
            line, people = told[rung]
            key = f"{_all_about_recommendation(one.pk)}overdue:{rung}:{times}"
            yield from _news(one, OVERDUE, line, key, people)


def _waiting(today: date, *, within: int) -> Iterator[News]:
    before = datetime.combine(today - timedelta(days=within), time(0), tzinfo=LONDON)
    checks = list(
        ClosureCheck.objects.filter(checked_at=None, asked_at__lt=before)
        .select_related("recommendation__audit", "recommendation__unit")
        .defer("recommendation__audit__content")
        .order_by("pk")
    )
    checkers = _checkers([check.recommendation for check in checks], today)
    for check in checks:
        one = check.recommendation
        line = words.check_waits(_about_recommendation(one), asked_on=london_day(check.asked_at))
        key = f"{_all_about_recommendation(one.pk)}check-waits:{check.number}"
        yield from _news(one, CHECK_WAITS, line, key, checkers[one.pk] - {check.asked_by_id})
