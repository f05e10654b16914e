"""The database and the broker of one data folder: started here, named from outside, or found at work.

Standard library only.
"""

import os
from pathlib import Path

from config.data_folder import DataFolder, RunningServers
from config.embedded import STOP_SECONDS, Postgres, Valkey, answers, make_socket_folder, remove_socket_folder
from config.processes import Child, LauncherError, StopSwitch, wait_until

ATTACH_SECONDS = 60
REACH_SECONDS = 30


class ServerPair:
    """A PostgreSQL and a Valkey for whoever holds the data folder's lock."""

    def __init__(self, folder: DataFolder, switch: StopSwitch, *, durable: bool = True) -> None:
        self.folder = folder
        self.switch = switch
        self.durable = durable
        self.database_url = os.environ.get("DATABASE_URL", "")
        self.redis_url = os.environ.get("REDIS_URL", "")
        self.postgres: Child | None = None
        self.valkey: Child | None = None
        self._sockets: Path | None = None
        self._valkey_server: Valkey | None = None

    def start(self, *, command: str) -> None:
        """Start what is not named from outside and publish the addresses under the starting `command`.

        Leaves nothing running when it fails.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        running = RunningServers(self.database_url, self.redis_url, os.getpid(), command, self._sockets)
        self.folder.write_addresses(running)

    def _start(self) -> None:
        before = self.folder.read_addresses()
        if before is not None and before.sockets is not None:
            remove_socket_folder(before.sockets)
        self.folder.withdraw_addresses()
        await_named_servers(self.switch)
        if self.database_url and self.redis_url:
            return
        self._sockets = make_socket_folder()
        if not self.database_url:
            self._start_postgres(self._sockets)
        if not self.redis_url:
            self._valkey_server = Valkey(self.folder.path, sockets=self._sockets, logs=self.folder.logs)
            self.redis_url = self._valkey_server.url
            self.restart_valkey()

    def _start_postgres(self, sockets: Path) -> None:
        server = Postgres(self.folder.path, sockets=sockets, logs=self.folder.logs, durable=self.durable)
        self.postgres = server.start(self.switch)
        self.database_url = server.url

    def restart_valkey(self) -> Child:
        """Start the embedded broker, also after it died: what it was told is on disk."""
        if self._valkey_server is None:
            raise LauncherError("The broker is not one of ours: REDIS_URL names it.")
        self.valkey = self._valkey_server.start(self.switch)
        return self.valkey

    def environment(self) -> dict[str, str]:
        """Return the environment for whatever uses the servers."""
        return environment_with(self.folder.path, self.database_url, self.redis_url)

    def stop(self) -> None:
        """Stop what was started here, the broker first, and leave no trace but the data."""
        self.folder.withdraw_addresses()
        for child in (self.valkey, self.postgres):
            if child is not None:
                child.stop(seconds=STOP_SECONDS, switch=self.switch)
        if self._sockets is not None:
            remove_socket_folder(self._sockets)


def environment_with(data_dir: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """Return this process's environment with the addresses; the profile is the demo's unless one is set."""
    return {
        "TRUELEVEL_PROFILE": "demo",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(data_dir),
    }


def await_named_servers(switch: StopSwitch) -> None:
    """Wait for the servers that DATABASE_URL and REDIS_URL name; raise LauncherError if one is silent."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        url = os.environ.get(name, "")
        if url and not _await_answer(url, switch):
            raise LauncherError(
                f"The server that {name} names ({without_password(url)}) does not answer. Start it or "
                f"correct the address; without {name} an embedded server is used."
            )


def _await_answer(url: str, switch: StopSwitch) -> bool:
    return wait_until(lambda: answers(url), seconds=REACH_SECONDS, unless=switch.check)


def without_password(url: str) -> str:
    """Return an address that can be shown on a screen."""
    scheme, separator, rest = url.partition("://")
    credentials, at, location = rest.rpartition("@")
    user, colon, _ = credentials.partition(":")
    return f"{scheme}{separator}{user}{':…' if colon else ''}{at}{location}"


def take_or_attach(folder: DataFolder, switch: StopSwitch) -> RunningServers | None:
    """Lock the folder and return None, or return the servers another launcher has at work in it.

    A launcher that is just starting or stopping is waited for. Whoever attaches is noted as a user of the
    servers for as long as the process, or what it turns into, lives.
    """
    found: list[RunningServers] = []

    def settled() -> bool:
        if folder.lock():
            return True
        running = folder.read_addresses()
        if running is None or not running.answer():
            return False
        found.append(running)
        return True

    # Noted before looking, so that the servers' owner cannot miss a command that has just found its
    # addresses.
    folder.note_use()
    if not wait_until(settled, seconds=ATTACH_SECONDS, unless=switch.check):
        raise LauncherError(_held_by_another(folder))
    if found:
        return found[0]
    folder.forget_use()
    return None


def _held_by_another(folder: DataFolder) -> str:
    running = folder.read_addresses()
    who = f" (process {running.launcher}: {running.command})" if running else ""
    return (
        f"Another command{who} holds {folder.path}, and its servers do not answer. Stop that command, then "
        f"try again; {folder.logs}/postgres.log may say more."
    )
