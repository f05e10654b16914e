"""Working data deleted when its days are over, unless a legal hold keeps it. Records are never deleted here.

Each class has a transaction of its own: what has gone wrong with one does not keep the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from assurance.services import forgetting as assurance
from home.services import holding
from injuries.services import forgetting as injuries
from organisation.services import forgetting as organisation
from records.models import IdentityKind, RecordClass
from records.services import forgetting as records
from records.services import holds
from risks.services import forgetting as risks

logger = logging.getLogger(__name__)

Sweep = Callable[[Collection[int]], int]


def keep_to(*, now: datetime) -> dict[str, int]:
    """Delete what is past its period and not held; return how much of what. Safe to run again, or twice at once."""
    kept = settings.RETENTION

    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    messages: dict[str, Sweep] = {
        "notices": lambda sparing: records.old_notices(before=ago(kept.notices_days), sparing=sparing),
        "jobs": lambda sparing: records.old_jobs(before=ago(kept.jobs_days), sparing=sparing),
        "receipts": lambda sparing: assurance.old_receipts(before=ago(kept.receipts_days), sparing=sparing),
        "workbooks": lambda sparing: assurance.old_workbooks(before=ago(kept.workbooks_days), sparing=sparing),
        "files of appointments": lambda sparing: organisation.old_appointment_files(
            before=ago(kept.workbooks_days), sparing=sparing
        ),
        "files of climate results": lambda sparing: assurance.old_climate_files(
            before=ago(kept.workbooks_days), sparing=sparing
        ),
        "files of injury figures": lambda sparing: injuries.old_files(before=ago(kept.workbooks_days), sparing=sparing),
        "files of the risk register": lambda sparing: risks.old_files(before=ago(kept.workbooks_days), sparing=sparing),
        "sessions": lambda sparing: organisation.old_sessions(now=now, sparing=sparing),
        "calendar links": lambda sparing: organisation.old_links(before=ago(kept.links_days), sparing=sparing),
    }
    of_the_trail: dict[str, Sweep] = {
        "network addresses": lambda sparing: records.old_identities(
            kind=IdentityKind.ADDRESS, before=ago(kept.addresses_days), at=now, sparing=sparing
        ),
    }
    if kept.names_years:
        of_the_trail["names in the trail"] = lambda sparing: records.old_identities(
            kind=IdentityKind.NAME, before=years_before(now, kept.names_years), at=now, sparing=sparing
        )
    # Copies, and what is overwritten all the time: no hold asks for them.
    never_held: dict[str, Sweep] = {
        "exports": lambda _: records.old_exports(before=ago(kept.exports_days)),
        "presences": lambda _: assurance.old_presences(before=ago(kept.presences_days)),
        "files left over": lambda _: records.files_left_over(now=now, age=timedelta(days=kept.uploads_days)),
    }
    done: dict[str, int] = {}
    for record_class, sweeps in (
        (RecordClass.MESSAGES, messages),
        (RecordClass.TRAIL, of_the_trail),
        (None, never_held),
    ):
        for what, sweep in sweeps.items():
            done[what] = _swept(what, sweep, record_class)
    logger.info("Deleted as past its period: %s", {what: count for what, count in done.items() if count} or "nothing")
    return done


def _swept(what: str, sweep: Sweep, record_class: RecordClass | None) -> int:
    """Run one sweep under the holds' lock; nothing is deleted where everybody's is held."""
    try:
        with transaction.atomic():
            holds.locked()
            spared = holding.people_under(record_class) if record_class is not None else frozenset()
            return 0 if spared is None else sweep(spared)
    except Exception:
        logger.exception("%s past their period could not be deleted", what.capitalize())
        return 0


def years_before(moment: datetime, years: int) -> datetime:
    """Return the same day some years earlier; of 29 February, the 28th."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)
