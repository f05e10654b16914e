"""Opening a quarter's statements, and the revision that follows another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from actions.models import ActionStatus
from assurance.models import Entry, EntryAction, EvidenceItem, Revision, Statement
from assurance.models.entry import ENTRY_ANSWERS
from assurance.models.statement import DETAIL_ANSWERS
from assurance.rules import Refused
from assurance.services import notices
from maturity.models import Edition, Theme
from maturity.services import editions
from organisation.models import Unit
from organisation.periods import Quarter


@transaction.atomic
def open_quarter(*, quarter: Quarter, at: datetime) -> int:
    """Open a statement for every unit that exists on the quarter's first day; return how many were missing.

    Set-based and safe to run again, or twice at once.
    """
    edition = Edition.objects.in_force(quarter.first_day)
    if edition is None:
        raise Refused(f"No edition of the model is in force on {quarter.first_day:%d %B %Y}. Load one with load_model.")
    units = Unit.objects.open_on(quarter.first_day).exclude(statements__quarter=quarter).values_list("pk", flat=True)
    wanted = list(units)
    if not wanted:
        return 0
    editions.mark_in_use(edition=edition, at=at)
    Statement.objects.bulk_create(
        [Statement(unit_id=unit, quarter=quarter, edition=edition, opened_at=at) for unit in wanted],
        ignore_conflicts=True,
    )
    # Another process may have opened some between the two statements: go by what stands there now.
    opened = Statement.objects.filter(quarter=quarter, revisions=None)
    revisions = Revision.objects.bulk_create(
        [Revision(statement=statement, number=1) for statement in opened], ignore_conflicts=True
    )
    _add_entries(Revision.objects.filter(statement__quarter=quarter, number=1, entries=None), edition)
    notices.opened(opened, at=at)
    return len(revisions)


def _add_entries(revisions: Any, edition: Edition) -> None:
    themes = list(Theme.objects.filter(edition=edition))
    Entry.objects.bulk_create(
        [Entry(revision=revision, theme=theme) for revision in revisions for theme in themes],
        ignore_conflicts=True,
        batch_size=5000,
    )


def open_next_revision(revision: Revision, *, because: str, at: datetime) -> Revision:
    """Start the revision that follows `revision`, prefilled with what it said."""
    following = Revision.objects.create(
        statement=revision.statement,
        number=revision.number + 1,
        opened_because=because,
        **{name: getattr(revision, name) for name in DETAIL_ANSWERS},
    )
    entries = list(revision.entries.all())
    copies = Entry.objects.bulk_create(
        [
            Entry(
                revision=following,
                theme_id=entry.theme_id,
                first_opened_at=at,  # it follows this revision: nothing is carried into it from an earlier quarter
                carried=entry.carried,
                carried_from_id=entry.carried_from_id,
                **{name: getattr(entry, name) for name in ENTRY_ANSWERS},
            )
            for entry in entries
        ]
    )
    copy_of = {entry.pk: copy for entry, copy in zip(entries, copies, strict=True)}
    links = EntryAction.objects.filter(entry__revision=revision)
    EntryAction.objects.bulk_create(
        [EntryAction(entry=copy_of[link.entry_id], action_id=link.action_id, token=link.token) for link in links]
    )
    items = EvidenceItem.objects.filter(entry__revision=revision)
    EvidenceItem.objects.bulk_create([copy_of_item(item, entry=copy_of[item.entry_id]) for item in items])
    return following


def copy_of_item(item: EvidenceItem, *, entry: Entry) -> EvidenceItem:
    """Return the same link or file as evidence of another entry, not saved yet: still who added it, and when."""
    return EvidenceItem(
        entry=entry,
        file_id=item.file_id,
        url=item.url,
        title=item.title,
        of_on=item.of_on,
        added_at=item.added_at,
        added_by_id=item.added_by_id,
    )


def let_open_actions_follow(revision: Revision, *, entries: Iterable[Entry]) -> None:
    """Link to each of the revision’s `entries` the unit’s open actions that its theme raised in earlier quarters.

    Three queries, however many entries. An action may be raised, late, in a quarter whose successor is open already.
    """
    by_identity = {entry.theme.identity: entry for entry in entries}
    statement = revision.statement
    raised = EntryAction.objects.filter(
        entry__revision__statement__unit=statement.unit_id,
        entry__revision__statement__quarter__lt=statement.quarter,
        entry__theme__identity__in=by_identity,
        action__status=ActionStatus.OPEN,
    )
    wanted = raised.order_by("action").values_list("entry__theme__identity", "action").distinct()
    linked = set(EntryAction.objects.filter(entry__in=by_identity.values()).values_list("entry", "action"))
    EntryAction.objects.bulk_create(
        [
            EntryAction(entry=by_identity[identity], action_id=action, token=uuid.uuid4())
            for identity, action in wanted
            if (by_identity[identity].pk, action) not in linked
        ]
    )
