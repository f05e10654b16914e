"""The COG lead's work: the list of a quarter's statements, and the review of one with what support staff note on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from actions.models import Action
from assurance.forms.review import ReviewForm, ReviewNoteForm
from assurance.models import Decision, Review, ReviewNote, Revision, RevisionState, Statement
from assurance.models.rollup import groups_in_scope
from assurance.models.statement import FROZEN
from assurance.permissions import can_decide, can_note, can_read_notes, can_read_reviews, can_review
from assurance.reading import ReadEntry, ReadLevel, ReadStatement, read
from assurance.rules import Refused
from assurance.services import review_notes
from assurance.services import reviews as services
from assurance.views.loading import level_names, revision_or_404
from assurance.worklist import overdue_actions, work_lists
from maturity.models import NotComparable
from organisation.models import BusinessGroup, UnitMembership
from organisation.periods import Quarter
from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest

ONLY_THE_LEAD = (
    "Only the Chief Officer Group (COG) lead of the unit’s business group accepts or returns its statements. "
    "You can read them."
)
ONLY_SUPPORT = (
    "Only the Chief Officer Group (COG) support staff of the unit’s business group make notes on its statements, and "
    "not on one that they completed or signed. You can read them."
)
NOTHING_SIGNED = "Nothing is signed yet, so there is nothing to {do}."


# --- The list -----------------------------------------------------------------------------------------------------


@require_safe
def reviews(request: SignedInRequest) -> HttpResponse:
    """This quarter of every group the person follows; with one group only, its list at once."""
    groups = list(groups_in_scope(request.user))
    if not groups:
        raise Http404
    today = timezone.localdate()
    quarter = Quarter.of(today)
    if len(groups) == 1:
        return redirect("assurance:group_reviews", groups[0].slug, quarter)
    context = {"quarter": quarter, "lists": work_lists(groups, quarter, today=today)}
    return render(request, "assurance/reviews.html", context)


@require_safe
def group_reviews(request: SignedInRequest, group: str, quarter: Quarter) -> HttpResponse:
    """Every unit of the group from which a statement is expected this quarter, and where each statement stands."""
    followed = _group_or_404(request, group)
    today = timezone.localdate()
    current, first = Quarter.of(today), _first_quarter()
    if quarter > current or quarter < min(first, current):
        raise Http404
    (found,) = work_lists([followed], quarter, today=today)
    readable = Statement.objects.visible_to(request.user).filter(quarter=quarter)
    late = overdue_actions(found, request.user, today=today)
    context = {
        "list": found,
        "rows": [(row, late.get(row.slug, 0)) for row in found.rows],
        "group": followed,
        "quarter": quarter,
        # A unit that has moved on since is counted here, but its statement is its new group's to read.
        "readable": set(readable.values_list("unit__slug", flat=True)),
        "overdue": sum(row.overdue for row in found.rows),
        "earlier": quarter.previous() if quarter > first else None,
        "later": quarter.next() if quarter < current else None,
        "has_other_groups": groups_in_scope(request.user).exclude(pk=followed.pk).exists(),
    }
    return render(request, "assurance/group_reviews.html", context)


def _group_or_404(request: SignedInRequest, slug: str) -> BusinessGroup:
    group = BusinessGroup.objects.filter(slug=slug).first()
    if group is None or not can_read_reviews(request.user, group):
        raise Http404
    return group


def _first_quarter() -> Quarter:
    """The first quarter that has statements; this one while there are none."""
    first = Statement.objects.order_by("quarter").values_list("quarter", flat=True).first()
    return first or Quarter.of(timezone.localdate())


# --- One statement ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ThemeBeside:
    """A theme of the signed text beside the same theme last quarter. `why_not` says that the two do not compare."""

    entry: ReadEntry
    last: ReadLevel | None
    why_not: str


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """The newest signed text of a statement, for the COG lead with the questions and the decision under it."""
    newest = revision_or_404(request, unit, quarter)
    revision = _newest_signed(newest)
    if request.method != "POST":
        form = ReviewForm(initial={"digest": revision.content_digest}) if revision else None
        return _show(request, newest, revision, form)
    if not can_review(request.user, newest.statement):
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else ONLY_THE_LEAD)
    form = ReviewForm(request.POST)
    if revision is None:
        form.add_error(None, NOTHING_SIGNED.format(do="decide on"))
        return _show(request, newest, revision, form, status=422)
    if form.is_valid():
        try:
            decided = services.decide(
                revision=revision,
                decision=form.cleaned_data["decision"],
                **form.answers(),
                reasons=form.cleaned_data["reasons"],
                seen_digest=form.cleaned_data["digest"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            revision.refresh_from_db()
            form.add_error(None, str(refusal))
        else:
            return _decided(request, decided)
    return _show(request, newest, revision, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Note something on the newest signed text, for whoever reviews it."""
    newest = revision_or_404(request, unit, quarter)
    if not can_read_notes(request.user, newest.statement):
        raise Http404
    revision = _newest_signed(newest)
    if not can_note(request.user, revision or newest):
        raise PermissionDenied(ONLY_SUPPORT if revision else NOTHING_SIGNED.format(do="note anything on"))
    if request.method != "POST":  # somebody who had to sign in first
        return redirect("assurance:review", unit, quarter)
    form = ReviewNoteForm(request.POST)
    if revision is not None and form.is_valid():
        try:
            review_notes.note(
                revision=revision,
                text=form.cleaned_data["text"],
                seen_digest=form.cleaned_data["digest"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your note is kept with the statement.")
            return redirect(f"{reverse('assurance:review', args=[unit, quarter])}#notes")
    review_form = ReviewForm(initial={"digest": revision.content_digest}) if revision else None
    return _show(request, newest, revision, review_form, note_form=form, status=422)


def _newest_signed(newest: Revision) -> Revision | None:
    """The revision there is to review: the newest one that has been signed, whatever was begun after it."""
    if newest.is_frozen:
        return newest
    return (
        Revision.objects.filter(statement=newest.statement_id, state__in=FROZEN)
        .select_related("statement__unit", "statement__edition", "completed_by", "signed_by")
        .order_by("-number")
        .first()
    )


def _show(
    request: SignedInRequest,
    newest: Revision,
    revision: Revision | None,
    form: ReviewForm | None,
    *,
    note_form: ReviewNoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    statement = newest.statement
    context = {
        "statement": statement,
        "unit": statement.unit,
        "quarter": statement.quarter,
        "newest": newest,
        "revision": revision,
        "form": form,
        "forms": [form, note_form],
        "may_review": can_review(request.user, statement),
        "overdue_actions": Action.objects.filter(unit=statement.unit_id).overdue(timezone.localdate()).count(),
    }
    if revision is not None:
        content = read(revision.content, level_names(statement.edition))
        context |= {
            "content": content,
            "themes": _beside_last_quarter(statement, content),
            "last_quarter": statement.quarter.previous(),
            "review": Review.objects.filter(revision=revision).first(),
            "may_decide": can_decide(request.user, revision),
            "is_own": request.user.pk in (revision.completed_by_id, revision.signed_by_id),
            # Of what stands on this very page: where it has changed since, the reader decides anew.
            "digest": revision.content_digest,
            **_notes(request, revision, note_form),
        }
    return render(request, "assurance/review.html", context, status=status)


def _notes(request: SignedInRequest, revision: Revision, form: ReviewNoteForm | None) -> dict[str, Any]:
    """What has been noted on the statement's revisions, for those who may read it, and the form to add to it."""
    if not can_read_notes(request.user, revision.statement):
        return {"may_read_notes": False}
    notes = ReviewNote.objects.visible_to(request.user).filter(revision__statement=revision.statement_id)
    if form is None and can_note(request.user, revision):
        form = ReviewNoteForm()
    return {
        "may_read_notes": True,
        "notes": list(notes.select_related("by", "revision").defer("revision__content")),
        "note_form": form,
    }


def _beside_last_quarter(statement: Statement, content: ReadStatement) -> list[ThemeBeside]:
    last = (
        Revision.objects.filter(
            statement__unit=statement.unit_id,
            statement__quarter=statement.quarter.previous(),
            state__in=[RevisionState.SIGNED, RevisionState.ACCEPTED],
        )
        .select_related("statement__edition")
        .order_by("-number")
        .first()
    )
    if last is None:
        return [ThemeBeside(entry, None, "") for entry in content.entries]
    then = read(last.content, level_names(last.statement.edition))
    levels = {entry.identity: entry.level for entry in then.entries}
    changed = _not_comparable(statement, last.statement)
    return [
        ThemeBeside(entry, levels.get(entry.identity), changed.get(entry.identity, "")) for entry in content.entries
    ]


def _not_comparable(statement: Statement, earlier: Statement) -> Mapping[str, str]:
    """Return {identity: why} of the themes whose meaning changed between the editions of two statements."""
    if statement.edition_id == earlier.edition_id:
        return {}
    rows = NotComparable.objects.filter(edition=statement.edition_id, earlier=earlier.edition_id)
    return dict(rows.values_list("identity", "reason"))


def _decided(request: SignedInRequest, review: Review) -> HttpResponse:
    statement = review.revision.statement
    if review.decision == Decision.ACCEPTED:
        messages.success(request, f"You accepted the statement of {statement.unit.name}, {statement.quarter}.")
    else:
        messages.success(
            request,
            f"You returned the statement of {statement.unit.name}, {statement.quarter}. The unit can change it now.",
        )
    membership = (
        UnitMembership.objects.in_force_on_or_at_the_units_end(timezone.localdate())
        .filter(unit=statement.unit_id)
        .select_related("group")
        .first()
    )
    if membership is None:
        return redirect("assurance:reviews")
    return redirect("assurance:group_reviews", membership.group.slug, statement.quarter)
