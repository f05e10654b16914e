"""The review of one signed statement: what there is to look at, the COG lead's decision, and support staff's notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actions.models import Action
from assurance.audit_permissions import can_read_agreement_of_unit
from assurance.changes import Changes, ThemeChanges, between
from assurance.forms.review import ReviewForm, ReviewNoteForm
from assurance.models import Decision, Review, ReviewNote, Revision, Statement
from assurance.models.statement import FROZEN
from assurance.permissions import can_decide, can_note, can_read_notes, can_review
from assurance.pointing import Looked, last_signed, look_at
from assurance.points import Point, Validated
from assurance.reading import ReadEntry, ReadLevel, ReadStatement, read
from assurance.rules import Refused
from assurance.services import review_notes
from assurance.services import reviews as services
from assurance.views.loading import level_names, revision_or_404
from maturity.models import NotComparable
from organisation.models import UnitMembership
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


@dataclass(frozen=True, slots=True)
class ThemeToReview:
    """A theme of the signed text with what stands beside it for whoever reviews it.

    `last` is its level in the last signed quarter, and `why_not` says that the two do not compare; `validated` is what
    an audit last found. `change` is what became of it since the decision before; None where there was none, or nothing
    changed.
    """

    number: int
    entry: ReadEntry
    last: ReadLevel | None
    why_not: str
    validated: Validated | None
    points: tuple[Point, ...]
    notes: tuple[ReviewNote, ...]
    change: ThemeChanges | None
    comment: BoundField | None
    said: str


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """The newest signed text of a statement, for the COG lead with the questions and the decision under it."""
    newest = revision_or_404(request, unit, quarter)
    revision = _newest_signed(newest)
    if request.method != "POST":
        return _show(request, newest, revision, _form(revision))
    if not can_review(request.user, newest.statement):
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else ONLY_THE_LEAD)
    form = _form(revision, request.POST)
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
                comments=form.comments(),
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


def _form(revision: Revision | None, answers: QueryDict | None = None) -> ReviewForm:
    return ReviewForm(answers, themes=_themes(revision))


def _themes(revision: Revision | None) -> list[tuple[str, str]]:
    """The themes that the signed text has, in its order: those that can be commented and noted on."""
    return [(entry["theme"], entry["name"]) for entry in revision.content["entries"]] if revision else []


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
    form = ReviewNoteForm(request.POST, themes=_themes(revision))
    if revision is not None and form.is_valid():
        try:
            review_notes.note(
                revision=revision,
                text=form.cleaned_data["text"],
                on_theme=form.cleaned_data["theme"],
                seen_digest=form.cleaned_data["digest"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your note is kept with the statement.")
            return redirect(f"{reverse('assurance:review', args=[unit, quarter])}#notes")
    return _show(request, newest, revision, _form(revision), note_form=form, status=422)


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
    form: ReviewForm,
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
        context |= _about_the_signed(request, revision, form, note_form)
    return render(request, "assurance/review.html", context, status=status)


def _about_the_signed(
    request: SignedInRequest, revision: Revision, form: ReviewForm, note_form: ReviewNoteForm | None
) -> dict[str, Any]:
    content = _read(revision)
    last = _last_signed(revision)
    decided_before = _decided_before(revision)
    changes = _between(decided_before, revision) if decided_before else None
    looked = _looked(request, revision)
    points = looked.points if looked else ()
    validated = looked.validated if looked else {}
    review = Review.objects.with_comments().filter(revision=revision).first()
    notes = _notes(request, revision)
    may_decide = can_decide(request.user, revision)
    themes = _to_review(
        content,
        last=last,
        why_not=_not_comparable(revision.statement, last.statement) if last else {},
        points=points,
        validated=validated,
        notes=notes or (),
        changes=changes,
        review=review,
        form=form if may_decide or form.is_bound else None,
    )
    if note_form is None and can_note(request.user, revision):
        note_form = ReviewNoteForm(themes=_themes(revision))
    return {
        "content": content,
        "themes": themes,
        "changed_themes": [theme for theme in themes if theme.change] if decided_before else themes,
        "other_themes": [theme for theme in themes if not theme.change] if decided_before else [],
        "changed_details": changes.details if changes else (),
        "decided_before": decided_before,
        "last": last,
        "points": points,
        "validated": validated,
        "reads_agreement": can_read_agreement_of_unit(request.user, revision.statement.unit),
        "review": review,
        "may_decide": may_decide,
        "is_own": request.user.pk in (revision.completed_by_id, revision.signed_by_id),
        # Of what stands on this very page: where it has changed since, the reader decides anew.
        "digest": revision.content_digest,
        "may_read_notes": notes is not None,
        "notes": notes,
        "noted_themes": [theme for theme in themes if theme.notes],
        "note_form": note_form if notes is not None else None,
    }


def _to_review(
    content: ReadStatement,
    *,
    last: Revision | None,
    why_not: Mapping[str, str],
    points: Sequence[Point],
    validated: Mapping[str, Validated],
    notes: Sequence[ReviewNote],
    changes: Changes | None,
    review: Review | None,
    form: ReviewForm | None,
) -> list[ThemeToReview]:
    """Put together what stands beside each theme."""
    then = {entry.identity: entry.level for entry in _read(last).entries} if last else {}
    changed = {theme.identity: theme for theme in changes.changed} if changes else {}
    said = {comment.theme.identity: comment.text for comment in review.comments.all()} if review else {}
    return [
        ThemeToReview(
            number=number,
            entry=entry,
            last=then.get(entry.identity),
            why_not=why_not.get(entry.identity, ""),
            validated=validated.get(entry.identity),
            points=tuple(point for point in points if point.theme == entry.identity),
            notes=tuple(note for note in notes if note.theme and note.theme.identity == entry.identity),
            change=changed.get(entry.identity),
            comment=form.comment_on(entry.identity) if form else None,
            said=said.get(entry.identity, ""),
        )
        for number, entry in enumerate(content.entries, start=1)
    ]


def _looked(request: SignedInRequest, revision: Revision) -> Looked | None:
    """What there is to look at in the signed text, as the work list of the unit's business group has it."""
    statement, today = revision.statement, timezone.localdate()
    day = min(today, statement.quarter.last_day)
    memberships = UnitMembership.objects.in_force_on_or_at_the_units_end(day)
    membership = memberships.filter(unit=statement.unit_id).select_related("group").first()
    if membership is None:
        return None
    units = list(memberships.filter(group=membership.group_id).values_list("unit", flat=True))
    looked = look_at(units, statement.quarter, group=membership.group, reader=request.user, today=today)
    found = looked.get(statement.unit_id)
    return found if found and found.revision.id == revision.pk else None


def _notes(request: SignedInRequest, revision: Revision) -> list[ReviewNote] | None:
    """What has been noted on the statement's revisions; None for those who may not read it."""
    if not can_read_notes(request.user, revision.statement):
        return None
    notes = ReviewNote.objects.visible_to(request.user).filter(revision__statement=revision.statement_id)
    return list(notes.select_related("by", "theme", "revision").defer("revision__content"))


def _decided_before(revision: Revision) -> Revision | None:
    """The newest revision before this one that somebody decided on: what changed since is what there is to read."""
    earlier = Revision.objects.filter(
        statement=revision.statement_id, number__lt=revision.number, review__isnull=False
    ).select_related("statement__edition", "review")
    return earlier.order_by("-number").first()


def _last_signed(revision: Revision) -> Revision | None:
    """What the unit's last signed quarter says."""
    statement = revision.statement
    pk = last_signed(statement.unit_id, statement.quarter)
    return Revision.objects.select_related("statement__edition").filter(pk=pk).first() if pk else None


def _read(revision: Revision) -> ReadStatement:
    return read(revision.content, level_names(revision.statement.edition))


def _between(before: Revision, after: Revision) -> Changes:
    """What changed between two revisions of one statement, which are on one edition."""
    return between(_read(before), _read(after), not_comparable={})


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
