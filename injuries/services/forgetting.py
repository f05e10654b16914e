"""Files that nobody has confirmed, deleted: by their age, or because their person is removed. Imports are records.

`sparing` are the people, by id, whose data a legal hold keeps.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from injuries.models import Upload, UploadState
from organisation.models import User


def old_files(*, before: datetime, sparing: Collection[int]) -> int:
    """Delete files that were brought in before a moment and never confirmed; return how many."""
    waiting = Upload.objects.filter(state=UploadState.WAITING, uploaded_at__lt=before)
    return waiting.exclude(uploaded_by__in=sparing).delete()[1].get(Upload._meta.label, 0)


def person(*, person: User) -> None:
    """Drop the file that a person has brought and not confirmed."""
    Upload.objects.filter(state=UploadState.WAITING, uploaded_by=person).delete()
