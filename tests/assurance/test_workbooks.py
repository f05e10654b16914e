"""Workbooks without a database: what is written comes back as it was, and no file does more than be refused."""

from __future__ import annotations

import io
import re
import time
import tracemalloc
import uuid
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from assurance import workbooks
from assurance.workbooks import ActionFacts, Filled, StatementFacts, ThemeFacts, Unreadable
from records.spreadsheets import MOST_BYTES

TEXTS = ("evidence", "no_level_reason", "not_sure_note", "criteria_note")
LEVELS = {1: "Failing", 2: "Reactive", 3: "Compliant", 4: "Proactive", 5: "Resilient"}


def theme(identity: str, *, scored: bool = True, **answers: Any) -> ThemeFacts:
    blank = {"level_answer": None, "held_without_shrmt": None} | dict.fromkeys(TEXTS, "")
    return ThemeFacts(identity, identity.title(), scored, blank | answers, {"evidence": 4}, {1: ("Nothing is done.",)})


def statement(*themes: ThemeFacts, actions: tuple[ActionFacts, ...] = (), **details: Any) -> StatementFacts:
    return StatementFacts(
        unit="harbour",
        unit_name="Harbour OCU",
        quarter="2026-27-q3",
        quarter_name="Q3 2026/27",
        edition="2019",
        revision=2,
        state="open",
        is_open=True,
        marking="OFFICIAL",
        level_names=LEVELS,
        themes=themes or (theme("leadership", level_answer=3, evidence="Records."), theme("wellbeing", scored=False)),
        actions=actions,
        details={"completer_name": "", "completer_position": "", "meeting_on": None, "no_meeting_reason": ""} | details,
        detail_versions={},
    )


def written(facts: StatementFacts | None = None) -> bytes:
    return workbooks.write(facts or statement(), workbook_id=uuid.uuid4())


def read(content: bytes) -> Filled:
    return workbooks.read(content, is_ours=lambda _: "")


# --- There and back ---------------------------------------------------------------------------------------------------

# Every character a database keeps: all but NUL and halves of pairs.
any_text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
nasty_text = st.sampled_from(
    ["=1+1", "@x", "+1", "-1", "\t=1", "\r\n=1", "_x0041_", "_x005F_", "x005F_", "_x005F_x0041_", "'", " a ", "<b>&"]
)
texts = st.one_of(any_text, nasty_text, st.builds(str.__add__, nasty_text, any_text))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    level=st.sampled_from([None, 1, 2, 3, 4, 5, "not-sure", "cannot-say"]),
    held=st.sampled_from([None, True, False]),
    said=st.tuples(texts, texts, texts, texts),
    action=st.tuples(texts, texts, st.one_of(st.none(), st.dates(date(1900, 3, 1), date(9999, 12, 31)), texts)),
    details=st.tuples(texts, texts, st.one_of(st.none(), st.dates(date(1900, 3, 1), date(9999, 12, 31))), texts),
    saved_again=st.booleans(),
)
def test_what_is_written_comes_back_as_left_alone(
    level: Any, held: Any, said: Any, action: Any, details: Any, saved_again: bool
) -> None:
    """Also where a spreadsheet program has opened and saved it in between."""
    title, lead, due_on = action
    facts = statement(
        theme("leadership", level_answer=level, held_without_shrmt=held, **dict(zip(TEXTS, said, strict=True))),
        theme("wellbeing", scored=False, evidence=said[0]),
        actions=(ActionFacts(7, "leadership", {"title": title, "lead": lead, "due_on": due_on, "status": "open"}, {}),),
        **dict(zip(("completer_name", "completer_position", "meeting_on", "no_meeting_reason"), details, strict=True)),
    )
    content = written(facts)
    if saved_again:
        stream = io.BytesIO()
        openpyxl.load_workbook(io.BytesIO(content)).save(stream)
        content = stream.getvalue()
    filled = read(content)
    assert filled.problems == []
    answers = [*filled.themes["leadership"].values(), *filled.themes["wellbeing"].values(), *filled.details.values()]
    answers += [answer for row in filled.actions for answer in row.answers.values()]
    assert [answer.cell for answer in answers if not answer.is_left_alone(answer.value)] == []
    assert len(filled.themes["leadership"]) == 6
    assert len(filled.themes["wellbeing"]) == 1
    assert len(filled.details) == 4


def test_values_come_back_with_their_versions() -> None:
    filled = read(written())
    evidence = filled.themes["leadership"]["evidence"]
    assert (evidence.value, evidence.version, evidence.cell) == ("Records.", 4, "Themes!E2")
    assert filled.themes["leadership"]["level_answer"].value == 3
    assert (filled.about.unit, filled.about.quarter, filled.about.edition, filled.about.revision) == (
        "harbour", "2026-27-q3", "2019", 2
    )  # fmt: skip


def test_a_text_longer_than_a_cell_is_left_where_it_is() -> None:
    """Excel keeps 32,767 characters in a cell and drops the rest without a word."""
    content = written(statement(theme("leadership", evidence="y" * 32_768)))
    cell = openpyxl.load_workbook(io.BytesIO(content))["Themes"]["E2"]
    assert cell.protection.locked
    assert "too long for a workbook" in cell.value
    answer = read(content).themes["leadership"]["evidence"]
    assert answer.is_left_alone("whatever is written over it")


def test_a_statement_that_is_not_open_has_no_cell_to_write_in() -> None:
    facts = statement(
        actions=(ActionFacts(1, "leadership", {"title": "A", "lead": "", "due_on": None, "status": "open"}, {}),)
    )
    fields = {name: getattr(facts, name) for name in StatementFacts.__slots__} | {"is_open": False}
    book = openpyxl.load_workbook(io.BytesIO(written(StatementFacts(**fields))))
    assert [cell.coordinate for sheet in book for row in sheet for cell in row if not cell.protection.locked] == []
    assert book["Actions"].max_row == 2


# --- Files that are not what they say ---------------------------------------------------------------------------------


def zipped(parts: dict[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def parts_of(content: bytes) -> dict[str, bytes | str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(name: str, change: Callable[[str], str | bytes]) -> bytes:
    """One of our workbooks with one of its parts rewritten."""
    parts = parts_of(written())
    text = parts[name]
    assert isinstance(text, bytes)
    return zipped(parts | {name: change(text.decode())})


def changed(change: Callable[[Any], None]) -> bytes:
    """One of our workbooks, changed as a spreadsheet program would."""
    book = openpyxl.load_workbook(io.BytesIO(written()))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet2.xml"  # of the themes
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def encrypted() -> bytes:
    content = bytearray(written())
    for signature, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for found in re.finditer(re.escape(signature), bytes(content)):
            content[found.start() + at] |= 1
    return bytes(content)


def lying_about_its_size() -> bytes:
    """A part that says it unpacks to a few bytes and unpacks to a hundred million."""
    content = bytearray(zipped(parts_of(written()) | {"xl/big.xml": b"<x>" + b" " * 100_000_000 + b"</x>"}))
    at = bytes(content).rfind(b"xl/big.xml") - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    content[at + 24 : at + 28] = (7).to_bytes(4, "little")
    return bytes(content)


def a_chart_for_the_themes(book: Any) -> None:
    book.remove(book["Themes"])
    book.create_chartsheet("Themes")


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "The file is empty"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "not an Excel workbook"),
    "text with commas": (lambda: b"Theme,Level\nLeadership,3\n", "not an Excel workbook"),
    "an older workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an older .xls file"),
    "too large": (lambda: b"PK\x03\x04" + b"\0" * MOST_BYTES, "larger than 5 MB"),
    "half of it": (lambda: written()[:4000], "damaged"),
    "a ZIP file of other things": (lambda: zipped({"a.txt": "hello"}), "not an Excel workbook"),
    "a text document": (
        lambda: zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>"}),
        "not an Excel workbook",
    ),
    "an OpenDocument spreadsheet": (
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
        "another kind (.xlsb or .ods)",
    ),
    "a binary workbook": (
        lambda: zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"}),
        "another kind (.xlsb or .ods)",
    ),
    "encrypted parts": (encrypted, "protected with a password"),
    "macros": (lambda: zipped(parts_of(written()) | {"xl/vbaProject.bin": b"\xd0\xcf"}), "contains macros"),
    "macros by another name": (
        lambda: with_part(
            "[Content_Types].xml",
            lambda text: text.replace("spreadsheetml.sheet.main+xml", "x").replace(
                'ContentType="application/vnd.openxmlformats-officedocument.x"',
                'ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"',
            ),
        ),
        "contains macros",
    ),
    "a ZIP bomb": (
        lambda: zipped(parts_of(written()) | {"xl/media/image1.png": b"\0" * 45 * 1024 * 1024}),
        "far more than a statement",
    ),
    "a ZIP bomb that lies": (lying_about_its_size, "damaged"),
    "a thousand parts": (
        lambda: zipped(parts_of(written()) | {f"xl/media/{number}.png": b"" for number in range(1000)}),
        "far more than a statement",
    ),
    "an XML bomb": (
        lambda: with_part(SHEET, lambda text: f"{BOMB}{text.partition('?>')[2] or text}"),
        "XML document type",
    ),
    "an XML bomb in another encoding": (
        lambda: with_part(SHEET, lambda _: f'<?xml version="1.0" encoding="UTF-16"?>{BOMB}<x/>'.encode("utf-16")),
        "XML document type",
    ),
    "a file from elsewhere": (
        lambda: with_part("xl/workbook.xml", lambda text: f'<!DOCTYPE x SYSTEM "file:///etc/passwd">{text}'),
        "XML document type",
    ),
    "broken XML": (lambda: with_part(SHEET, lambda text: text[:-30]), "damaged"),
    "deeply nested XML": (
        lambda: with_part(
            SHEET, lambda text: text.replace("</worksheet>", "<a>" * 9000 + "</a>" * 9000 + "</worksheet>")
        ),
        "far more than a statement",
    ),
    "a million rows": (
        lambda: with_part(
            SHEET, lambda text: text.replace("</sheetData>", "<row><c><v>1</v></c></row>" * 1_000_000 + "</sheetData>")
        ),
        "far more than a statement",
    ),
    "a number that is none": (
        lambda: with_part(SHEET, lambda text: text.replace("</sheetData>", '<row r="x"/></sheetData>')),
        "damaged",
    ),
    "a number without end": (
        lambda: with_part(SHEET, lambda text: re.sub(r"<v>3</v>", f"<v>{'9' * 5000}</v>", text)),
        "damaged",
    ),
    "no sheets of ours": (lambda: changed(lambda book: book.remove(book["Record"])), "not made by this service"),
    "a sheet missing": (lambda: changed(lambda book: book.remove(book["Actions"])), "The sheet Actions is missing"),
    "a sheet renamed": (
        lambda: changed(lambda book: setattr(book["Themes"], "title", "Topics")),
        "The sheet Themes is missing",
    ),
    "a column missing": (
        lambda: changed(lambda book: book["Themes"].delete_cols(4)),
        "Themes!D1: The heading should be “Held without SHRMT” (found: “Evidence”)",
    ),
    "columns swapped": (
        lambda: changed(lambda book: book["Details"].__setitem__("B1", "Answer")),
        "Details!B1: The heading should be “Detail” (found: “Answer”)",
    ),
    "no headings": (lambda: changed(lambda book: book["Themes"].delete_rows(1)), "Themes!"),
    "an empty sheet": (lambda: changed(lambda book: book["Themes"].delete_rows(1, 50)), "The headings are missing"),
    "another version": (
        lambda: changed(lambda book: book["Record"].__setitem__("C2", "truelevel-statement-9")),
        "another version",
    ),
    "versions that are none": (
        lambda: changed(lambda book: book["Record"].__setitem__("D9", "-1")),
        "The hidden sheet has been changed",
    ),
    "a chart in the place of a sheet": (
        lambda: changed(a_chart_for_the_themes),
        "damaged",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(name: str) -> None:
    make, reason = HOSTILE[name]
    content = make()
    started = time.monotonic()
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert reason in str(refused.value)
    assert time.monotonic() - started < 15


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    content = zipped(parts_of(written()) | {"xl/worksheets/sheet9.xml": b" " * 100_000_000})
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            read(content)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_cell_at_the_far_end_of_a_sheet_is_found_and_named() -> None:
    started = time.monotonic()
    filled = read(changed(lambda book: book["Themes"].__setitem__("C1048576", "far away")))
    assert [problem.cell for problem in filled.problems] == ["Themes!B1048576"]
    assert time.monotonic() - started < 15


def test_of_very_many_faults_the_first_are_told() -> None:
    def stray(book: Any) -> None:
        for row in range(2, 1500):
            book["Themes"].cell(row, 20, "stray")

    assert len(read(changed(stray)).problems) == 200


def test_formulas_and_error_values_are_faults_also_where_they_have_a_result() -> None:
    def formula(book: Any) -> None:
        book["Themes"]["E2"] = "=1+1"
        book["Themes"]["F2"] = "#REF!"
        book["Themes"]["G2"] = ArrayFormula("G2", "=SUM(A1:A2)")

    problems = read(changed(formula)).problems
    assert [problem.cell for problem in problems] == ["Themes!E2", "Themes!F2", "Themes!G2"]
    assert "Write the text itself" in problems[0].message
    assert "an error value" in problems[1].message


def test_words_for_levels_are_taken_as_people_write_them() -> None:
    for text, level in (("4", 4), ("Level 4", 4), ("4 Proactive", 4), ("NOT SURE YET", "not-sure"), ("", None)):
        content = changed(lambda book, text=text: book["Themes"].__setitem__("C2", text))  # type: ignore[misc]
        filled = read(content)
        assert (filled.themes["leadership"]["level_answer"].value, filled.problems) == (level, [])
