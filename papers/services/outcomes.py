"""Recording what the panel made of a paper's recommendations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from organisation.models import User
from papers.contents.layout import recommendations_in
from papers.models import OutcomeKind, PanelOutcome, Paper
from papers.services.papers import Refused
from records.canonical import normal
from records.services import trail

NO_OWNER = "An action that the panel asks for has words that say what it is, and a post that answers for it."
CHANGED = (
    "Somebody else has recorded another outcome since you opened this page. Read it, then say whether yours stands."
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the panel said. `owner` and `due_on` are of an action that it asked for."""

    kind: OutcomeKind
    note: str = ""
    owner: str = ""
    due_on: date | None = None


@transaction.atomic
def record(
    *, paper: Paper, number: int, said: Said, seen: int | None, because: str = "", by: User, at: datetime
) -> PanelOutcome:
    """Record an outcome; one that stands already, `seen` by whoever records this one, is replaced with a reason.

    Raises Refused where the paper is not published, has no such recommendation, or another outcome stands than `seen`.
    """
    current = Paper.objects.select_for_update(no_key=True).get(pk=paper.pk)
    if not current.is_released:
        raise Refused("Only a published paper has been before the panel, so there is no outcome to record yet.")
    if not 1 <= number <= len(recommendations_in(current.content)):
        raise Refused(f"This paper has no recommendation {number}.")
    before = PanelOutcome.objects.standing_of(current).filter(number=number).first()
    if (before.pk if before else None) != seen:
        raise Refused(CHANGED)
    if before is not None and not because.strip():
        raise Refused("Say why this outcome takes the place of the one that was recorded.")
    is_action = said.kind is OutcomeKind.ACTION
    if is_action and not (said.note.strip() and said.owner.strip()):
        raise Refused(NO_OWNER)
    outcome = PanelOutcome.objects.create(
        paper=current,
        number=number,
        kind=said.kind,
        note=normal(said.note).strip(),
        owner=normal(said.owner).strip() if is_action else "",
        due_on=said.due_on if is_action else None,
        replaces=before,
        because=normal(because).strip() if before else "",
        recorded_at=at,
        recorded_by=by,
    )
    words = {"because": outcome.because} if before else None
    trail.record(
        act="paper.outcome_recorded", thing=current, by=by, at=at, words=words, number=number, outcome=said.kind.value
    )
    return outcome
