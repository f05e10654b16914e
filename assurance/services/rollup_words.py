"""Writing what a roll-up says: the lead's own assessment, the narrative, and what is answered once a half-year.

Saved as statements are (`saving.py`): under the row's lock, answer by answer, nobody's text thrown away.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from assurance.models import MergeDecision, Rollup, ThemeAssessment
from assurance.models.rollup import ASSESSMENT_ANSWERS, ROLLUP_ANSWERS
from assurance.services import saving
from assurance.services.saving import Place, Saved
from maturity.models import Edition, Theme
from organisation.models import User
from records.edits import Edit

MEETING_ANSWERS = ("group_meeting_on", "reported_at_meeting", "reported_at_meeting_note")
OPINION_ANSWERS = ("opinion_level", "opinion")


@dataclass(frozen=True)
class ScoredTheme:
    """A theme to assess."""

    identity: str
    number: int
    name: str


@dataclass(frozen=True)
class Scale:
    """What there is to assess, and on which levels: of the build, or before the first of the edition in force."""

    themes: Sequence[ScoredTheme] = ()
    level_names: Sequence[str] = ()


def answers_of(rollup: Rollup) -> tuple[str, ...]:
    """Return the answers that this roll-up takes: a group's has a meeting, the force's an opinion."""
    left_out = MEETING_ANSWERS if rollup.is_of_the_force else OPINION_ANSWERS
    return tuple(name for name in ROLLUP_ANSWERS if name not in left_out)


def scale_of(rollup: Rollup) -> Scale:
    """Return the scored themes in their order, and the names of the levels from level 1."""
    if rollup.figures is not None:
        themes = [
            ScoredTheme(theme["identity"], theme["number"], theme["name"])
            for theme in rollup.figures["themes"]
            if theme["scored"]
        ]
        return Scale(themes, rollup.figures["level_names"])
    edition = Edition.objects.in_force(rollup.half.quarters[1].first_day)
    if edition is None:
        return Scale()
    scored = Theme.objects.filter(edition=edition, scored=True).order_by("number")
    return Scale(
        [ScoredTheme(theme.identity, theme.number, theme.name) for theme in scored],
        list(edition.levels.values_list("name", flat=True)),
    )


# --- Saving -------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin(*, rollup: Rollup) -> Rollup:
    """Make room for what is written: the roll-up's row, and one for each theme. Safe to run again, or twice at once."""
    rollup, _ = Rollup.objects.get_or_create(group=rollup.group, half=rollup.half)
    identities = [theme.identity for theme in scale_of(rollup).themes]
    ThemeAssessment.objects.bulk_create(
        [ThemeAssessment(rollup=rollup, theme_identity=identity) for identity in identities], ignore_conflicts=True
    )
    return rollup


@transaction.atomic
def save_words(
    *, rollup: Rollup, edits: Mapping[str, Edit], token: uuid.UUID | None = None, by: User, at: datetime
) -> Saved:
    """Write the edits of a roll-up's answers that nobody has overtaken; keep and return the ones that somebody has.

    The same `token` again changes nothing and is answered as the first time.
    """
    answers = answers_of(rollup)
    saving.refuse_unknown(edits, answers, rollup)
    waiting = MergeDecision.objects.filter(rollup=OuterRef("pk"), assessment=None, by=by, decided_at=None)
    current = (
        Rollup.objects.select_for_update(no_key=True)
        .defer("figures")
        .annotate(waits_for_a_decision=Exists(waiting))
        .get(pk=rollup.pk)
    )
    return saving.save_row(current, Place(rollup=current), answers, edits, token=token, by=by, at=at)


@transaction.atomic
def save_assessment(
    *, assessment: ThemeAssessment, edits: Mapping[str, Edit], token: uuid.UUID | None = None, by: User, at: datetime
) -> Saved:
    """Write what is stated about a theme; as `save_words`."""
    saving.refuse_unknown(edits, ASSESSMENT_ANSWERS, assessment)
    waiting = MergeDecision.objects.filter(assessment=OuterRef("pk"), by=by, decided_at=None)
    # With the roll-up's own row, so that nothing is issued of which a part is being written.
    current = (
        ThemeAssessment.objects.select_for_update(of=("self", "rollup"), no_key=True)
        .select_related("rollup")
        .defer("rollup__figures")
        .annotate(waits_for_a_decision=Exists(waiting))
        .get(pk=assessment.pk)
    )
    place = Place(rollup=current.rollup, assessment=current)
    return saving.save_row(current, place, ASSESSMENT_ANSWERS, edits, token=token, by=by, at=at)


# --- What is written ----------------------------------------------------------------------------------------------


def words_of(rollup: Rollup) -> dict[str, Any]:
    """Return all that is written on the roll-up, as `rollup_words.py` reads it and issuing freezes it: one query.

    Themes are those of the build; what was written on one that is not scored any more is left out.
    """
    written = {one.theme_identity: one for one in rollup.assessments.all()} if rollup.pk else {}
    return {
        "board_meeting_on": _iso(rollup.board_meeting_on),
        "meeting": None
        if rollup.is_of_the_force
        else {
            "on": _iso(rollup.group_meeting_on),
            "reported": rollup.reported_at_meeting,
            "note": rollup.reported_at_meeting_note,
        },
        "opinion": {"level": rollup.opinion_level, "text": rollup.opinion} if rollup.is_of_the_force else None,
        "narrative": rollup.narrative,
        "shows_comparison": rollup.shows_comparison,
        "themes": [
            _theme_words(theme, written.get(theme.identity) or ThemeAssessment()) for theme in scale_of(rollup).themes
        ],
    }


def is_written_since(rollup: Rollup, at: datetime | None) -> bool:
    """Whether anything was written on the roll-up since the moment: one query."""
    if at is None:
        return rollup.changed_at is not None
    return (rollup.changed_at or at) > at or rollup.assessments.filter(changed_at__gt=at).exists()


def _theme_words(theme: ScoredTheme, written: ThemeAssessment) -> dict[str, Any]:
    stated = {name: getattr(written, name) for name in ASSESSMENT_ANSWERS}
    return {"identity": theme.identity, "number": theme.number, "name": theme.name, **stated}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
