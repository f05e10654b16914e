"""Files that people send, and handing them out again: the same whatever they are of."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from organisation.requests import SignedInRequest
from records.models import Blob, HeavyWork
from records.services import allowances

logger = logging.getLogger(__name__)

# No page of ours and no script runs in what is handed out, whatever it is and whoever opens it in a browser.
INERT = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def spend_on(request: SignedInRequest, files: Collection[UploadedFile[Any]]) -> None:
    """Count what was sent against the person's hour, whether it is taken or not: looking through it is the work."""
    now = timezone.now()
    allowances.spend(person=request.user, kind=HeavyWork.UPLOADS, at=now, amount=len(files))
    megabytes = sum(file.size or 0 for file in files) // 1024**2
    allowances.spend(person=request.user, kind=HeavyWork.MEGABYTES, at=now, amount=megabytes)


def hand_out(
    request: SignedInRequest,
    blob: Blob,
    *,
    name: str,
    record: Callable[[], None],
    withheld: Callable[[int], HttpResponse],
) -> HttpResponseBase:
    """Answer with a file's bytes under its `name`. `record` keeps who took it away; `withheld` says, with a status, why
    nobody can have it."""
    if not blob.may_be_handed_out:
        return withheld(409)
    etag = quote_etag(blob.sha256)
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    try:
        content = blob.path.open("rb")
    except FileNotFoundError:
        logger.error("The bytes of stored file %s are missing from the disk.", blob.sha256)
        return withheld(500)
    if request.method == "GET":  # a look at the headers takes nothing away
        record()
    return FileResponse(
        content,
        as_attachment=True,
        filename=name,
        content_type=blob.media_type,
        headers={
            "ETag": etag,
            "Cache-Control": "private, no-cache",
            "Content-Security-Policy": INERT,
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
