"""What the settings promise of each profile: production starts complete or not at all, the demo stays at home."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from config.celery import app

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "TRUELEVEL_PROFILE": "production",
    "SECRET_KEY": "Zx3vN6cQm1gP0yKsB8dHf2LrT5wUoJ9aVeI7iXnCqRb4MhGkDtYpSjEuWlOzFA",  # made for these tests
    "ALLOWED_HOSTS": "truelevel.example.org",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "PORT": "0",
}
WEB = ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi:application"]
PROCESSES = {
    "web": WEB,
    "worker": ["celery", "-A", "config.celery", "worker"],
    "beat": ["celery", "-A", "config.celery", "beat"],
}


def start(command: list[str], data_dir: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """Run a process of the product to its end with the settings of production, some of them changed or empty."""
    return _run(["-m", *command], data_dir, changed)


def start_manage(*command: str, data_dir: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """Run a management command in the same way."""
    return _run(["manage.py", *command], data_dir, changed)


def _run(command: list[str], data_dir: Path, changed: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in COMPLETE}
    environment = kept | COMPLETE | {"DATA_DIR": str(data_dir)} | changed
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("process", "name"),
    [
        ("web", "SECRET_KEY"),
        ("worker", "SECRET_KEY"),
        ("beat", "SECRET_KEY"),
        ("web", "ALLOWED_HOSTS"),
        ("web", "DATABASE_URL"),
        ("web", "REDIS_URL"),
    ],
)
def test_a_process_without_a_setting_names_it_and_does_not_start(process: str, name: str, tmp_path: Path) -> None:
    ended = start(PROCESSES[process], tmp_path, **{name: ""})
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [f"{name} is not set. See docs/running.md, or start the demo with `make run`."]


@pytest.mark.parametrize(
    ("process", "name", "value", "said"),
    [
        ("web", "SECRET_KEY", "django-insecure-abc", "SECRET_KEY is the text of an example"),
        ("worker", "SECRET_KEY", "too short", "SECRET_KEY can be guessed"),
        ("web", "TRUELEVEL_DEBUG", "true", "TRUELEVEL_DEBUG is on"),
        ("beat", "TRUELEVEL_DEBUG", "1", "TRUELEVEL_DEBUG is on"),
        ("web", "ALLOWED_HOSTS", "*", "ALLOWED_HOSTS may not be *,"),
        ("web", "ALLOWED_HOSTS", "truelevel.example.org, .", "ALLOWED_HOSTS may not be .,"),
        ("worker", "ALLOWED_HOSTS", ".example.org", "ALLOWED_HOSTS may not be .example.org,"),
        ("web", "CSRF_TRUSTED_ORIGINS", "https://*.example.org", "CSRF_TRUSTED_ORIGINS has 'https://*.example.org'"),
        ("web", "SITE_URL", "http://truelevel.example.org", "SITE_URL is 'http://truelevel.example.org'"),
    ],
)
def test_production_does_not_start_with_what_is_unsafe_and_says_what_it_is(
    process: str, name: str, value: str, said: str, tmp_path: Path
) -> None:
    ended = start(PROCESSES[process], tmp_path, **{name: value})
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert line.startswith(said)


def test_the_settings_of_production_pass_every_check_for_deployment(tmp_path: Path) -> None:
    ended = start_manage("check", "--deploy", "--fail-level", "WARNING", data_dir=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("System check identified no issues")


def test_cookies_of_production_are_bound_to_the_host_and_to_tls(tmp_path: Path) -> None:
    """What the names promise a browser holds only with Secure, without a domain and for the path /."""
    asked = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, "
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, "
        "s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_PATH)"
    )
    said = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env=os.environ | COMPLETE | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "__Host-sessionid __Host-csrftoken True True True Lax None None / /"


def test_a_profile_that_does_not_exist_is_refused_with_the_ones_that_do(tmp_path: Path) -> None:
    ended = start(WEB, tmp_path, TRUELEVEL_PROFILE="staging")
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == ["TRUELEVEL_PROFILE is 'staging'; use production, demo or test."]


def test_the_timetable_rings_for_tasks_that_there_are() -> None:
    app.loader.import_default_modules()  # as a worker does when it starts
    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert wanted >= {"records.ring_waiting_jobs", "assurance.remind", "home.ask_for_digests"}
    assert wanted - set(app.tasks) == set()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("EMAIL_URL", "mail.example.org:587", "EMAIL_URL cannot be read."),
        ("EMAIL_URL", "smtp+tls://user:p@mail.example.org:many", "EMAIL_URL cannot be read."),
        ("EMAIL_URL", "consolemail://", "EMAIL_URL names no mail server."),
        ("EMAIL_URL", "smtp://", "EMAIL_URL names no mail server."),
        ("DIGEST_AT", "seven", "DIGEST_AT is 'seven'; write a time of day like 07:00."),
        ("SITE_URL", "truelevel.example.org", "SITE_URL is 'truelevel.example.org'; write it like"),
    ],
)
def test_a_setting_of_e_mail_that_cannot_be_read_is_said_without_its_password(
    name: str, value: str, said: str, tmp_path: Path
) -> None:
    ended = start(PROCESSES["worker"], tmp_path, **{name: value})
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert line.startswith(said)
    assert "user:p@" not in line


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (
            {"TRUELEVEL_PROFILE": "demo", "EMAIL_URL": "smtp://mail.example.org", "PORT": "8123"},
            "filebased http://127.0.0.1:8123 False",
        ),
        ({"EMAIL_URL": "smtp+tls://us%40er:p%3Aw@mail.example.org:587"}, "smtp https://truelevel.example.org True"),
        (
            {"ALLOWED_HOSTS": "a.example.org,b.example.org", "SITE_URL": "https://c.example.org/"},
            "dummy https://c.example.org False",
        ),
        ({"ALLOWED_HOSTS": "a.example.org, b.example.org"}, "dummy https://a.example.org False"),
    ],
)
def test_e_mail_goes_where_the_profile_lets_it(changed: dict[str, str], found: str, tmp_path: Path) -> None:
    asked = "print(s.EMAIL_BACKEND.split('.')[-2], s.SITE_URL, s.EMAIL_USE_TLS)"
    environment = os.environ | COMPLETE | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", f"from django.conf import settings as s; {asked}"]
    said = subprocess.run(command, cwd=ROOT, env=environment | changed, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == found


@pytest.mark.parametrize(("profile", "status"), [("demo", 403), ("production", 301)])
def test_only_the_demo_keeps_to_its_own_machine(profile: str, status: int, tmp_path: Path) -> None:
    """Its passwords are printed: whoever asks from elsewhere gets nothing, not even the way to TLS."""
    asks = (
        "import django; django.setup(); from django.test import Client; "
        "print(Client().get('/', headers={'host': '127.0.0.1'}, REMOTE_ADDR='203.0.113.5').status_code)"
    )
    settings = {"TRUELEVEL_PROFILE": profile, "ALLOWED_HOSTS": "127.0.0.1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    ended = subprocess.run(
        [sys.executable, "-c", asks],
        cwd=ROOT,
        env=os.environ | COMPLETE | {"DATA_DIR": str(tmp_path)} | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout.strip() == str(status), ended.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECOND_FACTOR_ROLES", "head,commissioner", "SECOND_FACTOR_ROLES names commissioner, which are no roles."),
        ("SESSION_HOURS", "half a day", "SESSION_HOURS is 'half a day'"),
        ("SESSION_IDLE_MINUTES", "0", "SESSION_IDLE_MINUTES is '0'"),
    ],
)
def test_limits_of_signing_in_that_cannot_be_read_are_refused(name: str, value: str, said: str, tmp_path: Path) -> None:
    ended = start(WEB, tmp_path, **{name: value})
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert line.startswith(said)


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        (
            "",
            ["administrator", "board-secretary", "cog-lead", "external-auditor", "head", "shrmt", "slt-lead"],
        ),
        ("head, spoc", ["head", "spoc"]),
        ("none", []),
    ],
)
def test_production_asks_those_who_decide_for_a_second_factor_unless_told_otherwise(
    said: str, roles: list[str], tmp_path: Path
) -> None:
    show = "from django.conf import settings; print(sorted(settings.SECOND_FACTOR_ROLES))"
    environment = os.environ | COMPLETE | {"DATA_DIR": str(tmp_path), "SECOND_FACTOR_ROLES": said}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    shown = subprocess.run(
        [sys.executable, "-c", show], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert shown.stdout.strip() == str(roles)
