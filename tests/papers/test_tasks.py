"""The worker's door: the task that jobs ring by name."""

from __future__ import annotations

import pytest

from papers import tasks
from records.models import Job, JobState
from tests.factories.papers import make_final

pytestmark = pytest.mark.django_db


def test_the_task_a_final_paper_asks_for_makes_its_document() -> None:
    paper = make_final(with_document=False)
    job = Job.objects.get(key=paper.job_key)
    assert job.task == tasks.build_paper.name
    tasks.build_paper(job.pk)
    job.refresh_from_db()
    paper.refresh_from_db()
    assert job.state == JobState.DONE
    assert paper.pdf is not None


def test_a_message_heard_twice_makes_one_document() -> None:
    paper = make_final(with_document=False)
    job = Job.objects.get(key=paper.job_key)
    tasks.build_paper(job.pk)
    tasks.build_paper(job.pk)
    job.refresh_from_db()
    assert (job.attempts, job.state) == (1, JobState.DONE)
