"""What files of counts and headcounts say, and every fault that they may have."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from injuries import countsfile
from injuries.figures import Figures
from injuries.names import Known, KnownUnit
from records.spreadsheets import Unreadable

OPENED = date(2015, 4, 1)
KNOWN = Known(
    indicators={"major-injuries": ("Major injuries",), "handling": ("Handling injuries",)},
    staff_groups={"police-officers": ("Police officers", "Police"), "ddos": ("Designated Detention Officers", "DDO")},
    units=(
        KnownUnit("quay-bcu", "Quay BCU", OPENED),
        KnownUnit("mill-ocu", "Mill OCU", OPENED, date(2018, 6, 30)),
        KnownUnit("mill-ocu-2", "Mill OCU", date(2018, 7, 1)),
        KnownUnit("twin-1", "Twin OCU", OPENED),
        KnownUnit("twin-2", "Twin OCU", OPENED),
    ),
    today=date(2019, 3, 15),
)
JUNE, JULY = date(2018, 6, 1), date(2018, 7, 1)
COUNTS, HEADCOUNT = "Month,Indicator,Staff group,Unit,Count", "Month,Staff group,Unit,Headcount"


def counts(*lines: str, headings: str = COUNTS) -> Figures:
    return countsfile.read_counts("\n".join([headings, *lines]).encode(), KNOWN)


def headcount(*lines: str) -> Figures:
    return countsfile.read_headcount("\n".join([HEADCOUNT, *lines]).encode(), KNOWN)


def faults(found: Figures) -> list[str]:
    return [str(one) for one in found.problems]


def test_counts_are_read_by_indicator_month_and_place() -> None:
    found = counts(
        "2018-07,Major injuries,Police officers,Quay BCU,3",
        'Jul-18,major-injuries,police,,"1,204"',
        "July 2018,MAJOR INJURIES,,mill-ocu-2,2",
        "01/06/2018,Handling injuries,,,0",
    )
    assert faults(found) == []
    assert found.lines == 4
    assert found.months == {
        ("major-injuries", JULY): {
            ("police-officers", "quay-bcu"): 3,
            ("police-officers", ""): 1204,
            ("", "mill-ocu-2"): 2,
        },
        ("handling", JUNE): {},  # counted, and there was none
    }


def test_staff_group_and_unit_may_be_left_out() -> None:
    found = counts("2018-07,Handling injuries,4", headings="Month,Indicator,Count")
    assert found.months == {("handling", JULY): {("", ""): 4}}


def test_headcounts_may_be_fractions() -> None:
    found = headcount("2018-07,DDO,,566.0833333333333", '2018-07,Police,Quay BCU,"2,661"', "2018-06,DDO,,0")
    assert faults(found) == []
    assert found.months == {
        ("ddos", JULY): {("", ""): Decimal("566.0833")},
        ("police-officers", JULY): {("", "quay-bcu"): Decimal(2661)},
        ("ddos", JUNE): {("", ""): Decimal(0)},
    }


def test_a_unit_is_the_one_that_there_was_in_the_month() -> None:
    found = counts("2018-06,Handling injuries,,Mill OCU,1", "2018-07,Handling injuries,,Mill OCU,2")
    assert found.months == {("handling", JUNE): {("", "mill-ocu"): 1}, ("handling", JULY): {("", "mill-ocu-2"): 2}}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("18/07/2018,Handling injuries,,,1", "Line 2, Month: “18/07/2018” is a day. Write its month as"),
        (",Handling injuries,,,1", "Line 2, Month: write the month, as 2018-07 or July 2018."),
        ("2019-04,Handling injuries,,,1", "Line 2, Month: April 2019 lies in the future. Check the year."),
        ("2018-07,Handling injurys,,,1", "Line 2, Indicator: no indicator is called “Handling injurys”. Is it “Handl"),
        ("2018-07,Bruises,,,1", "Line 2, Indicator: no indicator is called “Bruises”. There are: Major injuries, Hand"),
        ("2018-07,,,,1", "Line 2, Indicator: write the indicator. There are: Major injuries, Handling injuries."),
        (
            "2018-07,Handling injuries,Polise,,1",
            "Line 2, Staff group: no staff group is called “Polise”. Is it “Police”?",
        ),
        ("2018-07,Handling injuries,,Key BCU,1", "Line 2, Unit: no unit is called “Key BCU”. Is it “Quay BCU”?"),
        ("2018-07,Handling injuries,,XYZ,1", "Line 2, Unit: no unit is called “XYZ”. Leave it blank where the unit"),
        ("2018-07,Handling injuries,,Twin OCU,1", "Line 2, Unit: several units are called “Twin OCU”. Write one of tw"),
        ("2018-07,Handling injuries,,mill-ocu,1", "Line 2, Unit: “mill-ocu” did not exist in July 2018. Name the unit"),
        ("2018-07,Handling injuries,,,1.5", "Line 2, Count: a count is a whole number, and this is 1.5."),
        ("2018-07,Handling injuries,,,-2", "Line 2, Count: a count is never below 0, and this is -2."),
        ("2018-07,Handling injuries,,,few", "Line 2, Count: write how many: a whole number up to 1,000,000, 0 for non"),
        ("2018-07,Handling injuries,,,", "Line 2, Count: write how many"),
        ("2018-07,Handling injuries,,,1000001", "Line 2, Count: write how many: a whole number up to 1,000,000"),
        (f"2018-07,{'x' * 301},,,1", "Line 2, Indicator: the text is longer than 300 characters."),
    ],
)
def test_each_fault_is_named_by_line_and_column_with_how_to_mend_it(line: str, fault: str) -> None:
    [found] = faults(counts(line))
    assert found.startswith(fault)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("2018-07,,,5", "Line 2, Staff group: write the staff group. A total of several is not taken."),
        ("2018-07,DDO,,-1", "Line 2, Headcount: a headcount is never below 0, and this is -1."),
        ("2018-07,DDO,,many", "Line 2, Headcount: write how many people, such as 2661 or 2661.75 full-time"),
    ],
)
def test_faults_of_headcounts_are_named_too(line: str, fault: str) -> None:
    [found] = faults(headcount(line))
    assert found.startswith(fault)


def test_what_stands_twice_is_named_with_the_line_of_the_first() -> None:
    found = counts("2018-07,Handling injuries,,,1", "", "Jul-18,handling,,,2")
    assert faults(found) == ["Line 4, Month: what this line counts stands in line 2 already. Remove one of the two."]


def test_all_faults_are_named_together_and_no_more_than_anybody_mends() -> None:
    assert len(counts("2018-70,Handling injury,Polise,Nowhere,-1").problems) == 5 - 1  # no month, no unit of it
    assert len(counts(*["x,y,z,,-1"] * 300).problems) == countsfile.MOST_PROBLEMS


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file has no columns Month, Indicator, Count"),
        (b"Month,Count\n2018-07,1", r"no column Indicator \(found: Month, Count\). Line 1."),
        (f"{COUNTS}\n".encode(), "no figures below its headings"),
        (b"PK\x03\x04 not a workbook", "damaged"),
        (f'{COUNTS}\n2018-07,"open'.encode(), "a quotation mark is not closed"),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        countsfile.read_counts(content, KNOWN)


def test_a_workbook_is_read_as_people_fill_it_in() -> None:
    book = openpyxl.load_workbook(io.BytesIO(countsfile.empty_workbook(countsfile.COUNTS_COLUMNS, KNOWN)))
    sheet = book[countsfile.SHEET]
    sheet.append([date(2018, 7, 1), "Major injuries", "Police officers", "Quay BCU", 3])
    sheet.append(["July 2018", "Handling injuries", None, None, 0])
    out = io.BytesIO()
    book.save(out)
    found = countsfile.read_counts(out.getvalue(), KNOWN)
    assert faults(found) == []
    assert found.months == {
        ("major-injuries", JULY): {("police-officers", "quay-bcu"): 3},
        ("handling", JULY): {},
    }
    lists = book[countsfile.LISTS]
    assert [cell.value for cell in lists[1]] == ["Indicator", "Staff group", "Unit"]
    assert [cell.value for cell in lists["C"]][1:] == ["Quay BCU", "Mill OCU", "Twin OCU", "Twin OCU"]


PLACES = st.tuples(
    st.sampled_from(["2018-06", "2018-07"]),
    st.sampled_from(["major-injuries", "handling"]),
    st.sampled_from(["", "police", "DDO"]),
    st.sampled_from(["", "quay-bcu"]),
)


@given(said=st.dictionaries(PLACES, st.integers(0, 50), min_size=1), data=st.data())
def test_the_order_of_lines_does_not_matter(said: dict[tuple[str, ...], int], data: st.DataObject) -> None:
    lines = [f"{','.join(place)},{count}" for place, count in said.items()]
    assert counts(*data.draw(st.permutations(lines))).months == counts(*lines).months


@given(said=st.dictionaries(PLACES, st.integers(0, 50), min_size=1))
def test_the_parts_of_a_file_split_by_months_say_what_the_whole_says(said: dict[tuple[str, ...], int]) -> None:
    lines = [(place[0], f"{','.join(place)},{count}") for place, count in said.items()]
    parts = [[line for month, line in lines if month == one] for one in ("2018-06", "2018-07")]
    together: dict[tuple[str, date], dict[tuple[str, str], int | Decimal]] = {}
    for part in filter(None, parts):
        together |= counts(*part).months
    assert together == counts(*[line for _, line in lines]).months
