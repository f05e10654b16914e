"""Loading what a page is about, for somebody who may see it. A stranger gets 404, a reader who may not write 403."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from assurance.audit_permissions import can_read_revision
from assurance.models import Entry, IssuedRollup, Revision, Rollup, Statement, ThemeAssessment
from assurance.permissions import (
    can_build_rollup,
    can_read_issued_rollup,
    can_read_rollup,
    can_read_statement,
    can_write_statement,
)
from maturity.models import Edition
from organisation.models import BusinessGroup, User
from organisation.models.unit import WHOLE_FORCE
from organisation.periods import HalfYear, Quarter
from organisation.permissions import hold_appointments
from organisation.requests import SignedInRequest

ONLY_WRITERS = "Only the unit’s SPOC and SLT lead fill in its statement. You can read it."
ONLY_BUILDERS = (
    "Only the Chief Officer Group (COG) lead of the business group, or their support staff, builds its roll-up and "
    "writes on it. You can read it."
)
ONLY_THE_HEAD = (
    "Only the Head of Safety, Health and Wellbeing builds the force summary and writes on it. You can read it."
)


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


def signed_revision_or_404(request: SignedInRequest, unit: str, quarter: Quarter, *, number: int) -> Revision:
    """Return the statement's signed revision of that number where the person may read it, also from outside."""
    revision = _find(unit, quarter, number)
    if revision is None or not revision.is_frozen or not can_read_revision(request.user, revision):
        raise Http404
    return revision


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


# --- Roll-ups -----------------------------------------------------------------------------------------------------


def halves() -> list[HalfYear]:
    """The half-years there may be roll-ups of, newest first: from the first statement's to this one, two at least."""
    current = HalfYear.of(timezone.localdate())
    first = Statement.objects.order_by("quarter").values_list("quarter", flat=True).first()
    found = [current, current.previous()]
    while first is not None and first.half < found[-1]:
        found.append(found[-1].previous())
    return found


def rollup_or_404(request: SignedInRequest, group: str, half: HalfYear) -> Rollup:
    """Return the roll-up of a group, or the force summary, where the person reads its draft: not saved before it is
    first built or written on.
    """
    found = None if group == WHOLE_FORCE else get_object_or_404(BusinessGroup, slug=group)
    rollup = Rollup.objects.filter(group=found, half=half).select_related("group", "pdf").first()
    rollup = rollup or Rollup(group=found, half=half)
    if not can_read_rollup(request.user, rollup) or half not in halves():
        raise Http404
    return rollup


def refuse_unless_built_by(person: User, rollup: Rollup) -> None:
    """Raise PermissionDenied where a reader of the draft neither builds it nor writes on it."""
    if not can_build_rollup(person, rollup):
        raise PermissionDenied(ONLY_THE_HEAD if rollup.is_of_the_force else ONLY_BUILDERS)


def writable_rollup_or_404(request: SignedInRequest, group: str, half: HalfYear) -> Rollup:
    """Return the roll-up where the person writes on it."""
    hold_appointments(request.user)  # the page around the answers needs them too: they are read once
    rollup = rollup_or_404(request, group, half)
    refuse_unless_built_by(request.user, rollup)
    return rollup


def begun_rollup_or_404(request: SignedInRequest, group: str, half: HalfYear) -> Rollup:
    """Return the roll-up whose page is open where the person writes on it, without its figures: one query."""
    found = Rollup.objects.filter(_is_called(group), half=half).select_related("group").defer("figures").first()
    if found is None:
        raise Http404
    _refuse_unless_written_on_by(request.user, found)
    return found


def begun_assessment_or_404(request: SignedInRequest, group: str, half: HalfYear, theme: str) -> ThemeAssessment:
    """Return what is stated on a theme whose page is open; as `begun_rollup_or_404`."""
    found = (
        ThemeAssessment.objects.filter(_is_called(group, "rollup__"), rollup__half=half, theme_identity=theme)
        .select_related("rollup__group")
        .defer("rollup__figures")
        .first()
    )
    if found is None:
        raise Http404
    _refuse_unless_written_on_by(request.user, found.rollup)
    return found


def _is_called(group: str, prefix: str = "") -> Q:
    return Q(**{f"{prefix}group": None} if group == WHOLE_FORCE else {f"{prefix}group__slug": group})


def _refuse_unless_written_on_by(person: User, rollup: Rollup) -> None:
    hold_appointments(person)
    if not can_read_rollup(person, rollup):
        raise Http404
    refuse_unless_built_by(person, rollup)


def issued_or_404(
    request: SignedInRequest, group: str, half: HalfYear, number: int, *, with_content: bool = True
) -> IssuedRollup:
    """Return that version of the roll-up where the person may read what was issued: one query."""
    issued = IssuedRollup.objects.filter(_is_called(group, "rollup__"), rollup__half=half, number=number)
    issued = issued.select_related("rollup__group", "pdf").defer("rollup__figures")
    found = (issued if with_content else issued.defer("content", "rollup__figures")).first()
    if found is None or not can_read_issued_rollup(request.user, found):
        raise Http404
    return found
