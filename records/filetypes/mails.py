"""E-mails as files (RFC 5322): text that begins with a header, kept with its attachments as it is.

Nothing of it is ever shown here: whoever downloads it opens it in their own mail program, which knows what to make of
web pages and attachments. Attached programs are refused.
"""

from __future__ import annotations

import email
import email.policy
import re
from typing import BinaryIO

from records.filetypes.kinds import EML, NotTaken, broken
from records.filetypes.names import STARTED, ending_of, safe_name

MOST_HEADER = 256 * 1024
MOST_PARTS = 500
_NAMED = re.compile(rb"([!-9;-~]+)[ \t]*:")


def looks_like_one(head: bytes) -> bool:
    """Whether the text begins with a header that has a sender and what every e-mail has besides."""
    lines = re.split(rb"\r?\n", head.removeprefix(b"\xef\xbb\xbf"))
    names: set[bytes] = set()
    for line in lines:
        if not line:
            break
        if line[:1] in b" \t" and names:
            continue
        found = _NAMED.match(line)
        if found is None:
            return False
        names.add(found[1].lower())
    return b"from" in names and bool(names & {b"date", b"received", b"message-id", b"mime-version", b"to", b"subject"})


def refuse_unless_sound(file: BinaryIO) -> None:
    """Raise NotTaken where the e-mail is broken or has a program attached."""
    file.seek(0)
    content = file.read()
    header, _, _ = content.partition(b"\n\r\n" if b"\n\r\n" in content[:MOST_HEADER] else b"\n\n")
    if b"\0" in content or len(header) > MOST_HEADER:
        raise broken(EML)
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    for count, part in enumerate(message.walk()):
        if count > MOST_PARTS:
            raise NotTaken(f"It is an e-mail of over {MOST_PARTS} parts. Save it as a PDF, and add that.")
        name = safe_name(part.get_filename() or "")
        if ending_of(name) in STARTED - {"html", "htm", "svg"}:
            raise NotTaken(
                f"It is an e-mail with an attachment that a double click would start ({name[:80]}). Save the e-mail "
                "without it, or as a PDF, and add that."
            )
