"""A quarter of a business group as its reviewers see it: every unit expected, and where its statement stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Count

from actions.models import Action
from assurance import rollup
from assurance.models import Revision, RevisionState
from assurance.models.statement import FROZEN
from organisation.models import BusinessGroup, Unit, UnitMembership
from organisation.periods import Quarter, london_day
from organisation.permissions import Person
from rendering.formats import day


class ReviewState(StrEnum):
    """Where a unit's statement stands, in the words of the list."""

    AWAITS_REVIEW = "Signed, awaits review"
    RETURNED = "Returned"
    ACCEPTED = "Accepted"
    COMPLETED = "Completed, not signed"
    OPEN = "Open"
    NOT_OPENED = "Not opened"

    @property
    def colour(self) -> str:
        """The colour of its tag; the words say the same."""
        return COLOURS.get(self, "grey")


COLOURS = {
    ReviewState.AWAITS_REVIEW: "yellow",
    ReviewState.RETURNED: "orange",
    ReviewState.ACCEPTED: "green",
    ReviewState.COMPLETED: "teal",
    ReviewState.OPEN: "blue",
}


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """A revision as the list needs it."""

    number: int
    state: str
    signed_at: datetime | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A unit of the list. `hint` says more than the state does; overdue is whatever is not signed after its day."""

    unit: str
    slug: str
    state: ReviewState
    hint: str
    days_overdue: int = 0
    unit_id: int = 0

    @property
    def overdue(self) -> bool:
        return self.days_overdue > 0

    @property
    def has_signed_text(self) -> bool:
        """Whether there is, or was, something signed to read."""
        return self.state in (ReviewState.AWAITS_REVIEW, ReviewState.ACCEPTED, ReviewState.RETURNED)

    @property
    def is_opened(self) -> bool:
        return self.state != ReviewState.NOT_OPENED


@dataclass(frozen=True, slots=True)
class WorkList:
    """A group's quarter. The counts are those of the roll-up's coverage."""

    group: BusinessGroup
    quarter: Quarter
    rows: tuple[WorkRow, ...]
    coverage: rollup.QuarterCoverage

    @property
    def awaiting_review(self) -> int:
        return sum(row.state == ReviewState.AWAITS_REVIEW for row in self.rows)


def work_lists(groups: Iterable[BusinessGroup], quarter: Quarter, *, today: date) -> list[WorkList]:
    """Return the list of each group, by its units' names: two queries, however many groups and units."""
    groups = list(groups)
    memberships = (
        # Who belongs to the group now; for a quarter that is over, who belonged to it at its end.
        UnitMembership.objects.in_force_on_or_at_the_units_end(min(today, quarter.last_day))
        .filter(group__in=groups, unit__in=Unit.objects.open_on(quarter.first_day))
        .order_by("unit__name")
    )
    units: dict[int, list[rollup.UnitFacts]] = defaultdict(list)
    for group_id, unit_id, name, slug, opened_on, closed_on in memberships.values_list(
        "group_id", "unit_id", "unit__name", "unit__slug", "unit__opened_on", "unit__closed_on"
    ):
        units[group_id].append(rollup.UnitFacts(unit_id, name, slug, opened_on, closed_on))
    revisions: dict[int, list[RevisionFacts]] = defaultdict(list)
    for unit_id, number, state, signed_at, decided_at in Revision.objects.filter(
        statement__quarter=quarter, statement__unit__in=memberships.order_by().values("unit")
    ).values_list("statement__unit_id", "number", "state", "signed_at", "review__decided_at"):
        revisions[unit_id].append(RevisionFacts(number, state, signed_at, decided_at))
    return [_work_list(group, quarter, units[group.pk], revisions, today=today) for group in groups]


def overdue_actions(found: WorkList, user: Person, *, today: date) -> dict[str, int]:
    """Return how many actions of each unit of the list are overdue today, by the unit's slug: one query.

    Those that the person may not read are not counted: a unit may have moved to another group since the quarter.
    """
    readable = Action.objects.visible_to(user).filter(unit__slug__in=[row.slug for row in found.rows])
    return dict(readable.overdue(today).order_by().values_list("unit__slug").annotate(Count("pk")))


def _work_list(
    group: BusinessGroup,
    quarter: Quarter,
    units: Sequence[rollup.UnitFacts],
    revisions: dict[int, list[RevisionFacts]],
    *,
    today: date,
) -> WorkList:
    standing = [
        rollup.SignedRevision(0, unit.id, quarter, one.number, one.state, london_day(one.signed_at))
        for unit in units
        for one in revisions[unit.id]
        if one.signed_at is not None and one.state != RevisionState.RETURNED
    ]
    with_one = {one.unit_id for one in standing}
    rows = tuple(
        WorkRow(
            unit.name,
            unit.slug,
            *state_of(revisions[unit.id], quarter),
            days_overdue=0 if unit.id in with_one else max(0, (today - quarter.due_on).days),
            unit_id=unit.id,
        )
        for unit in units
    )
    return WorkList(group, quarter, rows, rollup.coverage(quarter, units, standing))


def state_of(revisions: Iterable[RevisionFacts], quarter: Quarter) -> tuple[ReviewState, str]:
    """Return where a unit's statement stands, and what there is to add: when, late, and which revisions beside it."""
    newest_first = sorted(revisions, key=lambda one: one.number, reverse=True)
    if not newest_first:
        return ReviewState.NOT_OPENED, ""
    newest = newest_first[0]
    signed = [one for one in newest_first if one.state in FROZEN]
    if not signed:
        return (ReviewState.COMPLETED if newest.state == RevisionState.COMPLETED else ReviewState.OPEN), ""
    reviewed = signed[0]
    hints = [_when(reviewed, quarter)]
    if newest is not reviewed:
        hints.append(f"revision {newest.number} is {newest.state}")
    if reviewed.state != RevisionState.ACCEPTED:
        hints += [
            f"revision {one.number}, accepted, stands" for one in signed[1:] if one.state == RevisionState.ACCEPTED
        ][:1]
    state = {
        RevisionState.SIGNED.value: ReviewState.AWAITS_REVIEW,
        RevisionState.ACCEPTED.value: ReviewState.ACCEPTED,
        RevisionState.RETURNED.value: ReviewState.RETURNED,
    }[reviewed.state]
    return state, "; ".join(hints)


def _when(revision: RevisionFacts, quarter: Quarter) -> str:
    if revision.decided_at is not None:
        return day(london_day(revision.decided_at))
    if revision.signed_at is None:
        return ""
    signed_on = london_day(revision.signed_at)
    return f"signed {day(signed_on)}{', late' if signed_on > quarter.due_on else ''}"
