"""What a signature freezes: everything the statement says, as JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.models import Action, ActionStatus
from assurance.models import Carried, Entry, EvidenceFile, EvidenceItem, Revision
from assurance.services import statements
from assurance.services.content import content_of
from maturity.models import Criterion
from organisation.models import User
from organisation.periods import Quarter
from records.canonical import canonical_bytes
from records.edits import Edit
from records.services import blobs
from tests.factories import assurance as factories
from tests.factories.organisation import make_unit

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 6, 9, tzinfo=UTC)


def entry_of(revision: Revision, identity: str = "leadership") -> Entry:
    return revision.entries.get(theme__identity=identity)


def said(revision: Revision, identity: str = "leadership") -> dict[str, Any]:
    return next(entry for entry in content_of(revision)["entries"] if entry["theme"] == identity)


def criteria(revision: Revision, level: int) -> list[Criterion]:
    cell = Criterion.objects.filter(
        theme__edition=revision.statement.edition, theme__identity="leadership", level__number=level
    )
    return list(cell.order_by("number"))


def save(revision: Revision, by: User, **values: object) -> None:
    entry = entry_of(revision)
    edits = {name: Edit(entry.field_versions.get(name, 0), value) for name, value in values.items()}
    statements.save_entry(entry=entry, edits=edits, by=by, at=AT)


def test_the_points_of_the_claimed_level_are_frozen_word_for_word_ticked_or_not(draft: Revision, spoc: User) -> None:
    first, *others = criteria(draft, 3)
    elsewhere = criteria(draft, 2)[0]
    save(draft, spoc, level_answer=3, criteria_met=[first.pk, elsewhere.pk], criteria_note="The rest is in hand.")
    assert said(draft)["criteria"] == [
        {"level": 3, "text": first.text, "met": True},
        *({"level": 3, "text": other.text, "met": False} for other in others),
    ]
    assert said(draft)["criteria_note"] == "The rest is in hand."


def test_where_nothing_of_the_level_was_ticked_no_points_are_frozen(draft: Revision, spoc: User) -> None:
    save(draft, spoc, level_answer=3, criteria_met=[criteria(draft, 2)[0].pk])
    assert said(draft)["criteria"] == []


def test_links_and_files_are_frozen_with_the_digest_of_the_bytes(draft: Revision, spoc: User) -> None:
    entry = entry_of(draft)
    blob = blobs.store(content=b"the minutes", media_type="application/pdf", at=AT)
    file = EvidenceFile.objects.create(
        unit=draft.statement.unit, blob=blob, name="minutes.pdf", uploaded_at=AT, uploaded_by=spoc
    )
    given = {"entry": entry, "added_at": AT, "added_by": spoc}
    EvidenceItem.objects.create(**given, file=file, title="Minutes", of_on=date(2026, 4, 2))
    EvidenceItem.objects.create(**given, url="https://example.org/plan", title="Plan")
    assert said(draft)["files"] == [
        {
            "title": "Minutes",
            "name": "minutes.pdf",
            "size": 11,
            "sha256": "bc6ad68e1efa906b0b97eded6d352a90de5101b315bf0f5f2dc2780cf1f66c42",
            "media_type": "application/pdf",
            "of_on": "2026-04-02",
        }
    ]
    assert said(draft)["links"] == [{"title": "Plan", "url": "https://example.org/plan", "of_on": None}]


def test_a_withdrawn_action_is_left_out_and_a_closed_one_says_what_was_achieved(draft: Revision, spoc: User) -> None:
    kept, dropped = (factories.raise_action(draft, title=title) for title in ("Kept", "Dropped"))
    Action.objects.filter(pk=dropped.pk).update(status=ActionStatus.WITHDRAWN)
    Action.objects.filter(pk=kept.pk).update(
        status=ActionStatus.CLOSED, achieved="Everybody was briefed.", closed_at=AT, closed_by=spoc
    )
    (action,) = said(draft)["actions"]
    assert (action["title"], action["status"], action["achieved"]) == ("Kept", "closed", "Everybody was briefed.")


def test_where_an_entry_was_carried_from_is_said_by_quarter(draft: Revision) -> None:
    quarter = draft.statement.quarter.previous()
    earlier = factories.make_statement(draft.statement.unit, quarter)
    Entry.objects.filter(pk=entry_of(draft).pk).update(carried=Carried.CONFIRMED, carried_from=entry_of(earlier))
    assert (said(draft)["carried"], said(draft)["carried_from"]) == ("confirmed", str(quarter))
    assert (said(draft, "audit")["carried"], said(draft, "audit")["carried_from"]) == ("", None)


def test_content_survives_being_kept_as_json(draft: Revision, spoc: User) -> None:
    save(draft, spoc, level_answer="not-sure", not_sure_note="Ask the adviser: “é”")
    content = content_of(draft)
    assert json.loads(canonical_bytes(content)) == content
    assert (said(draft)["level"], said(draft)["no_level"]) == (None, "not-sure")


def test_gathering_it_costs_the_same_however_much_there_is(draft: Revision, spoc: User) -> None:
    def queries(revision: Revision) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            content_of(revision)
        return len(asked)

    save(draft, spoc, criteria_met=[criteria(draft, 3)[0].pk])
    factories.raise_action(draft)
    link = {"url": "https://example.org", "title": "Plan", "added_at": AT, "added_by": spoc}
    EvidenceItem.objects.create(entry=entry_of(draft), **link)
    before = queries(draft)
    for identity in ("audit", "communication", "monitoring"):
        factories.raise_action(draft, identity)
        EvidenceItem.objects.create(entry=entry_of(draft, identity), **link)
    for number in range(3):
        factories.signed(make_unit(), Quarter(2025, 1 + number))
    assert queries(draft) == before
