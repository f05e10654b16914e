"""Launchers for tests, ended when the test is over."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.launchers import Launchers

NOBODY = 65534


@pytest.fixture
def launchers(tmp_path: Path) -> Iterator[Launchers]:
    started = Launchers(tmp_path / "data")
    yield started
    started.close()


@pytest.fixture
def ordinary_launchers(tmp_path: Path) -> Iterator[Launchers]:
    """Launchers of an ordinary user: another one where the tests run as root, the tests' own elsewhere."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    started = Launchers(data_dir)
    if os.geteuid() == 0:
        os.chown(data_dir, NOBODY, NOBODY)
        # The one right kept is to read: Python itself may lie in root's closed home folder.
        only_read = "-all,+dac_read_search"
        started.before = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
        started.before += ["--inh-caps", only_read, "--ambient-caps", only_read, "--bounding-set", only_read]
        started.before += ["--securebits", "+no_setuid_fixup", "--"]
    yield started
    started.close()
