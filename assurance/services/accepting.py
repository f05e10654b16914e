"""Accepting several statements of a business group together: those in which there is nothing to look at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from assurance.beside import QUESTIONS
from assurance.models import Decision, Review, Revision, RevisionState, Statement
from assurance.pointing import Looked, look_at
from assurance.rules import Refused
from assurance.services import reviews
from assurance.services.reviews import Answer
from assurance.worklist import WorkRow
from organisation.models import BusinessGroup, User
from organisation.periods import Quarter, london_day

OWN = "you completed or signed it, so somebody else has to review it"
CHANGED = "it has changed since you opened the page"
NOT_THEIRS = "it is not yours to review any more"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A statement that is not accepted together with others, and why not."""

    unit: str
    slug: str
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of accepting statements together."""

    accepted: list[Review]
    left_out: list[LeftOut]


def sort_out(looked: Iterable[Looked], *, quarter: Quarter, by: User) -> tuple[list[Looked], list[LeftOut]]:
    """Tell the statements that the person can accept together from those that await a review of their own."""
    looked = [one for one in looked if one.awaits_review]
    reviewed_by_them = _reviewed_by(by, quarter, looked)
    reasons = [(one, why_not(one, by=by, reviewed_by_them=reviewed_by_them)) for one in looked]
    together = [one for one, why in reasons if not why]
    return together, [LeftOut(one.revision.unit, one.revision.slug, why) for one, why in reasons if why]


def why_not(looked: Looked, *, by: User, reviewed_by_them: Collection[int]) -> str:
    """Return why a statement is not accepted together with others; "" where it can be."""
    if looked.revision.unit_id not in reviewed_by_them:
        return NOT_THEIRS
    if not looked.awaits_review:
        return f"it is {RevisionState(looked.revision.state).label.lower()}"
    if by.pk in (looked.revision.completed_by, looked.revision.signed_by):
        return OWN
    number = len(looked.points)
    return f"it has {number} {'point' if number == 1 else 'points'} to look at" if number else ""


def _reviewed_by(person: User, quarter: Quarter, looked: Iterable[Looked]) -> frozenset[int]:
    """Return the units whose statements the person accepts or returns today."""
    units = [one.revision.unit_id for one in looked]
    theirs = Statement.objects.reviewable_by(person).filter(quarter=quarter, unit__in=units)
    return frozenset(theirs.values_list("unit", flat=True))


@transaction.atomic
def accept_together(
    *,
    group: BusinessGroup,
    quarter: Quarter,
    rows: Sequence[WorkRow],
    seen: Mapping[str, str],
    answers: Mapping[str, Answer],
    by: User,
    at: datetime,
) -> Outcome:
    """Accept exactly the statements that were on the screen, each by a decision of its own, in one transaction.

    `rows` are the group's units; `seen` are the digests that were on the screen, by the unit's slug. Everything is
    looked at again once nobody else can decide on them any more: a statement that has changed meanwhile, has gained a
    point or is accepted already is left out. Raises Refused unless all three answers are yes.
    """
    if not all(answers[question].yes for question in QUESTIONS):
        raise Refused("Statements are accepted together only where the answer to all three questions is yes.")
    asked = [row for row in rows if row.slug in seen]
    locked = _lock(quarter, [row.unit_id for row in asked])
    looked = look_at([row.unit_id for row in rows], quarter, group=group, reader=by, today=london_day(at))
    reviewed_by_them = _reviewed_by(by, quarter, looked.values())
    outcome = Outcome([], [])
    for row in asked:
        one = looked.get(row.unit_id)
        if one is None:
            why = NOT_THEIRS
        elif one.revision.digest != seen[row.slug] or one.revision.id not in locked:
            why = CHANGED
        else:
            why = why_not(one, by=by, reviewed_by_them=reviewed_by_them)
        if one is None or why:
            outcome.left_out.append(LeftOut(row.unit, row.slug, why))
            continue
        review = reviews.decide(
            revision=locked[one.revision.id],
            decision=Decision.ACCEPTED,
            appropriately_completed=answers["appropriately_completed"],
            reflects_performance=answers["reflects_performance"],
            identifies_improvement=answers["identifies_improvement"],
            reasons="",
            seen_digest=seen[row.slug],
            by=by,
            at=at,
        )
        outcome.accepted.append(review)
    return outcome


def _lock(quarter: Quarter, units: Collection[int]) -> Mapping[int, Revision]:
    """Lock the units' revisions of the quarter, always in one order, so that nobody else decides on them."""
    revisions = Revision.objects.filter(statement__quarter=quarter, statement__unit__in=units)
    in_order = revisions.order_by("pk").select_for_update(of=("self",), no_key=True)
    return {revision.pk: revision for revision in in_order.defer("content")}
