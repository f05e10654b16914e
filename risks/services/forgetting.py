"""Files of the register that nobody has confirmed, deleted: by their age, or because their person is removed.

`sparing` are the people, by id, whose data a legal hold keeps.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from organisation.models import User
from risks.models import RegisterUpload


def old_files(*, before: datetime, sparing: Collection[int]) -> int:
    """Delete files that were brought in before a moment and never confirmed; return how many."""
    waiting = RegisterUpload.objects.filter(uploaded_at__lt=before)
    return waiting.exclude(uploaded_by__in=sparing).delete()[0]


def person(*, person: User) -> None:
    """Drop the file that a person has brought and not confirmed."""
    RegisterUpload.objects.filter(uploaded_by=person).delete()
