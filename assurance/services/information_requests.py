"""Answering requests for information: which signed statements, what of them is kept back, and the PDF given out.

Nothing that is kept back leaves this module but as a number in a schedule: not to the document, not to the trail.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from assurance import disclosure, release_document
from assurance.disclosure import CannotWithhold, Span, Withheld
from assurance.models import InformationRequest, Redaction, Release, RequestedStatement, Revision, Withholding
from assurance.reading import read
from assurance.redaction import Text
from assurance.release_document import Given, Line
from assurance.rules import Refused
from organisation.models import Unit, User
from organisation.periods import Quarter
from records import canonical
from records.models import Job
from records.services import blobs, jobs, trail
from rendering import pdf

logger = logging.getLogger(__name__)

PRINT = "assurance.print_release"
CANNOT_PRINT = "It could not be printed; nothing that was decided is lost. Show this to the administrator: {error}"
CHANGED_SINCE = (
    "What is to be given out has changed since it was confirmed. Open the page with the second look and confirm anew."
)
STALE = (
    "{revision}: a text has changed since it was decided on: something was taken out of it by law, so the places that "
    "are kept back are not where they were. Undo mark {marks} and decide anew."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request would give out as decided now: the statements without what is kept back, and the schedule."""

    statements: tuple[Given, ...]
    schedule: tuple[Line, ...]
    digest: str


@transaction.atomic
def make(*, reference: str, law: str, subject: str, received_on: date, by: User, at: datetime) -> InformationRequest:
    """Open a request. Raises Refused for a reference that there is already."""
    if InformationRequest.objects.filter(reference=reference).exists():
        raise Refused(f"There is a request {reference} already. Open it from the list, or give this one another name.")
    made = InformationRequest.objects.create(
        reference=reference, law=law, subject=subject, received_on=received_on, made_at=at, made_by=by
    )
    trail.record(act="information-request.made", thing=made, by=by, at=at, law=law)
    return made


@transaction.atomic
def choose(
    *, request: InformationRequest, units: Collection[Unit], first: Quarter, last: Quarter, by: User, at: datetime
) -> int:
    """Add the newest signed revision of each statement of the units and quarters; return how many were not in yet."""
    _lock(request)
    signed = Revision.objects.filter(
        statement__unit__in=units,
        statement__quarter__gte=str(first),
        statement__quarter__lte=str(last),
        signed_at__isnull=False,
    )
    newest = signed.order_by("statement_id", "-number").distinct("statement_id")
    there = set(_items(request).values_list("revision_id", flat=True))
    added = [revision for revision in newest.select_related("statement__unit") if revision.pk not in there]
    RequestedStatement.objects.bulk_create(
        RequestedStatement(request=request, revision=revision, chosen_at=at, chosen_by=by) for revision in added
    )
    for revision in added:
        trail.record(act="information-request.chosen", thing=revision, by=by, at=at, request=request.pk)
    return len(added)


@transaction.atomic
def remove(*, item: RequestedStatement, by: User, at: datetime) -> None:
    """Leave a statement out of the request again. What was decided on it stays on record."""
    _lock(item.request)
    if RequestedStatement.objects.filter(pk=item.pk, removed_at=None).update(removed_at=at, removed_by=by):
        trail.record(act="information-request.left_out", thing=item.revision, by=by, at=at, request=item.request_id)


def content_of(revision: Revision) -> dict[str, Any]:
    """Return what can be given out of a signed revision: its content, and the names under the signature."""
    return dict(revision.content) | {
        "signer_name": revision.signer_name,
        "signer_position": revision.signer_position,
    }


def withheld_of(item: RequestedStatement) -> dict[str, list[Withholding]]:
    """Return what is kept back of a statement, by the path of the text."""
    found: dict[str, list[Withholding]] = defaultdict(list)
    for one in Withholding.objects.in_force().filter(statement=item).select_related("decided_by").order_by("number"):
        found[one.path].append(one)
    return dict(found)


def redacted_since(item: RequestedStatement, decisions: Mapping[str, Iterable[Withholding]]) -> list[Withholding]:
    """Return the decisions on texts that a redaction has changed since: their places are those of the text before."""
    carried_out = Redaction.objects.that_changed(item.revision).values_list("path", "decided_at")
    return [
        one
        for path, of_text in decisions.items()
        for one in of_text
        # A redaction of a file, which has no path, changes the names and titles of files.
        if any(
            at and at > one.decided_at and (where == path or (not where and "/files/" in path))
            for where, at in carried_out
        )
    ]


def plain(decisions: Iterable[Withholding]) -> list[Withheld]:
    """Return decisions as `assurance.disclosure` takes them."""
    return [one.withheld for one in decisions]


@transaction.atomic
def withhold(
    *,
    item: RequestedStatement,
    text: Text,
    edited: str | None,
    exemption: str,
    reason: str,
    by: User,
    at: datetime,
) -> Withholding:
    """Keep back what `edited` has put a mark on, or, where it is None, all of the text. Raises Refused."""
    _lock(item.request)
    already = plain(withheld_of(item).get(text.path, ()))
    try:
        spans: tuple[Span, ...] = (
            disclosure.whole(text.text) if edited is None else disclosure.marked(text.text, edited, already)
        )
    except CannotWithhold as why:
        raise Refused(str(why)) from why
    if all(piece.number is not None for piece in disclosure.pieces(text.text, already)):
        raise Refused("All of this text is kept back already.")
    before = Withholding.objects.filter(statement__request=item.request).aggregate(last=Max("number"))["last"]
    made = Withholding.objects.create(
        statement=item,
        number=(before or 0) + 1,
        path=text.path,
        label=text.label,
        spans=[list(span) for span in spans],
        is_whole=edited is None,
        exemption=exemption,
        reason=reason,
        decided_at=at,
        decided_by=by,
    )
    trail.record(act="information-request.withheld", thing=made, by=by, at=at, exemption=exemption)
    return made


@transaction.atomic
def undo(*, withholding: Withholding, by: User, at: datetime) -> None:
    """Give out after all what a decision kept back. The decision stays on record, undone."""
    _lock(withholding.statement.request)
    if Withholding.objects.in_force().filter(pk=withholding.pk).update(undone_at=at, undone_by=by):
        trail.record(act="information-request.withholding_undone", thing=withholding, by=by, at=at)


def outcome(request: InformationRequest) -> Outcome:
    """Return what the request gives out as decided now. Raises Refused where a text has changed since."""
    given, schedule = [], []
    for item in _items(request):
        decisions = withheld_of(item)
        given.append(_given(item, decisions))
        schedule += [_line(item, one) for of_text in decisions.values() for one in of_text]
    schedule.sort(key=lambda line: line.number)
    about = {
        "reference": request.reference,
        "law": request.law,
        "subject": request.subject,
        "received_on": request.received_on.isoformat(),
        "statements": [[one.revision.pk, one.content] for one in given],
        "schedule": [asdict(line) for line in schedule],
    }
    return Outcome(tuple(given), tuple(schedule), canonical.content_digest(about))


def _given(item: RequestedStatement, decisions: dict[str, list[Withholding]]) -> Given:
    revision = item.revision
    if stale := redacted_since(item, decisions):
        raise Refused(STALE.format(revision=revision, marks=", ".join(str(one.number) for one in stale)))
    try:
        content = disclosure.disclosed(
            content_of(revision), {path: plain(of_text) for path, of_text in decisions.items()}
        )
    except CannotWithhold as why:
        raise Refused(f"{revision}: {why}") from why
    names = dict(revision.statement.edition.levels.values_list("number", "name"))
    return Given(item, content, read(content, names), content["signer_name"], content["signer_position"])


def _line(item: RequestedStatement, one: Withholding) -> Line:
    what = "All of the text" if one.is_whole else f"{len(one.spans)} passage{'' if len(one.spans) == 1 else 's'}"
    return Line(one.number, str(item.revision), one.label, what, one.get_exemption_display(), one.reason)


@transaction.atomic
def confirm(*, request: InformationRequest, digest: str, by: User, at: datetime) -> Release:
    """Confirm what somebody has looked at, named by its digest, and have the PDF made. Raises Refused."""
    _lock(request)
    found = outcome(request)
    if not found.statements:
        raise Refused("No statement is chosen yet, so there is nothing to give out.")
    if found.digest != digest:
        raise Refused("Something was decided while you were looking. Look again: below is what there is now.")
    if Release.objects.filter(request=request, digest=digest).exists():
        raise Refused("Exactly this has been confirmed already. Its PDF is on the page of the request.")
    before = Release.objects.filter(request=request).aggregate(last=Max("number"))["last"]
    release = Release.objects.create(
        request=request, number=(before or 0) + 1, digest=digest, confirmed_at=at, confirmed_by=by
    )
    trail.record(act="information-request.confirmed", thing=release, by=by, at=at, digest=digest)
    ask_for_document(release=release, by=by, at=at)
    return release


def key_of(release: Release) -> str:
    """The key of the job that prints the release."""
    return f"information-release:{release.pk}"


def ask_for_document(*, release: Release, by: User, at: datetime) -> Job | None:
    """Have the release's PDF made; None where it is there. Two requests, one document."""
    if release.blob_id is not None:
        return None
    return jobs.request(task=PRINT, key=key_of(release), by=by, at=at, release_id=release.pk)


def build(claim: jobs.Claim) -> None:
    """Print what was confirmed, if that is still what was decided, and keep the file."""
    release = Release.objects.select_related("request").get(pk=claim.arguments["release_id"])
    if release.blob_id is not None:
        with jobs.finishing(claim):
            return
    jobs.progress(claim, percent=20, step="Leaving out what is kept back")
    try:
        found = outcome(release.request)
    except Refused as why:
        raise jobs.JobFailed(str(why)) from why
    if found.digest != release.digest:
        raise jobs.JobFailed(CHANGED_SINCE)
    html = release_document.html(release, found.statements, found.schedule)
    jobs.progress(claim, percent=50, step="Printing")
    content = _printed(html, created_at=release.confirmed_at)
    with jobs.finishing(claim) as now:
        blob = blobs.store(content=content, media_type="application/pdf", at=now)
        if Release.objects.filter(pk=release.pk, blob=None).update(blob=blob, printed_at=now):
            trail.record(act="information-request.printed", thing=release, by=None, at=now, sha256=blob.sha256)


@transaction.atomic
def record_download(*, release: Release, by: User, at: datetime) -> None:
    """Keep who took the PDF with them."""
    sha256 = release.blob.sha256 if release.blob else ""
    trail.record(act="information-request.downloaded", thing=release, by=by, at=at, sha256=sha256)


def _printed(html: str, *, created_at: datetime) -> bytes:
    try:
        return pdf.render(html, assets=release_document.assets(), created_at=created_at)
    except pdf.PrintingError as error:
        logger.exception("What is given out by law could not be printed")
        raise jobs.JobFailed(CANNOT_PRINT.format(error=type(error).__name__)) from error


def _items(request: InformationRequest) -> Any:
    chosen = RequestedStatement.objects.filter(request=request, removed_at=None)
    return chosen.select_related("request", "revision__statement__unit", "revision__statement__edition")


def items(request: InformationRequest) -> Sequence[RequestedStatement]:
    """Return the statements that are chosen, by unit and quarter."""
    return list(_items(request))


def _lock(request: InformationRequest) -> None:
    """Let what is decided about one request be decided one after the other."""
    InformationRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
