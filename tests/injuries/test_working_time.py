"""Recording working time: nothing is edited, nothing said twice is done twice, and the database holds it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from injuries.models import WorkingTimeReading, WorkingTimeTarget
from injuries.services import working_time as services
from organisation.models import User
from organisation.roles import Role
from records.models import TrailEntry
from tests.factories.injuries import load_indicators, staff_group, working_time, working_time_target
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db

JUNE = date(2019, 6, 30)
SAID = services.Said(JUNE, 1000, 40, 25, 17, 48)


@pytest.fixture(autouse=True)
def shipped() -> None:
    load_indicators()


@pytest.fixture
def adviser() -> User:
    return make_person(Role.SHRMT)


def correct(reading: WorkingTimeReading, said: services.Said, *, by: User, **more: Any) -> WorkingTimeReading:
    given = {"because": "The wrong extract", "token": uuid.uuid4(), **more}
    return services.correct(reading=reading, said=said, by=by, at=timezone.now(), **given)


def acts() -> list[str]:
    return list(TrailEntry.objects.filter(act__startswith="working-time.").order_by("pk").values_list("act", flat=True))


def test_a_correction_takes_the_place_of_a_reading_which_stays(adviser: User) -> None:
    first = working_time(JUNE, 1000, 40, 52)
    later = correct(first, SAID, by=adviser)
    assert list(WorkingTimeReading.objects.standing()) == [later]
    first.refresh_from_db()
    assert (first.not_opted_out, first.ended_by, first.withdrawn_because) == (52, adviser, "")
    assert (later.corrects, later.because) == (first, "The wrong extract")
    assert acts() == ["working-time.recorded", "working-time.corrected"]


def test_a_correction_may_be_of_the_day_and_can_be_corrected_again(adviser: User) -> None:
    moved = correct(
        working_time(JUNE, 1000, 40, 25), services.Said(date(2019, 6, 29), 1000, 40, 25, 17, 48), by=adviser
    )
    again = correct(moved, SAID, by=adviser)
    assert list(WorkingTimeReading.objects.standing().values_list("day", flat=True)) == [JUNE]
    assert again.corrects == moved
    assert WorkingTimeReading.objects.count() == 3


def test_a_correction_that_changes_nothing_is_refused(adviser: User) -> None:
    with pytest.raises(services.Refused, match="what the reading says already"):
        correct(working_time(JUNE, 1000, 40, 25), SAID, by=adviser)
    assert WorkingTimeReading.objects.standing().count() == 1


def test_what_was_corrected_is_not_corrected_or_withdrawn_again(adviser: User) -> None:
    first = working_time(JUNE, 1000, 40, 52)
    correct(first, SAID, by=adviser)
    with pytest.raises(services.Refused, match="meanwhile"):
        correct(first, services.Said(JUNE, 1000, 40, 24, 17, 48), by=adviser)
    with pytest.raises(services.Refused, match="meanwhile"):
        services.withdraw(reading=first, because="Wrong", by=adviser, at=timezone.now())


def test_a_withdrawn_reading_stays_readable_and_makes_room(adviser: User) -> None:
    reading = working_time(JUNE, 1000, 40, 25)
    for _ in range(2):  # sent twice, done once
        services.withdraw(reading=reading, because="Of another force", by=adviser, at=timezone.now())
    assert not WorkingTimeReading.objects.standing().exists()
    assert working_time(JUNE, 1000, 40, 24).day == JUNE
    assert acts() == ["working-time.recorded", "working-time.withdrawn", "working-time.recorded"]


def test_one_reading_stands_a_day_and_staff_group() -> None:
    working_time(JUNE, 1000, 40, 25)
    working_time(JUNE, 100, 0, 1, group="ddos")
    with pytest.raises(services.Refused, match="There is a reading of Police officers on 30 June 2019 already"):
        working_time(JUNE, 1000, 40, 24)


def test_the_same_form_sent_twice_records_once(adviser: User) -> None:
    token = uuid.uuid4()
    sent: dict[str, Any] = {"staff_group": staff_group(), "token": token, "by": adviser, "at": timezone.now()}
    assert services.record(said=SAID, **sent) == services.record(said=SAID, **sent)
    assert acts() == ["working-time.recorded"]
    with pytest.raises(services.Refused, match="was sent already, and says something else now"):
        services.record(said=services.Said(JUNE, 1000, 40, 24, 17, 48), **sent)
    with pytest.raises(services.Refused, match="was sent already, and says something else now"):
        services.record(said=SAID, **sent | {"staff_group": staff_group("ddos")})
    reading = WorkingTimeReading.objects.get()
    corrected = services.Said(JUNE, 1000, 40, 30, 17, 48, note="Cafe\u0301\r\n")
    again = uuid.uuid4()
    assert correct(reading, corrected, by=adviser, token=again) == correct(reading, corrected, by=adviser, token=again)
    assert WorkingTimeReading.objects.standing().get().note == "Café\n"
    assert acts() == ["working-time.recorded", "working-time.corrected"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (services.Said(JUNE, 10, 6, 5, 17, 48), "More people are over the limit"),
        (services.Said(date(2999, 1, 1), 10, 1, 1, 17, 48), "The day is in the future"),
    ],
)
def test_what_cannot_be_is_refused(adviser: User, said: services.Said, why: str) -> None:
    with pytest.raises(services.Refused, match=why):
        services.record(said=said, staff_group=staff_group(), token=uuid.uuid4(), by=adviser, at=timezone.now())


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"in_scope": 64}, "over_the_limit_are_in_scope"),
        ({"in_scope": 0, "opted_out": 0, "not_opted_out": 0}, "working_time_of_somebody"),
        ({"weeks": 16}, "working_time_over_known_weeks"),
        ({"weeks": 53}, "working_time_over_known_weeks"),
        ({"hours": 0}, "working_time_hours_of_a_week"),
        ({"because": "No reading"}, "working_time_corrected_with_a_reason"),
        ({"withdrawn_because": "Nobody did"}, "working_time_ended_by_somebody"),
        ({"ended_at": timezone.now()}, "working_time_ended_by_somebody"),
        ({"opted_out": -1}, "opted_out_check"),
        ({"day": JUNE + timedelta(days=1)}, "one_standing_working_time_per_group_and_day"),
    ],
)
def test_the_database_refuses_what_cannot_be(adviser: User, changed: dict[str, Any], constraint: str) -> None:
    working_time(JUNE + timedelta(days=1), 1000, 40, 25)
    values: dict[str, Any] = {
        "staff_group": staff_group(),
        "day": JUNE,
        "in_scope": 1000,
        "opted_out": 40,
        "not_opted_out": 25,
        "weeks": 17,
        "hours": 48,
        "recorded_by": adviser,
        "recorded_at": timezone.now(),
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        WorkingTimeReading.objects.create(**values | changed)


@pytest.mark.parametrize("changed", [{"not_opted_out": 0}, {"day": date(2019, 1, 1)}, {"note": "Rewritten"}])
def test_the_database_lets_nobody_edit_or_delete_a_reading(changed: dict[str, Any]) -> None:
    reading = WorkingTimeReading.objects.filter(pk=working_time(JUNE, 1000, 40, 25).pk)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        reading.update(**changed)
    with pytest.raises(DatabaseError, match="delete rows"), transaction.atomic():
        reading.delete()


def test_the_database_lets_nobody_take_back_that_a_reading_has_ended(adviser: User) -> None:
    reading = working_time(JUNE, 1000, 40, 25)
    services.withdraw(reading=reading, because="Wrong", by=adviser, at=timezone.now())
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        WorkingTimeReading.objects.update(ended_at=None, ended_by=None, withdrawn_because="")


# --- Targets --------------------------------------------------------------------------------------------------------


def supersede(target: WorkingTimeTarget, share: str, *, by: User, token: uuid.UUID | None = None) -> WorkingTimeTarget:
    terms = services.Terms(Decimal(share), target.from_on, "the Board")
    return services.supersede_target(target=target, terms=terms, token=token or uuid.uuid4(), by=by, at=timezone.now())


def test_a_target_is_superseded_and_stays() -> None:
    head = make_person(Role.HEAD)
    first = working_time_target("98", JUNE)
    token = uuid.uuid4()
    later = supersede(first, "97.5", by=head, token=token)
    assert supersede(first, "97.5", by=head, token=token) == later
    with pytest.raises(services.Refused, match="was sent already, and says something else now"):
        supersede(first, "97", by=head, token=token)
    assert list(WorkingTimeTarget.objects.standing()) == [later]
    assert later.supersedes == first
    assert acts() == ["working-time.target_set", "working-time.target_superseded"]
    with pytest.raises(services.Refused, match="Another target has taken this one’s place"):
        supersede(first, "99", by=head)


def test_one_target_begins_on_a_day() -> None:
    working_time_target("98", JUNE)
    working_time_target("98", JUNE, group="ddos")
    with pytest.raises(services.Refused, match="There is a target for Police officers from 30 June 2019 already"):
        working_time_target("99", JUNE)


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"share": Decimal(0)}, "working_time_target_is_a_share_of_a_hundred"),
        ({"share": Decimal("100.1")}, "working_time_target_is_a_share_of_a_hundred"),
        ({"endorsed_by": ""}, "working_time_target_endorsed_by_somebody"),
        ({"from_on": JUNE + timedelta(days=1)}, "one_standing_working_time_target_per_group_and_day"),
    ],
)
def test_the_database_refuses_targets_that_cannot_be(adviser: User, changed: dict[str, Any], constraint: str) -> None:
    working_time_target("98", JUNE + timedelta(days=1))
    values: dict[str, Any] = {
        "staff_group": staff_group(),
        "share": Decimal(98),
        "from_on": JUNE,
        "endorsed_by": "the Board",
        "entered_by": adviser,
        "entered_at": timezone.now(),
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        WorkingTimeTarget.objects.create(**values | changed)


def test_the_database_lets_nobody_edit_a_target_or_take_back_that_it_was_superseded() -> None:
    target = working_time_target("98", JUNE)
    found = WorkingTimeTarget.objects.filter(pk=target.pk)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        found.update(share=Decimal(90))
    supersede(target, "97", by=make_person(Role.HEAD))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        found.update(ended_at=None)
