"""Mentoring: asking, answering, advising unasked, who advises whom, and who is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assurance.models import MentoringRecord, UnitAdviser
from assurance.rules import Refused
from assurance.services import mentoring
from maturity.models import Theme
from organisation.models import Unit, User
from organisation.roles import Role
from records.models import Notice, TrailEntry
from tests.factories.assurance import ask, make_adviser, shipped_edition
from tests.factories.organisation import LONG_AGO, appoint, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 2, 10, 0, tzinfo=UTC)
TODAY = date(2026, 2, 2)


@pytest.fixture
def unit() -> Unit:
    shipped_edition()
    return make_unit("Alder")


@pytest.fixture
def leadership(unit: Unit) -> Theme:  # noqa: ARG001  # its edition is loaded with the unit
    return shipped_edition().themes.get(identity="leadership")


def notices_of(person: User) -> list[tuple[str, str, str]]:
    return list(Notice.objects.filter(person=person).values_list("kind", "line", "address"))


# --- Asking and answering --------------------------------------------------------------------------------------------


def test_a_question_reaches_the_units_adviser_and_nobody_else(unit: Unit) -> None:
    adviser, elsewhere = make_adviser(unit).adviser, make_adviser(make_unit()).adviser
    record = ask(unit, question="Does a drill count?", at=AT)
    assert (record.unit, record.question, record.asked_at, record.advised_at) == (unit, "Does a drill count?", AT, None)
    assert notices_of(adviser) == [
        (
            "mentoring.asked",
            "Alder asks for advice on Leadership. Read the question and answer it.",
            f"/mentoring/{record.pk}/",
        )
    ]
    assert notices_of(elsewhere) == []
    entry = TrailEntry.objects.get(act="mentoring.asked")
    assert (entry.thing_id, entry.actor, entry.detail) == (
        record.pk,
        record.asked_by,
        {"unit": "alder", "theme": "leadership"},
    )


def test_without_an_adviser_nobody_is_told_and_the_question_waits_on_the_list(unit: Unit) -> None:
    auditor = make_person(Role.SHRMT)
    record = ask(unit, at=AT)
    assert not Notice.objects.exists()
    assert list(MentoringRecord.objects.visible_to(auditor).unanswered()) == [record]


def test_an_adviser_who_has_left_shrmt_or_whose_account_is_closed_is_not_told(unit: Unit) -> None:
    gone = make_user()
    appoint(gone, Role.SHRMT, ends_on=TODAY - timedelta(days=1))
    closed = make_user(is_active=False)
    appoint(closed, Role.SHRMT)
    for adviser in (gone, closed):
        make_adviser(unit, adviser=adviser)
    ask(unit, at=AT)
    assert not Notice.objects.exists()


def test_an_answer_is_kept_and_tells_whoever_asked(unit: Unit) -> None:
    adviser = make_adviser(unit).adviser
    record = ask(unit, at=AT)
    assert record.asked_by is not None
    later = AT + timedelta(hours=3)
    answered = mentoring.answer(record=record, advice="Yes, with a date.", by=adviser, at=later)
    assert (answered.advice, answered.advised_by, answered.advised_at) == ("Yes, with a date.", adviser, later)
    assert notices_of(record.asked_by) == [
        (
            "mentoring.answered",
            "Your question about Leadership for Alder is answered. Read the advice.",
            f"/mentoring/{record.pk}/",
        )
    ]
    assert Notice.objects.get(person=adviser).withdrawn_at == later  # it no longer waits for them
    assert TrailEntry.objects.filter(act="mentoring.answered", thing_id=record.pk, actor=adviser).count() == 1


def test_a_question_is_answered_once(unit: Unit) -> None:
    record = ask(unit, at=AT)
    first, second = make_person(Role.SHRMT), make_person(Role.SHRMT)
    mentoring.answer(record=record, advice="Yes.", by=first, at=AT)
    with pytest.raises(Refused, match="Somebody has answered this question meanwhile"):
        mentoring.answer(record=record, advice="No.", by=second, at=AT)
    record.refresh_from_db()
    assert (record.advice, record.advised_by) == ("Yes.", first)


def test_the_same_question_sent_twice_is_asked_once(unit: Unit) -> None:
    spoc = make_person(Role.SPOC, unit)
    record = ask(unit, by=spoc, at=AT)
    with pytest.raises(Refused, match="You have asked this already"):
        ask(unit, by=spoc, at=AT)
    assert MentoringRecord.objects.count() == 1
    mentoring.answer(record=record, advice="Yes.", by=make_person(Role.SHRMT), at=AT)
    ask(unit, by=spoc, at=AT)  # asked again after the answer: there is a reason to
    assert MentoringRecord.objects.count() == 2


def test_nothing_is_asked_answered_or_noted_without_words(unit: Unit, leadership: Theme) -> None:
    person = make_person(Role.SHRMT)
    with pytest.raises(Refused, match="Write your question"):
        ask(unit, question="  ", at=AT)
    record = ask(unit, at=AT)
    with pytest.raises(Refused, match="Write your advice"):
        mentoring.answer(record=record, advice=" ", by=person, at=AT)
    with pytest.raises(Refused, match="Write your advice"):
        mentoring.note(unit=unit, theme=leadership, advice="", by=person, at=AT)


def test_advice_given_unasked_is_recorded_once_and_leaves_a_trail(unit: Unit, leadership: Theme) -> None:
    auditor = make_person(Role.SHRMT)
    record = mentoring.note(unit=unit, theme=leadership, advice="Put safety first on the agenda.", by=auditor, at=AT)
    assert (record.question, record.asked_at, record.advised_by) == ("", None, auditor)
    assert TrailEntry.objects.get(thing_id=record.pk, act="mentoring.noted").actor == auditor
    with pytest.raises(Refused, match="not recorded again"):
        mentoring.note(unit=unit, theme=leadership, advice="Put safety first on the agenda.", by=auditor, at=AT)
    assert MentoringRecord.objects.count() == 1


def test_the_database_keeps_question_and_advice_with_who_and_when(unit: Unit, leadership: Theme) -> None:
    for wrong, constraint in (
        ({"question": "Who?", "asked_at": AT}, "question_with_who_and_when"),
        ({"advice": "So.", "advised_at": AT}, "advice_with_who_and_when"),
        ({}, "mentoring_says_something"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            MentoringRecord.objects.create(unit=unit, theme=leadership, **wrong)


def test_open_questions_come_first_the_longest_waiting_on_top_then_the_latest_advice(unit: Unit) -> None:
    auditor = make_person(Role.SHRMT)
    old, new, answered, latest = (
        ask(unit, question=f"Question {days}", at=AT - timedelta(days=days)) for days in (9, 2, 8, 7)
    )
    mentoring.answer(record=answered, advice="Yes.", by=auditor, at=AT - timedelta(days=1))
    mentoring.answer(record=latest, advice="Yes.", by=auditor, at=AT)
    assert list(MentoringRecord.objects.unanswered_first()) == [old, new, latest, answered]


# --- Who advises a unit ----------------------------------------------------------------------------------------------


def test_naming_and_ending_an_adviser_is_kept_in_the_trail(unit: Unit) -> None:
    head, auditor = make_person(Role.HEAD), make_person(Role.SHRMT)
    named = mentoring.appoint_adviser(unit=unit, adviser=auditor, starts_on=TODAY, by=head, at=AT)
    assert list(UnitAdviser.objects.acting(TODAY)) == [named]
    assert not UnitAdviser.objects.acting(TODAY - timedelta(days=1)).exists()
    mentoring.end_adviser(named=named, ends_on=TODAY, by=head, at=AT)
    assert UnitAdviser.objects.acting(TODAY).exists()  # both ends are included
    assert not UnitAdviser.objects.acting(TODAY + timedelta(days=1)).exists()
    assert list(
        TrailEntry.objects.filter(thing_id=named.pk, thing_type="assurance.UnitAdviser")
        .order_by("pk")
        .values_list("act", "detail")
    ) == [
        ("adviser.appointed", {"unit": "alder", "starts_on": "2026-02-02"}),
        ("adviser.ended", {"unit": "alder", "ends_on": "2026-02-02"}),
    ]


def test_only_somebody_of_shrmt_becomes_an_adviser(unit: Unit) -> None:
    head = make_person(Role.HEAD)
    former = make_user()
    appoint(former, Role.SHRMT, ends_on=TODAY - timedelta(days=1))
    for person in (make_person(Role.SPOC, unit), former):
        with pytest.raises(Refused, match="is not in SHRMT on 2 February 2026"):
            mentoring.appoint_adviser(unit=unit, adviser=person, starts_on=TODAY, by=head, at=AT)
    with pytest.raises(Refused, match="is not in SHRMT"):  # it ended before now, however early the day
        mentoring.appoint_adviser(unit=unit, adviser=former, starts_on=LONG_AGO, by=head, at=AT)


def test_nobody_advises_a_unit_twice_at_a_time(unit: Unit) -> None:
    head, auditor = make_person(Role.HEAD), make_person(Role.SHRMT)
    named = mentoring.appoint_adviser(unit=unit, adviser=auditor, starts_on=TODAY, by=head, at=AT)
    with pytest.raises(Refused, match="advises Alder already"):
        mentoring.appoint_adviser(unit=unit, adviser=auditor, starts_on=TODAY, by=head, at=AT)
    mentoring.end_adviser(named=named, ends_on=TODAY, by=head, at=AT)
    again = mentoring.appoint_adviser(unit=unit, adviser=auditor, starts_on=TODAY + timedelta(days=1), by=head, at=AT)
    assert again.pk != named.pk


def test_advising_does_not_end_before_it_begins_nor_twice(unit: Unit) -> None:
    head = make_person(Role.HEAD)
    named = make_adviser(unit, starts_on=TODAY + timedelta(days=5))
    with pytest.raises(Refused, match="from 7 February 2026"):
        mentoring.end_adviser(named=named, ends_on=TODAY, by=head, at=AT)
    other = make_adviser(unit)
    mentoring.end_adviser(named=other, ends_on=TODAY, by=head, at=AT)
    with pytest.raises(Refused, match="to the end of 2 February 2026"):
        mentoring.end_adviser(named=other, ends_on=TODAY, by=head, at=AT)


def test_who_mentored_a_unit_lately_is_known_for_the_independence_of_its_auditors(
    unit: Unit, leadership: Theme
) -> None:
    head = make_person(Role.HEAD)
    adviser = make_adviser(unit).adviser
    left_lately, left_long_ago = make_adviser(unit), make_adviser(unit)
    mentoring.end_adviser(named=left_lately, ends_on=date(2025, 6, 1), by=head, at=AT)
    mentoring.end_adviser(named=left_long_ago, ends_on=date(2024, 6, 1), by=head, at=AT)
    answered_once, long_ago, elsewhere = (make_person(Role.SHRMT) for _ in range(3))
    mentoring.answer(record=ask(unit, at=AT), advice="Yes.", by=answered_once, at=AT)
    mentoring.note(unit=unit, theme=leadership, advice="No.", by=long_ago, at=datetime(2025, 1, 1, 9, tzinfo=UTC))
    mentoring.note(unit=make_unit(), theme=leadership, advice="No.", by=elsewhere, at=AT)
    year_ago = TODAY - timedelta(days=365)
    mentors = MentoringRecord.objects.mentors_of(unit, since=year_ago)
    assert set(mentors) == {adviser, left_lately.adviser, answered_once}


def test_an_adviser_finds_the_records_of_the_units_they_advise(unit: Unit) -> None:
    today = timezone.localdate()
    adviser = make_adviser(unit).adviser
    own = ask(unit)
    ask(make_unit())
    assert list(MentoringRecord.objects.of_units_advised_by(adviser, day=today)) == [own]
    assert not MentoringRecord.objects.of_units_advised_by(adviser, day=LONG_AGO - timedelta(days=1)).exists()
