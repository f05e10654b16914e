"""Whether a document keeps to the standards it is printed to, as checkers by others see it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pdfua
from pdfua.rules import structure

from rendering.checking import breaches


def failures(content: bytes) -> list[str]:
    """Return what a PDF breaks of PDF/UA-1 and PDF/A-3a; nothing, where it keeps to both."""
    return [*breaches(content), *_seconded(content)]


def _seconded(content: bytes) -> list[str]:
    """Return what pdfua finds, warnings and what it could not check included: it reads files only."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "document.pdf"
        path.write_bytes(content)
        # pdfua 0.1.3 asks pikepdf's arrays for an attribute that they refuse, and so leaves every heading unchecked.
        with patch.object(structure, "as_integer", _as_integer):
            report = pdfua.validate(str(path))
    return [
        *(f"pdfua: {one.rule_id} {one.location.describe()}: {one.message}" for one in report.findings),
        *(f"pdfua: {one.rule_id} not checked: {one.skipped_reason}" for one in report.skipped),
    ]


def _as_integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
