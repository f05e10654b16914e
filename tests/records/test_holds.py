"""A hold works from the moment it is placed, and it takes two people to lift it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from organisation.models import User
from organisation.roles import Role
from records.models import HoldScope, LegalHold, RecordClass, TrailEntry
from records.services import holds
from records.services.holds import Refused
from tests.factories.organisation import make_person, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 6, 9, 30, tzinfo=UTC)
UNIT = (HoldScope.UNIT, 7)


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


def place(
    by: User, *, of: RecordClass = RecordClass.STATEMENTS, over: tuple[HoldScope, int] | None = UNIT
) -> LegalHold:
    scope, number = over or (HoldScope.FORCE, None)
    return holds.place(
        record_class=of, scope=scope, scope_id=number, authority="The coroner, 12/34", reason="An inquest", by=by, at=AT
    )


def covered(of: RecordClass, *scopes: tuple[HoldScope, int]) -> bool:
    return holds.covering(of, scopes).exists()


def test_a_hold_covers_its_class_and_its_scope_and_nothing_else(head: User) -> None:
    place(head)
    assert covered(RecordClass.STATEMENTS, UNIT, (HoldScope.GROUP, 3))
    assert not covered(RecordClass.STATEMENTS, (HoldScope.UNIT, 8), (HoldScope.GROUP, 7), (HoldScope.PERSON, 7))
    assert not covered(RecordClass.ACTIONS, UNIT)


def test_a_hold_of_everything_over_the_force_covers_all(head: User) -> None:
    place(head, of=RecordClass.EVERYTHING, over=None)
    assert covered(RecordClass.MESSAGES, (HoldScope.PERSON, 1))
    assert covered(RecordClass.PEOPLE)


def test_lifting_takes_two_people(head: User) -> None:
    hold, second = place(head), make_person(Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="Nobody has asked"):
        holds.lift(hold=hold, by=second, at=AT)
    holds.ask_to_lift(hold=hold, authority="The coroner, 12/35", reason="Closed", by=head, at=AT)
    assert covered(RecordClass.STATEMENTS, UNIT)
    with pytest.raises(Refused, match="somebody else has to agree"):
        holds.lift(hold=hold, by=head, at=AT)
    holds.lift(hold=hold, by=second, at=AT)
    assert not covered(RecordClass.STATEMENTS, UNIT)
    with pytest.raises(Refused, match="has been lifted"):
        holds.keep(hold=hold, by=head, at=AT)


def test_a_hold_can_be_kept_after_all(head: User) -> None:
    hold = place(head)
    holds.ask_to_lift(hold=hold, authority="Nobody", reason="By mistake", by=head, at=AT)
    with pytest.raises(Refused, match="asked already"):
        holds.ask_to_lift(hold=hold, authority="Nobody", reason="Again", by=head, at=AT)
    kept = holds.keep(hold=hold, by=head, at=AT)
    assert (kept.lift_asked_by, kept.lift_authority, kept.is_in_force) == (None, "", True)


def test_the_trail_tells_of_a_hold_and_not_whom_it_is_about(head: User) -> None:
    person = make_user(name="Quentin Underhold")
    hold = place(head, over=(HoldScope.PERSON, person.pk))
    holds.ask_to_lift(hold=hold, authority="The court", reason="Quentin Underhold is cleared", by=head, at=AT)
    holds.lift(hold=hold, by=make_person(Role.HEAD), at=AT)
    entries = TrailEntry.objects.filter(thing_type="records.LegalHold")
    assert list(entries.values_list("act", flat=True)) == ["hold.placed", "hold.lift_asked", "hold.lifted"]
    assert {entry.thing_name for entry in entries} == {f"legal hold {hold.pk}"}
    assert "Underhold" not in str(list(entries.values()))


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'another'",
        "scope_id = 8",
        "record_class = 'actions'",
        "placed_by_id = placed_by_id + 0, authority = 'another'",
        "lifted_at = now()",
        "lift_asked_at = now(), lift_asked_by_id = placed_by_id",
        "lift_asked_at = now(), lift_asked_by_id = placed_by_id, lift_authority = 'x', lift_reason = 'y', "
        "lifted_at = now(), lifted_by_id = placed_by_id",
    ],
)
def test_the_database_keeps_a_hold_as_it_was_placed_and_lifts_none_by_one_person(head: User, change: str) -> None:
    hold = place(head)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE records_legalhold SET {change} WHERE id = %s", [hold.pk])  # noqa: S608  # the test's own
    with pytest.raises(DatabaseError), transaction.atomic():
        LegalHold.objects.all().delete()


def test_whoever_deletes_looks_at_the_holds_in_a_transaction() -> None:
    assert connection.in_atomic_block
    holds.locked()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        assert cursor.fetchone()[0] >= 1
