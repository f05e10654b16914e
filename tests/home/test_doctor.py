"""Each check of the doctor both ways: all well, and something missing, said in a line that names the mend."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
from django.conf import settings as installed
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from home import doctor
from home.services import digests
from maturity import modelfile
from maturity.services import editions
from organisation.models import Force
from organisation.periods import london_day
from organisation.roles import Role
from records.models import Job, JobState, Notice, TrailEntry
from tests.factories import clamd
from tests.factories.organisation import make_person

ROOT = Path(installed.BASE_DIR)
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


def load_model() -> None:
    editions.load_all(
        [modelfile.read(ROOT / f"fixtures/maturity-{code}.toml") for code in ("2017", "2019")], at=timezone.now()
    )


# --- The machine --------------------------------------------------------------------------------------------------


def test_this_python_will_do() -> None:
    assert doctor.python().is_well


def test_an_old_python_is_named_with_the_one_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (4, 7))
    found = doctor.python()
    assert found.found == f"{platform.python_version()} is too old."
    assert "Use 4.7 or newer" in found.mend


def test_the_libraries_of_this_machine_are_found() -> None:
    assert doctor.system_packages().is_well


def test_a_missing_library_is_named_with_why_and_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rendering.pdf.missing_packages", lambda: ["libpango-1.0-0"])
    found = doctor.system_packages()
    assert "lays out the text of PDF documents" in found.found
    assert found.mend.endswith("libpango-1.0-0")


def test_a_missing_program_of_the_launcher_is_named_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.system_packages().mend.endswith("util-linux")


def test_the_documents_have_their_fonts() -> None:
    assert doctor.fonts().is_well


def test_documents_without_fonts_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rendering.fonts.font_assets", tuple)
    assert "make" in doctor.fonts().mend


def test_styles_are_found_where_they_lie() -> None:
    assert doctor.static_files().is_well


def test_a_missing_style_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED_FILES", ("css/nothing.css",))
    assert "css/nothing.css" in doctor.static_files().found


def test_in_production_the_collected_files_count(settings: Any, tmp_path: Path) -> None:
    settings.PRODUCTION, settings.STATIC_ROOT = True, tmp_path
    assert "collectstatic" in doctor.static_files().mend
    (tmp_path / "staticfiles.json").write_text("{}")
    assert doctor.static_files().is_well


def test_a_folder_that_can_be_written_to_is_well_before_and_after_it_is_made(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "not" / "yet"
    assert doctor.stored_files().is_well
    assert not (tmp_path / "not").exists()
    settings.FILES_DIR.mkdir(parents=True)
    assert doctor.stored_files().is_well
    assert not list(settings.FILES_DIR.iterdir())


def test_a_folder_that_cannot_be_written_to_is_named(settings: Any) -> None:
    settings.FILES_DIR = Path("/proc/nowhere")  # nobody writes there, not even root
    found = doctor.stored_files()
    assert "/proc" in found.found
    assert "DATA_DIR" in found.mend


def test_an_installation_without_an_antivirus_is_told_that_it_has_none(settings: Any) -> None:
    settings.CLAMD_ADDRESS = ""
    found = doctor.antivirus()
    assert found.is_well
    assert "kept unscanned" in found.found


def test_an_antivirus_that_answers_is_well(settings: Any) -> None:
    with clamd.on_tcp() as (address, _):
        settings.CLAMD_ADDRESS = address
        assert doctor.antivirus() == doctor.Finding("Antivirus", f"answers at {address}")


@pytest.mark.parametrize("address", ["", "nowhere"])
def test_an_antivirus_that_is_away_or_misspelt_is_told_with_what_waits(settings: Any, address: str) -> None:
    settings.CLAMD_ADDRESS = address or clamd.nobody_listens()
    found = doctor.antivirus()
    assert "Files that people send wait" in found.found
    assert "CLAMD_ADDRESS" in found.mend


# --- Time ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_time_zone_is_londons_and_the_database_stores_utc() -> None:
    assert doctor.time_zone().is_well


@pytest.mark.django_db
def test_another_time_zone_is_told(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    assert "Europe/London" in doctor.time_zone().mend


@pytest.mark.django_db
def test_a_database_in_another_time_zone_is_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'Europe/Paris'")
    assert "Europe/Paris" in doctor.time_zone().found


def test_a_machine_without_time_zones_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: str) -> None:
        raise ZoneInfoNotFoundError

    monkeypatch.setattr(doctor, "ZoneInfo", unknown)
    assert "tzdata" in doctor.time_zone().mend


@pytest.mark.django_db
def test_the_clocks_agree() -> None:
    assert doctor.clock().is_well


@pytest.mark.django_db
def test_a_clock_that_differs_from_the_databases_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = timezone.now() - timedelta(minutes=5)
    monkeypatch.setattr("django.utils.timezone.now", lambda: slow)
    assert "300 seconds" in doctor.clock().found


@pytest.mark.django_db
def test_a_clock_behind_what_is_recorded_is_told() -> None:
    TrailEntry.objects.create(at=timezone.now() + timedelta(days=40), act="x.y", thing_type="x", thing_id=1)
    assert "recorded already" in doctor.clock().found


# --- Settings -----------------------------------------------------------------------------------------------------


def test_settings_for_real_use_are_held_to_the_checks_for_deployment(settings: Any) -> None:
    settings.PRODUCTION = True
    settings.SILENCED_SYSTEM_CHECKS = [*settings.SILENCED_SYSTEM_CHECKS, "templates.E002"]  # the test runner's own
    found = doctor.checks_for_deployment()
    assert "unsafe, security.W" in found.found
    assert found.mend == "See manage.py check --deploy for all of them."
    settings.SECRET_KEY = "".join(chr(33 + number % 90) for number in range(70))
    settings.SECURE_HSTS_SECONDS = 3600
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    for name in (
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
        "SECURE_HSTS_PRELOAD",
    ):
        setattr(settings, name, True)
    assert doctor.checks_for_deployment().found == "safe for real use"
    settings.DEBUG = True
    assert "security.W018" in doctor.checks_for_deployment().found


def test_the_demos_settings_are_said_to_be_the_demos() -> None:
    found = doctor.checks_for_deployment()
    assert found.is_well
    assert "not for real use" in found.found


# --- Database -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_database_answers_with_its_version() -> None:
    found = doctor.database()
    assert found.is_well
    assert found.found.startswith("PostgreSQL ")


@pytest.mark.django_db
def test_an_old_database_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "OLDEST_POSTGRESQL", 99)
    assert "99" in doctor.database().mend


@pytest.mark.django_db
def test_every_change_of_the_tables_is_made() -> None:
    assert doctor.migrations().is_well


@pytest.mark.django_db
def test_a_change_not_made_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'records'")
    found = doctor.migrations()
    assert "records.0001_initial" in found.found
    assert "migrate" in found.mend


@pytest.mark.django_db
def test_the_cache_has_its_table_or_the_command_that_makes_it_is_named() -> None:
    call_command("createcachetable")
    assert doctor.cache_table().is_well
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cache")
    assert "createcachetable" in doctor.cache_table().mend


@pytest.mark.django_db
def test_the_model_is_missing_until_it_is_loaded() -> None:
    assert "load_model" in doctor.model().mend
    load_model()
    assert doctor.model().is_well


@pytest.mark.django_db
def test_a_model_that_starts_later_is_not_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    load_model()
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2000, 1, 1, tzinfo=UTC))
    assert "in force" in doctor.model().found
    assert not doctor.model().is_well


@pytest.mark.django_db
def test_the_demo_force_is_well_in_the_demo_and_told_in_production(settings: Any) -> None:
    Force.objects.create(name="Northmoor Police", short_name="Northmoor", demo_seed="northmoor")
    assert doctor.public_passwords().is_well
    settings.PRODUCTION = True
    assert "database of its own" in doctor.public_passwords().mend


# --- Broker, worker, timetable ------------------------------------------------------------------------------------


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", NOBODY_LISTENS)  # Celery looks there before it asks the settings


def test_the_broker_answers() -> None:
    assert doctor.broker().is_well


@pytest.mark.usefixtures("no_broker")
def test_a_broker_that_is_away_is_told_within_seconds() -> None:
    began = time.monotonic()
    found = doctor.broker()
    assert "REDIS_URL" in found.mend
    assert time.monotonic() - began < 10


@pytest.mark.usefixtures("no_broker")
def test_without_the_broker_the_worker_cannot_be_asked() -> None:
    assert "broker first" in doctor.worker().mend


def test_a_worker_that_runs_answers() -> None:
    command = [
        "-m",
        "celery",
        "-A",
        "config.celery",
        "worker",
        "--pool",
        "solo",
        "--without-gossip",
        "--without-mingle",
    ]
    environment = os.environ | {"TRUELEVEL_PROFILE": "test", "DJANGO_SETTINGS_MODULE": "config.settings"}
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while not doctor.worker().is_well and time.monotonic() < deadline:
            time.sleep(0.2)
        assert doctor.worker().is_well
    finally:
        process.terminate()
        process.wait(30)
    assert "celery -A config.celery worker" in doctor.worker().mend


def job(*, seconds_old: int) -> Job:
    return Job.objects.create(
        task="x.y", key=f"{seconds_old}", requested_at=timezone.now() - timedelta(seconds=seconds_old)
    )


@pytest.mark.django_db
def test_jobs_that_just_came_in_or_are_rung_for_are_no_alarm() -> None:
    job(seconds_old=20)
    rung_for = job(seconds_old=600)
    Job.objects.filter(pk=rung_for.pk).update(dispatched_at=timezone.now())
    assert doctor.timetable().is_well


@pytest.mark.django_db
def test_a_job_that_nobody_rings_for_says_that_beat_is_away() -> None:
    job(seconds_old=120)
    found = doctor.timetable()
    assert found.found.startswith("1 job(s)")
    assert "beat" in found.mend


# --- All of them --------------------------------------------------------------------------------------------------


def test_a_check_that_breaks_is_a_finding_and_no_traceback() -> None:
    def broken() -> doctor.Finding:
        raise RuntimeError("the disk is on fire\nand more")

    found = doctor.made("Disk", broken)
    assert str(found) == "MEND   Disk: cannot be told. The check itself failed: the disk is on fire."


def test_a_check_that_needs_the_database_says_so_when_it_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> doctor.Finding:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "is_usable", lambda: False)
    assert doctor.made("Tables", away).mend == "Mend the database first."


# --- E-mail ---------------------------------------------------------------------------------------------------------


def refused_letter() -> None:
    """A person's letter of today that the mail server would not take."""
    person = make_person(Role.SPOC)
    now = timezone.now()
    day = london_day(now)
    Notice.objects.create(
        person=person, kind="boiler.due", line="Look.", address="/", key="boiler:1", at=now - timedelta(days=1)
    )
    Job.objects.create(
        task=digests.SEND,
        key=digests.key_of(person.pk, day),
        requested_at=now,
        state=JobState.FAILED,
        finished_at=now,
        error="No such person.",
    )


@pytest.mark.django_db
def test_e_mail_that_leaves_is_well() -> None:
    assert doctor.mail_server().is_well


@pytest.mark.django_db
def test_a_production_without_a_mail_server_is_told_how_to_name_one(settings: Any) -> None:
    settings.EMAIL_GOES_OUT = False
    assert "EMAIL_URL" in doctor.mail_server().mend


@pytest.mark.django_db
def test_a_mail_server_that_is_away_is_told_with_what_waits(settings: Any) -> None:
    settings.DIGEST_AT = day_time(0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens
    refused_letter()
    found = doctor.mail_server()
    assert "1 e-mail(s) of today wait; nothing is lost." in found.found
    assert "EMAIL_URL" in found.mend


@pytest.mark.django_db
def test_a_letter_that_is_refused_is_told_with_what_the_server_said(settings: Any) -> None:
    settings.DIGEST_AT = day_time(0)
    refused_letter()
    found = doctor.mail_server()
    assert "No such person." in found.found
    assert "address" in found.mend


@pytest.mark.django_db
def test_the_command_lists_every_check_and_fails_when_one_finds_something(monkeypatch: pytest.MonkeyPatch) -> None:
    said = StringIO()
    monkeypatch.setattr(doctor, "CHECKS", {"Python": doctor.python, "Maturity model": doctor.model})
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=said)
    assert ended.value.code == 1
    first, second, last = said.getvalue().splitlines()
    assert first.startswith("ok     Python: ")
    assert second.startswith("MEND   Maturity model: ")
    assert last == "1 of 2 checks found something to mend."


@pytest.mark.django_db
def test_the_command_ends_well_when_all_is_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    said = StringIO()
    monkeypatch.setattr(doctor, "CHECKS", {"Python": doctor.python})
    call_command("doctor", stdout=said)
    assert said.getvalue().splitlines()[-1] == "Everything is in order."


def test_without_database_and_broker_every_other_check_is_still_made(tmp_path: Path) -> None:
    environment = os.environ | {
        "TRUELEVEL_PROFILE": "test",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": NOBODY_LISTENS,
        "DATA_DIR": str(tmp_path),
    }
    ended = subprocess.run(
        [sys.executable, "manage.py", "doctor"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    lines = ended.stdout.splitlines()
    assert len(lines) == len(doctor.CHECKS) + 1
    by_name = dict(zip(doctor.CHECKS, lines, strict=False))
    assert by_name["Python"].startswith("ok")
    assert "DATABASE_URL" in by_name["Database"]
    assert "REDIS_URL" in by_name["Broker"]
    assert by_name["Tables"].endswith("Mend the database first.")


def test_a_missing_setting_is_said_in_one_line_without_a_traceback(tmp_path: Path) -> None:
    left_out = {"DATABASE_URL", "REDIS_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    ended = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env=environment | {"TRUELEVEL_PROFILE": "demo", "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "DATABASE_URL is not set. See docs/running.md, or start the demo with `make run`."
    ]
