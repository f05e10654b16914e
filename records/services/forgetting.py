"""Working data of this room that is of no use any more, deleted: by its age, or because its person is removed.

`sparing` are the people, by id, whose data a legal hold keeps.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Min, Q

from records.models import IdentityKind, Job, Notice, PersonalExport, TrailEntry, TrailIdentity
from records.services import trail

SOMEBODY = "Somebody"
NOT_TOLD = "It failed. Why is not kept any more: it named somebody whose data was removed."


def old_notices(*, before: datetime, sparing: Collection[int]) -> int:
    """Delete notices of before a moment, sent or not; return how many."""
    return Notice.objects.filter(at__lt=before).exclude(person__in=sparing).delete()[0]


def old_jobs(*, before: datetime, sparing: Collection[int]) -> int:
    """Delete jobs that ended before a moment; return how many."""
    ended = Job.objects.filter(finished_at__lt=before)
    return ended.filter(Q(requested_by=None) | ~Q(requested_by__in=sparing)).delete()[0]


def old_exports(*, before: datetime) -> int:
    """Delete exports of personal data that were asked for before a moment; return how many.

    No hold spares them: they are copies of what is still there.
    """
    return PersonalExport.objects.filter(requested_at__lt=before).delete()[0]


def old_identities(*, kind: IdentityKind, before: datetime, at: datetime, sparing: Collection[int]) -> int:
    """Erase names or addresses from the trail's entries of before a moment; return how many."""
    newer = TrailEntry.objects.filter(at__gte=before).aggregate(first=Min("pk"))["first"]
    newest = TrailEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    up_to = newest if newer is None else newer - 1
    if not TrailIdentity.objects.filter(kind=kind, entry_id__lte=up_to).exists():
        return 0
    return trail.erase(actor=None, kinds=[kind], up_to=up_to, by=None, at=at, sparing=sparing)


def files_left_over(*, now: datetime, age: timedelta) -> int:
    """Delete what uploads and stores that were broken off have left on this machine's disk; return how many files."""
    doomed = [
        *Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*"),
        *Path(settings.FILES_DIR).glob(".being-stored-*"),
    ]
    gone = 0
    for path in doomed:
        try:
            if path.is_file() and path.stat().st_mtime < (now - age).timestamp():
                path.unlink()
                gone += 1
        except FileNotFoundError:
            continue  # whoever wrote it has just finished with it
    return gone


def person(*, person: AbstractBaseUser, name: str, email: str, by: AbstractBaseUser, at: datetime) -> None:
    """Drop what this room keeps about a person: notices to them, exports, and their name in the trail and elsewhere.

    `name` and `email` are those the account had: why a job has failed may repeat them, as mail servers do.
    """
    Job.objects.filter(Q(error__icontains=email) | Q(error__contains=name or email)).update(error=NOT_TOLD)
    Notice.objects.filter(person_id=person.pk).delete()
    PersonalExport.objects.filter(Q(person_id=person.pk) | Q(requested_by_id=person.pk)).delete()
    _unname_notices(name)
    newest = TrailEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    trail.erase(actor=person, kinds=[IdentityKind.NAME, IdentityKind.ADDRESS], up_to=newest, by=by, at=at)
    # Nobody knows who failed to sign in to the account: mostly it was the person.
    failed = TrailEntry.objects.filter(actor=None, thing_type=person._meta.label, thing_id=person.pk)
    trail.erase_of(entries=failed, kinds=[IdentityKind.ADDRESS], by=by, at=at)


def _unname_notices(name: str) -> None:
    """Let what others were told say that somebody did it. A notice is no record: the trail is."""
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    changed = []
    for notice in Notice.objects.filter(line__contains=name):
        notice.line, found = whole.subn(SOMEBODY, notice.line)
        if found:
            changed.append(notice)
    Notice.objects.bulk_update(changed, ["line"], batch_size=500)
