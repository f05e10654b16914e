"""What COG support notes on a signed statement for whoever reviews it. A note decides nothing, and it stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from assurance.models import ReviewNote, Revision
from assurance.rules import Refused
from maturity.models import Theme
from organisation.models import User
from records.canonical import normal
from records.services import trail


@transaction.atomic
def note(*, revision: Revision, text: str, on_theme: str = "", seen_digest: str, by: User, at: datetime) -> ReviewNote:
    """Note something on exactly the revision that was on the screen. The same note sent twice is one note.

    `on_theme` is the identity of a theme of the statement; blank: the note is on all of it.
    """
    current = Revision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    if not current.is_frozen:
        raise Refused(f"This statement is {current.get_state_display().lower()}; notes are made on what is signed.")
    if current.content_digest != seen_digest:
        raise Refused("The statement has changed since you opened this page. Read it again, then add your note.")
    if by.pk in (current.completed_by_id, current.signed_by_id):
        raise Refused("You completed or signed this statement, so somebody else has to prepare its review.")
    words = normal(text.strip())
    if not words:
        raise Refused("Write your note.")
    own = Theme.objects.filter(pk__in=current.entries.values("theme"))
    theme = own.filter(identity=on_theme).first() if on_theme else None
    if on_theme and theme is None:
        raise Refused("The statement has no such theme. Reload the page, then choose what your note is on.")
    last = ReviewNote.objects.filter(revision=current, by=by).order_by("pk").last()
    if last is not None and (last.text, last.theme) == (words, theme):
        return last
    made = ReviewNote.objects.create(revision=current, theme=theme, text=words, by=by, at=at)
    trail.record(act="statement.noted", thing=made, by=by, at=at, content_digest=current.content_digest)
    return made
