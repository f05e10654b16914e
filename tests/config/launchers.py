"""Launchers under test: real processes, and a list of everything that came of them."""

import itertools
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import environ
import psycopg2  # type: ignore[import-untyped]  # the driver ships no types

from config.data_folder import DataFolder
from config.embedded import remove_socket_folder
from config.processes import under_launcher

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
# What `make test` has set for its own servers, and what a make passes on to the makes below it.
SET_BY_MAKE_TEST = {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "PORT", "TRUELEVEL_PROFILE", "MAKEFLAGS", "MAKELEVEL"}
# Tells a test its servers' address and stays until the file "go" appears beside the data.
WAIT_FOR_GO = 'echo "$DATABASE_URL"; until [ -e "$DATA_DIR/go" ]; do sleep 0.05; done'


@dataclass
class Launchers:
    """Starts launchers on one data folder and knows every process that comes of them."""

    data_dir: Path
    mark: str = field(default_factory=lambda: secrets.token_hex(8))
    before: list[str] = field(default_factory=list)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in SET_BY_MAKE_TEST}
        return kept | {"TRUELEVEL_TEST_MARK": self.mark} | more

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start `python -m config.servers` with these arguments."""
        return self.spawn(sys.executable, "-m", "config.servers", *arguments, **more)

    def spawn(self, *command: str, **more: str) -> subprocess.Popen[str]:
        """Start a command that is marked as ours, and ends with the tests, also where they are killed."""
        process = subprocess.Popen(
            under_launcher([*self.before, *command], death_signal=signal.SIGTERM),
            cwd=PROJECT,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def execute(self, *command: str) -> subprocess.Popen[str]:
        """Start `exec` with a command."""
        return self.start("exec", "--data-dir", str(self.data_dir), "--", *command)

    def run(self, *command: str) -> tuple[int, str, str]:
        """Run `exec` with a command to its end; return exit status, output and messages."""
        process = self.execute(*command)
        output, messages = process.communicate(timeout=PATIENCE_SECONDS)
        return process.returncode, output, messages

    def alive(self) -> dict[int, str]:
        """Return number and command line of everything still alive that was started here."""
        return {pid: text for pid, text in _processes() if pid != os.getpid() and self._is_ours(pid)}

    def running(self) -> list[str]:
        """Return the command lines of everything still alive that was started here."""
        return list(self.alive().values())

    def _is_ours(self, pid: int) -> bool:
        folder = Path("/proc", str(pid))
        try:
            # PostgreSQL's helpers write their titles over their environment, but work in the data folder.
            in_folder = (folder / "cwd").resolve().is_relative_to(self.data_dir.resolve())
            return in_folder or self.mark.encode() in (folder / "environ").read_bytes()
        except OSError:
            return False

    def nothing_left(self) -> bool:
        """Return whether everything has ended, within a bounded time."""
        return eventually(lambda: not self.running())

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=PATIENCE_SECONDS)
        ended = self.nothing_left()
        orphans = self.alive()
        for pid in orphans:
            # A test that fails must not leave servers on the machine all the same.
            os.kill(pid, signal.SIGKILL)
        left_behind = DataFolder(self.data_dir).read_addresses()
        if left_behind is not None and left_behind.sockets is not None:
            # The next start on this folder would do it; there will be none.
            remove_socket_folder(left_behind.sockets)
        assert ended, list(orphans.values())


def _processes() -> Iterator[tuple[int, str]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if state != "Z":
                yield int(entry.name), words


def first_run(data_dir: Path, *, within: float) -> None:
    """Run the product on a new data folder until it is ready, tables, demo and all, and end it as Ctrl-C does."""
    launchers = Launchers(data_dir)
    try:
        make = launchers.spawn("make", "run", f"VENV={sys.prefix}", f"DATA_DIR={data_dir}", f"PORT={free_port()}")
        assert make.stdout is not None
        began = time.monotonic()
        lines = list(itertools.takewhile(lambda line: not line.startswith("Ready: "), make.stdout))
        assert make.poll() is None, "".join(lines) + "".join(make.communicate())
        assert time.monotonic() - began < within
        os.killpg(make.pid, signal.SIGINT)
        make.communicate(timeout=PATIENCE_SECONDS)
    finally:
        launchers.close()


def copy_folder(data_dir: Path, to: Path) -> Path:
    """Copy a data folder that nothing runs on; the servers' own user owns a part of it, and of the copy."""
    subprocess.run(["cp", "--archive", str(data_dir), str(to)], check=True)
    return to


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def connect(url: str) -> Any:
    parts = environ.Env.db_url_config(url)
    connection = psycopg2.connect(host=parts["HOST"], user=parts["USER"], dbname=parts["NAME"])
    connection.autocommit = True
    return connection


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
