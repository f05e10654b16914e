"""Building business-group roll-ups."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from actions.models import Action
from assurance import documents, rollup
from assurance.models import Entry, Revision, RevisionState, Rollup
from assurance.models.entry import Carried
from maturity.models import Edition, Theme
from organisation.models import BusinessGroup, Unit, UnitMembership, User
from organisation.periods import HalfYear, Quarter, london_day
from records.canonical import content_digest
from records.models import Job
from records.services import blobs, jobs, trail
from rendering import pdf

logger = logging.getLogger(__name__)

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


def statements_taken(
    group: BusinessGroup | None, half: HalfYear, *, as_at: date
) -> list[tuple[rollup.UnitFacts, rollup.SignedRevision | None]]:
    """Return, for each unit that a build would count now, the statement that it would take: two queries."""
    units = _units(group, half, [quarter for quarter in half.quarters if quarter.first_day <= as_at])
    by_unit: dict[int, list[rollup.SignedRevision]] = {unit.id: [] for unit in units}
    for revision in _signed_revisions(list(by_unit), half):
        by_unit[revision.unit_id].append(revision)
    return [(unit, rollup.taken(by_unit[unit.id])[0]) for unit in units]


def build(claim: jobs.Claim) -> None:
    """Work out the figures, print the PDF, and put both in place; leaves everything alone where nothing changed."""
    draft = Rollup.objects.select_related("group").get(pk=claim.arguments["rollup_id"])
    jobs.progress(claim, percent=10, step="Reading the units’ statements")
    # The figures are as at this moment, however long the job has waited or the document takes.
    read_at = claim.claimed_at
    figures = json.loads(json.dumps(asdict(figures_of(draft.group, draft.half, as_at=london_day(read_at)))))
    digest = content_digest(figures)
    if digest == draft.figures_digest:
        with jobs.finishing(claim):
            return
    jobs.progress(claim, percent=40, step="Laying out the document")
    draft.figures, draft.figures_digest, draft.built_at = figures, digest, read_at
    html = documents.rollup_html(draft, as_at=london_day(read_at))
    jobs.progress(claim, percent=60, step="Printing the document")
    content = _printed(html, created_at=read_at)
    with jobs.finishing(claim) as now:
        draft.pdf = blobs.store(content=content, media_type="application/pdf", at=now)
        draft.save(update_fields=["figures", "figures_digest", "built_at", "pdf"])
        trail.record(act="rollup.built", thing=draft, by=None, at=now, figures_digest=digest, sha256=draft.pdf.sha256)


@transaction.atomic
def record_download(*, rollup: Rollup, by: User, at: datetime) -> None:
    """Keep who took the document with them, and which one."""
    trail.record(act="rollup.downloaded", thing=rollup, by=by, at=at, sha256=rollup.pdf.sha256 if rollup.pdf else "")


def _printed(html: str, *, created_at: datetime) -> bytes:
    try:
        return pdf.render(html, assets=documents.assets(), created_at=created_at)
    except pdf.PrintingError as error:
        logger.exception("A roll-up's document could not be printed")
        raise jobs.JobFailed(CANNOT_PRINT.format(error=error)) from error


def figures_of(group: BusinessGroup | None, half: HalfYear, *, as_at: date) -> rollup.Figures:
    """Return the group's figures for the half as its units' statements stand now: seven queries, however many units.

    `as_at` is today: the half's second quarter is left out until it has begun, and actions are counted as at that day
    or, once the half is over, as at its last.
    """
    quarters = [quarter for quarter in half.quarters if quarter.first_day <= as_at]
    edition = _edition(half)
    units = _units(group, half, quarters)
    revisions = _signed_revisions([unit.id for unit in units], half)
    ids = [revision.id for revision in revisions]
    levels: dict[int, dict[str, int | None]] = defaultdict(dict)
    carried: dict[int, list[str]] = defaultdict(list)
    entries = Entry.objects.filter(revision__in=ids, theme__scored=True)
    for revision_id, identity, level, how in entries.values_list("revision_id", "theme__identity", "level", "carried"):
        levels[revision_id][identity] = level
        if how == Carried.CONFIRMED:
            carried[revision_id].append(identity)
    counted_on = min(as_at, half.last_day)
    return rollup.summarise(
        quarters=quarters,
        level_names=list(edition.levels.values_list("name", flat=True)) if edition else [],
        units=units,
        themes=_themes(edition),
        revisions=revisions,
        levels=levels,
        carried=carried,
        actions=_actions([unit.id for unit in units], half, as_at=counted_on),
        as_at=counted_on,
    )


def _actions(unit_ids: Sequence[int], half: HalfYear, *, as_at: date) -> dict[int, rollup.ActionCounts]:
    rows = Action.objects.filter(unit__in=unit_ids).counted_by_unit(since=half.first_day, as_at=as_at)
    return {row.pop("unit"): rollup.ActionCounts(**row) for row in rows}


def _units(group: BusinessGroup | None, half: HalfYear, quarters: Sequence[Quarter]) -> list[rollup.UnitFacts]:
    rows = (
        (Unit.objects.all() if group is None else Unit.objects.in_group_on(group, half.last_day))
        .filter(Q(closed_on=None) | Q(closed_on__gte=half.first_day))
        .order_by("name")
        .values("id", "name", "slug", "opened_on", "closed_on")
    )
    units = [rollup.UnitFacts(**row) for row in rows]
    return [unit for unit in units if any(unit.expected_in(quarter) for quarter in quarters)]


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


def _edition(half: HalfYear) -> Edition | None:
    """The edition that statements of the half's last quarter are on."""
    return Edition.objects.in_force(half.quarters[1].first_day)


def _themes(edition: Edition | None) -> list[rollup.ThemeFacts]:
    rows = Theme.objects.filter(edition=edition).order_by("number")
    return [rollup.ThemeFacts(theme.identity, theme.name, theme.number, theme.scored) for theme in rows]
