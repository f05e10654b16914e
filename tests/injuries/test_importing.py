"""Figures brought from files: seen before they count, in the place of what was there, and undone again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from injuries.models import Headcount, IndicatorMonth, MonthlyCount, Upload, UploadKind, UploadState
from injuries.services import importing
from injuries.services.previews import preview
from organisation.models import Unit, User
from organisation.roles import Role
from records.models import TrailEntry
from records.spreadsheets import Problem
from tests.factories import injuries as factories
from tests.factories.injuries import bring, keep, standing_counts, standing_headcounts
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
MAY, JUNE, JULY, AUGUST = (date(2018, month, 1) for month in (5, 6, 7, 8))
POLICE, QUAY = "police-officers", "quay-bcu"


@pytest.fixture(autouse=True)
def shipped() -> None:
    factories.load_indicators()


@pytest.fixture
def adviser() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture(autouse=True)
def quay() -> Unit:
    return make_unit("Quay BCU")


def apply_later(upload: Upload, by: User, minutes: int = 1) -> Upload:
    at = AT + timedelta(minutes=minutes)
    return importing.apply(upload=upload, seen=preview(upload).digest, by=by, at=at)


def test_what_a_file_says_counts_once_it_is_confirmed(adviser: User) -> None:
    said = {("handling", JULY, POLICE, QUAY): 3, ("handling", JULY, "", ""): 2, ("major-injuries", JULY, "", ""): 0}
    upload = keep(said, by=adviser, at=AT)
    assert standing_counts() == {}
    seen = preview(upload)
    assert (seen.added, seen.changed, seen.same) == (2, 0, 0)
    assert [(one.series, one.before, one.after) for one in seen.changes] == [
        ("major-injuries", None, 0),
        ("handling", None, 5),
    ]
    importing.apply(upload=upload, seen=seen.digest, by=adviser, at=AT)
    assert standing_counts() == said
    entry = TrailEntry.objects.get(act="injury-figures.imported")
    assert entry.actor_id == adviser.pk
    assert (entry.detail["kind"], entry.detail["months"], entry.detail["replaced"]) == ("counts", 2, 0)


def test_headcounts_come_in_the_same_way(adviser: User) -> None:
    said = {("ddos", JULY, "", ""): Decimal("566.0833"), ("ddos", JULY, "", QUAY): Decimal("12.5")}
    upload = keep(said, kind=UploadKind.HEADCOUNT, by=adviser, at=AT)
    [change] = preview(upload).changes
    assert (change.before, change.after) == (None, Decimal("578.5833"))
    apply_later(upload, adviser)
    assert standing_headcounts() == {
        ("ddos", JULY, ""): Decimal("566.0833"),
        ("ddos", JULY, QUAY): Decimal("12.5000"),
    }


def test_a_later_file_replaces_its_months_and_leaves_the_others_alone(adviser: User) -> None:
    first = bring(
        {("handling", JUNE, "", ""): 4, ("handling", JULY, POLICE, QUAY): 3, ("handling", JULY, "", ""): 1}, at=AT
    )
    upload = keep(
        {("handling", JULY, POLICE, QUAY): 5, ("handling", AUGUST, "", ""): 2, ("major-injuries", JULY, "", ""): 1},
        by=adviser,
    )
    seen = preview(upload)
    assert (seen.added, seen.changed, seen.same, seen.losing) == (2, 1, 0, 1)
    [changed] = [one for one in seen.changes if one.is_changed]
    assert (changed.month, changed.before, changed.after, changed.differ, changed.gone) == (JULY, 4, 5, 2, 1)
    importing.apply(upload=upload, seen=seen.digest, by=adviser, at=AT + timedelta(minutes=1))
    assert standing_counts() == {
        ("handling", JUNE, "", ""): 4,
        ("handling", JULY, POLICE, QUAY): 5,
        ("handling", AUGUST, "", ""): 2,
        ("major-injuries", JULY, "", ""): 1,
    }
    history = IndicatorMonth.objects.get(replaced_by=upload)
    assert (history.month, history.upload, history.counts.count()) == (JULY, first, 2)


def test_a_month_of_none_takes_the_place_of_a_count(adviser: User) -> None:
    bring({("handling", JULY, "", ""): 4})
    upload = keep({("handling", JULY, "", ""): 0}, by=adviser)
    [change] = preview(upload).changes
    assert (change.before, change.after, change.is_changed, change.gone) == (4, 0, True, 1)
    apply_later(upload, adviser)
    assert standing_counts() == {("handling", JULY, "", ""): 0}
    again = keep({("handling", JULY, "", ""): 0}, by=adviser)
    assert preview(again).same == 1


def test_undoing_the_last_import_lets_what_it_replaced_count_again(adviser: User) -> None:
    first = bring({("handling", JULY, POLICE, ""): 3}, at=AT)
    second = bring({("handling", JULY, "", ""): 9, ("handling", AUGUST, "", ""): 1}, at=AT + timedelta(minutes=1))
    with pytest.raises(importing.Refused, match="Only the last import"):
        importing.undo(upload=first, because="Wrong", by=adviser, at=AT)
    done = importing.undo(upload=second, because="The wrong year", by=adviser, at=AT + timedelta(minutes=2))
    assert done == {"months": 2, "again": 1}
    assert standing_counts() == {("handling", JULY, POLICE, ""): 3}
    entry = TrailEntry.objects.get(act="injury-figures.undone")
    assert (entry.actor_id, entry.detail["again"]) == (adviser.pk, 1)
    with pytest.raises(importing.Refused, match="undone already"):
        importing.undo(upload=second, because="Again", by=adviser, at=AT)
    importing.undo(upload=first, because="That, too", by=adviser, at=AT + timedelta(minutes=3))
    assert standing_counts() == {}
    assert list(Upload.objects.order_by("pk").values_list("state", flat=True)) == ["undone", "undone"]


def test_counts_and_headcounts_are_undone_in_the_order_of_their_imports(adviser: User) -> None:
    counts = bring({("handling", JULY, "", ""): 3}, at=AT)
    people = bring({("ddos", JULY, "", ""): Decimal(5)}, kind=UploadKind.HEADCOUNT, at=AT + timedelta(minutes=1))
    with pytest.raises(importing.Refused, match="Only the last import"):
        importing.undo(upload=counts, because="Wrong", by=adviser, at=AT)
    importing.undo(upload=people, because="Wrong", by=adviser, at=AT + timedelta(minutes=2))
    assert standing_headcounts() == {}


def test_a_file_is_confirmed_once_and_as_it_was_seen(adviser: User) -> None:
    upload = keep({("handling", JULY, "", ""): 3}, by=adviser, at=AT)
    seen = preview(upload).digest
    bring({("handling", JULY, "", ""): 8}, at=AT)  # somebody else was quicker
    with pytest.raises(importing.Overtaken):
        importing.apply(upload=upload, seen=seen, by=adviser, at=AT)
    assert standing_counts() == {("handling", JULY, "", ""): 8}
    apply_later(upload, adviser)
    with pytest.raises(importing.Refused, match="confirmed already"):
        importing.apply(upload=upload, seen=seen, by=adviser, at=AT)
    assert standing_counts() == {("handling", JULY, "", ""): 3}


def test_files_that_nobody_confirms_are_forgotten(adviser: User) -> None:
    other = make_person(Role.HEAD)
    old = keep({("handling", JUNE, "", ""): 3}, by=other, at=AT)
    mine = keep({("handling", JULY, "", ""): 3}, by=adviser, at=AT + timedelta(hours=23))
    newer = keep({("handling", JULY, "", ""): 4}, by=adviser, at=AT + timedelta(hours=25))
    assert list(Upload.objects.all()) == [newer]
    assert {old.pk, mine.pk}.isdisjoint(IndicatorMonth.objects.values_list("upload", flat=True))
    with pytest.raises(importing.Refused, match="another one came after it"):
        importing.apply(upload=mine, seen="", by=adviser, at=AT)


def test_what_is_imported_stays_when_other_files_come(adviser: User) -> None:
    bring({("handling", JUNE, "", ""): 3}, by=adviser, at=AT)
    keep({("handling", JULY, "", ""): 3}, by=adviser, at=AT + timedelta(days=9))
    assert Upload.objects.filter(state=UploadState.APPLIED).count() == 1
    assert standing_counts() == {("handling", JUNE, "", ""): 3}


def test_what_has_faults_is_not_kept(adviser: User) -> None:
    figures = factories.figures({("handling", JUNE, "", ""): 3})
    figures.problems.append(Problem("Line 2, Month", "write the month."))
    with pytest.raises(ValueError, match="has a fault"):
        importing.keep(
            figures=figures, source=importing.Source(UploadKind.COUNTS, "a.csv", "0" * 64), by=adviser, at=AT
        )


def test_the_database_lets_one_count_stand_for_a_month_and_no_number_change() -> None:
    first = bring({("handling", JULY, "", ""): 3})
    with pytest.raises(IntegrityError, match="one_standing_count"), transaction.atomic():
        IndicatorMonth.objects.create(
            indicator=first.indicator_months.get().indicator, month=JULY, stands=True, upload=_another(first)
        )
    with pytest.raises(InternalError, match="counts_are_not_edited"), transaction.atomic():
        MonthlyCount.objects.update(count=99)
    bring({("ddos", JULY, "", ""): Decimal(3)}, kind=UploadKind.HEADCOUNT)
    with pytest.raises(InternalError, match="headcounts_are_not_edited"), transaction.atomic():
        Headcount.objects.update(people=99)


def _another(upload: Upload) -> Upload:
    return Upload.objects.create(
        kind=upload.kind, name="b.csv", sha256="0" * 64, lines=1, uploaded_by=upload.uploaded_by, uploaded_at=AT
    )


def test_incidents_are_kept_with_the_mapping_that_read_them(adviser: User) -> None:
    with pytest.raises(IntegrityError, match="incidents_are_read_by_a_mapping"), transaction.atomic():
        keep({("handling", JULY, "", ""): 3}, kind=UploadKind.INCIDENTS, by=adviser)


# --- What is worth a second look ------------------------------------------------------------------------------------


def warned(said: factories.Said, by: User) -> list[str]:
    return list(preview(keep(said, by=by)).warnings)


def without(words: str, found: list[str]) -> list[str]:
    return [one for one in found if words not in one]


def test_a_month_far_from_its_neighbours_is_pointed_out(adviser: User) -> None:
    bring({("handling", JUNE, "", ""): 10, ("handling", AUGUST, "", ""): 6})
    assert without("no headcount", warned({("handling", JULY, "", ""): 24}, adviser)) == [
        "Handling injuries, July 2018: 24, against 8 on average in the months beside it."
    ]
    assert without("no headcount", warned({("handling", JULY, "", ""): 23}, adviser)) == []
    assert without("no headcount", warned({("handling", JULY, "", ""): 2}, adviser)) == [
        "Handling injuries, July 2018: 2, against 8 on average in the months beside it."
    ]
    assert without("no headcount", warned({("handling", JULY, "", ""): 3}, adviser)) == []


def test_a_missing_month_is_pointed_out_also_between_the_file_and_what_is_there(adviser: User) -> None:
    bring({("handling", MAY, "", ""): 4})
    found = warned({("handling", JULY, "", ""): 4, ("handling", date(2018, 10, 1), "", ""): 4}, adviser)
    assert without("no headcount", found) == [
        "Handling injuries: missing between months that are there: June 2018, August 2018 to September 2018."
    ]


def test_a_total_beside_its_parts_is_pointed_out(adviser: User) -> None:
    said = {("handling", JULY, POLICE, ""): 4, ("handling", JULY, "ddos", ""): 1, ("handling", JULY, "", ""): 5}
    assert without("no headcount", warned(said, adviser)) == [
        "Handling injuries, July 2018: what has no staff group or no unit is as much as all the rest. "
        "If it is a total, take it out."
    ]
    assert without("no headcount", warned({("handling", JULY, "", ""): 5}, adviser)) == []


def test_counted_months_without_a_headcount_are_pointed_out(adviser: User) -> None:
    said = {("handling", JUNE, "ddos", ""): 4, ("handling", JULY, POLICE, ""): 4}
    assert warned(said, adviser) == [
        "All staff groups: no headcount for June 2018 to July 2018, so no rate can be worked out."
    ]
    bring({(POLICE, one, "", ""): Decimal(9) for one in (JUNE, JULY)}, kind=UploadKind.HEADCOUNT)
    assert warned(said, adviser) == [
        "Designated Detention Officers (DDOs): no headcount for June 2018, so no rate can be worked out."
    ]


def test_the_very_same_file_is_recognised_and_changes_nothing(adviser: User) -> None:
    said = {("handling", JULY, "", ""): 5}
    bring(said, at=AT)
    seen = preview(keep(said, by=adviser))
    assert (seen.added, seen.changed, seen.same) == (0, 0, 1)
    assert "The very same file was imported on 1 April 2026." in seen.warnings


# --- What holds whatever the figures --------------------------------------------------------------------------------

PLACES = st.tuples(
    st.sampled_from(["handling", "major-injuries"]),
    st.sampled_from([JUNE, JULY, AUGUST]),
    st.sampled_from(["", POLICE, "ddos"]),
    st.sampled_from(["", QUAY]),
)
SAID = st.dictionaries(PLACES, st.integers(1, 40), min_size=1, max_size=12)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def rolled_back() -> Iterator[None]:
    """Leave nothing of an example to the next one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@FEW
@given(said=SAID, before=SAID)
def test_importing_twice_equals_importing_once(said: factories.Said, before: factories.Said) -> None:
    with rolled_back():
        bring(before, at=AT)
        bring(said, at=AT + timedelta(minutes=1))
        once = standing_counts()
        bring(said, at=AT + timedelta(minutes=2))
        assert standing_counts() == once
        assert {key: count for key, count in once.items() if key[:2] in {one[:2] for one in said}} == said


@FEW
@given(said=SAID)
def test_the_parts_of_a_file_split_by_months_come_to_the_whole(said: factories.Said) -> None:
    with rolled_back():
        for number, month in enumerate((JUNE, JULY, AUGUST)):
            if part := {key: count for key, count in said.items() if key[1] == month}:
                bring(part, at=AT + timedelta(minutes=number))
        assert standing_counts() == said


@FEW
@given(said=SAID, before=SAID)
def test_undoing_leads_back_to_what_was_there(said: factories.Said, before: factories.Said) -> None:
    with rolled_back():
        bring(before, at=AT)
        upload = bring(said, at=AT + timedelta(minutes=1))
        importing.undo(upload=upload, because="Wrong", by=upload.uploaded_by, at=AT + timedelta(minutes=2))
        assert standing_counts() == before


def test_a_preview_asks_the_database_no_more_for_more_months(
    adviser: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for years in (1, 4):
        months = [date(2014 + number // 12, number % 12 + 1, 1) for number in range(12 * years)]
        upload = keep({("handling", one, POLICE, QUAY): 5 for one in months}, by=adviser)
        with django_assert_num_queries(7):
            assert preview(upload).added == 12 * years
