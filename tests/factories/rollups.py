"""Roll-ups that are built, written and issued, for tests. Steps are taken by the services, as people take them.

rollup = built(group)                       # the figures of the half-year that is over, as the worker builds them
issued(write(rollup), by=lead)              # its first version, with everything given that issuing asks for
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, datetime
from typing import Any
from unittest import mock

from django.utils import timezone

from assurance.models import IssuedRollup, Rollup, ThemeAssessment
from assurance.services import issuing, rollup_words, rollups
from organisation.models import BusinessGroup, User
from organisation.periods import HalfYear
from organisation.roles import Role
from records.edits import Edit
from records.services import jobs
from rendering import pdf
from tests.factories.organisation import make_person

LEAD_SAYS = "Supervisors brief every shift, and the group’s own visits found it so."
NARRATIVE = "The group holds its level; monitoring is what it works on next."


def last_half() -> HalfYear:
    """The half-year that is over."""
    return HalfYear.of(timezone.localdate()).previous()


def built(group: BusinessGroup | None, half: HalfYear | None = None, *, with_document: bool = False) -> Rollup:
    """The roll-up of a group, or the force summary, built by the worker.

    Printing takes seconds, and most tests look at the figures: they get a few bytes as its document.
    """
    half = half or last_half()
    job = rollups.request_for(group=group, half=half, by=None, at=timezone.now())
    quick = mock.patch.object(pdf, "render", return_value=b"%PDF-1.7 not a real one")
    with nullcontext() if with_document else quick:
        jobs.perform(job.pk, rollups.build)
    return Rollup.objects.get(group=group, half=half)


def author_of(rollup: Rollup) -> User:
    """Who writes on it and issues it."""
    return make_person(Role.HEAD) if rollup.is_of_the_force else make_person(Role.COG_LEAD, group=rollup.group)


def answer(rollup: Rollup, *, by: User | None = None, at: datetime | None = None, **answers: object) -> Rollup:
    """Answer something of what is asked once for the half-year."""
    rollup.refresh_from_db()
    edits = {name: Edit(rollup.field_versions.get(name, 0), value) for name, value in answers.items()}
    by, at = by or author_of(rollup), at or timezone.now()
    assert rollup_words.save_words(rollup=rollup, edits=edits, by=by, at=at).is_complete
    rollup.refresh_from_db()
    return rollup


def assess(
    rollup: Rollup, identity: str, *, by: User | None = None, at: datetime | None = None, **answers: object
) -> ThemeAssessment:
    """State something about a theme."""
    rollup_words.begin(rollup=rollup)
    assessment = rollup.assessments.get(theme_identity=identity)
    edits = {name: Edit(assessment.field_versions.get(name, 0), value) for name, value in answers.items()}
    by, at = by or author_of(rollup), at or timezone.now()
    assert rollup_words.save_assessment(assessment=assessment, edits=edits, by=by, at=at).is_complete
    assessment.refresh_from_db()
    return assessment


def write(rollup: Rollup, *, by: User | None = None, level: int = 3) -> Rollup:
    """Give everything that issuing asks for."""
    by = by or author_of(rollup)
    rollup_words.begin(rollup=rollup)
    for theme in rollup_words.scale_of(rollup).themes:
        assess(rollup, theme.identity, by=by, level=level, evidence=f"{theme.name}: {LEAD_SAYS}")
    if rollup.is_of_the_force:
        answers: dict[str, Any] = {
            "opinion_level": level,
            "opinion": "What the groups report agrees with what audits found.",
        }
        return answer(rollup, by=by, board_meeting_on=date(2030, 11, 5), narrative=NARRATIVE, **answers)
    return answer(
        rollup,
        by=by,
        board_meeting_on=date(2030, 11, 5),
        group_meeting_on=min(rollup.half.last_day, timezone.localdate()),
        reported_at_meeting=True,
        narrative=NARRATIVE,
    )


def issue(rollup: Rollup, *, because: str = "", by: User | None = None, at: datetime | None = None) -> IssuedRollup:
    """Issue what is built and written now."""
    rollup.refresh_from_db()
    return issuing.issue(
        rollup=rollup,
        seen_figures_digest=rollup.figures_digest,
        because=because,
        by=by or author_of(rollup),
        at=at or timezone.now(),
    )


def issued(group: BusinessGroup | None, *, by: User | None = None) -> IssuedRollup:
    """The first version of a group's roll-up, or of the force summary: built, written, issued."""
    rollup = built(group)
    return issue(write(rollup, by=by), by=by)


def printed(version: IssuedRollup) -> IssuedRollup:
    """The same with its document, as the worker prints it."""
    job = issuing.request_document(issued=version, by=None, at=timezone.now())
    assert job is not None
    jobs.perform(job.pk, issuing.build_document)
    version.refresh_from_db()
    return version
