"""The tables of a paper as files of their own."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from organisation.files import INERT
from organisation.requests import SignedInRequest
from papers import documents
from papers.contents import layout
from papers.services import papers as services
from papers.views.loading import paper_or_404


@require_safe
def tables(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download all tables as CSV in one ZIP. Who takes those of a paper that the panel cannot read is kept."""
    paper = paper_or_404(request, pk)
    content = documents.tables_zip(paper, layout.laid_out(paper.content)) if paper.content else None
    if content is None:
        raise Http404
    etag = quote_etag(hashlib.sha256(content).hexdigest())
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    if request.method == "GET" and not paper.is_released:
        services.record_tables(paper=paper, by=request.user, at=timezone.now())
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{paper.file_stem}-tables.zip"',
            "ETag": etag,
            "Cache-Control": "private, no-cache",
            "Content-Security-Policy": INERT,
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
