"""Long work that failed: each administrator is told once, and reads what happened and what to do."""

from __future__ import annotations

import importlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assurance.services import rollups
from home import doctor
from home.services import digests, failures
from home.work_in_words import WORK
from organisation.models import User
from organisation.roles import Role
from records.models import Job, Notice
from records.services import jobs
from records.services.jobs import Claim, JobFailed
from tests.factories.organisation import make_person, make_user

pytestmark = pytest.mark.django_db

ROOMS = ("home", "papers", "assurance", "organisation")


@pytest.fixture
def administrator() -> User:
    return make_person(Role.ADMINISTRATOR)


def fail(
    reason: str = "The disk is full.", *, key: str = "rollup:1", task: str = rollups.BUILD, days_ago: int = 0
) -> Job:
    job = jobs.request(task=task, key=key, by=None, at=timezone.now())

    def work(_: Claim) -> None:
        raise JobFailed(reason)

    jobs.perform(job.pk, work)
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=days_ago))
    return job


def succeed(*, key: str = "rollup:1") -> None:
    job = jobs.request(task=rollups.BUILD, key=key, by=None, at=timezone.now())

    def work(claim: Claim) -> None:
        with jobs.finishing(claim):
            pass

    jobs.perform(job.pk, work)


def tell() -> int:
    return failures.tell_administrators(now=timezone.now())


def waiting(person: User) -> list[str]:
    return list(Notice.objects.filter(person=person, sent_at=None, withdrawn_at=None).values_list("line", flat=True))


def mail_goes_out() -> None:
    Notice.objects.filter(withdrawn_at=None).update(sent_at=timezone.now())


# --- Telling --------------------------------------------------------------------------------------------------------


def test_every_administrator_is_told_once_what_happened_and_where_to_look(administrator: User) -> None:
    second, away = make_person(Role.ADMINISTRATOR), make_person(Role.ADMINISTRATOR)
    User.objects.filter(pk=away.pk).update(is_active=False)
    others = [make_person(Role.HEAD), make_user()]
    job = fail("The disk is full. Make room, then try again.")
    assert tell() == 2
    assert tell() == 0
    assert waiting(administrator) == waiting(second)
    assert waiting(administrator) == [
        f"Building a roll-up has failed (job {job.pk}). What was there before is unchanged.\n"
        "The disk is full. Make room, then try again."
    ]
    assert Notice.objects.filter(person=administrator).get().address == "/failed-work/"
    assert [waiting(person) for person in (away, *others)] == [[], [], []]


@pytest.mark.usefixtures("administrator")
def test_what_fails_night_after_night_in_the_same_way_is_told_the_first_time() -> None:
    fail()
    assert tell() == 1
    mail_goes_out()
    fail()
    assert tell() == 0
    fail("The printer is out of paper.")
    assert tell() == 1
    fail("The printer is out of paper.")
    assert tell() == 0


@pytest.mark.usefixtures("administrator")
def test_an_unforeseen_fault_is_the_same_one_though_its_text_names_the_job() -> None:
    def work(_: Claim) -> None:
        raise ZeroDivisionError

    for told in (1, 0):
        job = jobs.request(task=rollups.BUILD, key="rollup:1", by=None, at=timezone.now())
        jobs.perform(job.pk, work)
        job.refresh_from_db()
        assert f"job {job.pk}" in job.error
        assert tell() == told


@pytest.mark.usefixtures("administrator")
def test_the_same_fault_after_a_success_is_news_again() -> None:
    fail()
    tell()
    mail_goes_out()
    succeed()
    fail()
    assert tell() == 1


def test_what_was_done_since_is_taken_back_before_the_e_mail_goes_out(administrator: User) -> None:
    fail()
    fail(key="rollup:2")
    assert tell() == 2
    succeed()
    assert tell() == 0
    assert len(waiting(administrator)) == 1
    assert failures.failed_lately(now=timezone.now()).get().key == "rollup:2"


@pytest.mark.usefixtures("administrator")
def test_what_was_cancelled_or_is_old_or_a_letter_is_no_news() -> None:
    job = jobs.request(task=rollups.BUILD, key="rollup:1", by=None, at=timezone.now())
    jobs.cancel(key=job.key, at=timezone.now())
    fail(key="rollup:2", days_ago=8)
    fail(key="digest:2026-11-01:1", task=digests.SEND)
    assert tell() == 0


def test_telling_costs_the_same_for_one_failure_and_for_thirty(
    administrator: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        fail(key=f"rollup:{number}")
    # A savepoint and its release; what stands; what waits; what failed; the administrators; who was told; what is new.
    with django_assert_num_queries(8):
        assert tell() == 30
    assert len(waiting(administrator)) == 30


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_tell_once() -> None:
    people = [make_person(Role.ADMINISTRATOR) for _ in range(3)]
    fail()
    together = Barrier(2)

    def beat(_: int) -> None:
        try:
            together.wait(30)
            tell()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(beat, range(2)))
    assert [len(waiting(person)) for person in people] == [1, 1, 1]


# --- Where it is read -----------------------------------------------------------------------------------------------


def test_the_page_lists_what_failed_and_the_front_page_leads_to_it(administrator: User, client: Client) -> None:
    client.force_login(administrator)
    assert "Nothing failed." in client.get(reverse("failed_work")).content.decode()
    assert "Failed work" not in client.get("/").content.decode()
    job = fail("The disk is <full>.")
    html = client.get(reverse("failed_work")).content.decode()
    assert "Building a roll-up" in html
    assert f"Job {job.pk}" in html
    assert "The disk is &lt;full&gt;." in html
    assert reverse("failed_work") in client.get("/").content.decode()


def test_doctor_names_the_newest() -> None:
    assert doctor.failed_work().is_well
    fail(key="rollup:2")
    job = fail("The disk is full.\nMore of it.")
    found = doctor.failed_work()
    assert f"2 job(s) of the last seven days, the newest: Building a roll-up (job {job.pk}). The disk is full." in str(
        found
    )
    assert "More of it" not in str(found)


def test_every_sort_of_long_work_has_words() -> None:
    """Every task that takes a job's number: those whose function says `job_id`."""
    named = set()
    for room in ROOMS:
        module = importlib.import_module(f"{apps.get_app_config(room).name}.tasks")
        source = module.__loader__.get_source(module.__name__)  # type: ignore[union-attr]
        for constant in re.findall(r"@shared_task\(name=(\w+\.\w+)\)\ndef \w+\(job_id: int\)", source):
            service, _, name = constant.partition(".")
            named.add(getattr(getattr(module, service), name))
    assert named == set(WORK)
