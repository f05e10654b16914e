"""The canonical form of signed content, and its digest: those of everything that is kept (`records/canonical.py`)."""

from __future__ import annotations

from records.canonical import canonical_bytes, content_digest, normal

__all__ = ["canonical_bytes", "content_digest", "normal"]
