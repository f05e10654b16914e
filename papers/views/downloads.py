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
from papers.views.papers import paper_page
from records.models import HeavyWork
from records.services import allowances
from rendering import docxfile, stamp
from rendering.errors import PrintingError

CANNOT_BE_STAMPED = (
    "The PDF was not handed out: it is to carry “{words}” on every page, and that could not be put there. {error} "
    "Tell whoever runs this service; `manage.py verify_digests --files` says whether the stored file is damaged."
)


@require_safe
def pdf(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Download the document. One that the panel cannot read says so on every page, and the trail keeps who took it."""
    found = paper_or_404(request, pk)
    if found.pdf is None:
        raise Http404
    words = documents.STAMPS.get(found.state, "")
    etag = quote_etag(f"{found.pdf.sha256}-{slugify(words)}" if words else found.pdf.sha256)
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if words:
        return _stamped(request, found, words, headers)
    return FileResponse(
        found.pdf.path.open("rb"),
        as_attachment=True,
        filename=_file_name(found, "pdf"),
        content_type=found.pdf.media_type,
        headers=headers,
    )


def _stamped(request: SignedInRequest, paper: Paper, words: str, headers: dict[str, str]) -> HttpResponse:
    """Hand out a copy with the words on every page: what is stored is what was, or will be, published."""
    assert paper.pdf is not None  # noqa: S101  # asked before
    headers = headers | {"Content-Disposition": f'attachment; filename="{_file_name(paper, "pdf")}"'}
    if request.method != "GET":  # a look at the headers takes nothing away
        return HttpResponse(content_type=paper.pdf.media_type, headers=headers)
    try:
        copy = stamp.stamped(paper.pdf.path.read_bytes(), words)
    except PrintingError as error:
        return paper_page(request, paper, refusal=CANNOT_BE_STAMPED.format(words=words, error=error), status=500)
    services.record_download(paper=paper, copy=copy, by=request.user, at=timezone.now())
    return HttpResponse(copy, content_type=paper.pdf.media_type, headers=headers)


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
