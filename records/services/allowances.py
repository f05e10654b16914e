"""How much heavy work one person may ask for in an hour: sending files, taking lists away, having documents made.

    allowances.spend(person=user, kind=HeavyWork.EXPORTS, at=now)             # at the door, before the work

What is over the allowance raises Exhausted, which a middleware answers with a page that says when to go on and gives
back what was typed. An hour is one of the clock, so that the page can name the time. Refused requests count nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F

from records.models import Allowance, HeavyWork

HOUR = timedelta(hours=1)
KEPT_FOR = timedelta(days=1)


class Exhausted(Exception):
    """The person has had as much as is allowed; `until` is when the next hour begins."""

    def __init__(self, kind: HeavyWork, *, limit: int, at: datetime) -> None:
        super().__init__(f"No more than {limit} {kind.label} in an hour.")
        self.kind, self.limit, self.until = kind, limit, hour_of(at) + HOUR
        self.seconds = max(1, round((self.until - at).total_seconds()))


def hour_of(at: datetime) -> datetime:
    """Return when the hour of the clock began that `at` lies in."""
    return at.replace(minute=0, second=0, microsecond=0)


def spend(*, person: AbstractBaseUser, kind: HeavyWork, at: datetime, amount: int = 1) -> None:
    """Count `amount` of something against this hour's allowance. Raises Exhausted where that is more than is left.

    One conditional update decides, so that requests at the same moment cannot have the same remainder twice.
    """
    limit: int = settings.ALLOWANCES[kind.value]
    if not limit or not amount:
        return
    mine = {"person_id": person.pk, "kind": kind, "hour": hour_of(at)}
    Allowance.objects.get_or_create(**mine)
    if not Allowance.objects.filter(**mine, spent__lte=limit - amount).update(spent=F("spent") + amount):
        raise Exhausted(kind, limit=limit, at=at)


def forget(*, now: datetime) -> int:
    """Remove the counts of hours that are over; return how many there were."""
    removed, _ = Allowance.objects.filter(hour__lt=now - KEPT_FOR).delete()
    return removed
