"""What the database holds of custody figures whoever writes, and what becomes of two acts at the same moment."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from injuries import holdings
from injuries.models import (
    CustodyExceptionKind,
    CustodyExceptions,
    CustodyReport,
    EndedHow,
    InjuriesByType,
    InterventionsByCause,
)
from injuries.services import custody
from organisation.roles import Role
from tests.assurance.at_once import Post, send_each_at_once
from tests.assurance.pages import form_on, signed_in
from tests.factories import injuries
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db

PAGE = "/injury-figures/custody/"
AT = datetime(2019, 8, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def lists() -> None:
    injuries.load_indicators()


def written(**changed: Any) -> CustodyReport:
    fields: dict[str, Any] = {
        "first": date(2019, 1, 1),
        "last": date(2019, 6, 1),
        "injuries": 5,
        "exceptions_reported": False,
        "recorded_by": make_person(Role.SHRMT),
        "recorded_at": AT,
    }
    return CustodyReport.objects.create(**(fields | changed))


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"first": date(2019, 1, 2)}, "custody_reports_are_of_whole_months"),
        ({"last": date(2018, 12, 1)}, "custody_reports_are_of_whole_months"),
        ({"denominator_number": 5}, "a_custody_denominator_has_a_name_and_a_number"),
        ({"injuries": None}, "a_custody_report_says_something"),
        ({"ended_at": AT}, "custody_report_ended_by_somebody_with_a_reason"),
        ({"injuries": -1}, "injuries_check"),
    ],
)
def test_the_database_refuses_what_cannot_be(changed: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        written(**changed)


def test_an_end_has_a_reason_and_a_way() -> None:
    whole = {
        "ended_at": AT,
        "ended_by": make_person(Role.HEAD),
        "ended_how": EndedHow.WITHDRAWN,
        "ended_because": "Draft.",
    }
    for ended in ({"ended_because": ""}, {"ended_how": ""}, {"ended_how": "lost"}):
        said = whole | ended
        with pytest.raises(IntegrityError, match="ended_by_somebody_with_a_reason"), transaction.atomic():
            written(**said)


def test_one_report_stands_for_a_period() -> None:
    report = written()
    with pytest.raises(IntegrityError, match="one_standing_custody_report_per_period"), transaction.atomic():
        written()
    custody.withdraw(report=report, because="It was the draft.", by=report.recorded_by, at=AT)
    written()


@pytest.mark.parametrize(("total", "numbers"), [(10, {"clothing": 6, "concealed-item": 5}), (None, {"clothing": 0})])
def test_causes_come_to_no_more_than_the_total(total: int | None, numbers: dict[str, int]) -> None:
    with pytest.raises(IntegrityError, match="The causes come to more than the interventions"), transaction.atomic():
        injuries.record_custody("2019-01", "2019-06", interventions=total, injuries=1, causes=numbers)


def test_types_come_to_no_more_than_the_total() -> None:
    injuries.record_custody("2019-01", "2019-06", injuries=4, types={"self-harm": 3, "head-or-face": 1})
    with pytest.raises(IntegrityError, match="The types come to more than the injuries"), transaction.atomic():
        injuries.record_custody("2018-01", "2018-06", injuries=4, types={"self-harm": 3, "head-or-face": 2})


def test_exceptions_belong_to_a_report_that_says_so() -> None:
    report = written()
    kind = CustodyExceptionKind.objects.get(code="medicines")
    with pytest.raises(IntegrityError, match="says nothing of exceptions"), transaction.atomic():
        CustodyExceptions.objects.create(report=report, kind=kind, number=1)


def test_a_report_is_never_edited() -> None:
    report = injuries.record_custody(
        "2019-01",
        "2019-06",
        interventions=9,
        causes={"clothing": 2},
        injuries=4,
        types={"self-harm": 3},
        exceptions={("medicines", ""): 1},
    )
    changes: list[Any] = [
        lambda: CustodyReport.objects.update(injuries=5),
        lambda: CustodyReport.objects.update(note="Otherwise"),
        lambda: InterventionsByCause.objects.update(number=1),
        lambda: InjuriesByType.objects.update(number=1),
        lambda: CustodyExceptions.objects.update(number=2),
        lambda: CustodyExceptions.objects.all().delete(),
        lambda: InterventionsByCause.objects.all().delete(),
        lambda: CustodyReport.objects.filter(pk=written(first=date(2018, 1, 1)).pk).delete(),
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"), transaction.atomic():
            change()
    custody.withdraw(report=report, because="It was the draft.", by=report.recorded_by, at=AT)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        CustodyReport.objects.update(ended_because="Another reason")


def test_the_same_form_sent_twice_to_correct_is_one_correction() -> None:
    report = injuries.record_custody("2019-01", "2019-06", injuries=4)
    said, token, by = injuries.said("2019-01", "2019-06", injuries=5), uuid.uuid4(), report.recorded_by
    made = [
        custody.correct(report=report, said=said, because="Five.", token=token, by=by, at=timezone.now())
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert CustodyReport.objects.count() == 2


def test_words_are_stored_in_their_form() -> None:
    """NFC: é as one character, however it was typed."""
    report = injuries.record_custody("2019-01", "2019-06", injuries=4, note="cafe\u0301")
    custody.withdraw(report=report, because="re\u0301sume\u0301", by=report.recorded_by, at=AT)
    report.refresh_from_db()
    assert (report.note, report.ended_because) == ("caf\u00e9", "r\u00e9sum\u00e9")


def test_a_person_is_told_which_custody_figures_they_recorded_or_ended() -> None:
    report = injuries.record_custody("2019-01", "2019-06", injuries=4)
    other = make_person(Role.HEAD)
    custody.withdraw(report=report, because="It was the draft.", by=other, at=AT)
    for person in (report.recorded_by, other):
        held = next(one for one in holdings.held_about(person) if one.name == "custody-figures")
        assert [row[:2] for row in held.rows] == [(date(2019, 1, 1), date(2019, 6, 1))]


# --- At the same moment -----------------------------------------------------------------------------------------------


def correction(report: CustodyReport, number: int) -> Post:
    client = signed_in(make_person(Role.SHRMT))
    where = f"{PAGE}{report.token}/correct/"
    months = {"first": "2019-01", "last": "2019-06"}  # lists to choose from are not read off the page
    entered = {"injuries": str(number), "because": "Counted again."}
    return client, where, {**form_on(client.get(where)), **months, **entered}


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_is_refused() -> None:
    report = injuries.record_custody("2019-01", "2019-06", injuries=4)
    assert send_each_at_once([report], [correction(report, 5), correction(report, 6)]) == [302, 422]
    assert CustodyReport.objects.count() == 2
    assert CustodyReport.objects.standing().get().injuries in (5, 6)


@pytest.mark.django_db(transaction=True)
def test_a_report_is_corrected_or_withdrawn_and_never_both() -> None:
    report = injuries.record_custody("2019-01", "2019-06", injuries=4)
    withdrawing: Post = (
        signed_in(make_person(Role.HEAD)),
        f"{PAGE}{report.token}/withdraw/",
        {"because": "It was the draft."},
    )
    assert send_each_at_once([report], [correction(report, 5), withdrawing]) == [302, 422]
    report.refresh_from_db()
    assert CustodyReport.objects.standing().count() == (1 if report.ended_how == EndedHow.CORRECTED else 0)
