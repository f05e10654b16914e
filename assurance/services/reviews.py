"""The COG lead's decision on a signed statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from assurance import circumstances
from assurance.models import Decision, Review, ReviewComment, Revision, RevisionState
from assurance.rules import Refused
from assurance.services import notices
from assurance.services.opening import open_next_revision
from maturity.models import Theme
from organisation.models import User
from records.canonical import normal
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
    comments: Mapping[str, str] | None = None,
    seen_digest: str,
    by: User,
    at: datetime,
) -> Review:
    """Accept or return exactly the revision that was on the reviewer's screen.

    The questions are those of the 2019 paper, §1.11. `comments` are on themes, by identity; blank ones are none.
    Returning ends the revision and opens the next, prefilled.
    """
    current = Revision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    if current.state != RevisionState.SIGNED:
        raise Refused(f"This statement is {current.get_state_display().lower()}; only a signed one can be reviewed.")
    if current.content_digest != seen_digest:
        raise Refused("The statement has changed since you opened this page. Read it again, then decide.")
    if by.pk in (current.completed_by_id, current.signed_by_id):
        raise Refused("You completed or signed this statement, so somebody else has to review it.")
    reasons = normal(reasons)
    if decision == Decision.RETURNED and not reasons.strip():
        raise Refused("Say why you return the statement and what is to be mended.")
    said = _on_themes(current, comments or {})
    review = Review.objects.create(
        revision=current,
        decision=decision,
        appropriately_completed=appropriately_completed.yes,
        appropriately_completed_note=normal(appropriately_completed.note),
        reflects_performance=reflects_performance.yes,
        reflects_performance_note=normal(reflects_performance.note),
        identifies_improvement=identifies_improvement.yes,
        identifies_improvement_note=normal(identifies_improvement.note),
        reasons=reasons,
        decided_by=by,
        decider_name=by.name,
        decided_at=at,
        content_digest=current.content_digest,
    )
    ReviewComment.objects.bulk_create(ReviewComment(review=review, theme=theme, text=text) for theme, text in said)
    current.state = decision.value
    current.save(update_fields=["state"])
    trail.record(
        act=f"statement.{decision.value}",
        thing=current,
        by=by,
        at=at,
        content_digest=current.content_digest,
        review_digest=_digest(review),
    )
    notices.decided(current, decision=decision, reasons=reasons, by=by, at=at)
    if decision == Decision.RETURNED and not current.statement.revisions.filter(number__gt=current.number).exists():
        open_next_revision(current, because=reasons, at=at)
    return review


def _on_themes(revision: Revision, comments: Mapping[str, str]) -> list[tuple[Theme, str]]:
    """Return the comments that say something with their themes, which must be the statement's own."""
    said = {identity: text for identity, words in comments.items() if (text := normal(words.strip()))}
    own = Theme.objects.filter(pk__in=revision.entries.values("theme"), identity__in=said)
    themes = {theme.identity: theme for theme in own}
    if themes.keys() != said.keys():
        raise Refused("A comment is on a theme that the statement does not have. Reload the page.")
    return [(themes[identity], text) for identity, text in said.items()]


def _digest(review: Review) -> str:
    """Return what the trail is to keep of a review, read back as the database has it."""
    row = Review.objects.values(*circumstances.OF_A_REVIEW).get(pk=review.pk)
    return circumstances.of_a_review(row, list(review.comments.values(*circumstances.OF_A_COMMENT)))
