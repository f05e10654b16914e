"""Processes that end with their parent: how the launcher starts children, watches them and stops them.

Standard library only, Linux only. Three kernel facts shape this module:

- a process can ask to be signalled when its parent dies (`PR_SET_PDEATHSIG`), which works even when the
  parent was killed with SIGKILL and could clean nothing up;
- the request belongs to the *thread* that started the child, so children are started from the main thread;
- the parent may die before the child has asked, so the child looks at its parent once more afterwards.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
NOBODY = 65534
POLL_SECONDS = 0.05

# The shell compares its parent with the launcher's number before it turns into the program: setpriv has
# made the request by then, so a launcher that died in between is noticed and nothing is started.
_ONLY_UNDER_LAUNCHER = '[ "$PPID" = "$1" ] || exit 1; shift; exec "$@"'


class LauncherError(Exception):
    """Something that stops the launcher; the text is for the person who typed the command."""


class StopRequestedError(Exception):
    """Ctrl-C, SIGTERM or the death of the parent: end everything in order."""


def say(line: str) -> None:
    """Print one line for the person at the terminal, who may have closed it meanwhile."""
    try:
        print(line, flush=True)  # noqa: T201 - the launcher talks to a terminal
    except OSError:
        # What could not be written must not be tried again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def die_with_parent(expected_parent: int | None = None, *, death_signal: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send this process `death_signal` when its parent dies, and end now if it already has.

    Call it from the main thread, right after the process was started. `expected_parent` is the parent's
    process number where the caller knows it; without it a parent that died before this call goes unnoticed.
    """
    parent = os.getppid() if expected_parent is None else expected_parent
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl(PR_SET_PDEATHSIG): {os.strerror(number)}")
    if os.getppid() != parent:
        os.kill(os.getpid(), death_signal)


def under_launcher(command: Sequence[str], *, death_signal: signal.Signals, uid: int | None = None) -> list[str]:
    """Return `command` wrapped so that it gets `death_signal` when this process dies.

    With `uid` (root only) it runs as that user with the single capability to pass closed folders:
    PostgreSQL refuses to run as root, and the project may lie below a folder such as a closed home
    directory.
    """
    if shutil.which("setpriv") is None:
        raise LauncherError("The command setpriv is missing. Install the package util-linux, then try again.")
    wrapped = ["setpriv", "--pdeathsig", death_signal.name.removeprefix("SIG")]
    if uid is not None:
        only_override = "-all,+dac_override"
        wrapped += ["--reuid", str(uid), "--regid", str(uid), "--clear-groups", "--no-new-privs"]
        wrapped += [
            "--inh-caps",
            only_override,
            "--ambient-caps",
            only_override,
            "--bounding-set",
            only_override,
        ]
        # Otherwise the change of user takes the capability away again.
        wrapped += ["--securebits", "+no_setuid_fixup"]
    return [*wrapped, "--", "sh", "-c", _ONLY_UNDER_LAUNCHER, "sh", str(os.getpid()), *command]


class StopSwitch:
    """Turns Ctrl-C, SIGTERM and SIGHUP into a request that the launcher's loops look at; a second hurries."""

    def __init__(self) -> None:
        self.requests = 0
        self.terminations = 0

    def install(self) -> None:
        """Take over the three signals."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._requested)

    def _requested(self, number: int, _frame: object) -> None:
        self.requests += 1
        # Ctrl-C reaches every program at the terminal; the other two were meant for this process alone.
        self.terminations += number != signal.SIGINT

    def forget(self) -> None:
        """Start counting afresh: what came so far was for somebody else."""
        self.requests = self.terminations = 0

    @property
    def hurry(self) -> bool:
        """Whether somebody asked twice."""
        return self.requests > 1

    def check(self) -> None:
        """Raise StopRequestedError if a stop was asked for."""
        if self.requests:
            raise StopRequestedError


def wait_until(condition: Callable[[], bool], *, seconds: float, unless: Callable[[], None] = lambda: None) -> bool:
    """Return whether `condition` held within `seconds`; `unless` may raise to leave early."""
    end = time.monotonic() + seconds
    while True:
        unless()
        if condition():
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(POLL_SECONDS)


@dataclass
class Child:
    """One process of ours, in a session of its own so that Ctrl-C reaches it only through the launcher."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    log: Path
    # What ends it at once when somebody cannot wait; PostgreSQL has a kinder word for that than SIGKILL.
    hurry_signal: signal.Signals = signal.SIGKILL

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, *, seconds: float, switch: StopSwitch) -> None:
        """Send the stop signal, wait, and kill the whole process group if it takes longer than `seconds`."""
        if self.running:
            self._signal(self.stop_signal)
            patient_until = time.monotonic() + seconds
            while self.running and time.monotonic() < patient_until and not switch.hurry:
                time.sleep(POLL_SECONDS)
            if self.running and self.hurry_signal != signal.SIGKILL:
                self._signal(self.hurry_signal)
                wait_until(lambda: not self.running, seconds=5)
        # Also when it has gone by itself: what it left in its group is ours as well.
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        try:
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)
        except ProcessLookupError:
            pass

    def last_words(self, lines: int = 12) -> str:
        """Return the end of the log, for an error message."""
        return "\n".join("  " + line for line in tail(self.log, lines))


def start_child(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str],
    stop_signal: signal.Signals,
    death_signal: signal.Signals,
    hurry_signal: signal.Signals = signal.SIGKILL,
    uid: int | None = None,
    cwd: Path | None = None,
    stdout: int | None = None,
) -> Child:
    """Start `command` in the background, output appended to `log` (or stdout to the given descriptor)."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        process = subprocess.Popen(  # noqa: S603 - starting programs is what it is for
            under_launcher(command, death_signal=death_signal, uid=uid),
            stdin=subprocess.DEVNULL,
            stdout=file if stdout is None else stdout,
            stderr=file,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    return Child(name, process, stop_signal, log, hurry_signal)


def tail(path: Path, lines: int) -> list[str]:
    """Return the last lines of a log, or nothing if there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    """Return whether the process exists and is more than a dead entry its parent has not collected."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def processes_working_in(folder: Path, program: str) -> Iterator[int]:
    """Yield the processes of `program` whose working directory is `folder`.

    PostgreSQL and Valkey both change into their data folder, so this finds exactly the ones that use it,
    helper processes included.
    """
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or not is_alive(int(entry.name)):
            continue
        try:
            name = (entry / "comm").read_text(encoding="utf-8", errors="replace").strip()
            if name == program and (entry / "cwd").samefile(folder):
                yield int(entry.name)
        except OSError:
            continue  # gone meanwhile, or somebody else's


def stop_leftovers(folder: Path, program: str, *, signals: Sequence[signal.Signals], seconds: float = 15) -> None:
    """End what an interrupted launcher left in `folder`: each signal in turn, `seconds` after the one before.

    Raises LauncherError when a process outlives the last signal.
    """
    for number in signals:
        left = list(processes_working_in(folder, program))
        for pid in left:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        if not left or wait_until(lambda: not any(processes_working_in(folder, program)), seconds=seconds):
            return
    numbers = ", ".join(str(pid) for pid in processes_working_in(folder, program))
    raise LauncherError(
        f"{program} still runs in {folder} (process {numbers}) and does not end. Stop it, then try again."
    )
