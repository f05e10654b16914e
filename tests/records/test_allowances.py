"""Heavy work is shared out by the hour: what is over it is refused, whoever asks at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from records.models import Allowance, HeavyWork
from records.services import allowances
from tests.factories.organisation import make_user

AT = datetime(2026, 11, 22, 9, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def three_an_hour(settings: Settings) -> None:
    settings.ALLOWANCES = dict.fromkeys(HeavyWork.values, 3)


@pytest.mark.django_db
def test_what_is_over_the_allowance_is_refused_until_the_next_hour_of_the_clock() -> None:
    person = make_user()
    for _ in range(3):
        allowances.spend(person=person, kind=HeavyWork.EXPORTS, at=AT)
    with pytest.raises(allowances.Exhausted, match="No more than 3 lists and workbooks taken away") as refused:
        allowances.spend(person=person, kind=HeavyWork.EXPORTS, at=AT)
    assert refused.value.until == datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    assert refused.value.seconds == 40 * 60
    allowances.spend(person=person, kind=HeavyWork.EXPORTS, at=refused.value.until)


@pytest.mark.django_db
def test_nobody_else_and_no_other_work_is_counted_with_it() -> None:
    person = make_user()
    for _ in range(3):
        allowances.spend(person=person, kind=HeavyWork.EXPORTS, at=AT)
    allowances.spend(person=make_user(), kind=HeavyWork.EXPORTS, at=AT)
    allowances.spend(person=person, kind=HeavyWork.DOCUMENTS, at=AT)
    assert sorted(Allowance.objects.values_list("spent", flat=True)) == [1, 1, 3]


@pytest.mark.django_db
def test_several_at_once_count_as_so_many_and_what_is_refused_counts_nothing() -> None:
    person = make_user()
    allowances.spend(person=person, kind=HeavyWork.UPLOADS, at=AT, amount=2)
    with pytest.raises(allowances.Exhausted):
        allowances.spend(person=person, kind=HeavyWork.UPLOADS, at=AT, amount=2)
    allowances.spend(person=person, kind=HeavyWork.UPLOADS, at=AT, amount=1)
    assert Allowance.objects.get().spent == 3


@pytest.mark.django_db
def test_nothing_is_counted_where_nothing_is_asked_or_nothing_is_limited(settings: Settings) -> None:
    person = make_user()
    allowances.spend(person=person, kind=HeavyWork.UPLOADS, at=AT, amount=0)
    settings.ALLOWANCES = dict.fromkeys(HeavyWork.values, 0)
    for _ in range(9):
        allowances.spend(person=person, kind=HeavyWork.UPLOADS, at=AT)
    assert not Allowance.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_do_not_share_the_same_remainder() -> None:
    person = make_user()

    def ask(_: int) -> bool:
        try:
            allowances.spend(person=person, kind=HeavyWork.EXPORTS, at=AT)
        except allowances.Exhausted:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(ask, range(16))) == 3
    assert Allowance.objects.get().spent == 3


@pytest.mark.django_db
def test_hours_that_are_over_are_forgotten() -> None:
    for hours in (0, 23, 30):
        allowances.spend(person=make_user(), kind=HeavyWork.EXPORTS, at=AT - timedelta(hours=hours))
    assert allowances.forget(now=AT) == 1
    assert Allowance.objects.count() == 2
