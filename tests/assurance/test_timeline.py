"""A statement's history: who did what, who changed what from what, in words, also where it was changed by SQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assurance.models import Revision, Statement
from assurance.services import evidence as files
from assurance.services import statements
from assurance.timeline import timeline
from maturity.models import Criterion
from organisation.models import User
from organisation.roles import Role
from records.edits import Edit
from records.histories import OUTSIDE, Item
from tests.assurance.pages import address, form_on, html_of, signed_in
from tests.factories import assurance, evidence
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Revision:
    return assurance.make_statement(make_unit("Kiln Hill"))


@pytest.fixture
def spoc(draft: Revision) -> User:
    person = make_person(Role.SPOC, draft.statement.unit)
    User.objects.filter(pk=person.pk).update(name="Robin Vale")
    person.refresh_from_db()
    return person


def items(revision: Revision) -> list[Item]:
    """The timeline without the first lines: the factory makes statements from outside the application."""
    found = timeline(Statement.objects.get(pk=revision.statement_id))
    return [item for item in found if not item.did.startswith("made")]


def by_sql(statement: str, *values: Any) -> None:
    """Run it as somebody would who has come to the database directly: in a transaction of their own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
        cursor.execute(statement, values)


def fields(item: Item) -> dict[str, tuple[str, str]]:
    return {field.label: (field.before, field.after) for field in item.fields}


def write(client: Client, revision: Revision, theme: str = "leadership", **answers: object) -> None:
    page = client.get(address("theme", revision, theme), follow=True)
    response = client.post(address("theme", revision, theme), form_on(page) | answers)
    assert response.status_code == 302, html_of(response)


def test_it_says_who_changed_what_from_what_in_words(draft: Revision, spoc: User) -> None:
    client = signed_in(spoc)
    write(client, draft, level_answer="2", evidence="Walk-rounds each month.")
    write(client, draft, level_answer="3", evidence="Walk-rounds each week.")
    [item] = items(draft)  # in one go
    assert (item.who, item.did, item.place) == ("Robin Vale", "changed answers", "Leadership")
    assert fields(item)["Evidence"] == ("", "Walk-rounds each week.")
    assert fields(item)["Level"] == ("", "3 Compliant culture")


def test_two_people_are_two_changes(draft: Revision, spoc: User) -> None:
    write(signed_in(spoc), draft, evidence="Walk-rounds each month.")
    deputy = make_person(Role.SPOC, draft.statement.unit)
    write(signed_in(deputy), draft, evidence="Walk-rounds each week.")
    latest, first = items(draft)
    assert (first.who, fields(first)["Evidence"]) == ("Robin Vale", ("", "Walk-rounds each month."))
    assert latest.who == deputy.name
    assert fields(latest)["Evidence"] == ("Walk-rounds each month.", "Walk-rounds each week.")


def test_what_sql_changed_is_told_as_from_outside(draft: Revision, spoc: User) -> None:
    write(signed_in(spoc), draft, evidence="As it was written.")
    by_sql("UPDATE assurance_entry SET evidence = 'As nobody wrote it.' WHERE evidence <> ''")
    by_sql("UPDATE assurance_revision SET completer_name = 'Somebody' WHERE id = %s", draft.pk)
    by_sql("UPDATE assurance_statement SET opened_at = opened_at - interval '1 year'")
    outside = [item for item in items(draft) if item.from_outside]
    assert {item.who for item in outside} == {OUTSIDE}
    said = [fields(item) for item in outside]
    assert {"Evidence": ("As it was written.", "As nobody wrote it.")} in said
    assert {"Name of the person completing the statement": ("", "Somebody")} in said
    assert any("Opened" in one for one in said)


def test_a_signature_forged_by_sql_shows(draft: Revision) -> None:
    by_sql(
        "UPDATE assurance_revision SET state = 'completed', completed_at = now(), completed_by_id = %s WHERE id = %s",
        make_person(Role.SPOC).pk,
        draft.pk,
    )
    [item] = [item for item in items(draft) if item.did == "changed revision 1"]
    assert fields(item)["State"] == ("Open", "Completed")
    assert item.from_outside


def test_acts_are_told_with_their_reasons_and_digests_and_downloads_are_not(draft: Revision) -> None:
    signed = assurance.sign(assurance.complete(assurance.fill(draft)))
    reader = signed_in(make_person(Role.HEAD))
    assert reader.get(address("workbook", signed)).status_code == 200
    slt = make_person(Role.SLT_LEAD, signed.statement.unit)
    statements.reopen(revision=signed, reason="A flood closed the yard.", by=slt, at=timezone.now())
    told = {(item.did, item.notes) for item in items(signed)}
    name = f"{signed.statement}, revision"
    assert (f"completed {name} 1", ()) in told
    assert (f"signed {name} 1", (("Content digest", signed.content_digest),)) in told
    assert (f"reopened {name} 2", (("Reason", "A flood closed the yard."),)) in told
    assert not any("download" in item.did for item in items(signed))


def test_evidence_is_told_where_it_was_given_and_taken_back(draft: Revision, spoc: User) -> None:
    item = evidence.give_file(draft, by=spoc)
    place = item.entry.theme.name
    files.remove(item=item, by=spoc, at=timezone.now())
    removed, given = items(draft)
    assert [(one.who, one.place) for one in (removed, given)] == [("Robin Vale", place), ("Robin Vale", place)]
    assert given.did.startswith("gave evidence")
    assert removed.did.startswith("removed evidence")
    assert dict(removed.notes)["Title"] == item.title


def test_ticked_criteria_are_named(draft: Revision, spoc: User) -> None:
    entry = draft.entries.get(theme__identity="leadership")
    criterion = Criterion.objects.filter(theme=entry.theme).earliest("pk")
    edits = {"criteria_met": Edit(0, [criterion.pk])}
    statements.save_entry(entry=entry, edits=edits, by=spoc, at=timezone.now())
    [item] = items(draft)
    assert fields(item) == {"Points of the level that are ticked as met": ("", criterion.text)}


def test_another_statement_is_not_in_it(draft: Revision, spoc: User) -> None:
    earlier = assurance.make_statement(draft.statement.unit, draft.statement.quarter.previous())
    assurance.complete(assurance.fill(earlier, by=spoc), by=spoc)
    evidence.give_file(assurance.make_statement(make_unit("Moor Lane")), by=spoc)
    assert items(draft) == []


def test_the_page_costs_the_same_however_much_happened(draft: Revision, spoc: User) -> None:
    reader = signed_in(make_person(Role.HEAD))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(address("timeline", draft)).status_code == 200
        return len(captured)

    assurance.fill(draft, by=spoc)
    queries()
    few = queries()
    for number in range(6):
        by_sql("UPDATE assurance_entry SET level = %s WHERE level IS NOT NULL", 1 + number % 4)
    assert queries() == few


def test_the_page_shows_it_and_turns_pages(draft: Revision, spoc: User) -> None:
    write(signed_in(spoc), draft, evidence="Walk-rounds <b>each</b> week.")
    for minutes in range(40):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE assurance_statement SET opened_at = %s", [timezone.now() - timedelta(minutes=minutes)]
            )
    reader = signed_in(spoc)
    pages = [html_of(reader.get(address("timeline", draft), {"page": number})) for number in (1, 2)]
    assert ["Page 1 of 2" in pages[0], "Page 2 of 2" in pages[1]] == [True, True]
    assert "Walk-rounds &lt;b&gt;each&lt;/b&gt; week." in "".join(pages)
    assert "Robin Vale" in "".join(pages)


def test_a_stranger_gets_404(draft: Revision) -> None:
    assert signed_in(make_person(Role.SPOC)).get(address("timeline", draft)).status_code == 404
