"""A mail server on loopback for tests: takes what it is given, or dies at a chosen moment."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """What it took, and how it behaves. `dies_before_saying_so`: takes a letter, then ends the connection silently."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    dies_before_saying_so: bool = False
    refuses: str = ""


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a server on a port of its own until the block ends."""
    kept = MailServer()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 mail.example.org")
            while command := self.rfile.readline().decode().strip().upper():
                if command == "QUIT":
                    self._say("221 Goodbye")
                    return
                if command.startswith("RCPT") and kept.refuses:
                    self._say(kept.refuses)
                elif command == "DATA":
                    self._say("354 Go on")
                    kept.taken.append(self._letter())
                    if kept.dies_before_saying_so:
                        return
                    self._say("250 Taken")
                else:
                    self._say("250 Well")

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def _letter(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b"."))
            return message_from_bytes(b"".join(lines), policy=policy.default)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
