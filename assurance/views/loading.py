"""Loading what a page is about, for somebody who may see it. A stranger gets 404, a reader who may not write 403."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Subquery
from django.http import Http404

from assurance.models import Entry, Revision, Statement
from assurance.permissions import can_read_statement, can_write_statement
from maturity.models import Edition
from organisation.models import User
from organisation.periods import Quarter
from organisation.permissions import hold_appointments
from organisation.requests import SignedInRequest

ONLY_WRITERS = "Only the unit’s SPOC and SLT lead fill in its statement. You can read it."


def revision_or_404(request: SignedInRequest, unit: str, quarter: Quarter, *, number: int | None = None) -> Revision:
    """Return the statement's newest revision (or that `number`) where the person may read it."""
    revision = _find(unit, quarter, number)
    if revision is None or not can_read_statement(request.user, revision.statement):
        raise Http404
    return revision


def asked_revision_or_404(request: SignedInRequest, unit: str, quarter: Quarter) -> Revision:
    """Return the revision that `?revision=` names, or the newest, where the person may read the statement."""
    asked = request.GET.get("revision", "")
    if not asked:
        return revision_or_404(request, unit, quarter)
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 5):
        raise Http404
    return revision_or_404(request, unit, quarter, number=int(asked))


def writable_revision_or_404(request: SignedInRequest, unit: str, quarter: Quarter) -> Revision:
    """Return the statement's newest revision where the person fills it in. Whether it is still open is not asked."""
    revision = _find(unit, quarter)
    if revision is None:
        raise Http404
    _refuse_unless_written_by(request.user, revision.statement)
    return revision


def writable_entry_or_404(
    request: SignedInRequest, unit: str, quarter: Quarter, theme: str, *, entries: QuerySet[Entry] | None = None
) -> Any:
    """Return what the statement's newest revision says about a theme where the person fills it in: one query.

    `entries` may add to what is read of it.
    """
    found = _entries_of(unit, quarter, entries).filter(theme__identity=theme).first()
    if found is None:
        raise Http404
    _refuse_unless_written_by(request.user, found.revision.statement)
    return found


def writable_entries_or_404(
    request: SignedInRequest, unit: str, quarter: Quarter, *, entries: QuerySet[Entry] | None = None
) -> list[Any]:
    """Return all entries of the statement's newest revision in the order of the themes; as `writable_entry_or_404`."""
    found = list(_entries_of(unit, quarter, entries).order_by("theme__number"))
    if not found:
        raise Http404
    _refuse_unless_written_by(request.user, found[0].revision.statement)
    return found


def _entries_of(unit: str, quarter: Quarter, entries: QuerySet[Entry] | None) -> QuerySet[Entry]:
    newest = Revision.objects.filter(statement__unit__slug=unit, statement__quarter=quarter).order_by("-number")
    entries = Entry.objects.all() if entries is None else entries
    return (
        entries.filter(revision=Subquery(newest.values("pk")[:1]))
        .select_related("revision__statement__unit", "theme")
        .defer("revision__content")
    )


def _refuse_unless_written_by(person: User, statement: Statement) -> None:
    hold_appointments(person)  # the page around the answers needs them too: they are read once
    if can_write_statement(person, statement):
        return
    if can_read_statement(person, statement):
        raise PermissionDenied(ONLY_WRITERS)
    raise Http404


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
