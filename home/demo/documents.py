"""The demo's first documents, made by the real worker: the roll-ups of the last finished half and one panel paper."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone

from assurance.services import rollups
from home.demo.names import DEMO_DOMAIN
from organisation.models import Force, User
from organisation.periods import HalfYear, london_day
from papers.models import Paper, PaperTemplate
from papers.services import papers
from records.edits import Edit
from records.models import Job, JobState

POLL_SECONDS = 0.2
DAYS_TO_THE_MEETING = 21
TUESDAY = 1
TEMPLATE = "panel"
CONTACTS = (
    "Head of Safety, Health and Wellbeing, Headquarters. Questions about a unit's levels go to the Safety and Health "
    "Risk Management Team (SHRMT), safety@demo.example."
)
NO_ANSWER = (
    "The worker has not finished within {seconds:.0f} seconds: {what}. Check that it runs (manage.py doctor says so) "
    "and look at its log, then try again; what is finished is kept."
)


class NotMade(Exception):
    """A document could not be made; the text says which, why and what to do."""


def make(*, at: datetime, wait_seconds: float) -> bool:
    """Have the roll-ups and the first paper made and publish it; False where a paper has been published before.

    Safe to run again after it was interrupted. Raises NotMade.
    """
    force = Force.objects.first()
    if force is None or not force.demo_seed:
        raise NotMade("This database holds no demo force. Load it first: manage.py prepare_demo.")
    if Paper.objects.filter(published_at__isnull=False).exists():
        return False
    deadline = time.monotonic() + wait_seconds
    half = HalfYear.of(london_day(at)).previous()
    _wait(rollups.request_all(half=half, by=None, at=at), f"the roll-ups of {half.name}", deadline, wait_seconds)
    try:
        _publish_first_paper(half, at, deadline, wait_seconds)
    except papers.Refused as refusal:
        raise NotMade(f"The first panel paper could not be made. {refusal}") from refusal
    return True


def _publish_first_paper(half: HalfYear, at: datetime, deadline: float, wait_seconds: float) -> None:
    """Two people release a paper: the auditor makes it final, the head publishes it."""
    auditor, head = (User.objects.get(email=f"{name}@{DEMO_DOMAIN}") for name in ("auditor", "head"))
    title = f"Health and safety culture maturity, {half.name}"
    paper = Paper.objects.filter(half=half, title=title, author=auditor).first()
    if paper is None:
        meeting_on = _tuesday_after(london_day(at) + timedelta(days=DAYS_TO_THE_MEETING))
        template = PaperTemplate.objects.get(code=TEMPLATE)
        paper = papers.create(template=template, half=half, meeting_on=meeting_on, title=title, by=auditor, at=at)
        papers.save_section(paper=paper, key="contacts", edit=Edit(0, CONTACTS), by=auditor, at=at)
    if paper.is_draft:
        paper = papers.finalise(paper=paper, by=auditor, at=at)
    elif paper.pdf_id is None:
        papers.request_document(paper=paper, by=auditor, at=at)
    _wait(Job.objects.live().filter(key=paper.job_key), f"the paper “{title}”", deadline, wait_seconds)
    papers.publish(paper=paper, seen_digest=paper.content_digest, by=head, at=timezone.now())


def _tuesday_after(day: date) -> date:
    return day + timedelta(days=(TUESDAY - day.weekday()) % 7)


def _wait(asked_for: Iterable[Job], what: str, deadline: float, wait_seconds: float) -> None:
    """Wait until the jobs are done. Raises NotMade where one fails, or none is left time."""
    ours = Job.objects.filter(pk__in=[job.pk for job in asked_for])
    while True:
        failed = ours.filter(state=JobState.FAILED).first()
        if failed is not None:
            raise NotMade(f"Could not make {what}. {failed.error}")
        if not ours.live().exists():
            return
        if time.monotonic() > deadline:
            raise NotMade(NO_ANSWER.format(seconds=wait_seconds, what=what))
        time.sleep(POLL_SECONDS)
