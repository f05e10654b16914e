"""A statement as a workbook: taken out, filled in as a spreadsheet program would, and brought back."""

from __future__ import annotations

import io
import re
import uuid
from datetime import date
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from actions.models import Action, ActionStatus, Task
from actions.services import actions
from assurance.models import Decision, Entry, EntryAction, Revision, WorkbookUpload
from assurance.services import workbooks
from organisation.models import User
from organisation.roles import Role
from records.edits import Edit
from records.models import TrailEntry
from records.services import trail
from tests.assurance.pages import address, entry_of, form_on, html_of, save_elsewhere, signed_in, text_of
from tests.factories import assurance as factories
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def taken(client: Client, revision: Revision) -> Any:
    """The workbook as it is downloaded, opened by openpyxl as a spreadsheet program would open it."""
    answer = client.get(address("workbook", revision))
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.getvalue()))


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def row_of(sheet: Any, key: str, column: int = 1) -> int:
    """The row whose (hidden) key is `key`."""
    return next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, column).value == key)


def put(book: Any, identity: str, column: str, value: object) -> str:
    """Write into a theme's row; return the cell."""
    sheet = book["Themes"]
    cell = f"{column}{row_of(sheet, identity)}"
    sheet[cell] = value
    return f"Themes!{cell}"


def upload(client: Client, revision: Revision, content: bytes, name: str = "harbour.xlsx") -> Any:
    file = SimpleUploadedFile(name, content, content_type=XLSX)
    return client.post(address("workbook_in", revision), {"workbook": file})


def previewed(client: Client, revision: Revision, book: Any) -> Any:
    """Upload the workbook and follow to its preview."""
    answer = upload(client, revision, saved(book))
    assert answer.status_code == 302, text_of(html_of(answer))
    return client.get(answer["Location"])


def pressed(client: Client, revision: Revision, page: Any, **decisions: str) -> Any:
    return client.post(address("workbook_in", revision), form_on(page) | decisions)


def words(answer: Any) -> str:
    return unescape(text_of(html_of(answer)))


@pytest.fixture
def filled(draft: Revision, spoc: User) -> Revision:
    factories.fill(draft, by=spoc)
    factories.raise_action(draft, title="Brief every supervisor", lead="Chief inspector")
    return draft


# --- Out ------------------------------------------------------------------------------------------------------------


def test_the_workbook_has_a_row_for_each_theme_with_its_answers(browser: Client, filled: Revision) -> None:
    sheet = taken(browser, filled)["Themes"]
    assert [cell.value for cell in sheet[1]][1:5] == ["Theme", "Level", "Held without SHRMT", "Evidence"]
    assert sheet.max_row == 13
    assert [cell.value for cell in sheet[2]][:5] == [
        "leadership", "Leadership", 3, "Yes", "Records of Leadership were checked."
    ]  # fmt: skip
    assert sheet.cell(row_of(sheet, "wellbeing"), 3).value == "Not scored"


def test_actions_and_details_stand_on_sheets_of_their_own(browser: Client, filled: Revision, spoc: User) -> None:
    book = taken(browser, filled)
    assert [cell.value for cell in book["Actions"][2]][2:6] == [
        "Leadership", "Brief every supervisor", "Chief inspector", None
    ]  # fmt: skip
    assert [row[2].value for row in book["Details"].iter_rows(min_row=2)][:2] == [spoc.name, "Safety manager"]


def test_levels_and_yes_and_no_are_chosen_from_lists(browser: Client, filled: Revision) -> None:
    lists = {str(one.sqref): one.formula1 for one in taken(browser, filled)["Themes"].data_validations.dataValidation}
    assert set(lists.values()) == {'"1,2,3,4,5,Not sure yet,Cannot give a level"', '"Yes,No"'}
    assert any("C2" in cells for cells in lists)


def test_only_cells_to_fill_in_can_be_changed_and_keys_are_hidden(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    themes = book["Themes"]
    assert themes.protection.sheet
    assert themes["B2"].protection.locked
    assert not themes["E2"].protection.locked
    assert themes.column_dimensions["A"].hidden
    assert book["Record"].sheet_state == "veryHidden"


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-cmd|' /C calc'!A0", "@SUM(A1)", '=HYPERLINK("http://x")', "'x"])
def test_text_that_reads_as_a_formula_is_text(browser: Client, draft: Revision, spoc: User, text: str) -> None:
    save_elsewhere(draft, spoc, evidence=text)
    cell = taken(browser, draft)["Themes"]["E2"]
    assert (cell.value, cell.data_type, cell.number_format, cell.quotePrefix) == (text, "s", "@", True)


def test_a_readers_workbook_of_a_signed_statement_has_what_was_signed(filled: Revision) -> None:
    signed = factories.sign(factories.complete(filled))
    Action.objects.update(title="Something else by now")
    reader = signed_in(make_person(Role.SHRMT))
    answer = reader.get(address("workbook", signed), {"revision": "1"})
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    assert book["Actions"]["D2"].value == "Brief every supervisor"
    assert book["Themes"]["E2"].protection.locked
    assert answer["Content-Type"] == XLSX
    quarter = signed.statement.quarter.slug
    assert answer["Content-Disposition"] == f'attachment; filename="statement-harbour-ocu-{quarter}-revision-1.xlsx"'
    line = TrailEntry.objects.get(act="statement.downloaded")
    assert line.detail == {"form": "xlsx"}


def test_a_revision_that_is_not_there_is_no_workbook(browser: Client, filled: Revision) -> None:
    for asked in ("2", "0", "one", "99999"):
        assert browser.get(address("workbook", filled), {"revision": asked}).status_code == 404


# --- In: changes ----------------------------------------------------------------------------------------------------


def test_an_untouched_workbook_changes_nothing(browser: Client, filled: Revision) -> None:
    answer = upload(browser, filled, saved(taken(browser, filled)))
    page = browser.get(answer["Location"])
    assert "changes nothing: all it says stands here already" in words(page)
    assert not WorkbookUpload.objects.exists()


def test_a_preview_shows_old_and_new_and_writes_nothing(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    put(book, "leadership", "C", 4)
    put(book, "leadership", "E", "Two inspections and their reports.")
    put(book, "audit", "D", "No")
    text = words(previewed(browser, filled, book))
    assert "changes 3 answers. Nothing has been saved yet." in text
    assert "Level Now Level 3: Compliant culture In the workbook Level 4: Proactive culture" in text
    assert "Now Records of Leadership were checked. In the workbook Two inspections and their reports." in text
    assert "Held without SHRMT Now Yes In the workbook No" in text
    assert entry_of(filled).level == 3


def test_applying_writes_every_change_as_a_save_on_the_page_would(
    browser: Client, filled: Revision, spoc: User
) -> None:
    book = taken(browser, filled)
    put(book, "leadership", "C", 4)
    put(book, "audit", "C", "Not sure yet")
    put(book, "audit", "G", "The report is due in May.")
    book["Details"]["C3"] = "Head of safety"
    page = previewed(browser, filled, book)
    answer = pressed(browser, filled, page)
    assert (answer.status_code, answer["Location"]) == (302, address("statement", filled))
    assert "4 answers saved from the workbook “harbour.xlsx”." in words(browser.get(answer["Location"]))
    leadership, audit = entry_of(filled), entry_of(filled, "audit")
    assert (leadership.level, leadership.changed_by) == (4, spoc)
    assert (audit.level, audit.no_level, audit.not_sure_note) == (None, "not-sure", "The report is due in May.")
    filled.refresh_from_db()
    assert filled.completer_position == "Head of safety"
    line = TrailEntry.objects.get(act="statement.workbook_applied")
    assert (line.actor, line.detail["answers"]) == (spoc, 4)
    assert trail.words_of(line) == {"name": "harbour.xlsx"}


def test_pressing_apply_twice_changes_nothing_more(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    put(book, "leadership", "C", 4)
    page = previewed(browser, filled, book)
    pressed(browser, filled, page)
    again = pressed(browser, filled, page)
    assert "has been applied already" in words(browser.get(again["Location"]))
    assert entry_of(filled).field_versions["level_answer"] == 2
    assert TrailEntry.objects.filter(act="statement.workbook_applied").count() == 1


def test_an_answer_can_be_emptied(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    put(book, "leadership", "C", None)
    put(book, "leadership", "E", "")
    pressed(browser, filled, previewed(browser, filled, book))
    leadership = entry_of(filled)
    assert (leadership.level, leadership.evidence) == (None, "")


@pytest.mark.parametrize("written", [date(2026, 3, 5), "5 3 2026", "5 March 2026", "2026-03-05"])
def test_a_day_may_be_a_date_or_written_as_on_the_pages(browser: Client, filled: Revision, written: object) -> None:
    book = taken(browser, filled)
    book["Details"]["C4"] = written
    pressed(browser, filled, previewed(browser, filled, book))
    filled.refresh_from_db()
    assert filled.meeting_on == date(2026, 3, 5)


def test_a_number_in_a_text_cell_is_text(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    put(book, "leadership", "E", 42.0)
    pressed(browser, filled, previewed(browser, filled, book))
    assert entry_of(filled).evidence == "42"


# --- In: actions ----------------------------------------------------------------------------------------------------


def test_new_actions_are_raised_once_however_often_the_workbook_comes(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    row = book["Actions"][3]
    for cell, value in zip(row[2:6], ["Assurance and Audit", "Walk every store", "Inspector", "1 2 2027"], strict=True):
        cell.value = value
    pressed(browser, filled, previewed(browser, filled, book))
    action = EntryAction.objects.get(entry=entry_of(filled, "audit")).action
    task = action.tasks.get()
    assert (action.title, task.lead, task.due_on) == ("Walk every store", "Inspector", date(2027, 2, 1))
    answer = upload(browser, filled, saved(book))
    assert "changes nothing" in words(browser.get(answer["Location"]))
    row[3].value = "Walk every store and garage"
    pressed(browser, filled, previewed(browser, filled, book))
    action.refresh_from_db()
    assert action.title == "Walk every store and garage"
    assert Action.objects.count() == 2


def test_an_action_is_changed_in_its_row_and_removed_with_yes(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    book["Actions"]["D2"] = "Brief every supervisor and deputy"
    page = previewed(browser, filled, book)
    text = words(page)
    assert "Action “Brief every supervisor”: what is to be done" in text
    pressed(browser, filled, page)
    action = Action.objects.get()
    assert action.title == "Brief every supervisor and deputy"
    book = taken(browser, filled)
    book["Actions"]["G2"] = "Yes"
    page = previewed(browser, filled, book)
    assert "Now Open In the workbook Withdrawn" in words(page)
    pressed(browser, filled, page)
    action.refresh_from_db()
    assert action.status == ActionStatus.WITHDRAWN


def test_an_action_due_in_words_keeps_them_until_a_day_is_written(browser: Client, filled: Revision) -> None:
    Task.objects.update(due_words="Autumn 2027")
    book = taken(browser, filled)
    assert book["Actions"]["F2"].value == "Autumn 2027"
    book["Actions"]["E2"] = "Superintendent"
    pressed(browser, filled, previewed(browser, filled, book))
    task = Task.objects.get()
    assert (task.lead, task.due_words, task.due_on) == ("Superintendent", "Autumn 2027", None)
    book = taken(browser, filled)
    book["Actions"]["F2"] = date(2027, 10, 1)
    pressed(browser, filled, previewed(browser, filled, book))
    task.refresh_from_db()
    assert (task.due_words, task.due_on) == ("", date(2027, 10, 1))


def test_changing_an_action_that_somebody_has_withdrawn_is_asked_about(
    browser: Client, filled: Revision, slt: User
) -> None:
    book = taken(browser, filled)
    book["Actions"]["D2"] = "Brief everybody"
    action = Action.objects.get()
    actions.withdraw(action=action, reason="Overtaken by events.", by=slt, at=filled.statement.opened_at)
    text = words(previewed(browser, filled, book))
    assert "Action “Brief every supervisor”: status Now" in text
    assert "say for each which is to stand" in text


# --- In: two people -------------------------------------------------------------------------------------------------


def test_what_others_changed_and_the_workbook_did_not_stays(browser: Client, filled: Revision, slt: User) -> None:
    book = taken(browser, filled)
    put(book, "leadership", "C", 5)
    save_elsewhere(filled, slt, evidence="Written here meanwhile.")
    save_elsewhere(filled, slt, "audit", evidence="This too.")
    page = previewed(browser, filled, book)
    assert "changes 1 answer." in words(page)
    pressed(browser, filled, page)
    assert (entry_of(filled).level, entry_of(filled).evidence) == (5, "Written here meanwhile.")
    assert entry_of(filled, "audit").evidence == "This too."


@pytest.mark.parametrize(("keep", "stands"), [("mine", "From the workbook."), ("theirs", "Written here meanwhile.")])
def test_where_both_changed_an_answer_the_person_decides(
    browser: Client, filled: Revision, slt: User, keep: str, stands: str
) -> None:
    book = taken(browser, filled)
    put(book, "leadership", "E", "From the workbook.")
    put(book, "leadership", "C", 2)
    save_elsewhere(filled, slt, evidence="Written here meanwhile.")
    page = previewed(browser, filled, book)
    assert f"Changed since the workbook was made, by {slt.name}" in words(page)
    undecided = pressed(browser, filled, page)
    assert undecided.status_code == 422
    assert 'href="#id_keep-0_0"' in html_of(undecided)
    assert "say which of the two is to stand" in words(undecided)
    assert entry_of(filled).level == 3
    assert pressed(browser, filled, page, **{"keep-0": keep}).status_code == 302
    assert (entry_of(filled).level, entry_of(filled).evidence) == (2, stands)
    assert WorkbookUpload.objects.get().decisions["theme.leadership.evidence"][0] == keep


def test_a_change_after_the_preview_saves_nothing_and_is_shown(browser: Client, filled: Revision, slt: User) -> None:
    book = taken(browser, filled)
    put(book, "audit", "C", 5)
    put(book, "leadership", "E", "From the workbook.")
    page = previewed(browser, filled, book)
    save_elsewhere(filled, slt, evidence="A moment too soon.")
    answer = pressed(browser, filled, page)
    assert answer.status_code == 409
    assert "A moment too soon." in words(answer)
    assert "Nothing has been saved" in words(answer)
    assert (entry_of(filled).evidence, entry_of(filled, "audit").level) == ("A moment too soon.", 3)
    assert pressed(browser, filled, answer, **{"keep-0": "mine"}).status_code == 302
    assert (entry_of(filled).evidence, entry_of(filled, "audit").level) == ("From the workbook.", 5)


def test_a_decision_is_on_the_version_that_was_seen(browser: Client, filled: Revision, slt: User) -> None:
    book = taken(browser, filled)
    put(book, "leadership", "E", "From the workbook.")
    save_elsewhere(filled, slt, evidence="Theirs.")
    page = previewed(browser, filled, book)
    save_elsewhere(filled, slt, evidence="Theirs, mended.")
    answer = pressed(browser, filled, page, **{"keep-0": "mine"})
    assert answer.status_code == 409
    assert "Theirs, mended." in words(answer)
    assert entry_of(filled).evidence == "Theirs, mended."


def test_a_save_between_the_check_and_the_writing_undoes_all_of_it(filled: Revision, spoc: User, slt: User) -> None:
    """The moment that no page can close: the service is asked with decisions that are out of date."""
    standing = workbooks.on_record(filled)
    edits = [
        workbooks.Asked("theme", "", identity, "evidence", Edit(1, "From the workbook."))
        for identity in ("leadership", "audit")
    ]
    assert len(workbooks.changes(edits, standing)) == 2
    upload_ = workbooks.keep(revision=filled, asked=edits, name="a.xlsx", by=spoc, at=filled.statement.opened_at)
    save_elsewhere(filled, slt, "audit", evidence="Theirs.")
    with pytest.raises(workbooks.Overtaken):
        workbooks.apply(upload=upload_, decisions={}, by=spoc, at=filled.statement.opened_at)
    assert entry_of(filled).evidence == "Records of Leadership were checked."
    upload_.refresh_from_db()
    assert upload_.applied_at is None


# --- In: where it does not belong ------------------------------------------------------------------------------------


def test_a_workbook_of_another_unit_or_quarter_or_revision_is_refused(browser: Client, filled: Revision) -> None:
    content = saved(taken(browser, filled))
    elsewhere = factories.make_statement(make_unit("Quay OCU"))
    earlier = factories.make_statement(filled.statement.unit, filled.statement.quarter.previous())
    for other, reason in ((elsewhere, "of another unit (harbour-ocu)"), (earlier, "of another quarter")):
        client = signed_in(make_person(Role.SPOC, other.statement.unit))
        answer = upload(client, other, content)
        assert answer.status_code == 422
        assert reason in words(answer)
    signed = factories.sign(factories.complete(filled))
    factories.decide(signed, Decision.RETURNED)
    answer = upload(browser, filled, content)
    assert "This workbook is of revision 1, and revision 2 is open now." in words(answer)


def test_a_completed_statement_takes_no_workbook(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    put(book, "leadership", "C", 4)
    page = previewed(browser, filled, book)
    factories.complete(filled)
    for upload_again in (False, True):
        answer = upload(browser, filled, saved(book)) if upload_again else pressed(browser, filled, page)
        assert answer["Location"] == address("statement", filled)
        assert "This statement is completed, so it cannot be changed." in words(browser.get(answer["Location"]))
    assert Entry.objects.get(pk=entry_of(filled).pk).level == 3


def test_a_preview_is_its_authors_own(browser: Client, filled: Revision, slt: User) -> None:
    book = taken(browser, filled)
    put(book, "leadership", "C", 4)
    answer = upload(browser, filled, saved(book))
    assert signed_in(slt).get(answer["Location"]).status_code == 404
    assert browser.get(address("workbook_in", filled), {"upload": str(uuid.uuid4())}).status_code == 404
    assert browser.get(address("workbook_in", filled), {"upload": "x"}).status_code == 404


def test_another_upload_takes_the_place_of_one_not_applied(browser: Client, filled: Revision) -> None:
    for level in (4, 5):
        book = taken(browser, filled)
        put(book, "leadership", "C", level)
        page = previewed(browser, filled, book)
    pressed(browser, filled, page)
    assert entry_of(filled).level == 5
    assert WorkbookUpload.objects.count() == 1


# --- In: faults by cell ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "said"),
    [
        ("Themes", "C2", 6, "Level must be 1 to 5, “Not sure yet” or “Cannot give a level”, not “6”."),
        ("Themes", "C2", 3.5, "Level must be 1 to 5"),
        ("Themes", "C2", "high", "not “high”"),
        ("Themes", "C7", 3, "This theme is not scored, so it takes evidence only."),
        ("Themes", "D2", "perhaps", "Held without SHRMT must be Yes or No, not “perhaps”."),
        ("Themes", "E2", "=SUM(C2:C13)", "this is a formula. Write the text itself"),
        ("Themes", "E2", "word " * 1001, "This has 1,001 words and the limit is 1,000."),
        ("Themes", "B20", "Morale", "This row belongs to no theme"),
        ("Themes", "J3", "stray", "Nothing is read from this column"),
        ("Actions", "C3", "Morale", "Theme must be one from the list, not “Morale”."),
        ("Actions", "D3", "Do it", "Theme must be one from the list, and may not be left empty."),
        ("Actions", "D2", None, "Say what is to be done"),
        ("Actions", "F2", "soon", "“soon” is not a date."),
        ("Actions", "C500", "Leadership", "This row is below those prepared for new actions."),
        ("Actions", "C2", "Communication", "An action cannot move to another theme"),
        ("Actions", "G2", "maybe", "Remove it? must be Yes or empty"),
        ("Details", "C4", "31 2 2026", "There is no “31 2 2026” in the calendar."),
        ("Details", "C2", "x" * 201, "at most 200"),
    ],
)
def test_a_fault_is_named_by_its_cell_and_nothing_is_saved(
    browser: Client, filled: Revision, sheet: str, cell: str, value: object, said: str
) -> None:
    book = taken(browser, filled)
    put(book, "communication", "C", 5)
    book[sheet][cell] = value
    answer = upload(browser, filled, saved(book))
    assert answer.status_code == 422
    text = words(answer)
    assert said in text
    where = "Actions!C3" if (sheet, cell) == ("Actions", "D3") else f"{sheet}!{cell}"
    assert where in text
    assert "Nothing has been saved" in text
    assert not WorkbookUpload.objects.exists()
    assert entry_of(filled, "communication").level == 3


def test_cannot_give_a_level_needs_a_reason(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    cell = put(book, "leadership", "C", "Cannot give a level")
    answer = upload(browser, filled, saved(book))
    assert f"{cell.replace('!C', '!F')} Say why you cannot give a level." in words(answer)


def test_every_fault_is_listed_at_once(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    put(book, "leadership", "C", 9)
    put(book, "audit", "D", "9")
    book["Details"]["C4"] = "soon"
    text = words(upload(browser, filled, saved(book)))
    assert "3 cells have to be mended" in text
    assert re.findall(r"(?:Themes|Details)![A-Z]\d+", text) == ["Themes!C2", "Themes!D13", "Details!C4"]


def test_a_row_that_was_removed_or_copied_is_named(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    book["Themes"].delete_rows(3)
    book["Actions"]["A3"] = book["Actions"]["A2"].value
    book["Actions"]["D3"] = "Copied"
    text = words(upload(browser, filled, saved(book)))
    assert "The row of the theme “policy-governance” is gone." in text
    assert "Actions!C3 This row is a copy of another." in text


def test_merged_cells_are_named(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    book["Themes"].merge_cells("E2:F2")
    assert "Themes!E2:F2 These cells are merged." in words(upload(browser, filled, saved(book)))


def test_a_theme_takes_thirty_actions(browser: Client, filled: Revision) -> None:
    book = taken(browser, filled)
    for row in range(3, 33):
        book["Actions"].cell(row, 3, "Leadership")
        book["Actions"].cell(row, 4, f"Action {row}")
    text = words(upload(browser, filled, saved(book)))
    assert "Actions!C32 A theme takes at most 30 actions." in text


# --- What it costs ----------------------------------------------------------------------------------------------------


def test_taking_and_previewing_ask_as_much_of_a_full_statement_as_of_an_empty_one(
    browser: Client, draft: Revision, spoc: User
) -> None:
    counts = []
    for _ in range(2):
        book = taken(browser, draft)
        for row in range(2, 14):
            book["Themes"].cell(row, 5, f"Evidence {uuid.uuid4()}")
        with CaptureQueriesContext(connection) as taking:
            browser.get(address("workbook", draft))
        answer = upload(browser, draft, saved(book))
        with CaptureQueriesContext(connection) as looking:
            browser.get(answer["Location"])
        counts.append((len(taking), len(looking)))
        factories.fill(draft, by=spoc)
        for identity in ("leadership", "audit"):
            factories.raise_action(draft, identity)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16
