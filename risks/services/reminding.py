"""Telling the Head, and whoever leads a risk, that its review is due or that the Board has heard nothing of it.

For the worker: once, twice or two at a time, the result is one, since nobody is told twice under a key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse

from organisation.models import Appointment
from organisation.periods import london_day
from organisation.roles import Role
from records.services import notices
from records.services.notices import News
from rendering import formats
from risks.models import BoardMeeting, Risk, RiskStatus
from risks.reading import RiskLine, lines

REVIEW, STALE = "risk.review-due", "risk.stale"
# So long a review that is due can become news: less than the 100 days that notices are kept for at least.
TOLD_FOR = timedelta(days=92)


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Tell of reviews that are due and of risks that the last two meetings heard nothing of; return how many lines.

    A fixed number of queries, however many risks there are.
    """
    today = london_day(now)
    appointments = Appointment.objects.in_force(today).filter(person__is_active=True)
    heads = set(appointments.to({Role.HEAD}).values_list("person_id", flat=True))
    risk_leads = set(appointments.to({Role.RISK_LEAD}).values_list("person_id", flat=True))
    last = BoardMeeting.objects.filter(held_on__lte=today).values_list("pk", flat=True).first()
    found = lines(Risk.objects.exclude(status=RiskStatus.CLOSED), today=today)
    news = [one for line in found for one in _about(line, heads, risk_leads, last, today)]
    return notices.tell_all(news, at=now)


def _about(
    line: RiskLine, heads: Collection[int], risk_leads: Collection[int], last: int | None, today: date
) -> Iterator[News]:
    risk, page = line.risk, reverse("risks:risk", args=[line.risk.reference])
    people = {*heads, *(line.led_by & {*risk_leads})}
    if line.review_is_due and risk.review_on is not None and risk.review_on >= today - TOLD_FOR:
        said = f"Risk {risk.reference} was to be looked at again by {formats.day(risk.review_on)}. Assess it."
        for person in people:
            yield News(person, REVIEW, said, page, f"risk:{risk.pk}:review:{risk.review_on}")
    if line.is_stale:
        said = f"The last two meetings of the Board heard nothing of risk {risk.reference}. Write how it stands."
        for person in people:
            yield News(person, STALE, said, page, f"risk:{risk.pk}:stale:{last}")
