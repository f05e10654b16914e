"""Incidents counted while they pass: what counts for what, what is refused, and that nothing of a line is kept."""

from __future__ import annotations

import io
from collections import Counter
from contextlib import closing
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from injuries import incidents, mapping
from injuries.figures import Figures
from injuries.names import Known, KnownUnit
from records import tables
from records.spreadsheets import Unreadable

OPENED = date(2015, 4, 1)
CODES = ("total-accidents", "assaults-with-injury", "major-injuries", "handling")
KNOWN = Known(
    indicators={code: (code,) for code in CODES},
    staff_groups={"police-officers": ("Police officers", "Police"), "ddos": ("Designated Detention Officers", "DDO")},
    units=(KnownUnit("quay-bcu", "Quay BCU", OPENED), KnownUnit("mill-ocu", "Mill OCU", OPENED, date(2018, 6, 30))),
    today=date(2019, 3, 15),
)
RULES = mapping.read("""
format = 1
code = "test"
name = "Test extract"
ignore = ["Name", "Description"]
[date]
column = "Day"
[staff_group]
column = "Role"
values = { "PC" = "police-officers", "Contractor" = "" }
[unit]
column = "OCU"
values = { "Q" = "quay-bcu" }
[[indicators]]
indicator = "total-accidents"
where = { Kind = ["Accident"] }
[[indicators]]
indicator = "assaults-with-injury"
where = { Kind = ["Assault"], Severity = ["Minor", "Major"] }
[[indicators]]
indicator = "major-injuries"
where = { Severity = ["Major"] }
[[indicators]]
indicator = "handling"
where = { Kind = ["Handling"] }
[other_values]
Kind = ["Near miss"]
Severity = ["None", ""]
""")
HEADINGS = "Day,Kind,Severity,Role,OCU"
JUNE, JULY, AUGUST = (date(2018, month, 1) for month in (6, 7, 8))


def counted(*lines: str, headings: str = HEADINGS, rules: mapping.ColumnRules = RULES) -> Figures:
    return of(io.BytesIO("\n".join([headings, *lines]).encode()), rules)


def of(file: io.BytesIO, rules: mapping.ColumnRules = RULES) -> Figures:
    with closing(tables.stream(file, tables.look(file), incidents.WANTED)) as lines:
        return incidents.read(lines, rules, KNOWN)


def faults(found: Figures) -> list[str]:
    return [str(one) for one in found.problems]


def test_incidents_count_for_each_indicator_whose_words_they_have() -> None:
    found = counted(
        "2018-07-03,Accident,Major,PC,Q",
        "04/07/2018 23:10,accident,,Police,quay bcu",
        "4 July 2018,Assault,None,DDO,",
        "2018-07-31T08:00:00,ASSAULT,Major,Contractor,Quay  BCU",
        "2018-07-31,Near miss,None,,",
        "",
        ",,,,",
    )
    assert faults(found) == []
    assert found.lines == 5
    assert found.months == {
        ("total-accidents", JULY): {("police-officers", "quay-bcu"): 2},
        ("assaults-with-injury", JULY): {("", "quay-bcu"): 1},
        ("major-injuries", JULY): {("police-officers", "quay-bcu"): 1, ("", "quay-bcu"): 1},
        ("handling", JULY): {},
    }


def test_months_without_an_incident_are_months_of_none() -> None:
    found = counted("01/06/2018,Accident,None,PC,", "31/08/2018,Accident,None,PC,")
    assert {key for key, numbers in found.months.items() if numbers} == {
        ("total-accidents", JUNE),
        ("total-accidents", AUGUST),
    }
    assert set(found.months) == {(code, month) for code in CODES for month in (JUNE, JULY, AUGUST)}


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("01/06/2018", "31/08/2018", None),
        ("02/06/2018", "31/08/2018", "June 2018"),
        ("01/06/2018", "12/08/2018", "August 2018"),
        ("15/06/2018", "30/08/2018", "June 2018, August 2018"),
        ("03/06/2018", "03/06/2018", "June 2018"),
    ],
)
def test_a_file_that_may_hold_a_part_of_a_month_only_is_remarked_on(first: str, last: str, months: str | None) -> None:
    """A system's extract often ends with the day on which it was taken."""
    remarks = list(counted(f"{last},Accident,,,Q", f"{first},Accident,,,Q").remarks)
    if months is None:
        assert remarks == []
    else:
        assert f"all of {months}, do not import it" in remarks[0]


def test_a_mapping_may_put_the_month_first_and_leave_out_group_unit_and_words() -> None:
    rules = mapping.read("""
format = 1
code = "bare"
name = "Bare"
[date]
column = "When"
order = "month-first"
[[indicators]]
indicator = "handling"
""")
    assert counted("07/31/2018", "7/1/2018 9:05", headings="When", rules=rules).months == {
        ("handling", JULY): {("", ""): 2}
    }


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("32/07/2018,Accident,,PC,", "Line 2, Day: Write the day as 2018-07-31 or 31/07/2018; a time may follow."),
        ("2018-07-012,Accident,,PC,", "Line 2, Day: Write the day"),
        ("01/07/20189,Accident,,PC,", "Line 2, Day: Write the day"),
        ("12 July 20,Accident,,PC,", "Line 2, Day: Write the day"),
        (",Accident,,PC,", "Line 2, Day: Write the day"),
        ("2019-03-16,Accident,,PC,", "Line 2, Day: the day lies in the future. Check the year."),
        ("2018-07-01,Acident,,PC,", "Line 2, Kind: “acident” is not in the mapping. Add it there, or mend the line."),
        ("2018-07-01,,,PC,", "Line 2, Kind: a blank cell is not in the mapping."),
        (f"2018-07-01,{'x' * 80},,PC,", f"Line 2, Kind: “{'x' * 60}…” is not in the mapping."),
        ("2018-07-01,Accident,,PCC,", "Line 2, Role: no staff group is called “PCC”. There are: "),
        ("2018-07-01,Accident,,PC,Key BCU", "Line 2, OCU: no unit is called “Key BCU”. Is it “Quay BCU”?"),
        ("2018-07-01,Accident,,PC,Mill OCU", "Line 2, OCU: “Mill OCU” did not exist in July 2018."),
        (f"2018-07-01,Accident,,PC,{'y' * 80}", f"Line 2, OCU: “{'y' * 60}…” is not in the mapping."),
        ("2018-07-01,Accident", "Line 2: the line has not as many cells as there are headings."),
        ("2018-07-01,Accident,Slip, trip,,PC,", "Line 2: the line has not as many cells as there are headings. A text"),
    ],
)
def test_each_fault_is_named_by_line_and_column(line: str, fault: str) -> None:
    found = counted(line)
    assert faults(found)[0].startswith(fault)
    assert found.months == {}


def test_no_more_faults_are_named_than_anybody_mends() -> None:
    assert len(counted(*["2018-07-01,Acident,,PC,"] * 300).problems) == incidents.MOST_PROBLEMS


def test_columns_that_could_name_a_person_are_refused_unless_they_are_ignored() -> None:
    line = "2018-07-01,Accident,None,PC,Q,Kit Marchpane,12345"
    with pytest.raises(
        Unreadable, match=r"These columns could name a person: Surname, Warrant no\. Line 1\."
    ) as raised:
        counted(line, headings=f"{HEADINGS},Surname,Warrant no")
    assert "Marchpane" not in str(raised.value)
    found = counted(line, headings=f"{HEADINGS},NAME,Weather")
    assert found.ignored == ("NAME", "Weather")
    assert found.months["total-accidents", JULY] == {("police-officers", "quay-bcu"): 1}


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        ("Day,Severity,Role,OCU", r"no column Kind\. Line 1\."),
        ("Day", r"no columns Kind, Severity, Role, OCU"),
        ("", r"no columns Day, Kind, Severity, Role, OCU\. Line"),
        (f"{HEADINGS},day", r"The column Day is there twice\. Line 1\."),
    ],
)
def test_headings_that_do_not_fit_the_mapping_are_refused(headings: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        counted("2018-07-01,Accident,None,PC,Q,", headings=headings)


def test_a_file_without_headings_is_refused_without_repeating_an_incident() -> None:
    with pytest.raises(Unreadable) as raised:
        counted(headings="2018-07-01,Accident,None,PC,Kit Marchpane")
    assert "Marchpane" not in str(raised.value)


def test_a_file_without_incidents_is_refused() -> None:
    with pytest.raises(Unreadable, match="no incidents below its headings"):
        counted()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_as_spreadsheet_programs_save_it(encoding: str) -> None:
    rules = mapping.read("""
format = 1
code = "cafe"
name = "Café"
[date]
column = "Day"
[[indicators]]
indicator = "handling"
where = { "Où" = ["Café"] }
""")
    text = "Day;Où\r\n2018-07-01;Café\r\n"
    assert of(io.BytesIO(text.encode(encoding)), rules).months == {("handling", JULY): {("", ""): 1}}


def test_a_workbook_of_incidents_is_read_within_its_limits() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADINGS.split(","))
    sheet.append([date(2018, 7, 3), "Accident", "None", "PC", "Q"])
    sheet.append(["03/07/2018", "Handling", None, "DDO", None])
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    assert of(out).months == {
        ("total-accidents", JULY): {("police-officers", "quay-bcu"): 1},
        ("assaults-with-injury", JULY): {},
        ("major-injuries", JULY): {},
        ("handling", JULY): {("ddos", ""): 1},
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04nothing", "damaged"),
        (b"\x00\x01\x02\x03", "neither a workbook"),
        (f'{HEADINGS}\n2018-07-01,"Acc'.encode(), "Line 2 cannot be read: a quotation mark is not closed."),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        of(io.BytesIO(content))


INCIDENTS = st.lists(
    st.tuples(
        st.dates(date(2018, 6, 1), date(2018, 8, 31)),
        st.sampled_from(["Accident", "Assault", "Near miss"]),
        st.sampled_from(["None", "Minor", "Major", ""]),
        st.sampled_from(["PC", "DDO", ""]),
        st.sampled_from(["Q", ""]),
    ),
    min_size=1,
    max_size=40,
)


def lines_of(said: list[tuple[date, str, str, str, str]]) -> list[str]:
    return [",".join([day.isoformat(), *words]) for day, *words in said]


@given(said=INCIDENTS)
def test_counts_are_those_that_somebody_counts_by_hand(said: list[tuple[date, str, str, str, str]]) -> None:
    group, unit = {"PC": "police-officers", "DDO": "ddos", "": ""}, {"Q": "quay-bcu", "": ""}
    by_hand = Counter(
        (month.replace(day=1), group[role], unit[ocu]) for month, kind, _, role, ocu in said if kind == "Accident"
    )
    found = counted(*lines_of(said)).months
    accidents = {
        (month, *place): count
        for (code, month), numbers in found.items()
        if code == "total-accidents"
        for place, count in numbers.items()
    }
    assert accidents == by_hand


@given(said=INCIDENTS, data=st.data())
def test_the_order_of_incidents_does_not_matter(
    said: list[tuple[date, str, str, str, str]], data: st.DataObject
) -> None:
    assert counted(*lines_of(data.draw(st.permutations(said)))).months == counted(*lines_of(said)).months


@given(said=INCIDENTS)
def test_the_parts_of_a_file_split_by_months_add_up_to_the_whole(said: list[tuple[date, str, str, str, str]]) -> None:
    whole = {key: numbers for key, numbers in counted(*lines_of(said)).months.items() if numbers}
    together: dict[tuple[str, date], dict[tuple[str, str], int | Decimal]] = {}
    for month in (6, 7, 8):
        if part := [one for one in said if one[0].month == month]:
            together |= {key: numbers for key, numbers in counted(*lines_of(part)).months.items() if numbers}
    assert together == whole
