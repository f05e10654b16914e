"""Working data of this room that is of no use any more, deleted: by its age, or because its person is removed.

`sparing` are the people, by id, whose data a legal hold keeps.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from assurance.models import ClimateUpload, MergeDecision, Presence, SaveReceipt, WorkbookUpload
from organisation.models import User

NAMES = ("completer_name", "completer_position")


def old_receipts(*, before: datetime, sparing: Collection[int]) -> int:
    """Delete receipts of saves that no browser will send again; return how many."""
    return SaveReceipt.objects.filter(saved_at__lt=before).exclude(by__in=sparing).delete()[0]


def old_presences(*, before: datetime) -> int:
    """Delete who had which draft open, before a moment; return how many. No hold spares what is overwritten anyway."""
    return Presence.objects.filter(seen_at__lt=before).delete()[0]


def old_workbooks(*, before: datetime, sparing: Collection[int]) -> int:
    """Delete workbooks that were brought in before a moment: applied, they are in the statement; return how many."""
    return WorkbookUpload.objects.filter(uploaded_at__lt=before).exclude(by__in=sparing).delete()[0]


def old_climate_files(*, before: datetime, sparing: Collection[int]) -> int:
    """Delete files of climate results that were brought in before a moment; return how many."""
    return ClimateUpload.objects.filter(uploaded_at__lt=before).exclude(by__in=sparing).delete()[0]


def person(*, person: User, name: str) -> None:
    """Drop the working data that this room keeps of a person called `name`; what statements say stays.

    Texts that were overtaken stay where they are answers; the name and position that somebody typed are none.
    """
    SaveReceipt.objects.filter(by=person).delete()
    Presence.objects.filter(person=person).delete()
    WorkbookUpload.objects.filter(by=person).delete()
    ClimateUpload.objects.filter(by=person).delete()
    details = MergeDecision.objects.filter(field__in=NAMES)
    details.filter(Q(by=person) | Q(mine=name) | Q(theirs=name) | Q(result=name)).delete()
    MergeDecision.objects.filter(by=person, decided_at=None).delete()
