"""What `make run` does before and after the web server starts: the database made ready, the first documents made."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from assurance.models import Revision, Rollup, Statement
from assurance.services import rollups
from home.demo import documents, loading, preparing
from home.demo.plan import Size
from maturity.models import Edition
from organisation.models import Force, Unit
from organisation.periods import HalfYear, Quarter
from papers.models import Paper, PaperState
from papers.services import papers
from records.models import Job, JobState
from records.services import jobs
from tests.factories import maturity
from tests.factories.papers import make_template

pytestmark = pytest.mark.django_db


# --- prepare_demo -------------------------------------------------------------------------------------------------


def prepared() -> list[str]:
    said = StringIO()
    call_command("prepare_demo", stdout=said, stderr=StringIO())
    return said.getvalue().splitlines()


def test_an_empty_database_gets_model_force_and_cache_and_the_sign_ins_are_printed() -> None:
    lines = prepared()
    assert lines[0].split() == ["SPOC", "spoc@demo.example", "truelevel-demo"]
    assert len(lines) == 14
    assert all("@demo.example" in line for line in lines)
    assert list(Edition.objects.values_list("code", flat=True)) == ["2017", "2019"]
    assert Unit.objects.count() == 64
    assert "cache" in connection.introspection.table_names()


def test_every_printed_sign_in_works() -> None:
    for line in prepared():
        email, password = line.split()[-2:]
        assert authenticate(username=email, password=password) is not None


def test_a_second_time_prints_the_same_and_changes_nothing() -> None:
    first = prepared()
    before = list(Revision.objects.order_by("pk").values_list("pk", "state", "content_digest"))
    assert prepared() == first
    assert list(Revision.objects.order_by("pk").values_list("pk", "state", "content_digest")) == before


def test_a_start_in_a_new_quarter_opens_its_statements() -> None:
    prepared()
    following = Quarter.of(timezone.localdate()).next()
    moment = timezone.now() + (following.first_day - timezone.localdate())
    preparing.prepare(at=moment, say=lambda _: None)
    assert Statement.objects.filter(quarter=following).count() == Unit.objects.open_on(following.first_day).count()


def test_an_edition_that_its_operator_has_loaded_stays_as_it_is() -> None:
    maturity.shipped("2017", "2019")
    Edition.objects.filter(code="2019").update(name="Our own wording")
    prepared()
    assert Edition.objects.get(code="2019").name == "Our own wording"


def test_a_real_force_is_refused_by_name_and_left_alone() -> None:
    Force.objects.create(name="Some Constabulary", short_name="Some")
    with pytest.raises(CommandError, match="holds Some Constabulary, which is no demo force"):
        prepared()
    assert not Unit.objects.exists()


def test_production_is_refused(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="make run"):
        prepared()


# --- demo_documents -----------------------------------------------------------------------------------------------


@pytest.fixture
def small_force() -> None:
    maturity.shipped("2017", "2019")
    make_template()
    loading.load(Size(units=3, quarters=4, group_size=3), at=timezone.now())


def work_off() -> None:
    """Do the worker's part, in this process, for every job that waits."""
    work = {rollups.BUILD: rollups.build, papers.BUILD: papers.build}
    for job in Job.objects.live():
        jobs.perform(job.pk, work[job.task])


@pytest.fixture
def a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits gives the worker its turn."""
    monkeypatch.setattr("home.demo.documents.time.sleep", lambda _: work_off())


def made(*, wait: float = 120) -> str:
    said = StringIO()
    call_command("demo_documents", wait=wait, stdout=said)
    return said.getvalue()


@pytest.mark.usefixtures("small_force", "a_worker")
def test_the_roll_ups_are_built_and_a_paper_is_released_by_two_people() -> None:
    assert "published" in made()
    last_half = HalfYear.of(timezone.localdate()).previous()
    assert sorted(rollup.is_of_the_force for rollup in Rollup.objects.all()) == [False, True]
    for rollup in Rollup.objects.all():
        assert rollup.half == last_half
        assert rollup.built_at is not None
    paper = Paper.objects.get()
    assert (paper.state, paper.half) == (PaperState.PUBLISHED, last_half)
    assert paper.finalised_by is not None
    assert paper.published_by is not None
    assert (paper.finalised_by.email, paper.published_by.email) == ("auditor@demo.example", "head@demo.example")
    assert paper.meeting_on > timezone.localdate()
    assert paper.pdf is not None
    assert paper.pdf.path.read_bytes().startswith(b"%PDF-")


@pytest.mark.usefixtures("small_force", "a_worker")
def test_once_a_paper_was_published_nothing_is_made_again() -> None:
    made()
    asked_for = Job.objects.count()
    paper = Paper.objects.get()
    papers.withdraw(paper=paper, reason="Not needed", by=paper.author, at=timezone.now())
    assert "already" in made(wait=0)
    assert Job.objects.count() == asked_for
    assert Paper.objects.get().state == PaperState.WITHDRAWN


@pytest.mark.usefixtures("small_force")
def test_after_an_interruption_it_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def build_rollups_only(_: float) -> None:
        for job in Job.objects.live().filter(task=rollups.BUILD):
            jobs.perform(job.pk, rollups.build)

    monkeypatch.setattr("home.demo.documents.time.sleep", build_rollups_only)
    with pytest.raises(CommandError, match="the paper “Health and safety culture maturity"):
        made(wait=8)
    assert not Rollup.objects.filter(built_at=None).exists()
    paper = Paper.objects.get()
    monkeypatch.setattr("home.demo.documents.time.sleep", lambda _: work_off())
    made()
    assert Paper.objects.get() == paper
    assert Paper.objects.get().state == PaperState.PUBLISHED


@pytest.mark.usefixtures("small_force")
def test_without_a_worker_it_says_so_and_fails() -> None:
    with pytest.raises(CommandError, match=r"has not finished within 0 seconds: the roll-ups of H.*doctor"):
        made(wait=0)


@pytest.mark.usefixtures("small_force")
def test_a_job_that_fails_ends_the_wait_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: float) -> None:
        Job.objects.live().update(
            state=JobState.FAILED, error="A library is missing.", finished_at=timezone.now(), lease_until=None
        )

    monkeypatch.setattr("home.demo.documents.time.sleep", fail)
    with pytest.raises(CommandError, match=r"Could not make the roll-ups of H.* A library is missing"):
        made()


def test_without_a_demo_force_nothing_is_made() -> None:
    with pytest.raises(documents.NotMade, match="prepare_demo"):
        documents.make(at=timezone.now(), wait_seconds=0)
    assert not Job.objects.exists()
