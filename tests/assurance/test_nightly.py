"""Draft roll-ups are built every night from the day after the half-year ends until they are issued."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from assurance.models import IssuedRollup, Rollup
from assurance.services import nightly, rollups
from organisation.models import BusinessGroup
from organisation.periods import HalfYear, Quarter
from records.models import Job, JobState, TrailEntry
from records.services import jobs
from tests.factories import assurance as statements
from tests.factories.organisation import make_group, make_unit, make_user

pytestmark = pytest.mark.django_db

H1 = HalfYear(2026, 1)  # April to September 2026
# London's midnight after the half's last day: in summer time, 23:00 of the time that is stored.
MIDNIGHT = datetime(2026, 9, 30, 23, 0, tzinfo=UTC)
NIGHT = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)


@pytest.fixture
def groups() -> list[BusinessGroup]:
    """Two groups with a unit each; a third has none."""
    make_group("Empty")
    found = [make_group("Frontline Policing"), make_group("Met Operations")]
    for group in found:
        make_unit(group=group)
    return found


def ask(at: datetime) -> int:
    return nightly.build_drafts(at=at)


def the_worker_does_all() -> None:
    for job in Job.objects.live():
        jobs.perform(job.pk, rollups.build)


def all_are_done() -> None:
    Job.objects.live().update(state=JobState.DONE, finished_at=MIDNIGHT, lease_until=None)


def issue(rollup: Rollup) -> None:
    IssuedRollup.objects.create(
        rollup=rollup,
        number=1,
        content={},
        content_digest="0" * 64,
        figures_digest="0" * 64,
        as_at=H1.last_day,
        issued_at=MIDNIGHT,
        issued_by=make_user(),
        issuer_name="COG lead",
    )


def test_the_day_after_the_half_every_group_with_units_and_the_force_are_asked_for(groups: list[BusinessGroup]) -> None:
    assert ask(MIDNIGHT - timedelta(seconds=1)) == 3  # of the half before, whose half-year still runs
    assert set(Rollup.objects.values_list("half", flat=True)) == {H1.previous()}
    assert ask(MIDNIGHT) == 3
    drafts = Rollup.objects.filter(half=H1)
    assert {draft.group for draft in drafts} == {None, *groups}
    waiting = {job.key: (job.arguments, job.requested_by) for job in Job.objects.filter(requested_at=MIDNIGHT)}
    assert waiting == {draft.job_key: ({"rollup_id": draft.pk}, None) for draft in drafts}


@pytest.mark.usefixtures("groups")
def test_once_a_night_however_often_beat_asks_and_whenever_it_is_back() -> None:
    asked = []
    for hours in range(72):
        if 24 <= hours < 33:  # beat is away from midnight to nine
            continue
        asked += [hours] * ask(MIDNIGHT + timedelta(hours=hours))
        all_are_done()
    assert asked == [0] * 3 + [33] * 3 + [48] * 3


@pytest.mark.usefixtures("groups")
def test_what_still_waits_for_the_worker_is_not_asked_for_twice() -> None:
    ask(MIDNIGHT)
    ask(MIDNIGHT + NIGHT)
    assert Job.objects.count() == 3


def test_what_somebody_asked_for_or_cancelled_today_is_left_at_that(groups: list[BusinessGroup]) -> None:
    asked, cancelled = (Rollup.objects.create(group=group, half=H1) for group in groups)
    for draft in (asked, cancelled):
        rollups.request(rollup=draft, by=make_user(), at=MIDNIGHT + timedelta(minutes=5))
    rollups.cancel(rollup=cancelled, by=make_user(), at=MIDNIGHT + timedelta(minutes=6))
    assert ask(MIDNIGHT + timedelta(minutes=10)) == 1  # the force's
    all_are_done()
    assert ask(MIDNIGHT + NIGHT) == 3


def test_an_issued_one_is_built_no_more(groups: list[BusinessGroup]) -> None:
    ask(MIDNIGHT)
    all_are_done()
    issue(Rollup.objects.get(group=groups[0]))
    assert ask(MIDNIGHT + NIGHT) == 2
    all_are_done()
    issue(Rollup.objects.get(group=None))
    assert ask(MIDNIGHT + 2 * NIGHT) == 1
    assert Job.objects.latest("pk").key == Rollup.objects.get(group=groups[1]).job_key


@pytest.mark.usefixtures("groups")
def test_the_last_night_is_that_before_the_next_half_ends() -> None:
    """On 31 March 2027 the first half's drafts are still built; from 1 April those of the second are."""
    ask(datetime(2027, 3, 31, 12, tzinfo=UTC))
    assert set(Rollup.objects.values_list("half", flat=True)) == {H1}
    all_are_done()
    ask(datetime(2027, 4, 1, 12, tzinfo=UTC))
    assert Job.objects.count() == 6
    newest = Job.objects.order_by("-pk")[:3]
    assert {Rollup.objects.get(pk=job.arguments["rollup_id"]).half for job in newest} == {H1.next()}


def test_a_force_without_units_has_nothing_to_build() -> None:
    make_group("Empty")
    assert ask(MIDNIGHT) == 0
    assert not Rollup.objects.exists()


def test_every_night_builds_what_has_changed_and_leaves_the_rest(groups: list[BusinessGroup]) -> None:
    statements.shipped_edition()
    ask(MIDNIGHT)
    the_worker_does_all()
    assert {job.state for job in Job.objects.all()} == {JobState.DONE}
    assert TrailEntry.objects.filter(act="rollup.built").count() == 3
    unit = groups[0].memberships.get().unit
    statements.signed(unit, Quarter(2026, 2), level=4)
    ask(MIDNIGHT + NIGHT)
    the_worker_does_all()
    built = TrailEntry.objects.filter(act="rollup.built").order_by("pk")
    assert [entry.thing_id for entry in built][3:] == [
        draft.pk for draft in Rollup.objects.exclude(group=groups[1]).order_by("pk")
    ]
    assert not TrailEntry.objects.filter(act="rollup.requested").exists()
    force = Rollup.objects.get(group=None)
    assert [row["status"] for row in force.figures["statements"] if row["unit_id"] == unit.pk] == ["signed"]
    leadership = next(row for row in force.figures["distribution"] if row["identity"] == "leadership")
    assert leadership["counts"] == [0, 0, 0, 1, 0]


def test_an_hour_with_nothing_to_ask_for_costs_the_same_however_many_units(
    groups: list[BusinessGroup], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        make_unit(group=groups[0])
    ask(MIDNIGHT)
    # A savepoint and its release; the groups; the roll-ups there are; those not issued; tonight's jobs.
    with django_assert_num_queries(6):
        assert ask(MIDNIGHT + timedelta(hours=1)) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("groups")
def test_two_beats_at_once_ask_once() -> None:
    together = threading.Barrier(4)

    def beat(_: int) -> int:
        try:
            together.wait(30)
            return ask(MIDNIGHT)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(beat, range(4))) == [0, 0, 0, 3]
    assert Job.objects.count() == Rollup.objects.count() == 3
