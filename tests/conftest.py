"""What every test may count on. Servers are there already: `make test` starts them (config/servers.py)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # ships no types

import config.celery  # noqa: F401  # as every process of the product has it
from tests import databases
from tests.config.launchers import first_run

ROOT = Path(__file__).parents[1]
FIRST_RUN_SECONDS = 400  # also on a machine that has other things to do


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


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,  # noqa: ARG001  # a database for each of the tests' processes
    django_db_blocker: DjangoDbBlocker,
    pytestconfig: pytest.Config,
) -> None:
    """The tests' databases are copies of one that has been migrated."""
    with django_db_blocker.unblock():
        template = databases.template(pytestconfig.cache.mkdir("databases"))
    connection.settings_dict["TEST"] |= {"TEMPLATE": template, "MIGRATE": False}


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the product has run once, from nothing to the demo. Whoever runs on it takes a copy."""
    data_dir = tmp_path_factory.mktemp("furnished") / "data"
    first_run(data_dir, within=FIRST_RUN_SECONDS)
    return data_dir


@pytest.fixture(autouse=True)
def files_of_this_test(settings: Settings, tmp_path: Path) -> None:
    """Stored files go where they vanish with the test."""
    settings.FILES_DIR = tmp_path / "files"
