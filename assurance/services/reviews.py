"""The COG lead's decision on a signed statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from assurance import circumstances
from assurance.models import Decision, Review, Revision, RevisionState
from assurance.rules import Refused
from assurance.services import notices
from assurance.services.opening import open_next_revision
from organisation.models import User
from records.services import trail


@dataclass(frozen=True)
class Answer:
    """Yes or no, with a note."""

    yes: bool
    note: str = ""


@transaction.atomic
def decide(
    *,
    revision: Revision,
    decision: Decision,
    appropriately_completed: Answer,
    reflects_performance: Answer,
    identifies_improvement: Answer,
    reasons: str,
    seen_digest: str,
    by: User,
    at: datetime,
) -> Review:
    """Accept or return exactly the revision that was on the reviewer's screen.

    The questions are those of the 2019 paper, §1.11. Returning ends the revision and opens the next, prefilled.
    """
    current = Revision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    if current.state != RevisionState.SIGNED:
        raise Refused(f"This statement is {current.get_state_display().lower()}; only a signed one can be reviewed.")
    if current.content_digest != seen_digest:
        raise Refused("The statement has changed since you opened this page. Read it again, then decide.")
    if by.pk in (current.completed_by_id, current.signed_by_id):
        raise Refused("You completed or signed this statement, so somebody else has to review it.")
    if decision == Decision.RETURNED and not reasons.strip():
        raise Refused("Say why you return the statement and what is to be mended.")
    review = Review.objects.create(
        revision=current,
        decision=decision,
        appropriately_completed=appropriately_completed.yes,
        appropriately_completed_note=appropriately_completed.note,
        reflects_performance=reflects_performance.yes,
        reflects_performance_note=reflects_performance.note,
        identifies_improvement=identifies_improvement.yes,
        identifies_improvement_note=identifies_improvement.note,
        reasons=reasons,
        decided_by=by,
        decider_name=by.name,
        decided_at=at,
        content_digest=current.content_digest,
    )
    current.state = decision.value
    current.save(update_fields=["state"])
    trail.record(
        act=f"statement.{decision.value}",
        thing=current,
        by=by,
        at=at,
        content_digest=current.content_digest,
        review_digest=circumstances.of_a_review(Review.objects.values(*circumstances.OF_A_REVIEW).get(pk=review.pk)),
    )
    notices.decided(current, decision=decision, reasons=reasons, by=by, at=at)
    if decision == Decision.RETURNED and not current.statement.revisions.filter(number__gt=current.number).exists():
        open_next_revision(current, because=reasons, at=at)
    return review
