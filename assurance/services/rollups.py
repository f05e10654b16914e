"""Building business-group roll-ups."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from assurance import documents, rollup
from assurance.canonical import content_digest
from assurance.models import Entry, Revision, RevisionState, Rollup
from maturity.models import Edition, Theme
from organisation.models import BusinessGroup, Unit, User
from organisation.periods import HalfYear, london_day
from records.models import Job
from records.services import blobs, jobs, trail
from rendering import pdf

BUILD = "assurance.build_rollup"


@transaction.atomic
def request(*, rollup: Rollup, by: User | None, at: datetime) -> Job:
    """Ask the worker to build the roll-up; two requests give one build."""
    job = jobs.request(task=BUILD, key=rollup.job_key, by=by, at=at, rollup_id=rollup.pk)
    trail.record(act="rollup.requested", thing=rollup, by=by, at=at)
    return job


def request_all(*, half: HalfYear, by: User | None, at: datetime) -> list[Job]:
    """Ask for the roll-up of every business group that has units in the half."""
    groups = BusinessGroup.objects.filter(memberships__starts_on__lte=half.last_day).distinct()
    return [request(rollup=Rollup.objects.get_or_create(group=group, half=half)[0], by=by, at=at) for group in groups]


def build(claim: jobs.Claim) -> None:
    """Work out the figures, print the PDF, and put both in place; leaves everything alone where nothing changed."""
    draft = Rollup.objects.select_related("group").get(pk=claim.arguments["rollup_id"])
    jobs.progress(claim, percent=10, step="Reading the units’ statements")
    figures = json.loads(json.dumps(asdict(figures_of(draft.group, draft.half))))
    digest = content_digest(figures)
    if digest == draft.figures_digest:
        with jobs.finishing(claim):
            return
    jobs.progress(claim, percent=40, step="Laying out the document")
    draft.figures, draft.figures_digest, draft.built_at = figures, digest, claim.requested_at
    html = documents.rollup_html(draft, as_at=london_day(claim.requested_at))
    jobs.progress(claim, percent=60, step="Printing the document")
    content = pdf.render(html, assets=documents.assets())
    with jobs.finishing(claim) as now:
        draft.built_at = now
        draft.pdf = blobs.store(content=content, media_type="application/pdf", at=now)
        draft.save(update_fields=["figures", "figures_digest", "built_at", "pdf"])
        trail.record(act="rollup.built", thing=draft, by=None, at=now, figures_digest=digest, sha256=draft.pdf.sha256)


def figures_of(group: BusinessGroup, half: HalfYear) -> rollup.Figures:
    """Return the group's figures for the half as its units' statements stand now: four queries, however many units."""
    units = _units(group, half)
    revisions = _signed_revisions([unit.id for unit in units], half)
    ids = [revision.id for revision in revisions]
    levels: dict[int, dict[str, int | None]] = defaultdict(dict)
    for revision_id, identity, level in Entry.objects.filter(revision__in=ids, theme__scored=True).values_list(
        "revision_id", "theme__identity", "level"
    ):
        levels[revision_id][identity] = level
    return rollup.summarise(half=half, units=units, themes=_themes(half), revisions=revisions, levels=levels)


def _units(group: BusinessGroup, half: HalfYear) -> list[rollup.UnitFacts]:
    rows = (
        Unit.objects.in_group_on(group, half.last_day)
        .filter(Q(closed_on=None) | Q(closed_on__gte=half.first_day))
        .order_by("name")
        .values("id", "name", "slug", "opened_on", "closed_on")
    )
    units = [rollup.UnitFacts(**row) for row in rows]
    return [unit for unit in units if any(unit.expected_in(quarter) for quarter in half.quarters)]


def _signed_revisions(unit_ids: Sequence[int], half: HalfYear) -> list[rollup.SignedRevision]:
    rows = Revision.objects.filter(
        statement__unit__in=unit_ids,
        statement__quarter__in=half.quarters,
        state__in=[RevisionState.SIGNED, RevisionState.ACCEPTED],
    ).values_list("id", "statement__unit_id", "statement__quarter", "number", "state", "signed_at")
    return [
        rollup.SignedRevision(id_, unit_id, quarter, number, state, london_day(signed_at))
        for id_, unit_id, quarter, number, state, signed_at in rows
        if signed_at is not None
    ]


def _themes(half: HalfYear) -> list[rollup.ThemeFacts]:
    """The themes of the edition that statements of the half's last quarter are on."""
    edition = Edition.objects.in_force(half.quarters[1].first_day)
    rows = Theme.objects.filter(edition=edition).order_by("number")
    return [rollup.ThemeFacts(theme.identity, theme.name, theme.number, theme.scored) for theme in rows]


def level_names(half: HalfYear) -> dict[int, str]:
    """Return {level number: name} of the edition the half is summed up on."""
    edition = Edition.objects.in_force(half.quarters[1].first_day)
    return dict(edition.levels.values_list("number", "name")) if edition else {}
