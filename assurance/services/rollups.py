"""Building business-group roll-ups."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from assurance import documents, rollup
from assurance.models import Rollup
from assurance.rollup_words import words_in
from assurance.services import figures as group_figures
from assurance.services import force_figures, printing, rollup_words
from organisation.models import BusinessGroup, UnitMembership, User
from organisation.periods import HalfYear, london_day
from records.canonical import content_digest
from records.models import Job
from records.services import blobs, jobs, trail

BUILD = "assurance.build_rollup"
CANNOT_PRINT = (
    "The figures are worked out, but their document could not be printed, so nothing has been replaced. Show this to "
    "the administrator: {error}"
)


@transaction.atomic
def request(*, rollup: Rollup, by: User | None, at: datetime) -> Job:
    """Ask the worker to build the roll-up; two requests give one build."""
    job = jobs.request(task=BUILD, key=rollup.job_key, by=by, at=at, rollup_id=rollup.pk)
    trail.record(act="rollup.requested", thing=rollup, by=by, at=at)
    return job


@transaction.atomic
def cancel(*, rollup: Rollup, by: User, at: datetime) -> bool:
    """Call off the build that waits or runs; return whether there was one. What was built before stays."""
    job = jobs.cancel(key=rollup.job_key, at=at)
    if job is not None:
        trail.record(act="rollup.cancelled", thing=rollup, by=by, at=at, job=job.pk)
    return job is not None


def request_for(*, group: BusinessGroup | None, half: HalfYear, by: User | None, at: datetime) -> Job:
    """Ask for the roll-up of a group's half-year, or the force summary (no group), the first time or again."""
    rollup, _ = Rollup.objects.get_or_create(group=group, half=half)
    return request(rollup=rollup, by=by, at=at)


def request_all(*, half: HalfYear, by: User | None, at: datetime) -> list[Job]:
    """Ask for the roll-up of every business group with units to sum up, and for the force summary over them."""
    groups: list[BusinessGroup | None] = list(groups_with_units(half))
    return [request_for(group=group, half=half, by=by, at=at) for group in [*groups, *([None] if groups else [])]]


def groups_with_units(half: HalfYear) -> QuerySet[BusinessGroup]:
    """The business groups that have units of their own to sum up: those the units are in on the half's last day."""
    memberships = UnitMembership.objects.in_force_on_or_at_the_units_end(half.last_day).exclude(
        unit__closed_on__lt=half.first_day
    )
    return BusinessGroup.objects.filter(pk__in=memberships.values("group"))


def build(claim: jobs.Claim) -> None:
    """Work out the figures, print the PDF with the words as they are, and put both in place.

    Leaves everything alone where neither figures nor words have changed since.
    """
    draft = Rollup.objects.select_related("group").get(pk=claim.arguments["rollup_id"])
    jobs.progress(claim, percent=10, step="Reading the units’ statements")
    # The figures are as at this moment, however long the job has waited or the document takes.
    read_at = claim.claimed_at
    figures = json.loads(json.dumps(asdict(figures_of(draft.group, draft.half, as_at=london_day(read_at)))))
    digest = content_digest(figures)
    if digest == draft.figures_digest and not rollup_words.is_written_since(draft, draft.built_at):
        with jobs.finishing(claim):
            return
    jobs.progress(claim, percent=40, step="Laying out the document")
    draft.figures, draft.figures_digest, draft.built_at = figures, digest, read_at
    html = document_of(draft, as_at=london_day(read_at))
    jobs.progress(claim, percent=60, step="Printing the document")
    content = printing.printed(html, created_at=read_at, failing=CANNOT_PRINT)
    with jobs.finishing(claim) as now:
        draft.pdf = blobs.store(content=content, media_type="application/pdf", at=now)
        draft.save(update_fields=["figures", "figures_digest", "built_at", "pdf"])
        trail.record(act="rollup.built", thing=draft, by=None, at=now, figures_digest=digest, sha256=draft.pdf.sha256)


def document_of(rollup: Rollup, *, as_at: date) -> str:
    """Return the built draft as HTML for printing, with the words as they are written now: one query."""
    words = words_in(rollup_words.words_of(rollup), rollup_words.scale_of(rollup).level_names)
    return documents.rollup_html(rollup, as_at=as_at, words=words)


@transaction.atomic
def record_download(*, rollup: Rollup, by: User, at: datetime) -> None:
    """Keep who took the document with them, and which one."""
    trail.record(act="rollup.downloaded", thing=rollup, by=by, at=at, sha256=rollup.pdf.sha256 if rollup.pdf else "")


def figures_of(group: BusinessGroup | None, half: HalfYear, *, as_at: date) -> rollup.Figures:
    """Return the half's figures as the units' statements stand now: of a group, or of the force over its groups.

    The number of queries does not grow with the units. `as_at` is today: the half's second quarter is left out until
    it has begun, and actions are counted as at that day or, once the half is over, as at its last.
    """
    if group is None:
        return force_figures.of_force(half, as_at=as_at)
    return group_figures.of_group(group, half, as_at=as_at)
