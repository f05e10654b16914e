"""Loading what a page is about, for somebody who may see it. A stranger gets 404, a reader who may not write 403."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from assurance.models import Revision
from assurance.permissions import can_read_statement, can_write_statement
from maturity.models import Edition
from organisation.models import User
from organisation.periods import Quarter

ONLY_WRITERS = "Only the unit’s SPOC and SLT lead fill in its statement. You can read it."


class SignedInRequest(HttpRequest):
    """A request behind the sign-in, as every view of this room gets it."""

    user: User
    htmx: HtmxDetails


def revision_or_404(request: SignedInRequest, unit: str, quarter: Quarter, *, number: int | None = None) -> Revision:
    """Return the statement's newest revision (or that `number`) where the person may read it."""
    revision = _find(unit, quarter, number)
    if revision is None or not can_read_statement(request.user, revision.statement):
        raise Http404
    return revision


def writable_revision_or_404(request: SignedInRequest, unit: str, quarter: Quarter) -> Revision:
    """Return the statement's newest revision where the person fills it in. Whether it is still open is not asked."""
    revision = _find(unit, quarter)
    if revision is None:
        raise Http404
    if not can_write_statement(request.user, revision.statement):
        if can_read_statement(request.user, revision.statement):
            raise PermissionDenied(ONLY_WRITERS)
        raise Http404
    return revision


def _find(unit: str, quarter: Quarter, number: int | None = None) -> Revision | None:
    revisions = Revision.objects.filter(statement__unit__slug=unit, statement__quarter=quarter)
    if number is not None:
        revisions = revisions.filter(number=number)
    return (
        revisions.select_related("statement__unit", "statement__edition", "completed_by", "signed_by")
        .order_by("-number")
        .first()
    )


def level_names(edition: Edition) -> dict[int, str]:
    """Return the names of the edition's levels by number."""
    return dict(edition.levels.values_list("number", "name"))
