"""Broken files of every sort: each ends in a preview, in faults, or in a refusal in words, and nothing has changed."""

from __future__ import annotations

import io
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from injuries.models import ColumnMapping, UploadKind
from injuries.services import files, importing, mappings
from injuries.services.previews import preview
from organisation.models import User
from organisation.roles import Role
from records.spreadsheets import Unreadable
from tests.factories.injuries import bring, load_indicators, standing_counts, standing_headcounts
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db

FILES = 250  # of each kind
AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
MAPPING = Path(__file__).parents[2] / "fixtures" / "incident-mapping-example.toml"
JULY = date(2018, 7, 1)
TABLES = {
    UploadKind.COUNTS: [
        ["Month", "Indicator", "Staff group", "Unit", "Count"],
        ["2018-07", "Handling injuries", "Police", "Quay BCU", "3"],
        ["July 2018", "Major injuries", "", "", "0"],
        ["Aug-18", "Near misses", "DDO", "", "1,204"],
        ["01/08/2018", "Handling injuries", "", "quay-bcu", "12"],
    ],
    UploadKind.HEADCOUNT: [
        ["Month", "Staff group", "Unit", "Headcount"],
        ["2018-07", "Police", "Quay BCU", "2661.25"],
        ["2018-07", "Police", "", "28,000"],
        ["Aug-18", "DDO", "", "566.0833333333"],
    ],
    UploadKind.INCIDENTS: [
        ["Date of incident", "Kind", "Severity", "Cause", "Role", "Unit", "Name"],
        ["2018-07-03", "Accident", "Minor", "Other", "PC", "Quay BCU", "Kit Marchpane"],
        ["04/07/2018 10:15", "Assault", "Major", "", "Sergeant", "quay-bcu", "Kit Marchpane"],
        ["5 August 2018", "Near miss", "None", "Handling", "DDO", "", ""],
    ],
}
ODD = [
    "", " ", "=1+1", "'=1", "-1", "−3", "1.5", "1e308", "NaN", "inf", "9" * 400, "٣", "²", "𝟛", "\0", "\ufeff",
    "\u202e", "2018-13", "2018-07-32", "31/02/2018", "0000-00", "9999-12", "2018-7", "Feb 2118", "Total", "None",
    "True", "x" * 500, '"', '""', "a\nb", ",", ";", "\t", "<b>", "{{ x }}", "%s", "Month", "Ｐｏｌｉｃｅ", "quay bcu ",
    "Quay  BCU", "1,2,3", "00007",
]  # fmt: skip
Table = list[list[str]]


# --- Ways to break a file -------------------------------------------------------------------------------------------


def with_an_odd_cell(table: Table, chance: random.Random) -> None:
    row = chance.choice(table)
    if row:
        row[chance.randrange(len(row))] = chance.choice(ODD)


def with_a_line_twice(table: Table, chance: random.Random) -> None:
    table.insert(chance.randrange(len(table)), list(chance.choice(table)))


def with_a_line_short(table: Table, chance: random.Random) -> None:
    row = chance.choice(table)
    del row[chance.randrange(len(row) + 1) :]


def with_a_cell_more(table: Table, chance: random.Random) -> None:
    row = chance.choice(table)
    row.insert(chance.randrange(len(row) + 1), chance.choice(ODD))


def with_a_column_gone(table: Table, chance: random.Random) -> None:
    place = chance.randrange(7)
    for row in table:
        del row[place : place + 1]


def with_lines_in_another_order(table: Table, chance: random.Random) -> None:
    chance.shuffle(table)


WAYS: list[Callable[[Table, random.Random], None]] = [
    with_an_odd_cell, with_an_odd_cell, with_an_odd_cell, with_a_line_twice, with_a_line_short, with_a_cell_more,
    with_a_column_gone, with_lines_in_another_order,
]  # fmt: skip


def as_csv(table: Table, chance: random.Random) -> bytes:
    between, end = chance.choice([",", ",", ";", "\t"]), chance.choice(["\n", "\r\n", "\r"])
    quote = chance.random() < 0.7
    lines = [
        between.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if quote else cell for cell in row) for row in table
    ]
    return end.join(lines).encode(chance.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"]), "replace")


def as_workbook(table: Table, chance: random.Random) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for number, row in enumerate(table, start=1):
        for place, text in enumerate(row, start=1):
            value: object = "".join(letter for letter in text if letter.isprintable())
            if chance.random() < 0.1:
                value = chance.choice([date(2018, 7, 1), 3, 2.5, -4, True, 1e300, datetime(2018, 7, 1, 3), None])  # noqa: DTZ001  # as workbooks hold times
            sheet.cell(number, place).value = value  # type: ignore[assignment]  # whatever a cell may hold
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_bytes_broken(content: bytes, chance: random.Random) -> bytes:
    found = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(found) or 1)
        found[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    return bytes(found[: chance.randrange(len(found) + 1)] if chance.random() < 0.3 else found)


def with_a_part_broken(content: bytes, chance: random.Random) -> bytes:
    """A workbook whose parts are packed as they should be, and broken inside."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        names = before.namelist()
        broken = chance.choice(names)
        for name in names:
            part = before.read(name)
            after.writestr(name, with_bytes_broken(part, chance) if name == broken else part)
    return out.getvalue()


def broken_file(kind: UploadKind, seed: int) -> bytes:
    chance = random.Random(f"{kind} {seed}")  # noqa: S311  # the same files every time
    table = [list(row) for row in TABLES[kind]]
    for _ in range(chance.randint(0, 4)):
        chance.choice(WAYS)(table, chance)
    if chance.random() < 0.25:
        content = as_workbook(table, chance)
        return with_a_part_broken(content, chance) if chance.random() < 0.5 else content
    content = as_csv(table, chance)
    return with_bytes_broken(content, chance) if chance.random() < 0.4 else content


# --- What has to hold -----------------------------------------------------------------------------------------------


def end_of(content: bytes, kind: UploadKind, mapping: ColumnMapping | None, by: User) -> tuple[str, list[str]]:
    """How the file ends, and what is told of it."""
    try:
        figures, source = files.read(io.BytesIO(content), kind=kind, name="broken", mapping=mapping, at=AT)
    except Unreadable as error:
        return "refused", [str(error)]
    if figures.problems:
        return "faults", [str(one) for one in figures.problems]
    upload = importing.keep(figures=figures, source=source, by=by, at=AT)
    assert len(preview(upload).changes) == len(figures.months) > 0
    return "preview", []


@pytest.mark.parametrize("kind", list(UploadKind))
def test_broken_files_end_in_a_preview_or_in_words_and_change_nothing(kind: UploadKind) -> None:
    load_indicators()
    make_unit("Quay BCU")
    adviser = make_person(Role.SHRMT)
    mapping = mappings.load(MAPPING.read_text(encoding="utf-8"), at=AT) if kind == UploadKind.INCIDENTS else None
    bring({("handling", JULY, "", ""): 7}, by=adviser)
    before = standing_counts(), standing_headcounts()
    ends: Counter[str] = Counter()
    for seed in range(FILES):
        end, told = end_of(broken_file(kind, seed), kind, mapping, adviser)
        ends[end] += 1
        assert told or end == "preview"
        assert all(one.startswith("Line ") for one in told) or end == "refused"
        assert not any("Marchpane" in one for one in told)
    assert (standing_counts(), standing_headcounts()) == before
    # Each end is reached, so that the files are worth something.
    assert min(ends[end] for end in ("refused", "faults", "preview")) >= FILES // 20, ends
