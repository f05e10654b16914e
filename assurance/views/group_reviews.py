"""The COG lead's work list: where a group's statements stand, what there is to look at, several accepted at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assurance.forms.review import AcceptTogetherForm
from assurance.models import Statement
from assurance.models.rollup import groups_in_scope
from assurance.permissions import can_accept_together, can_read_reviews
from assurance.pointing import Looked, look_at
from assurance.services import accepting
from assurance.services.accepting import LeftOut, Outcome
from assurance.worklist import WorkList, WorkRow, overdue_actions, work_lists
from organisation.models import BusinessGroup
from organisation.periods import Quarter
from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest
from rendering.formats import so_many

ONLY_THE_LEAD = (
    "Only the business group’s Chief Officer Group (COG) lead accepts statements. You can read what awaits review."
)


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """A line of the list: the unit, what there is to look at in what it signed, and its overdue actions."""

    row: WorkRow
    looked: Looked | None
    overdue_actions: int
    is_readable: bool


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
    current, first = Quarter.of(timezone.localdate()), _first_quarter()
    if quarter > current or quarter < min(first, current):
        raise Http404
    found, looked = _looked_at(request, followed, quarter)
    together = can_accept_together(request.user, followed)
    context = {
        "list": found,
        "units": _listed(request, found, looked),
        "group": followed,
        "quarter": quarter,
        "overdue": sum(row.overdue for row in found.rows),
        "pointed_to": sum(one.awaits_review and bool(one.points) for one in looked.values()),
        "together": len(accepting.sort_out(looked.values(), quarter=quarter, by=request.user)[0]) if together else 0,
        "earlier": quarter.previous() if quarter > first else None,
        "later": quarter.next() if quarter < current else None,
        "has_other_groups": groups_in_scope(request.user).exclude(pk=followed.pk).exists(),
    }
    return render(request, "assurance/group_reviews.html", context)


def _looked_at(request: SignedInRequest, group: BusinessGroup, quarter: Quarter) -> tuple[WorkList, dict[int, Looked]]:
    today = timezone.localdate()
    (found,) = work_lists([group], quarter, today=today)
    units = [row.unit_id for row in found.rows]
    return found, look_at(units, quarter, group=group, reader=request.user, today=today)


def _listed(request: SignedInRequest, found: WorkList, looked: dict[int, Looked]) -> list[ListedUnit]:
    # A unit that has moved on since is counted here, but its statement is its new group's to read.
    units = [row.unit_id for row in found.rows]
    readable = Statement.objects.visible_to(request.user).filter(quarter=found.quarter, unit__in=units)
    may_read = set(readable.values_list("unit", flat=True))
    late = overdue_actions(found, request.user, today=timezone.localdate())
    return [
        ListedUnit(row, looked.get(row.unit_id), late.get(row.slug, 0), row.unit_id in may_read) for row in found.rows
    ]


def _group_or_404(request: SignedInRequest, slug: str) -> BusinessGroup:
    group = BusinessGroup.objects.filter(slug=slug).first()
    if group is None or not can_read_reviews(request.user, group):
        raise Http404
    return group


def _first_quarter() -> Quarter:
    """The first quarter that has statements; this one while there are none."""
    first = Statement.objects.order_by("quarter").values_list("quarter", flat=True).first()
    return first or Quarter.of(timezone.localdate())


# --- Several at once ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def accept_together(request: SignedInRequest, group: str, quarter: Quarter) -> HttpResponse:
    """Accept the statements that await review and have no point to look at: exactly those that the page lists."""
    followed = _group_or_404(request, group)
    if not can_accept_together(request.user, followed):
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else ONLY_THE_LEAD)
    found, looked = _looked_at(request, followed, quarter)
    form = AcceptTogetherForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        outcome = accepting.accept_together(
            group=followed,
            quarter=quarter,
            rows=found.rows,
            seen=form.seen_digests(),
            answers=form.answers(),
            by=request.user,
            at=timezone.now(),
        )
        _say_what_became_of_it(request, outcome)
        return redirect("assurance:group_reviews", followed.slug, quarter)
    together, singly = accepting.sort_out(looked.values(), quarter=quarter, by=request.user)
    context = {"group": followed, "quarter": quarter, "together": together, "singly": singly, "form": form}
    return render(request, "assurance/accept_together.html", context, status=422 if form.is_bound else 200)


def _say_what_became_of_it(request: SignedInRequest, outcome: Outcome) -> None:
    number = len(outcome.accepted)
    if number:
        names = ", ".join(review.revision.statement.unit.name for review in outcome.accepted)
        messages.success(request, f"You accepted {so_many(number, 'statement')}: {names}.")
    if outcome.left_out:
        messages.warning(request, f"Not accepted: {_reasons(outcome.left_out)}.")
    if not number and not outcome.left_out:
        messages.warning(request, "Nothing was accepted: no statement was on the page.")


def _reasons(left_out: Iterable[LeftOut]) -> str:
    return "; ".join(f"{one.unit} ({one.why})" for one in left_out)
