"""`manage.py build_rollups`: what it queues, what it prints, and when it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from assurance.models import Decision, Rollup
from assurance.services import rollups
from organisation.models import BusinessGroup
from organisation.periods import HalfYear, Quarter
from records.models import Blob, Job, JobState, TrailEntry
from records.services import jobs
from records.services.jobs import Claim, JobFailed
from tests.factories import assurance as statements
from tests.factories.organisation import make_group, make_unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _two_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two groups of a unit each, and no broker: the worker of these tests looks for itself."""
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)
    first = make_unit("Kiln Hill", group=make_group("Frontline Policing"))
    statements.decide(statements.signed(first, Quarter(2025, 1)), Decision.ACCEPTED)
    make_unit(group=make_group("Met Operations"))


def build(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("build_rollups", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def worker() -> Iterator[None]:
    """A worker without a broker: it does what waits, in a thread of its own."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            for job_id in Job.objects.filter(state=JobState.QUEUED).values_list("pk", flat=True):
                jobs.perform(job_id, rollups.build)
            time.sleep(0.05)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()


def test_one_job_a_group_is_queued_and_named() -> None:
    lines = build("--half", "2025/26-H1")
    keys = {rollup.name: rollup.job_key for rollup in Rollup.objects.all()}
    waiting = {job.key: job.pk for job in Job.objects.filter(state=JobState.QUEUED)}
    assert lines == [
        f"Frontline Policing, 2025/26-H1: queued (job {waiting[keys['Frontline Policing']]})",
        f"Met Operations, 2025/26-H1: queued (job {waiting[keys['Met Operations']]})",
        f"The whole force, 2025/26-H1: queued (job {waiting[keys['The whole force']]})",
    ]


def test_asked_twice_it_queues_once() -> None:
    assert build("--half", "2025/26-H1") == build("--half", "2025-26-h1")
    assert Job.objects.count() == 3


def test_the_force_summary_can_be_named() -> None:
    (line,) = build("--half", "2025/26-H1", "--group", "whole-force")
    assert line.startswith("The whole force, 2025/26-H1: queued")
    assert Rollup.objects.get().is_of_the_force


def test_one_group_can_be_named() -> None:
    (line,) = build("--half", "2025/26-H1", "--group", "met-operations")
    assert line.startswith("Met Operations, 2025/26-H1: queued")
    assert Job.objects.count() == 1


def test_ten_requests_at_once_and_two_workers_give_one_build() -> None:
    group = BusinessGroup.objects.get(name="Frontline Policing")
    half, now = HalfYear(2025, 1), timezone.now()

    def ask(_: int) -> int:
        try:
            together.wait(30)
            return rollups.request_for(group=group, half=half, by=None, at=now).pk
        finally:
            connection.close()

    def work(job: int) -> None:
        try:
            together.wait(30)
            jobs.perform(job, rollups.build)
        finally:
            connection.close()

    together = threading.Barrier(10)
    with ThreadPoolExecutor(10) as people:
        (job,) = set(people.map(ask, range(10)))
    together = threading.Barrier(2)
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, [job, job]))
    assert Job.objects.get().state == JobState.DONE
    assert Rollup.objects.get().built_at is not None
    assert TrailEntry.objects.filter(act="rollup.built").count() == Blob.objects.count() == 1


@pytest.mark.usefixtures("worker")
def test_waiting_follows_them_until_they_are_ready_and_again_changes_nothing() -> None:
    lines = build("--half", "2025/26-H1", "--wait", "60")
    ready = ["Frontline Policing: ready", "Met Operations: ready", "The whole force: ready"]
    assert sorted(lines[3:]) == ready
    before = list(Rollup.objects.order_by("pk").values())
    assert [row["figures"]["unit_count"] for row in before] == [1, 1, 2]
    assert sorted(build("--half", "2025/26-H1", "--wait")[3:]) == ready
    assert list(Rollup.objects.order_by("pk").values()) == before
    assert Job.objects.filter(state=JobState.DONE).count() == 6


@pytest.mark.usefixtures("worker")
def test_a_failure_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Claim) -> None:
        raise JobFailed("The disk is full. Make room, then try again.")

    monkeypatch.setattr(rollups, "build", fail)
    with pytest.raises(CommandError) as failed:
        build("--half", "2025/26-H1", "--group", "met-operations", "--wait", "60")
    assert str(failed.value) == "Met Operations: The disk is full. Make room, then try again."
    assert failed.value.returncode == 1


def test_without_a_worker_the_time_runs_out() -> None:
    with pytest.raises(CommandError, match=r"Met Operations: not built after 0 seconds\. Is a worker running\?"):
        build("--half", "2025/26-H1", "--wait", "0")


@pytest.mark.parametrize(
    ("half", "message"),
    [
        ("2025", "--half: “2025” is not a period of the financial year. Write it like 2025/26-H1."),
        ("2025/26-H3", "--half: “2025/26-H3” is not a period"),
        ("2025/27-H1", "--half: “2025/27-H1” is not a period"),
        ("2099/00-H1", "--half: H1 2099/00 (April to September 2099) has not begun yet"),
    ],
)
def test_a_half_year_that_cannot_be_built_is_refused(half: str, message: str) -> None:
    with pytest.raises(CommandError) as refused:
        build("--half", half)
    assert str(refused.value).startswith(message)
    assert not Job.objects.exists()


def test_one_that_somebody_cancels_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: jobs.cancel(key=Job.objects.get().key, at=timezone.now()))
    with pytest.raises(CommandError, match=r"^Met Operations: somebody cancelled it\.$"):
        build("--half", "2025/26-H1", "--group", "met-operations", "--wait", "60")


def test_an_unknown_group_is_refused_with_those_there_are() -> None:
    known = r"no business group “nowhere”\. There are: frontline-policing, met-operations"
    with pytest.raises(CommandError, match=known):
        build("--half", "2025/26-H1", "--group", "nowhere")


def test_a_half_year_without_units_has_nothing_to_build() -> None:
    assert date(2014, 9, 30) < date(2015, 4, 1)  # the day the factories' units begin
    assert build("--half", "2014/15-H1") == [
        "No business group had units in H1 2014/15 (April to September 2014): there is nothing to build."
    ]
