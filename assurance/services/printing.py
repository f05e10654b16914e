"""Printing this room's documents inside a job: a document that cannot be printed fails the job in words."""

from __future__ import annotations

import logging
from datetime import datetime

from assurance import documents
from records.services import jobs
from rendering import pdf

logger = logging.getLogger(__name__)


def printed(html: str, *, created_at: datetime | None, failing: str) -> bytes:
    """Return the document as PDF.

    Raises JobFailed with `failing`, which says what is unchanged and has room for the `error`.
    """
    try:
        return pdf.render(html, assets=documents.assets(), created_at=created_at)
    except pdf.PrintingError as error:
        logger.exception("A document could not be printed")
        raise jobs.JobFailed(failing.format(error=error)) from error
