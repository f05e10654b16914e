"""A production installation with something left out says which setting it needs, and does not start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "TRUELEVEL_PROFILE": "production",
    "SECRET_KEY": "long enough for a test and used for nothing else",
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
    kept = {name: value for name, value in os.environ.items() if name not in COMPLETE}
    environment = kept | COMPLETE | {"DATA_DIR": str(data_dir)} | changed
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_a_process_without_a_setting_names_it_and_does_not_start(process: str, name: str, tmp_path: Path) -> None:
    ended = start(PROCESSES[process], tmp_path, **{name: ""})
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [f"{name} is not set. See docs/running.md, or start the demo with `make run`."]


def test_production_does_not_answer_for_every_host(tmp_path: Path) -> None:
    ended = start(WEB, tmp_path, ALLOWED_HOSTS="*")
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == ["ALLOWED_HOSTS may not be *: name the hosts this installation answers for."]


def test_a_profile_that_does_not_exist_is_refused_with_the_ones_that_do(tmp_path: Path) -> None:
    ended = start(WEB, tmp_path, TRUELEVEL_PROFILE="staging")
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == ["TRUELEVEL_PROFILE is 'staging'; use production, demo or test."]
