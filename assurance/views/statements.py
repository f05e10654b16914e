"""The list of statements, a statement's task list, and what it says once it is closed to changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assurance import rules
from assurance.audit_permissions import can_read_agreement_of_unit
from assurance.forms.statement import FilterForm
from assurance.models import Carried, Decision, Redaction, Review, Revision, RevisionState, Statement
from assurance.models.statement import StatementQuerySet
from assurance.permissions import (
    can_answer_information_requests,
    can_list_statements,
    can_read_redactions,
    can_read_statement,
    can_reopen,
    can_review,
    can_sign,
    can_write_statement,
    is_barred_as_completer,
)
from assurance.reading import read
from assurance.services import statements as services
from assurance.services.content import content_of
from assurance.views.loading import level_names, revision_or_404, signed_revision_or_404
from assurance.views.presence import others_here
from organisation.periods import Quarter
from organisation.requests import SignedInRequest, address_without_page

PER_PAGE = 25


# --- The list -----------------------------------------------------------------------------------------------------


@require_safe
def statements(request: SignedInRequest) -> HttpResponse:
    """Every statement the person may read, newest quarter first."""
    if not can_list_statements(request.user):
        raise Http404
    today = timezone.localdate()
    visible = Statement.objects.visible_to(request.user)
    quarters: Any = visible.order_by("-quarter").values_list("quarter", flat=True).distinct()
    filters = FilterForm(request.GET, quarters=quarters)
    filters.is_valid()
    found = _filtered(visible.with_state(), filters.cleaned_data, today=today)
    page = Paginator(found.select_related("unit"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "stated": _in_words(filters),
        "page": page,
        "rows": [(one, _is_late(one, today)) for one in page],
        "address": address_without_page(request),
        "answers_requests": can_answer_information_requests(request.user),
    }
    return render(request, "assurance/statements.html", context)


def _is_late(statement: Any, today: date) -> bool:
    """Whether a statement of the list (with its state) is overdue: the same as the filter's `overdue`."""
    return bool(statement.is_overdue(today) and not statement.signed_and_standing)


def _filtered(found: StatementQuerySet, wanted: dict[str, Any], *, today: date) -> StatementQuerySet:
    if wanted.get("unit"):
        found = found.filter(unit__name__icontains=wanted["unit"])
    if wanted.get("quarter"):
        found = found.filter(quarter=wanted["quarter"])
    if wanted.get("state") == FilterForm.OVERDUE:
        return found.overdue(today)
    if wanted.get("state"):
        found = found.in_state(wanted["state"])
    return found


def _in_words(filters: FilterForm) -> list[str]:
    """Say what is filtered, for the line above the list."""
    wanted = filters.cleaned_data
    said = []
    if wanted.get("unit"):
        said.append(f"unit’s name contains “{wanted['unit']}”")
    if wanted.get("quarter"):
        said.append(f"quarter is {wanted['quarter'].name}")
    if wanted.get("state"):
        said.append(f"state is {dict(filters.fields['state'].choices)[wanted['state']].lower()}")  # type: ignore[attr-defined]  # a field with choices
    return said


# --- One statement ------------------------------------------------------------------------------------------------


@require_safe
def statement(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """The task list for those who fill in an open statement; for everybody else, and later, what it says."""
    revision = revision_or_404(request, unit, quarter)
    if revision.is_open and can_write_statement(request.user, revision.statement):
        return _task_list(request, revision)
    return _reading_view(request, revision)


@require_safe
def revision(request: SignedInRequest, unit: str, quarter: Quarter, number: int) -> HttpResponse:
    """One frozen revision as it was signed, with its digest and the decision on it."""
    found = signed_revision_or_404(request, unit, quarter, number=number)
    return _reading_view(request, found, whole=can_read_statement(request.user, found.statement))


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A line of the task list."""

    name: str
    url: str
    status: str
    hint: str = ""


def _task_list(request: SignedInRequest, revision: Revision) -> HttpResponse:
    statement, today = revision.statement, timezone.localdate()
    facts = services.facts_of(revision, today=today)
    blockers = rules.blocks_completion(facts)
    names = level_names(statement.edition)
    themes = [
        TaskRow(
            name=entry.name,
            url=reverse("assurance:theme", args=[statement.unit.slug, statement.quarter, entry.identity]),
            status=rules.entry_status(entry, blockers),
            hint=_in_a_line(entry, names),
        )
        for entry in facts.entries
    ]
    earlier = list(_frozen_before(revision))
    context = {
        **_common(request, revision, today),
        "themes": themes,
        "done": sum(not any(b.theme == entry.identity for b in blockers) for entry in facts.entries if entry.scored),
        "scored": sum(entry.scored for entry in facts.entries),
        "details": TaskRow(
            name="Who completes it, and the meeting",
            url=reverse("assurance:details", args=[statement.unit.slug, statement.quarter]),
            status=_details_status(facts, blockers),
        ),
        "blocked": len(blockers),
        "returned": _return_of(earlier[0]) if earlier else None,
        "earlier": earlier,
        "overdue": _is_overdue(revision, earlier, today),
        **others_here(revision, None, by=request.user),
    }
    return render(request, "assurance/statement_tasks.html", context)


CARRIED = {
    Carried.UNCONFIRMED: "carried forward, not confirmed",
    Carried.CONFIRMED: "carried forward and confirmed",
    Carried.CHANGED: "carried forward and changed",
}


def _in_a_line(entry: rules.EntryFacts, names: Mapping[int, str]) -> str:
    said = [f"Level {entry.level}: {names.get(entry.level, '')}"] if entry.level else []
    if entry.carried:
        said.append(CARRIED[Carried(entry.carried)])
    return ", ".join(said)[:1].upper() + ", ".join(said)[1:]


def _details_status(facts: rules.RevisionFacts, blockers: list[rules.Blocker]) -> str:
    if not any(blocker.theme is None for blocker in blockers):
        return rules.EntryStatus.DONE
    given = (facts.completer_name, facts.completer_position, facts.meeting_on, facts.no_meeting_reason)
    return rules.EntryStatus.IN_PROGRESS if any(given) else rules.EntryStatus.NOT_STARTED


def _reading_view(request: SignedInRequest, revision: Revision, *, whole: bool = True) -> HttpResponse:
    """Show what the revision says: where it is frozen, the content that was signed and nothing else.

    An external auditor reads no more of the statement than that: it is not `whole` to them.
    """
    statement, user, today = revision.statement, request.user, timezone.localdate()
    content = revision.content if revision.is_frozen else content_of(revision)
    earlier = list(_frozen_before(revision))
    may_sign = revision.state == RevisionState.COMPLETED and can_sign(user, statement)
    context = {
        **_common(request, revision, today),
        "content": read(content, level_names(statement.edition)),
        "whole": whole,
        "review": Review.objects.with_comments().filter(revision=revision).first(),
        "earlier": earlier,
        "later": statement.revisions.filter(number__gt=revision.number).order_by("-number").first(),
        "may_sign": may_sign,
        "may_write": can_write_statement(user, statement),
        "is_completer": is_barred_as_completer(user, revision),
        "may_reopen": can_reopen(user, revision),
        "may_review": revision.state == RevisionState.SIGNED and can_review(user, statement),
        "overdue": _is_overdue(revision, earlier, today),
        "redactions": Redaction.objects.that_changed(revision) if revision.is_frozen else (),
        "may_redact": revision.is_frozen and can_read_redactions(user),
    }
    return render(request, "assurance/statement_read.html", context)


def _common(request: SignedInRequest, revision: Revision, today: date) -> dict[str, Any]:
    return {
        "revision": revision,
        "statement": revision.statement,
        "unit": revision.statement.unit,
        "quarter": revision.statement.quarter,
        "today": today,
        "reads_agreement": can_read_agreement_of_unit(request.user, revision.statement.unit),
    }


def _frozen_before(revision: Revision) -> Any:
    """The signed revisions that this one follows, newest first."""
    earlier = revision.statement.revisions.filter(number__lt=revision.number, signed_at__isnull=False)
    return earlier.select_related("review").order_by("-number")


def _return_of(revision: Revision) -> Review | None:
    review: Review | None = getattr(revision, "review", None)
    return review if review is not None and review.decision == Decision.RETURNED else None


def _is_overdue(revision: Revision, earlier: list[Revision], today: date) -> bool:
    """Whether nothing signed stands although the day has passed. A signed revision stands until its successor is."""
    stands = any(one.state in (RevisionState.SIGNED, RevisionState.ACCEPTED) for one in [revision, *earlier])
    return not stands and revision.statement.is_overdue(today)
