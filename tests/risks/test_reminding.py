"""Who is told that a risk is due for review, or that the Board has heard nothing of it; and that once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from organisation.models import User
from organisation.roles import Role
from records.models import Notice
from risks.models import Risk, RiskStatus
from risks.services import assessing, reminding
from tests.factories import risks
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db


def told() -> set[tuple[int, str]]:
    return set(Notice.objects.filter(withdrawn_at=None).values_list("person_id", "kind"))


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


def test_the_head_and_the_lead_are_told_once_that_a_review_is_due(head: User) -> None:
    risk, other = risks.make_risk("40"), risks.make_risk("41", title="Later")
    lead, elsewhere = make_person(Role.RISK_LEAD), make_person(Role.SHRMT)
    risks.make_lead(risk, lead, by=head)
    risks.make_lead(other, elsewhere, post="Another post", by=head)
    today = timezone.localdate()
    Risk.objects.filter(pk=risk.pk).update(review_on=today)
    Risk.objects.filter(pk=other.pk).update(review_on=today + timedelta(days=1))
    assert reminding.remind(now=timezone.now()) == 2
    assert reminding.remind(now=timezone.now()) == 0
    assert told() == {(head.pk, "risk.review-due"), (lead.pk, "risk.review-due")}
    # The next day is another one's; whoever leads it without being appointed a risk lead cannot act, and is not told.
    assert reminding.remind(now=timezone.now() + timedelta(days=1)) == 1


@pytest.mark.usefixtures("head")
def test_what_was_due_long_ago_is_no_news_and_a_closed_risk_none() -> None:
    long_ago, closed = risks.make_risk("40"), risks.make_risk("41", title="Closed")
    today = timezone.localdate()
    Risk.objects.filter(pk=long_ago.pk).update(review_on=today - timedelta(days=93))
    Risk.objects.filter(pk=closed.pk).update(review_on=today, status=RiskStatus.CLOSED)
    assert reminding.remind(now=timezone.now()) == 0


def test_a_risk_of_which_two_meetings_heard_nothing_is_told_of_until_one_does(head: User) -> None:
    risk, today = risks.make_risk("40"), timezone.localdate()
    assert reminding.remind(now=timezone.now()) == 0  # one meeting is too few to say
    meeting = risks.make_meeting(today - timedelta(days=91))
    assert reminding.remind(now=timezone.now()) == 1
    assert told() == {(head.pk, "risk.stale")}
    assessing.tell(risk=risk, meeting=meeting, text="It stands.", by=head, at=timezone.now())
    Notice.objects.all().delete()
    assert reminding.remind(now=timezone.now()) == 0


@pytest.mark.usefixtures("head")
def test_reminding_costs_the_same_queries_however_many_risks_there_are(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for reference in range(40, 52):
        risk = risks.make_risk(str(reference), title=f"Risk {reference}")
        Risk.objects.filter(pk=risk.pk).update(review_on=timezone.localdate())
    with django_assert_max_num_queries(16):
        assert reminding.remind(now=timezone.now()) == 12
