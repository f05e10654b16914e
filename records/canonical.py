"""The canonical form of signed content, and its digest.

Canonical: JSON with sorted keys, no blanks, UTF-8, text in Unicode form NFC with `\\n` line ends. The same content
gives the same bytes on every machine, so that a printed digest can be worked out again from the stored content.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any


def normal(value: Any) -> Any:
    """Return `value` with every text in NFC and with `\\n` line ends. Refuses what JSON would not keep exactly."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("Keys of signed content are texts.")
        return {normal(key): normal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [normal(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    raise TypeError(
        f"Signed content holds texts, whole numbers, yes or no, and nothing else; not {type(value).__name__}."
    )


def canonical_bytes(content: Any) -> bytes:
    """Return the canonical form of `content`."""
    return json.dumps(normal(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def content_digest(content: Any) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical_bytes(content)).hexdigest()
