"""What every test may count on. Servers are there already: `make test` starts them (config/servers.py)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytest_django import Settings

import config.celery  # noqa: F401  # as every process of the product has it

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start the product, or its servers, run one after the other: they share it, and they are timed."""
    for item in items:
        if item.path.parent.name in ("journeys", "config"):
            item.add_marker(pytest.mark.xdist_group("processes"))


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
