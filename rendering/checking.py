"""Whether a printed file keeps to PDF/UA-1 and PDF/A-3a, as a checker by others sees it: before anybody is given it."""

from __future__ import annotations

import page

from rendering.errors import RenderingFailed

PROFILES = ("ua1", "3a")


def breaches(content: bytes) -> list[str]:
    """Return what a PDF breaks of the two standards; nothing, where it keeps to both."""
    try:
        return [
            f"{profile}: {failure.rule_id} {failure.message}"
            for profile in PROFILES
            for failure in page.validate_pdf_bytes(content, profile=profile).failures
        ]
    except page.PageError as error:  # it can make nothing of the file
        return [str(error)]


def check(content: bytes) -> None:
    """Raise RenderingFailed, with what is wrong, where a PDF does not keep to both."""
    if found := breaches(content):
        raise RenderingFailed(found)
