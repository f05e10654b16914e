"""The demo product in the foreground: order of starting, watching over its processes, order of stopping.

Standard library only. One loop on the main thread, since a child's bond to its parent is to the thread that
started it.
"""

import http.client
import signal
import socket
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.data_folder import DataFolder, RunningServers
from config.processes import (
    POLL_SECONDS,
    Child,
    LauncherError,
    StopRequestedError,
    StopSwitch,
    is_alive,
    say,
    start_child,
    wait_until,
)
from config.server_pair import ServerPair

HOST = "127.0.0.1"
WEB_START_SECONDS = 60
PORT_RELEASE_SECONDS = 10
DEATHS_ALLOWED = 5
DEATHS_WITHIN_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 8.0
LOG_BYTES = 10_000_000
STOP_SECONDS = 15


@dataclass
class DeathCount:
    """Decides whether a process that died is started again, and after how long a pause."""

    times: deque[float] = field(default_factory=deque)

    def pause_after_death(self, now: float) -> float | None:
        """Note a death; return the seconds to wait before the next start, or None to give up.

        Five deaths within a minute are one too many. The pause doubles from half a second.
        """
        while self.times and now - self.times[0] > DEATHS_WITHIN_SECONDS:
            self.times.popleft()
        self.times.append(now)
        if len(self.times) >= DEATHS_ALLOWED:
            return None
        return min(0.5 * 2.0 ** (len(self.times) - 1), LONGEST_PAUSE_SECONDS)


@dataclass
class Service:
    """Something that is kept running: started again when it dies."""

    name: str
    start: Callable[[], Child]
    child: Child | None = None
    deaths: DeathCount = field(default_factory=DeathCount)
    next_start: float = 0.0

    def keep_running(self, now: float) -> None:
        """Start the service if it is due; raise LauncherError when it keeps dying."""
        if self.child is not None and not self.child.running:
            self._died(self.child, now)
        if self.child is None and now >= self.next_start:
            self.child = self.start()

    def _died(self, child: Child, now: float) -> None:
        self.child = None
        # Whatever it has left behind in its group ends before the next one starts.
        child.stop(seconds=0, switch=StopSwitch())
        pause = self.deaths.pause_after_death(now)
        if pause is None:
            raise LauncherError(
                f"{self.name} has ended {DEATHS_ALLOWED} times within a minute, so everything is stopped. "
                f"The last lines of {child.log}:\n{child.last_words()}"
            )
        say(f"{self.name} ended unexpectedly and is started again; see {child.log}")
        self.next_start = now + pause


class Supervisor:
    """Everything `make run` starts."""

    def __init__(self, folder: DataFolder, switch: StopSwitch, *, project_dir: Path, port: str) -> None:
        self.folder = folder
        self.switch = switch
        self.project_dir = project_dir
        self.port = port_number(port)
        self.servers = ServerPair(folder, switch)
        self.services: list[Service] = []
        self.errand: Child | None = None

    def run(self) -> int:
        """Start everything, watch over it until told to stop, stop everything; return the exit status."""
        self.folder.prepare()
        self._take_folder()
        self._check_port()
        self._shorten_logs()
        try:
            self._start()
            while True:
                self._watch()
                time.sleep(0.2)
        except StopRequestedError:
            say("Stopping…")
            return 0
        finally:
            self._stop()

    def _take_folder(self) -> None:
        if self.folder.lock():
            return
        running = self.folder.read_addresses()
        if running is None:
            raise LauncherError(
                f"Another command is just starting or stopping the servers in {self.folder.path}. "
                "Try again in a moment."
            )
        raise LauncherError(
            f"The servers in {self.folder.path} are already at work (process {running.launcher}: "
            f"{running.command}). Stop that command first, or choose another place with DATA_DIR=… and PORT=…"
        )

    def _check_port(self) -> None:
        """Raise LauncherError if something else listens on the port.

        After a launcher that was killed, its web server may need a moment to go.
        """
        interrupted = self.folder.read_addresses()
        patience = PORT_RELEASE_SECONDS if _left_behind(interrupted) else 0
        if not wait_until(lambda: port_is_free(self.port), seconds=patience, unless=self.switch.check):
            raise LauncherError(
                f"Port {self.port} on {HOST} is in use by another program. Stop it, or choose another port: "
                f"make run PORT={self.port + 1}"
            )

    def _shorten_logs(self) -> None:
        for log in self.folder.logs.glob("*.log"):
            if log.stat().st_size > LOG_BYTES:
                log.replace(log.with_suffix(".log.1"))

    def _start(self) -> None:
        say("Starting the database and the broker…")
        self.servers.start(command="make run")
        if self.servers.valkey is not None:
            broker = Service("The broker", self.servers.restart_valkey, child=self.servers.valkey)
            self.services.append(broker)
        say("Preparing the demo force (a minute or two the first time)…")
        sign_ins = self._run_errand("prepare_demo")
        say("Starting the web server, the worker and its timetable; the worker builds the first documents…")
        self.services += [
            Service("The worker", self._start_worker),
            Service("The timetable", self._start_beat),
            Service("The web server", self._start_web),
        ]
        # Together on two cores: the pages come up while the documents are waited for.
        self._run_errand("demo_documents")
        self._await_web()
        say("")
        say(sign_ins.strip("\n"))
        say("")
        say(f"Ready: http://{HOST}:{self.port}")

    def _watch(self) -> None:
        """Look at everything once: raise StopRequestedError or LauncherError when it is over."""
        self.switch.check()
        postgres = self.servers.postgres
        if postgres is not None and not postgres.running:
            raise LauncherError(
                f"The database has ended, so everything is stopped. What was saved is safe; start again with "
                f"make run. The last lines of {postgres.log}:\n{postgres.last_words()}"
            )
        for service in self.services:
            service.keep_running(time.monotonic())

    def _await_web(self) -> None:
        if not wait_until(lambda: web_answers(self.port), seconds=WEB_START_SECONDS, unless=self._watch):
            raise LauncherError(
                f"The web server gave no page in {WEB_START_SECONDS} seconds; see {self.folder.logs}/web.log"
            )

    def _run_errand(self, command: str) -> str:
        """Run a management command to its end, everything else under watch, and return what it printed."""
        with tempfile.TemporaryFile() as printed:
            self.errand = self._child(
                command,
                ["manage.py", command],
                stop_signal=signal.SIGTERM,
                stdout=printed.fileno(),
            )
            while self.errand.running:
                self._watch()
                time.sleep(POLL_SECONDS)
            if self.errand.process.returncode != 0:
                raise LauncherError(
                    f"The step {command} failed. The last lines of {self.errand.log}:\n{self.errand.last_words()}"
                )
            self.errand = None
            printed.seek(0)
            return printed.read().decode(errors="replace")

    def _start_web(self) -> Child:
        arguments = ["-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi:application"]
        return self._child("web", arguments, stop_signal=signal.SIGTERM)

    def _start_worker(self) -> Child:
        # The options spare a lone worker its greetings to others, which cost a second at the start.
        options = ["--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        arguments = ["-m", "celery", "-A", "config.celery", "worker", *options]
        return self._child("worker", arguments, stop_signal=signal.SIGTERM)

    def _start_beat(self) -> Child:
        schedule = str(self.folder.path / "beat-schedule")
        arguments = ["-m", "celery", "-A", "config.celery", "beat", "--schedule", schedule]
        return self._child("beat", arguments, stop_signal=signal.SIGTERM)

    def _child(
        self, name: str, arguments: list[str], *, stop_signal: signal.Signals, stdout: int | None = None
    ) -> Child:
        # Pages go before documents on a small machine, most of all while everything starts at once.
        behind = ["nice", "-n", "5"] if name in {"worker", "beat"} else []
        return start_child(
            name,
            [*behind, sys.executable, *arguments],
            log=self.folder.logs / f"{name}.log",
            env=self._environment(),
            stop_signal=stop_signal,
            # They keep nothing that is not in the database, so a killed launcher takes them with it at once.
            death_signal=signal.SIGKILL,
            cwd=self.project_dir,
            stdout=stdout,
        )

    def _environment(self) -> dict[str, str]:
        # The demo has no second factor, so it answers on loopback whatever the caller's environment says.
        demo = {"TRUELEVEL_PROFILE": "demo", "HOST": HOST, "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        return self.servers.environment() | demo

    def _stop(self) -> None:
        """Stop in the opposite order, the worker before the broker and the database it works with."""
        if self.errand is not None:
            self.errand.stop(seconds=5, switch=self.switch)
        for service in reversed(self.services):
            if service.child is not None and service.child is not self.servers.valkey:
                service.child.stop(seconds=STOP_SECONDS, switch=self.switch)
        self.servers.stop()


def _left_behind(interrupted: RunningServers | None) -> bool:
    return interrupted is not None and not is_alive(interrupted.launcher)


def port_number(text: str) -> int:
    """Return a TCP port that an ordinary program may use, or raise LauncherError."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise LauncherError(f"PORT is {text!r}; it must be a number from 1 to 65535, such as PORT=8001.")


def port_is_free(port: int) -> bool:
    """Return whether the demo can listen on the port; raise LauncherError where this user never may."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise LauncherError(f"You may not listen on port {port}. Choose one above 1023: PORT=8001") from error
        except OSError:
            return False
    return True


def web_answers(port: int) -> bool:
    """Return whether the web server gives a page that is no server error."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
