"""What every test may count on. Servers are there already: `make test` starts them (config/servers.py)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # ships no types

import config.celery  # noqa: F401  # as every process of the product has it

ROOT = Path(__file__).parents[1]


class ProcessesTogether(LoadScopeScheduling):  # type: ignore[misc]  # whose types nobody knows
    """Hands out single tests; those that start the product, or its servers, go one after the other to one worker.

    They share what they start, and they are timed. (The marks that xdist has for this do nothing with this pytest.)
    """

    def _split_scope(self, nodeid: str) -> str:
        return "processes" if nodeid.startswith(("tests/config/", "tests/journeys/")) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return ProcessesTogether(config, log)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Where reference data and checks from outside the project lie."""
    path = Path(os.environ.get("SHARED_DIR", ROOT.parent / "shared"))
    if not path.is_dir():
        reason = f"no reference data at {path}: set SHARED_DIR"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(autouse=True)
def files_of_this_test(settings: Settings, tmp_path: Path) -> None:
    """Stored files go where they vanish with the test."""
    settings.FILES_DIR = tmp_path / "files"
