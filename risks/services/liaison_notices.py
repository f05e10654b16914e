"""Telling people of deadlines with the HSE, each night, and units of learning that is shared with them.

`remind` is for the worker: once, twice or two at a time, the result is one, since nobody is told twice under a key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse

from organisation.models import Appointment
from organisation.periods import london_day
from organisation.roles import Role
from records.services import notices
from records.services.notices import News
from risks import liaison_words as words
from risks.deadlines import TOLD_DAYS_BEFORE, stage
from risks.models import EnforcementNotice, LearningShare, LiaisonEntry, Notification, UnitLearning

TO_REPORT, TO_COMPLY, SHARED = "hse.to_report", "hse.to_comply", "learning.shared"
TOLD = frozenset({Role.HEAD, Role.SHRMT})
# So long what is overdue can become news: less than the 100 days that notices are kept for at least, since what is
# known to have been said is not said again. What is overdue for longer stands on the page.
TOLD_FOR = timedelta(days=92)


def _all_about(entry: LiaisonEntry) -> str:
    """Return the beginning of the keys of everything told about an entry."""
    return f"{type(entry).__name__.lower()}:{entry.pk}:"


def settled(entry: LiaisonEntry, *, at: datetime) -> None:
    """Take back what still waits about an entry: there is nothing left to do about it."""
    notices.withdraw(prefix=_all_about(entry), at=at)


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Tell the Head and SHRMT what is due within days, and what is overdue; return how many lines: five queries."""
    today = london_day(now)
    appointments = Appointment.objects.in_force(today).to(TOLD).filter(person__is_active=True)
    people = set(appointments.values_list("person_id", flat=True))
    return notices.tell_all([*_to_report(people, today), *_to_comply(people, today)], at=now)


def _to_report(people: Collection[int], today: date) -> Iterator[News]:
    waiting = Notification.objects.standing().filter(reported_on=None, due_on__range=_near(today))
    for one in waiting.select_related("kind"):
        assert one.due_on is not None  # noqa: S101  # the filter asks for it
        now = stage(one.due_on, today)
        if now is None:
            continue
        line = words.to_report(str(one.kind), event_on=one.event_on, due_on=one.due_on, stage=now)
        page = reverse("risks:hse_entry", args=["notifications", one.pk])
        for person in people:
            yield News(person, TO_REPORT, line, page, f"{_all_about(one)}{now}")


def _to_comply(people: Collection[int], today: date) -> Iterator[News]:
    waiting = EnforcementNotice.objects.standing().filter(complied_on=None, comply_by__range=_near(today))
    for one in waiting.select_related("kind"):
        now = stage(one.comply_by, today)
        if now is None:
            continue
        line = words.to_comply(str(one.kind), one.reference, comply_by=one.comply_by, stage=now)
        page = reverse("risks:hse_entry", args=["notices", one.pk])
        for person in people:
            yield News(person, TO_COMPLY, line, page, f"{_all_about(one)}{now}")


def _near(today: date) -> tuple[date, date]:
    """Return the first and the last day by which something is due that anybody is told of today."""
    return today - TOLD_FOR, today + timedelta(days=TOLD_DAYS_BEFORE)


# --- Learning ---------------------------------------------------------------------------------------------------------


def shared(share: LearningShare, *, at: datetime) -> None:
    """Tell the SLT leads of the units that learning is shared with: three queries, however many they are."""
    units = list(share.units.select_related("unit"))
    leads = defaultdict(set)
    held = Appointment.objects.in_force(london_day(at)).to({Role.SLT_LEAD}).filter(person__is_active=True)
    for unit, person in held.filter(unit__in=[one.unit_id for one in units]).values_list("unit_id", "person_id"):
        leads[unit].add(person)
    news, page = [], reverse("risks:learning", args=[share.pk])
    for one in units:
        line = words.learning_shared(share.title, one.unit.name)
        news += [News(person, SHARED, line, page, f"{_answer(one)}shared") for person in leads[one.unit_id]]
    notices.tell_all(news, at=at)


def acknowledged(answer: UnitLearning, *, at: datetime) -> None:
    """Take back what still asks the unit's others for it."""
    notices.withdraw(prefix=_answer(answer), at=at)


def _answer(answer: UnitLearning) -> str:
    return f"unit-learning:{answer.pk}:"
