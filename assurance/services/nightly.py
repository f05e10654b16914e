"""Draft roll-ups, built the day after a half-year ends and again each night until they are issued.

Beat asks every hour; whether tonight's build was asked for stands in the jobs, so that a beat that was away at midnight
asks when it is back, and two at once ask once. A night ends nothing: a draft that is not issued by the end of the half
that follows is left as it is, and the next half-year's takes its place. See docs/decisions/0016.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from assurance.models import IssuedRollup, Rollup
from assurance.services import rollups
from organisation.models import BusinessGroup
from organisation.periods import LONDON, HalfYear, london_day
from records.models import Job
from records.services import jobs


@transaction.atomic
def build_drafts(*, at: datetime) -> int:
    """Ask for tonight's builds: of each business group with units, and of the force; return how many were asked for.

    Of the half-year that ended last, and of none that is issued. Who asked for one today, or cancelled it, has been
    heard: it is not asked for again before the next night.
    """
    today = london_day(at)
    half = HalfYear.of(today).previous()
    groups = list(rollups.groups_with_units(half))
    if not groups:
        return 0
    drafts = list(_drafts(groups, half))
    midnight = datetime.combine(today, time(0), tzinfo=LONDON)
    tonight = Job.objects.filter(key__in=[draft.job_key for draft in drafts], requested_at__gte=midnight)
    asked_for = set(tonight.values_list("key", flat=True))
    wanted = [draft for draft in drafts if draft.job_key not in asked_for]
    for draft in wanted:
        # No act of anybody's, so the trail has only what comes of it, where something does.
        jobs.request(task=rollups.BUILD, key=draft.job_key, by=None, at=at, rollup_id=draft.pk)
    return len(wanted)


def _drafts(groups: Sequence[BusinessGroup], half: HalfYear) -> QuerySet[Rollup]:
    """Return the half's roll-ups that are not issued, made where they are missing and held until the end of the act."""
    ours = Rollup.objects.filter(Q(group=None) | Q(group__in=groups), half=half)
    made = set(ours.values_list("group", flat=True))
    missing = [group for group in (None, *groups) if (group.pk if group else None) not in made]
    Rollup.objects.bulk_create([Rollup(group=group, half=half) for group in missing], ignore_conflicts=True)
    issued = IssuedRollup.objects.filter(rollup=OuterRef("pk"))
    # Held, so that a second beat waits here and then finds what this one asked for.
    return ours.exclude(Exists(issued)).order_by("pk").select_for_update(no_key=True, of=("self",))
