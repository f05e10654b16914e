"""The worker's door: the task that jobs ring by name."""

from __future__ import annotations

import pytest

from papers import tasks
from records.models import Job, JobState
from rendering import pdf
from tests.factories.papers import blank_pdf, build_document, make_final

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


def test_a_document_that_breaks_a_standard_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checked by others' rules before anybody is given it."""
    monkeypatch.setattr(pdf, "render", lambda *_args, **_options: blank_pdf("Untagged"))
    paper = make_final(with_document=False)
    job = build_document(paper)
    assert job.state == JobState.FAILED
    assert "ua1" in job.error
    assert "The paper itself is unchanged." in job.error
    paper.refresh_from_db()
    assert paper.pdf is None
