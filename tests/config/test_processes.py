"""Processes end with their parent, and are ended whole: small cases of what the launcher relies on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.processes import Child, LauncherError, StopSwitch, is_alive, start_child, tail, under_launcher
from tests.config.launchers import PATIENCE_SECONDS, PROJECT, eventually

FORK_AND_BIND = """
import os, time
from config.processes import die_with_parent
child = os.fork()
if child == 0:
    die_with_parent(os.getppid())
    print(os.getpid(), flush=True)
time.sleep(600)
"""


def python(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def switch() -> StopSwitch:
    return StopSwitch()


@pytest.fixture
def stubborn(tmp_path: Path, switch: StopSwitch) -> Iterator[Child]:
    """A program that takes no notice of SIGTERM and has a child of its own."""
    script = 'trap "" TERM; sleep 600 & echo $!; while :; do sleep 0.1; done'
    child = start_child(
        "stubborn",
        ["sh", "-c", script],
        log=tmp_path / "log" / "stubborn.log",
        env=os.environ,
        stop_signal=signal.SIGTERM,
        death_signal=signal.SIGKILL,
    )
    assert eventually(lambda: bool(tail(child.log, 1)))
    yield child
    child.stop(seconds=0, switch=switch)


def test_a_process_ends_when_its_parent_is_killed() -> None:
    with python(FORK_AND_BIND) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
        assert eventually(lambda: not is_alive(child))


def test_a_process_whose_parent_has_gone_already_ends_at_once() -> None:
    # Process 2 is the kernel's and nobody's parent here: as if the real one had died and another adopted us.
    with python("from config.processes import die_with_parent; die_with_parent(2); print('went on')") as process:
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == -signal.SIGKILL
    assert output == ""


def test_nothing_is_started_for_a_launcher_that_has_gone() -> None:
    command = under_launcher(["echo", "started"], death_signal=signal.SIGTERM)
    # The command was made for this process; a shell in between is another parent.
    result = subprocess.run(["sh", "-c", '"$@"; exit $?', "sh", *command], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")


def test_what_takes_no_notice_is_killed_with_its_children(stubborn: Child, switch: StopSwitch) -> None:
    grandchild = int(tail(stubborn.log, 1)[0])
    began = time.monotonic()
    stubborn.stop(seconds=0.5, switch=switch)
    assert 0.5 <= time.monotonic() - began < 10
    assert not stubborn.running
    assert eventually(lambda: not is_alive(grandchild))


def test_a_second_request_does_not_wait(stubborn: Child, switch: StopSwitch) -> None:
    switch.requests = 2
    began = time.monotonic()
    stubborn.stop(seconds=PATIENCE_SECONDS, switch=switch)
    assert time.monotonic() - began < 10
    assert not stubborn.running


def test_a_missing_setpriv_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LauncherError, match="util-linux"):
        under_launcher(["true"], death_signal=signal.SIGTERM)
