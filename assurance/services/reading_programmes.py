"""Reading an audit programme as page and files show it. As many queries for a thousand units as for ten."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assurance.models import AuditProgramme, ProgrammeItem
from assurance.programme_tables import Changed, Listed, Programme, Seed
from assurance.services.programmes import parts_of, wanted_of
from assurance.services.selecting import units_of
from organisation.models import Unit, User
from records.services import trail


def read(programme: AuditProgramme) -> Programme:
    """Return the programme with everything it rests on: three queries. Its people are to be selected with it."""
    adopted_by = programme.adopted_by
    return Programme(
        half=programme.half,
        is_adopted=programme.is_adopted,
        version=programme.version,
        as_at=programme.as_at,
        **vars(wanted_of(programme)),
        seed=programme.seed,
        proposed_at=programme.proposed_at,
        proposed_by=programme.proposed_by.name,
        adopted_at=programme.adopted_at,
        adopted_by="" if adopted_by is None else adopted_by.name,
        units=tuple(_listed(item) for item in programme.items.select_related("unit")),
        seeds=tuple(
            Seed(draw.number, draw.seed, draw.because, draw.drawn_at, draw.drawn_by.name)
            for draw in programme.draws.select_related("drawn_by")
        ),
        changes=tuple(
            Changed(one.unit.name, one.get_kind_display(), one.place_before, one.place, one.reason, one.at, one.by.name)
            for one in programme.changes.select_related("unit", "by")
        ),
    )


def _listed(item: ProgrammeItem) -> Listed:
    return Listed(
        number=item.unit_id,
        name=item.unit.name,
        slug=item.unit.slug,
        rank=item.rank,
        score=item.score,
        parts=tuple(parts_of(item)),
        days=item.days,
        own_days=item.own_days,
        came_by=item.chosen,
        place=item.place,
    )


def units_since(programme: AuditProgramme) -> list[Unit]:
    """Return the units of the half-year that the programme knows nothing of: they opened after it was proposed."""
    known = programme.items.values("unit")
    return list(units_of(programme.half, as_at=timezone.localdate()).exclude(pk__in=known).order_by("name"))


@transaction.atomic
def record_download(*, programme: AuditProgramme, form: str, sha256: str, by: User, at: datetime) -> None:
    """Keep who took a programme with them, in which form, and which bytes."""
    trail.record(act="programme.taken", thing=programme, by=by, at=at, form=form, sha256=sha256)
