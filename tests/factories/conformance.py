"""Whether a document keeps to the standards it is printed to, as a checker by others sees it."""

from __future__ import annotations

import page


def failures(content: bytes) -> list[str]:
    """Return what a PDF breaks of PDF/UA-1 and PDF/A-3a; nothing, where it keeps to both."""
    return [
        f"{profile}: {failure.rule_id} {failure.message}"
        for profile in ("ua1", "3a")
        for failure in page.validate_pdf_bytes(content, profile=profile).failures
    ]
