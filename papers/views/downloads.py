"""Taking a paper away as a file."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from organisation.requests import SignedInRequest
from papers import documents
from papers.contents import layout
from papers.models import Paper
from papers.services import papers as services
from papers.views.loading import paper_or_404, said_by, writable_paper_or_404
from records.models import HeavyWork
from records.services import allowances
from rendering import docxfile


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
    return FileResponse(
        found.pdf.path.open("rb"),
        as_attachment=True,
        filename=_file_name(found, "pdf"),
        content_type=found.pdf.media_type,
        headers={"ETag": etag, "Cache-Control": "private, no-cache"},
    )


@require_safe
def docx(request: SignedInRequest, pk: int) -> HttpResponse:
    """Download the paper, a draft too, as text that an office can edit. Who takes one is kept in the trail."""
    found = writable_paper_or_404(request, pk)
    response = HttpResponse(content_type=docxfile.MEDIA_TYPE, headers={"Cache-Control": "private, no-store"})
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(found, "docx")}"'
    if request.method == "GET":  # a look at the headers takes nothing away
        now = timezone.now()
        allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=now)
        response.content = documents.paper_docx(found, layout.laid_out(said_by(found)))
        services.record_docx(paper=found, content=response.content, by=request.user, at=now)
    return response


def _file_name(paper: Paper, ending: str) -> str:
    return f"{slugify(paper.title)[:80] or 'paper'}-{paper.meeting_on:%Y-%m-%d}.{ending}"
