"""Asking an antivirus daemon (ClamAV's clamd) about files: the commands PING and INSTREAM of clamd(8).

CLAMD_ADDRESS says where it listens: `unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310`. Unset: nothing is scanned,
and pages say so. Set, but the daemon away or silent: the file waits, withheld, until `release_waiting` (beat calls it
every minute) has an answer.
"""

from __future__ import annotations

import logging
import socket
import struct
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from records.models import Blob, Verdict
from records.services import trail

logger = logging.getLogger(__name__)

PIECE = 64 * 1024
CONNECT_SECONDS = 2.0
PATIENCE_SECONDS = 15.0  # somebody waits for the page
PATIENCE_OF_THE_TASK_SECONDS = 60.0
MOST_AT_A_TIME = 200
MOST_FAILURES = 3
LONGEST_ANSWER = 4096


class NoVerdict(Exception):
    """The daemon is away, silent, or answers with an error; the text says which, for the log."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What is known of a file's bytes. `finding` is what the daemon calls what it found."""

    verdict: Verdict
    at: datetime | None = None
    finding: str = ""


def is_configured() -> bool:
    return bool(settings.CLAMD_ADDRESS)


def scan(path: Path, *, at: datetime) -> Scan:
    """Return the verdict on a file: not scanned where no daemon is set up, waiting where it does not answer."""
    if not is_configured():
        return Scan(Verdict.NOT_SCANNED)
    try:
        return _asked(path, at=at, patience=PATIENCE_SECONDS)
    except NoVerdict as reason:
        logger.warning("A file waits to be scanned: %s", reason)
        return Scan(Verdict.WAITING)


def ping() -> None:
    """Raise NoVerdict where the daemon does not answer."""
    with _Conversation(CONNECT_SECONDS) as daemon:
        daemon.send(b"zPING\0")
        answer = daemon.answer()
    if answer != "PONG":
        raise NoVerdict(f"the antivirus daemon answers “{answer}”")


def release_waiting(*, at: datetime) -> int:
    """Scan the files that wait, and release or condemn them; return how many have their verdict now."""
    settled = failures = 0
    # In any order: a file that the daemon chokes on must not keep those behind it waiting for good.
    for blob in Blob.objects.filter(verdict=Verdict.WAITING).order_by("?")[:MOST_AT_A_TIME]:
        try:
            found = (
                _asked(blob.path, at=at, patience=PATIENCE_OF_THE_TASK_SECONDS)
                if is_configured()
                else Scan(Verdict.NOT_SCANNED)
            )
        except (NoVerdict, FileNotFoundError) as reason:
            logger.warning("File %s still waits to be scanned: %s", blob.sha256, reason)
            failures += 1
            if failures == MOST_FAILURES:
                break
            continue
        settled += settle(blob, found, at=at)
    return settled


@transaction.atomic
def settle(blob: Blob, found: Scan, *, at: datetime) -> bool:
    """Write the verdict on stored bytes, and into the trail that they are infected; return whether it was news."""
    stored = Blob.objects.select_for_update(no_key=True).get(pk=blob.pk)
    news = {
        Verdict.WAITING: False,  # what has been handed out is not withheld for a daemon's nap
        Verdict.NOT_SCANNED: stored.verdict == Verdict.WAITING,  # nobody is left to wait for
        Verdict.CLEAN: stored.verdict != Verdict.CLEAN,
        Verdict.INFECTED: stored.verdict != Verdict.INFECTED,
    }
    if not news[found.verdict]:
        return False
    stored.verdict, stored.scanned_at, stored.finding = found.verdict, found.at, found.finding[:200]
    stored.save(update_fields=["verdict", "scanned_at", "finding"])
    if found.verdict == Verdict.INFECTED:
        logger.error("Stored file %s is infected: %s", stored.sha256, found.finding)
        trail.record(act="file.infected", thing=stored, by=None, at=at, finding=found.finding)
    return True


def _asked(path: Path, *, at: datetime, patience: float) -> Scan:
    with path.open("rb") as file, _Conversation(patience) as daemon:
        daemon.send(b"zINSTREAM\0")
        while piece := file.read(PIECE):
            if not daemon.send(struct.pack(">I", len(piece)) + piece):
                break  # it has hung up: what it says about that is still to be read
        daemon.send(struct.pack(">I", 0))
        answer = daemon.answer()
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Scan(Verdict.CLEAN, at)
    if said.endswith(" FOUND"):
        return Scan(Verdict.INFECTED, at, said.removesuffix(" FOUND"))
    if "size limit" in said:
        raise NoVerdict(f"“{said}”: set clamd’s StreamMaxLength to 25M or more")
    raise NoVerdict(f"the antivirus daemon answers “{said}”")


class _Conversation:
    """One connection to the daemon; everything on it together takes no longer than `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self.socket: socket.socket | None = None

    def __enter__(self) -> _Conversation:
        family, address = address_of(settings.CLAMD_ADDRESS)
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.settimeout(CONNECT_SECONDS)
        try:
            opened.connect(address)
        except OSError as error:
            opened.close()
            raise NoVerdict(f"the antivirus daemon at {settings.CLAMD_ADDRESS} does not answer ({error})") from error
        self.socket = opened
        return self

    def __exit__(self, *_: object) -> None:
        if self.socket is not None:
            self.socket.close()

    def _ready(self) -> socket.socket:
        left = self.deadline - time.monotonic()
        if left <= 0 or self.socket is None:
            raise NoVerdict("the antivirus daemon took too long")
        self.socket.settimeout(left)
        return self.socket

    def send(self, sent: bytes) -> bool:
        """Send, and say whether the daemon still listens."""
        try:
            self._ready().sendall(sent)
        except TimeoutError as error:
            raise NoVerdict("the antivirus daemon took too long") from error
        except OSError:
            return False
        return True

    def answer(self) -> str:
        received = b""
        try:
            while not received.endswith(b"\0") and len(received) < LONGEST_ANSWER:
                piece = self._ready().recv(LONGEST_ANSWER)
                if not piece:
                    break
                received += piece
        except TimeoutError as error:
            raise NoVerdict("the antivirus daemon took too long") from error
        except OSError as error:
            raise NoVerdict(f"the antivirus daemon hung up ({error})") from error
        return received.rstrip(b"\0\n").decode("utf-8", "replace").strip()


def address_of(text: str) -> tuple[socket.AddressFamily, str | tuple[str, int]]:
    """Read CLAMD_ADDRESS. Raises ImproperlyConfigured where it is neither a socket's path nor a host and port."""
    path = text.removeprefix("unix:")
    if path.startswith("/"):
        return socket.AF_UNIX, path
    host, _, port = text.removeprefix("tcp:").rpartition(":")
    host = host.strip("/[]")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ImproperlyConfigured(
            f"CLAMD_ADDRESS is {text!r}; write unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310."
        )
    return (socket.AF_INET6 if ":" in host else socket.AF_INET), (host, int(port))
