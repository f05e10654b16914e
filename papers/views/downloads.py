"""Taking a paper away as a file."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from organisation.requests import SignedInRequest
from papers.services import papers as services
from papers.views.loading import paper_or_404


@require_safe
def pdf(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download the document. Who takes one that the panel cannot read is kept in the trail."""
    found = paper_or_404(request, pk)
    if found.pdf is None:
        raise Http404
    etag = quote_etag(found.pdf.sha256)
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    if request.method == "GET" and not found.is_released:
        services.record_download(paper=found, by=request.user, at=timezone.now())
    name = f"{slugify(found.title)[:80] or 'paper'}-{found.meeting_on:%Y-%m-%d}.pdf"
    return FileResponse(
        found.pdf.path.open("rb"),
        as_attachment=True,
        filename=name,
        content_type=found.pdf.media_type,
        headers={"ETag": etag, "Cache-Control": "private, no-cache"},
    )
