"""Agenda packs of the Board for tests."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from organisation.models import User
from organisation.roles import Role
from papers.models import BoardPack
from papers.services import packs
from records.models import Job
from records.services import jobs
from risks.models import BoardMeeting
from tests.factories.organisation import make_person
from tests.factories.papers import make_blob


def make_pack(meeting: BoardMeeting, *, by: User | None = None, at: datetime | None = None) -> BoardPack:
    """A version without its document, whose job waits."""
    by = by or make_person(Role.BOARD_SECRETARY)
    return packs.make(meeting=meeting, by=by, at=at or timezone.now())[0]


def make_pack_with_document(meeting: BoardMeeting) -> BoardPack:
    """A version whose document is some bytes, not a real PDF."""
    pack = make_pack(meeting)
    pack.pdf = make_blob(f"%PDF-1.7 pack {pack.pk}".encode())
    pack.save(update_fields=["pdf"])
    Job.objects.filter(key=pack.job_key).update(state="done", finished_at=pack.made_at)
    return pack


def build_document(pack: BoardPack) -> Job:
    """Do the worker's part for the newest job of the pack, in this process; return the job as it ended."""
    job = Job.objects.filter(key=pack.job_key).latest("pk")
    jobs.perform(job.pk, packs.build)
    job.refresh_from_db()
    return job
