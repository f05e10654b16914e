"""What changed between two texts of a unit's statements: since last quarter, or between any two revisions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from assurance.changes import Changes, between
from assurance.forms.changes import CompareForm
from assurance.models import Revision, RevisionState, Statement
from assurance.reading import ReadStatement, read
from assurance.services.content import content_of
from assurance.views.loading import level_names, revision_or_404
from maturity.models import NotComparable
from organisation.periods import NotAPeriod, Quarter
from organisation.requests import SignedInRequest
from rendering import formats

# How an address names a revision: `2025-26-q1` the newest of a quarter, `2025-26-q1.2` that one; `2` in this statement.
_NAME = re.compile(r"(?P<quarter>[0-9]{4}-[0-9]{2}-q[1-4])(?:\.(?P<number>[0-9]+))?")


@require_safe
def changes(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Two texts compared theme by theme; with nothing asked for, the newest against what was signed last quarter."""
    newest = revision_or_404(request, unit, quarter)
    revisions = _readable(request, newest)
    after = _asked_for(request, "to", revisions, newest) or next(one for one in revisions if one.pk == newest.pk)
    before = _asked_for(request, "from", revisions, newest) or _last_quarters(after, revisions)
    context = {
        "unit": newest.statement.unit,
        "quarter": newest.statement.quarter,
        "before": before,
        "after": after,
        "before_in_words": _in_words(before) if before else "",
        "after_in_words": _in_words(after),
        "changes": _between(before, after) if before else None,
        "shortcuts": _shortcuts(before, after, revisions),
        "form": CompareForm(
            initial={"from": _value(before) if before else "", "to": _value(after)},
            options=[(_value(one), _in_words(one)) for one in revisions],
        ),
    }
    return render(request, "assurance/changes.html", context)


def _readable(request: SignedInRequest, newest: Revision) -> list[Revision]:
    """Every revision of the unit's statements that the person may read, the newest first; without their content."""
    statements = Statement.objects.visible_to(request.user).filter(unit=newest.statement.unit_id)
    return list(
        Revision.objects.filter(statement__in=statements)
        .select_related("statement__edition", "statement__unit")
        .defer("content")
        .order_by("-statement__quarter", "-number")
    )


def _asked_for(request: SignedInRequest, name: str, revisions: Sequence[Revision], newest: Revision) -> Revision | None:
    """Return the revision that the address names; None where it names none, 404 where there is no such revision."""
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    named = _NAME.fullmatch(f"{newest.statement.quarter.slug}.{text}" if text.isdecimal() else text)
    try:
        quarter = Quarter.parse(named["quarter"]) if named else None
    except NotAPeriod as error:
        raise Http404 from error
    for revision in revisions:
        if named and revision.statement.quarter == quarter and named["number"] in (None, str(revision.number)):
            return revision
    raise Http404


def _last_quarters(after: Revision, revisions: Sequence[Revision]) -> Revision | None:
    """Return the newest signed revision of an earlier quarter; one that was returned only where no other was signed."""
    earlier = [one for one in revisions if one.is_frozen and one.statement.quarter < after.statement.quarter]
    if not earlier:
        return None
    of_the_quarter = [one for one in earlier if one.statement.quarter == earlier[0].statement.quarter]
    standing = [one for one in of_the_quarter if one.state != RevisionState.RETURNED]
    return (standing or of_the_quarter)[0]


def _shortcuts(before: Revision | None, after: Revision, revisions: Sequence[Revision]) -> list[tuple[str, str]]:
    """Links to what is asked most: since last quarter, and since the revision before this one."""
    last = _last_quarters(after, revisions)
    found = [(f"since {last.statement.quarter}", last)] if last else []
    found += [
        (f"since revision {one.number}{', which was returned' if one.state == RevisionState.RETURNED else ''}", one)
        for one in revisions
        if one.statement_id == after.statement_id and one.number == after.number - 1
    ]
    address = reverse("assurance:changes", args=[after.statement.unit.slug, after.statement.quarter])
    return [
        (f"What changed {words}", f"{address}?{urlencode({'from': _value(one), 'to': _value(after)})}")
        for words, one in found
        if before is None or one.pk != before.pk
    ]


def _between(before: Revision, after: Revision) -> Changes:
    return between(_read(before), _read(after), not_comparable=_not_comparable(before, after))


def _read(revision: Revision) -> ReadStatement:
    content = revision.content if revision.is_frozen else content_of(revision)
    return read(content, level_names(revision.statement.edition))


def _not_comparable(before: Revision, after: Revision) -> Mapping[str, str]:
    """Return {identity: why} of the themes whose meaning changed between the two editions, whichever came first."""
    editions = {before.statement.edition_id, after.statement.edition_id}
    if len(editions) == 1:
        return {}
    rows = NotComparable.objects.filter(edition__in=editions, earlier__in=editions)
    return dict(rows.values_list("identity", "reason"))


def _value(revision: Revision) -> str:
    return f"{revision.statement.quarter.slug}.{revision.number}"


def _in_words(revision: Revision) -> str:
    signed = f"signed {formats.day(revision.signed_at)}" if revision.signed_at else "not signed"
    returned = ", returned" if revision.state == RevisionState.RETURNED else ""
    return f"{revision.statement.quarter}, revision {revision.number} ({signed}{returned})"
