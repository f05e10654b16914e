"""A small antivirus daemon that speaks clamd's protocol (clamd(8): PING, INSTREAM), for tests on loopback."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What every antivirus program is to find (eicar.org), in two parts so that none finds it here.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
FINDING = "Eicar-Test-Signature"


class Daemon:
    """Answers one connection after the other until it is stopped. `seen` are the sizes of what was streamed to it."""

    def __init__(self, listening: socket.socket, *, silent: bool = False, limit: int = 25 * 1024 * 1024) -> None:
        self.listening = listening
        self.silent = silent
        self.limit = limit
        self.seen: list[int] = []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        self.listening.settimeout(0.05)
        while not self.stopped.is_set():
            try:
                connection, _ = self.listening.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(5)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        command = self._until_zero(connection)
        if self.silent:
            while not self.stopped.is_set():
                time.sleep(0.01)
        elif command == b"zPING":
            connection.sendall(b"PONG\0")
        elif command == b"zINSTREAM":
            connection.sendall(self._scan(connection) + b"\0")
        else:
            connection.sendall(b"UNKNOWN COMMAND\0")

    def _scan(self, connection: socket.socket) -> bytes:
        content = b""
        while length := struct.unpack(">I", self._exactly(connection, 4))[0]:
            content += self._exactly(connection, length)
            if len(content) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        self.seen.append(len(content))
        return f"stream: {FINDING} FOUND".encode() if EICAR in content else b"stream: OK"

    @staticmethod
    def _until_zero(connection: socket.socket) -> bytes:
        received = b""
        while not received.endswith(b"\0"):
            received += connection.recv(1)
        return received[:-1]

    @staticmethod
    def _exactly(connection: socket.socket, count: int) -> bytes:
        received = b""
        while len(received) < count:
            received += connection.recv(count - len(received))
        return received


@contextmanager
def on_tcp(*, silent: bool = False, limit: int = 25 * 1024 * 1024) -> Iterator[tuple[str, Daemon]]:
    """A daemon on a loopback port; yields what CLAMD_ADDRESS is to be, and the daemon."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        daemon = Daemon(listening, silent=silent, limit=limit)
        with _running(daemon):
            yield f"tcp:127.0.0.1:{listening.getsockname()[1]}", daemon


@contextmanager
def on_unix(folder: Path) -> Iterator[tuple[str, Daemon]]:
    """A daemon on a Unix socket below `folder`, whose path must be short."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "clamd.ctl"))
        listening.listen()
        daemon = Daemon(listening)
        with _running(daemon):
            yield f"unix:{folder / 'clamd.ctl'}", daemon


@contextmanager
def _running(daemon: Daemon) -> Iterator[None]:
    daemon.thread.start()
    try:
        yield
    finally:
        daemon.stopped.set()
        daemon.thread.join()


def nobody_listens() -> str:
    """The address of a port on which nothing listens any more."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return f"tcp:127.0.0.1:{gone.getsockname()[1]}"
