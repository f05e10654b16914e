"""One data folder, one set of servers: who holds them, and how a second command finds them.

Standard library only. The lock is the kernel's, so it goes with the process that held it, however that one
ended.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from config.embedded import answers
from config.processes import LauncherError

ADDRESS_NAMES = ("DATABASE_URL", "REDIS_URL")


@dataclass(frozen=True)
class RunningServers:
    """What `run.env` says of the servers at work: their addresses, and the process that looks after them."""

    database_url: str
    redis_url: str
    launcher: int
    command: str
    sockets: Path | None

    def answer(self) -> bool:
        """Return whether both servers answer."""
        return answers(self.database_url) and answers(self.redis_url)


class DataFolder:
    """The folder that holds everything the product keeps; DATA_DIR names it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "log"
        self.addresses = path / "run.env"
        self._lock = -1
        self._use = -1

    def prepare(self) -> None:
        """Make the folder, or say why it cannot be used."""
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
        except (PermissionError, FileExistsError, NotADirectoryError) as error:
            raise LauncherError(self._unusable(error)) from error
        if not os.access(self.path, os.W_OK):
            raise LauncherError(self._unusable(PermissionError("not writable")))

    def lock(self) -> bool:
        """Take the folder for this process; return False if another launcher holds it."""
        if self._lock < 0:
            self._lock = self._open("servers.lock")
        return _flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def note_use(self) -> None:
        """Tell the servers' owner that this process, and what it turns into, uses them."""
        self._use = self._open("servers.users")
        os.set_inheritable(self._use, True)
        fcntl.flock(self._use, fcntl.LOCK_SH)

    def forget_use(self) -> None:
        """Take note_use back: this process serves the folder itself."""
        os.close(self._use)
        self._use = -1

    def in_use_by_others(self) -> bool:
        """Return whether another command that attached is still at work."""
        descriptor = self._open("servers.users")
        try:
            return not _flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(descriptor)

    def write_addresses(self, servers: RunningServers) -> None:
        """Publish the addresses for commands that attach; only this user may read them."""
        lines = [
            f"DATABASE_URL={servers.database_url}",
            f"REDIS_URL={servers.redis_url}",
            f"LAUNCHER={servers.launcher}",
            f"COMMAND={servers.command}",
            f"SOCKETS={servers.sockets or ''}",
        ]
        unfinished = self.addresses.with_name("run.env.new")
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")
        unfinished.rename(self.addresses)

    def read_addresses(self) -> RunningServers | None:
        """Return what the last launcher published, or None. It may have ended since."""
        try:
            lines = self.addresses.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise LauncherError(self._unusable(error)) from error
        values = dict(line.split("=", 1) for line in lines if "=" in line)
        sockets = values.get("SOCKETS", "")
        launcher = values.get("LAUNCHER", "")
        return RunningServers(
            database_url=values.get("DATABASE_URL", ""),
            redis_url=values.get("REDIS_URL", ""),
            launcher=int(launcher) if launcher.isdigit() else 0,
            command=values.get("COMMAND", ""),
            sockets=Path(sockets) if sockets else None,
        )

    def withdraw_addresses(self) -> None:
        """Take the addresses back when the servers end."""
        self.addresses.unlink(missing_ok=True)

    def _open(self, name: str) -> int:
        try:
            return os.open(self.path / name, os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError as error:
            raise LauncherError(self._unusable(error)) from error

    def _unusable(self, error: OSError) -> str:
        reason = error.strerror or str(error)
        return (
            f"The data folder {self.path} cannot be used ({reason}). It must belong to the user who starts "
            "the servers: start them as that user, or choose another place with DATA_DIR=…"
        )


def _flock(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation)
    except BlockingIOError:
        return False
    return True
