"""What a theme's page shows beside the questions: what the unit has said before, and what is expected of it.

Three queries, however many quarters and units there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from assurance.models import Decision, Entry, ReviewComment, Revision, RevisionState
from assurance.models.statement import FROZEN
from assurance.reading import ReadLevel
from assurance.validated import NEWEST_FIRST, levels_found
from maturity.models import Level, NotComparable, Target
from organisation.periods import Quarter, london_day

QUARTERS_SHOWN = 4
# The three questions of a review (2019 paper, §1.11), as a page says them.
QUESTIONS = {
    "appropriately_completed": "Appropriately completed?",
    "reflects_performance": "Accurately reflects performance?",
    "identifies_improvement": "Identifies proposed improvement?",
}
REVIEWED = ("decision", "decided_at", "reasons", *QUESTIONS, *(f"{question}_note" for question in QUESTIONS))


@dataclass(frozen=True, slots=True)
class EarlierLevel:
    """What the newest signed revision of an earlier quarter says about the theme.

    `signed` is false where the quarter has no signed statement; the rest is then empty. `scored` is false where the
    theme had no levels in that quarter's edition, or no such theme was in it. `why_not_comparable` is set where the
    level means something else than in this quarter.
    """

    quarter: Quarter
    signed: bool = False
    returned: bool = False
    scored: bool = False
    level: ReadLevel | None = None
    why_not_comparable: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """One of the three questions of a review with the note beside its answer."""

    question: str
    answer: bool
    note: str


@dataclass(frozen=True, slots=True)
class LastReview:
    """What the Chief Officer Group lead said on the newest revision of the unit that has been reviewed.

    `on_theme` is the comment on the theme in question; "" where there is none.
    """

    quarter: Quarter
    revision: int
    by: str
    on: date
    returned: bool
    reasons: str
    comments: tuple[Comment, ...]
    on_theme: str = ""


@dataclass(frozen=True, slots=True)
class ValidatedLevel:
    """The level that the last audit of the theme found, in a report issued on that day.

    `why_not_comparable` is set where the level means something else than in this quarter.
    """

    level: ReadLevel
    on: date
    audit: int
    reference: str
    why_not_comparable: str = ""


@dataclass(frozen=True, slots=True)
class Background:
    """Everything beside the questions. Quarters run from the newest back.

    What there is none of is None, and the page says so in words.
    """

    quarters: tuple[EarlierLevel, ...]
    review: LastReview | None
    target: Target | None
    target_has_passed: bool
    validated: ValidatedLevel | None


def background(revision: Revision, entry: Entry, *, today: date) -> Background:
    """Return what is known about the entry's theme before it is answered. Three queries.

    Whoever may fill in the revision may read all of it: statements and issued audits are their unit's own, targets
    everybody's.
    """
    statement, identity = revision.statement, entry.theme.identity
    shown = [statement.quarter.plus(-back) for back in range(1, QUARTERS_SHOWN + 1)]
    rows = _what_was_said(revision, identity, shown)
    target = _target(revision, identity, today)
    return Background(
        quarters=tuple(_earlier_level(quarter, rows) for quarter in shown),
        review=_last_review(rows),
        target=target,
        target_has_passed=target is not None and target.by_on < today,
        validated=_validated(revision, identity, today),
    )


def _what_was_said(revision: Revision, identity: str, quarters: list[Quarter]) -> list[dict[str, Any]]:
    """The newest signed revision of each quarter, and the newest that has been reviewed, with their word on the theme.

    In rising order of quarter and number.
    """
    statement = revision.statement
    of_the_unit = Revision.objects.filter(statement__unit=statement.unit_id, statement__quarter__lte=statement.quarter)
    newest_signed = Revision.objects.filter(statement=OuterRef("statement"), state__in=FROZEN).order_by("-number")
    last_reviewed = of_the_unit.filter(review__isnull=False).order_by("-statement__quarter", "-number")
    said = Entry.objects.filter(revision=OuterRef("pk"), theme__identity=identity)
    level_name = Level.objects.filter(edition=OuterRef("statement__edition"), number=OuterRef("level"))
    comment = ReviewComment.objects.filter(review__revision=OuterRef("pk"), theme__identity=identity)
    not_comparable = NotComparable.objects.filter(
        edition=statement.edition_id, earlier=OuterRef("statement__edition"), identity=identity
    )
    return list(
        of_the_unit.filter(
            Q(statement__quarter__in=quarters, pk=Subquery(newest_signed.values("pk")[:1]))
            | Q(pk=Subquery(last_reviewed.values("pk")[:1]))
        )
        .annotate(
            quarter=F("statement__quarter"),
            level=Subquery(said.values("level")[:1]),
            scored=Subquery(said.values("theme__scored")[:1]),
        )
        .annotate(
            level_name=Subquery(level_name.values("name")[:1]),
            why_not_comparable=Subquery(not_comparable.values("reason")[:1]),
            reviewed_by=F("review__decider_name"),
            on_theme=Subquery(comment.values("text")[:1]),
        )
        .order_by("statement__quarter", "number")
        .values(
            "quarter",
            "number",
            "state",
            "level",
            "scored",
            "level_name",
            "why_not_comparable",
            "reviewed_by",
            "on_theme",
            *(f"review__{field}" for field in REVIEWED),
        )
    )


def _earlier_level(quarter: Quarter, rows: list[dict[str, Any]]) -> EarlierLevel:
    row = next((row for row in reversed(rows) if row["quarter"] == quarter), None)
    if row is None:
        return EarlierLevel(quarter)
    return EarlierLevel(
        quarter,
        signed=True,
        returned=row["state"] == RevisionState.RETURNED,
        scored=bool(row["scored"]),
        level=None if row["level"] is None else ReadLevel(row["level"], row["level_name"]),
        why_not_comparable=row["why_not_comparable"] or "",
    )


def _last_review(rows: list[dict[str, Any]]) -> LastReview | None:
    row = next((row for row in reversed(rows) if row["review__decision"]), None)
    if row is None:
        return None
    return LastReview(
        quarter=row["quarter"],
        revision=row["number"],
        by=row["reviewed_by"],
        on=london_day(row["review__decided_at"]),
        returned=row["review__decision"] == Decision.RETURNED,
        reasons=row["review__reasons"],
        comments=tuple(
            Comment(question, row[f"review__{name}"], row[f"review__{name}_note"])
            for name, question in QUESTIONS.items()
        ),
        on_theme=row["on_theme"] or "",
    )


def _validated(revision: Revision, identity: str, today: date) -> ValidatedLevel | None:
    statement = revision.statement
    level_name = Level.objects.filter(edition=OuterRef("audit__edition"), number=OuterRef("level"))
    # The audit may have been on a later edition than the statement.
    not_comparable = NotComparable.objects.filter(
        Q(edition=statement.edition_id, earlier=OuterRef("audit__edition"))
        | Q(edition=OuterRef("audit__edition"), earlier=statement.edition_id),
        identity=identity,
    )
    row = (
        levels_found(until=today)
        .filter(audit__unit=statement.unit_id, theme__identity=identity)
        .order_by(*NEWEST_FIRST)
        .annotate(
            level_name=Subquery(level_name.values("name")[:1]),
            why_not_comparable=Subquery(not_comparable.values("reason")[:1]),
        )
        .values("level", "level_name", "audit__issued_at", "audit", "audit__reference", "why_not_comparable")
        .first()
    )
    if row is None or row["level"] is None or row["audit__issued_at"] is None:  # what is issued has its moment
        return None
    return ValidatedLevel(
        ReadLevel(row["level"], row["level_name"]),
        london_day(row["audit__issued_at"]),
        row["audit"],
        row["audit__reference"],
        row["why_not_comparable"] or "",
    )


def _target(revision: Revision, identity: str, today: date) -> Target | None:
    applying = Target.objects.applying_to(revision.statement.unit, identity, day=today)
    return applying.select_related("group", "unit").first()
