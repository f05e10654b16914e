"""Working data goes when its days are over, and not a day earlier; a legal hold keeps it; records are not touched."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, models, transaction
from django.utils import timezone

from assurance.models import Presence, Revision, SaveReceipt, WorkbookUpload
from config.celery import app
from home import tasks
from home.services import retention
from organisation.models import AppointmentFile, CalendarLink, User
from organisation.roles import Role
from records.models import HoldScope, Job, JobState, LegalHold, Notice, PersonalExport, RecordClass, TrailIdentity
from records.services import forgetting, holds, trail
from tests.factories import assurance as statements
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ago(**delta: int) -> Any:
    return NOW - timedelta(**delta)


def a_notice(person: User, at: Any) -> models.Model:
    return Notice.objects.create(person=person, kind="x.y", line="Look.", address="/", key=f"x:{at}", at=at)


def a_job(person: User, at: Any) -> models.Model:
    return Job.objects.create(
        task="x.y", key=f"x:{at}", requested_by=person, requested_at=at, finished_at=at, state=JobState.DONE
    )


def a_receipt(person: User, at: Any) -> models.Model:
    return SaveReceipt.objects.create(revision=a_draft(), by=person, saved_at=at, answer={})


def a_workbook(person: User, at: Any) -> models.Model:
    return WorkbookUpload.objects.create(revision=a_draft(), by=person, name="x.xlsx", uploaded_at=at, answers=[])


def a_file_of_appointments(person: User, at: Any) -> models.Model:
    return AppointmentFile.objects.create(by=person, name="x.csv", uploaded_at=at, lines=[{"person": "a@example.org"}])


def a_presence(person: User, at: Any) -> models.Model:
    return Presence.objects.create(revision=statements.make_statement(), person=person, seen_at=at)


def a_link(person: User, at: Any) -> models.Model:
    digest = f"{abs(hash(at)):064x}"[-64:]
    return CalendarLink.objects.create(person=person, token_digest=digest, created_at=at, revoked_at=at)


def an_export(person: User, at: Any) -> models.Model:
    return PersonalExport.objects.create(person=person, requested_by=person, requested_at=at, complete=True)


def an_address(person: User, at: Any) -> models.Model:
    with trail.from_address("192.0.2.7"):
        entry = trail.record(act="account.signed_in", thing=person, by=person, at=at)
    return TrailIdentity.objects.get(entry=entry, kind="address")


def a_draft() -> Revision:
    return Revision.objects.first() or statements.make_statement()


# What is kept for how many days, as docs/privacy.md says.
PERIODS: dict[Callable[[User, Any], models.Model], int] = {
    a_notice: 180,
    a_job: 90,
    a_receipt: 30,
    a_workbook: 30,
    a_file_of_appointments: 30,
    a_presence: 1,
    a_link: 90,
    an_export: 7,
    an_address: 365,
}
HELD_AS: dict[Callable[[User, Any], models.Model], RecordClass] = {
    a_notice: RecordClass.MESSAGES,
    a_job: RecordClass.MESSAGES,
    a_receipt: RecordClass.MESSAGES,
    a_workbook: RecordClass.MESSAGES,
    a_file_of_appointments: RecordClass.MESSAGES,
    a_link: RecordClass.MESSAGES,
    an_address: RecordClass.TRAIL,
}


def exists(row: models.Model) -> bool:
    return type(row)._default_manager.filter(pk=row.pk).exists()


def hold(record_class: RecordClass, scope: HoldScope, number: int | None) -> LegalHold:
    return holds.place(
        record_class=record_class,
        scope=scope,
        scope_id=number,
        authority="A court",
        reason="Proceedings",
        by=make_person(Role.HEAD),
        at=NOW,
    )


@pytest.mark.parametrize("make", PERIODS, ids=lambda make: make.__name__)
def test_what_is_past_its_period_goes_and_what_is_not_stays(make: Callable[[User, Any], models.Model]) -> None:
    person, days = make_user(), PERIODS[make]
    old = make(person, ago(days=days, minutes=1))
    young = make(person, NOW - timedelta(days=days) + timedelta(minutes=1))
    retention.keep_to(now=NOW)
    assert (exists(old), exists(young)) == (False, True)


@pytest.mark.parametrize("make", HELD_AS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("scope", list(HoldScope))
def test_a_hold_keeps_what_is_of_its_people(make: Callable[[User, Any], models.Model], scope: HoldScope) -> None:
    group = make_group()
    unit, person, other = make_unit(group=group), make_user(), make_user()
    appoint(person, Role.SPOC, unit, ends_on=timezone.localdate() - timedelta(days=400))
    numbers = {HoldScope.UNIT: unit.pk, HoldScope.GROUP: group.pk, HoldScope.PERSON: person.pk, HoldScope.FORCE: None}
    theirs, others = make(person, ago(days=500)), make(other, ago(days=501))
    hold(HELD_AS[make], scope, numbers[scope])
    retention.keep_to(now=NOW)
    assert exists(theirs)
    assert exists(others) == (scope is HoldScope.FORCE)


def test_a_hold_of_another_class_keeps_nothing() -> None:
    person = make_user()
    notice, address = a_notice(person, ago(days=500)), an_address(person, ago(days=500))
    hold(RecordClass.STATEMENTS, HoldScope.PERSON, person.pk)
    retention.keep_to(now=NOW)
    assert not exists(notice)
    assert not exists(address)


def test_the_trail_stays_whole_when_addresses_go_and_some_are_held() -> None:
    held, other = make_user(), make_user()
    kept, gone = an_address(held, ago(days=800)), an_address(other, ago(days=700))
    with trail.from_address("192.0.2.8"):
        nobodys = trail.record(act="account.sign_in_failed", thing=None, by=None, at=ago(days=600))
        tried = [
            trail.record(act="account.sign_in_failed", thing=one, by=None, at=ago(days=600)) for one in (held, other)
        ]
    hold(RecordClass.TRAIL, HoldScope.PERSON, held.pk)
    names = TrailIdentity.objects.filter(kind="name").count()
    assert retention.keep_to(now=NOW)["network addresses"] == 3
    assert (exists(kept), exists(gone)) == (True, False)
    assert not TrailIdentity.objects.filter(entry=nobodys).exists()
    assert list(TrailIdentity.objects.filter(entry__in=tried).values_list("entry", flat=True)) == [tried[0].pk]
    assert TrailIdentity.objects.filter(kind="name").count() == names
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    out = StringIO()
    call_command("verify_trail", stdout=out)
    assert out.getvalue().startswith("The trail is whole.")


def test_names_in_the_trail_go_only_where_a_period_is_set(settings: Any) -> None:
    person = make_user(name="Somebody Once")
    with transaction.atomic():
        trail.record(act="account.signed_in", thing=person, by=person, at=ago(days=9 * 366))
    retention.keep_to(now=NOW)
    assert TrailIdentity.objects.filter(text="Somebody Once").exists()
    settings.RETENTION = replace(settings.RETENTION, names_years=8)
    assert retention.keep_to(now=NOW)["names in the trail"] == 1
    assert not TrailIdentity.objects.filter(text="Somebody Once").exists()


def test_ended_sessions_go_with_what_was_noted_of_them() -> None:
    person = make_user()
    for key, expires in (("live", NOW + timedelta(hours=1)), ("ended", ago(minutes=1))):
        session = SessionStore(key * 6)
        session["x"] = 1
        session.save(must_create=False)
        Session.objects.filter(pk=session.session_key).update(expire_date=expires)
        UserSession.objects.create(user=person, ip="192.0.2.1", session_key=session.session_key, user_agent="x")
    assert retention.keep_to(now=NOW)["sessions"] == 1
    assert UserSession.objects.count() == Session.objects.count() == 1


def test_files_of_uploads_that_were_broken_off_go_after_a_day(settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    for folder in (settings.FILE_UPLOAD_TEMP_DIR, settings.FILES_DIR):
        Path(folder).mkdir()
    old, young = settings.FILE_UPLOAD_TEMP_DIR / "old", settings.FILE_UPLOAD_TEMP_DIR / "young"
    torn, blob = Path(settings.FILES_DIR) / ".being-stored-x", Path(settings.FILES_DIR) / "blob"
    for path in (old, young, torn, blob):
        path.write_bytes(b"x")
    for path in (old, torn, blob):
        os.utime(path, (ago(days=2).timestamp(),) * 2)
    assert forgetting.files_left_over(now=NOW, age=timedelta(days=1)) == 2
    assert [path.exists() for path in (old, young, torn, blob)] == [False, True, False, True]


def test_jobs_under_way_stay_however_old() -> None:
    job = Job.objects.create(task="x.y", key="x", requested_at=ago(days=900))
    retention.keep_to(now=NOW)
    assert exists(job)


def test_what_goes_wrong_with_one_class_does_not_keep_the_others(caplog: pytest.LogCaptureFixture) -> None:
    notice, job = a_notice(make_user(), ago(days=500)), a_job(make_user(), ago(days=500))
    with mock.patch.object(forgetting, "old_notices", side_effect=ValueError("no")):
        retention.keep_to(now=NOW)
    assert (exists(notice), exists(job)) == (True, False)
    assert "Notices past their period could not be deleted" in caplog.text


def test_beat_asks_for_it_every_day_and_the_task_does_it() -> None:
    line = app.conf.beat_schedule["keep-to-retention"]
    assert (line["task"], line["schedule"]) == (tasks.keep_to_retention.name, 24 * 3600.0)
    notice = a_notice(make_user(), ago(days=500))
    tasks.keep_to_retention()
    assert not exists(notice)


def test_the_same_day_years_earlier_exists_in_every_year() -> None:
    leap_day = NOW.replace(year=2024, month=2, day=29)
    assert retention.years_before(leap_day, 1).date().isoformat() == "2023-02-28"
    assert retention.years_before(leap_day, 4).date().isoformat() == "2020-02-29"
