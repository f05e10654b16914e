"""Lines for people: said once, taken back while nobody has read them, true together with the act they tell of."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from organisation.models import User
from records.models import Notice
from records.services import notices
from records.services.notices import News
from tests.factories.organisation import make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def tell(person: User, key: str = "boiler:1:due", *, line: str = "Look at the boiler.", at: datetime = NOON) -> None:
    notices.tell(person=person, kind="boiler.due", line=line, address="/boilers/1/", key=key, at=at)


def waiting(person: User) -> list[str]:
    return list(
        Notice.objects.waiting(until=NOON + timedelta(days=9)).filter(person=person).values_list("key", flat=True)
    )


def test_a_notice_waits_with_what_it_says_and_where_to_go() -> None:
    person = make_user()
    tell(person)
    [notice] = Notice.objects.all()
    assert (notice.person, notice.kind, notice.line) == (person, "boiler.due", "Look at the boiler.")
    assert (notice.address, notice.key, notice.at) == ("/boilers/1/", "boiler:1:due", NOON)
    assert (notice.sent_at, notice.withdrawn_at) == (None, None)


def test_the_same_key_is_said_once_to_each_person() -> None:
    first, second = make_user(), make_user()
    tell(first)
    tell(first, line="Said again.", at=NOON + timedelta(hours=1))
    tell(second)
    assert list(Notice.objects.values_list("person", "line")) == [
        (first.pk, "Look at the boiler."),
        (second.pk, "Look at the boiler."),
    ]


def test_what_was_sent_is_not_said_again() -> None:
    person = make_user()
    tell(person)
    Notice.objects.update(sent_at=NOON)
    tell(person, line="Said again.", at=NOON + timedelta(days=1))
    assert waiting(person) == []


def test_what_was_withdrawn_before_it_was_sent_can_become_true_again() -> None:
    person = make_user()
    tell(person)
    assert notices.withdraw(key="boiler:1:due", at=NOON) == 1
    assert waiting(person) == []
    tell(person, line="It leaks again.", at=NOON + timedelta(days=1))
    [notice] = Notice.objects.all()
    assert (notice.line, notice.at, notice.withdrawn_at) == ("It leaks again.", NOON + timedelta(days=1), None)


def test_one_key_takes_back_one_notice_and_a_prefix_all_about_the_thing() -> None:
    person, other = make_user(), make_user()
    for key in ("boiler:1:due", "boiler:1:broken", "boiler:12:due"):
        tell(person, key)
    tell(other, "boiler:1:broken")
    assert notices.withdraw(key="boiler:1:due", at=NOON) == 1
    assert waiting(person) == ["boiler:1:broken", "boiler:12:due"]
    assert notices.withdraw(prefix="boiler:1:", at=NOON) == 2
    assert waiting(person) == ["boiler:12:due"]
    assert waiting(other) == []


def test_a_prefix_with_a_wildcard_in_it_is_taken_at_its_word() -> None:
    person = make_user()
    tell(person, "boiler:1:due")
    assert notices.withdraw(prefix="boiler:_:", at=NOON) == 0
    assert notices.withdraw(prefix="%:", at=NOON) == 0
    assert waiting(person) == ["boiler:1:due"]


def test_what_was_sent_cannot_be_withdrawn() -> None:
    person = make_user()
    tell(person)
    Notice.objects.update(sent_at=NOON)
    assert notices.withdraw(key="boiler:1:due", at=NOON) == 0
    with pytest.raises(IntegrityError, match="notice_sent_or_withdrawn"), transaction.atomic():
        Notice.objects.update(withdrawn_at=NOON)


@pytest.mark.parametrize("names", [{}, {"key": "boiler:1:due", "prefix": "boiler:1:"}, {"prefix": "boiler:1"}])
def test_withdrawing_needs_one_key_or_one_whole_prefix(names: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"one key|colon"):
        notices.withdraw(at=NOON, **names)


def test_the_number_of_queries_does_not_grow_with_the_news(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    people = [make_user() for _ in range(3)]
    news = [
        News(person.pk, "boiler.due", f"Look at boiler {number}.", f"/boilers/{number}/", f"boiler:{number}:due")
        for person in people
        for number in range(100)
    ]
    with django_assert_num_queries(2):
        assert notices.tell_all([*news, news[0]], at=NOON) == 300
    with django_assert_num_queries(1):
        assert notices.tell_all(news, at=NOON) == 0
    with django_assert_num_queries(0):
        assert notices.tell_all([], at=NOON) == 0
    assert Notice.objects.count() == 300


@pytest.mark.django_db(transaction=True)
def test_a_notice_needs_the_transaction_of_its_act() -> None:
    person = make_user()
    with pytest.raises(RuntimeError, match="transaction"):
        tell(person)
    with pytest.raises(RuntimeError, match="transaction"):
        notices.withdraw(key="boiler:1:due", at=NOON)
    with transaction.atomic():
        tell(person)
        transaction.set_rollback(True)  # the act fails
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_at_once_leave_one_notice() -> None:
    people = [make_user() for _ in range(20)]
    together = threading.Barrier(2)
    news = [News(person.pk, "boiler.due", "Look at it.", "/boilers/1/", "boiler:1:due") for person in people]

    def tell_them(order: int) -> None:
        try:
            with transaction.atomic():
                together.wait(timeout=20)
                notices.tell_all(news if order else list(reversed(news)), at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(tell_them, range(2)))
    assert Notice.objects.count() == 20
