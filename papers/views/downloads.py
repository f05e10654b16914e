"""Taking a paper away as a file."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from organisation.files import hand_out
from organisation.requests import SignedInRequest
from papers import documents
from papers.contents import layout
from papers.services import papers as services
from papers.views.loading import paper_or_404, said_by, writable_paper_or_404
from papers.views.papers import paper_page
from records.models import Blob, HeavyWork
from records.services import allowances
from rendering import docxfile, stamp
from rendering.errors import PrintingError

WITHHELD = "The document cannot be handed out just now. Tell whoever runs this service its file digest."
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

    def refused(text: str, status: int = 500) -> HttpResponse:
        return paper_page(request, found, refusal=text, status=status)

    def withheld(status: int) -> HttpResponse:
        return refused(WITHHELD, status)

    words = documents.STAMPS.get(found.state, "")
    if not words:
        return hand_out(request, found.pdf, name=f"{found.file_stem}.pdf", record=lambda: None, withheld=withheld)
    etag = quote_etag(f"{found.pdf.sha256}-{slugify(words)}")
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged

    def record(copy: bytes) -> None:
        services.record_download(paper=found, copy=copy, by=request.user, at=timezone.now())

    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return stamped(request, found.pdf, words, f"{found.file_stem}.pdf", record=record, refused=refused, **headers)


def stamped(
    request: SignedInRequest,
    blob: Blob,
    words: str,
    name: str,
    *,
    record: Callable[[bytes], None],
    refused: Callable[[str], HttpResponse],
    **headers: str,
) -> HttpResponse:
    """Hand out a copy with the words on every page: what is stored is what was, or will be, published.

    `record` keeps who took the copy; `refused` answers, with the reason, where it could not be made.
    """
    headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if request.method != "GET":  # a look at the headers takes nothing away
        return HttpResponse(content_type=blob.media_type, headers=headers)
    if not blob.may_be_handed_out or not blob.path.exists():
        return refused(WITHHELD)
    try:
        copy = stamp.stamped(blob.path.read_bytes(), words)
    except PrintingError as error:
        return refused(CANNOT_BE_STAMPED.format(words=words, error=error))
    record(copy)
    return HttpResponse(copy, content_type=blob.media_type, headers=headers)


@require_safe
def docx(request: SignedInRequest, pk: int) -> HttpResponse:
    """Download the paper, a draft too, as text that an office can edit. Who takes one is kept in the trail."""
    found = writable_paper_or_404(request, pk)
    response = HttpResponse(content_type=docxfile.MEDIA_TYPE, headers={"Cache-Control": "private, no-store"})
    response.headers["Content-Disposition"] = f'attachment; filename="{found.file_stem}.docx"'
    if request.method == "GET":  # a look at the headers takes nothing away
        now = timezone.now()
        allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=now)
        response.content = documents.paper_docx(found, layout.laid_out(said_by(found)))
        services.record_docx(paper=found, content=response.content, by=request.user, at=now)
    return response
