"""What a climate survey's numbers come to, and what a file of them is taken for or refused for. No database."""

from __future__ import annotations

import io
import statistics
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from assurance import climate, climate_files
from assurance.climate import Result
from assurance.climate_files import Filled, Known
from records.spreadsheets import Unreadable
from rendering import cells

KNOWN = Known(
    units={"harbour-ocu": "Harbour OCU", "mill-lane": "Mill Lane", "mill-lane-2": "Mill Lane", "quay": "Quay BCU"},
    themes={"leadership": "Leadership", "audit": "Assurance and Audit"},
    theme_aliases=[("audit", "Audit")],
)
HEADINGS = ["Unit", "Theme", "Respondents", "Mean agreement", *(f"Answered {point}" for point in range(1, 6))]


def csv_of(*lines: list[object], headings: list[str] = HEADINGS) -> bytes:
    rows = [[None if value == "" else str(value) for value in line] for line in lines]
    return cells.csv_bytes(headings, rows)


def xlsx_of(*lines: list[Any]) -> bytes:
    book = Workbook()
    for line in [HEADINGS, *lines]:
        book.worksheets[0].append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes, points: int = 5) -> Filled:
    return climate_files.read(content, points=points, known=KNOWN)


def faults(*lines: list[object]) -> list[str]:
    return [str(problem) for problem in read(csv_of(*lines)).problems]


# --- Numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "agree"),
    [((1, 2, 3, 4, 5), 9), ((1, 2, 3, 4), 7), ((0, 0, 0, 0, 12), 12), ((4, 6), 6), ((1, 1, 1, 1, 1, 1, 4), 6)],
)
def test_whoever_chose_a_point_above_the_middle_agrees(answers: tuple[int, ...], agree: int) -> None:
    assert climate.agreeing(answers) == agree


@given(st.lists(st.integers(0, 40), min_size=2, max_size=10).filter(any))
def test_the_mean_of_counted_answers_is_that_of_the_answers_one_by_one(answers: list[int]) -> None:
    one_by_one = [Fraction(point) for point, number in enumerate(answers, start=1) for _ in range(number)]
    assert climate.mean_of(answers) == statistics.mean(one_by_one)


def test_without_answers_there_is_no_mean() -> None:
    with pytest.raises(ValueError, match="no mean"):
        climate.mean_of([0, 0, 0])


@given(st.integers(0, 9), st.lists(st.integers(0, 9), min_size=5, max_size=5))
def test_of_fewer_than_ten_nothing_is_left_but_that_they_were_few(respondents: int, answers: list[int]) -> None:
    assert climate.result(respondents=respondents, mean=Decimal("4.2"), answers=answers) == Result(None, None, ())


def test_ten_respondents_are_enough() -> None:
    assert climate.result(respondents=10, mean=Decimal("4.20")) == Result(10, Fraction(21, 5), ())


@pytest.mark.parametrize(
    ("result", "points", "favour"),
    [
        (Result(20, Fraction(4), (0, 0, 5, 10, 5)), 5, Fraction(3, 4)),
        (Result(20, Fraction(4)), 5, Fraction(3, 4)),
        (Result(20, Fraction(1)), 5, Fraction(0)),
        (Result(20, Fraction(10)), 10, Fraction(1)),
        (climate.SUPPRESSED, 5, None),
    ],
)
def test_favour_is_the_share_who_agree_or_the_place_on_the_scale(
    result: Result, points: int, favour: Fraction | None
) -> None:
    assert climate.favour(result, points) == favour


def test_units_are_added_up_by_their_respondents_and_the_few_are_only_counted() -> None:
    both = climate.together([Result(30, Fraction(4)), Result(10, Fraction(2)), climate.SUPPRESSED])
    assert (both.units, both.suppressed) == (2, 1)
    assert both.result == Result(40, Fraction(7, 2))


def test_answers_are_added_up_where_every_unit_has_them() -> None:
    one, other = climate.result(respondents=10, answers=(0, 10)), climate.result(respondents=12, answers=(6, 6))
    assert climate.together([one, other]).result.answers == (6, 16)
    assert climate.together([one, Result(10, Fraction(2))]).result.answers == ()
    assert climate.together([climate.SUPPRESSED]).result == climate.SUPPRESSED


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(10, 60)), min_size=1, max_size=8))
def test_no_total_depends_on_the_numbers_of_units_with_fewer_than_ten(pairs: list[tuple[int, int]]) -> None:
    """Subtracting what is shown from what is added up leaves nothing: the few are in neither."""

    def added_up(of_the_few: int) -> climate.Together:
        results = [climate.result(respondents=number, mean=Decimal(3)) for _, number in pairs]
        few = [climate.result(respondents=min(few, 9) * of_the_few, mean=Decimal(5)) for few, _ in pairs]
        return climate.together([*results, *few])

    assert added_up(0) == added_up(1)
    assert added_up(1).result.respondents == sum(number for _, number in pairs)


def test_a_later_file_is_compared_place_by_place() -> None:
    same, few = Result(20, Fraction(4)), climate.SUPPRESSED
    before = {("a", "x"): same, ("b", "x"): same, ("c", "x"): same, ("d", "x"): few, ("e", "x"): same, ("f", "x"): few}
    after = {
        ("a", "x"): same,
        ("b", "x"): Result(21, Fraction(4)),
        ("c", "x"): few,
        ("d", "x"): same,
        ("f", "x"): few,
        ("g", "x"): few,
    }
    found = climate.differences(before, after)
    assert found.added == (("g", "x"),)
    assert found.gone == (("e", "x"),)
    assert found.changed == (("b", "x"),)
    assert found.now_suppressed == (("c", "x"),)
    assert found.no_longer_suppressed == (("d", "x"),)
    assert found.unchanged == 2
    assert not climate.differences(before, before)


# --- Files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_a_file_is_read_by_unit_and_theme(make: object) -> None:
    assert callable(make)
    content = make(
        ["Harbour OCU", "Leadership", 40, 3.5, 2, 6, 10, 14, 8],
        ["quay bcu", "Audit", "1,204", 4.25, "", "", "", "", ""],
        ["mill-lane-2", "assurance and audit", 9, 1.11, "", "", "", "", ""],
        ["Quay BCU", "leadership", "<10", "", "", "", "", "", ""],
    )
    filled = read(content)
    assert filled.problems == []
    assert filled.results == {
        ("harbour-ocu", "leadership"): Result(40, Fraction(7, 2), (2, 6, 10, 14, 8)),
        ("quay", "audit"): Result(1204, Fraction(17, 4)),
        ("mill-lane-2", "audit"): climate.SUPPRESSED,
        ("quay", "leadership"): climate.SUPPRESSED,
    }
    assert filled.suppressed == 2


CALLED = "Line 2, Unit: no unit that existed then is called"
HOW_MANY = "Line 2, Respondents: write how many answered: a whole number up to 200,000, or “fewer than ten”."
FROM_1_TO_5 = "Line 2, Mean agreement: write a number from 1 to 5, such as 3.42."
DOES_NOT_ADD_UP = "Line 2, Respondents: the answers counted in this line do not add up to its respondents. Check them."
QUAY = ["Quay BCU", "Leadership"]
MILL = "several units are called “Mill Lane”. Write one of mill-lane, mill-lane-2 instead."


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (["Harbor OCU", "Leadership", 20, 3], f"{CALLED} “Harbor OCU”. Is it “Harbour OCU”?"),
        (["Zzz", "Leadership", 20, 3], f"{CALLED} “Zzz”. The empty workbook lists all 4."),
        (["", "Leadership", 200, 3], "Line 2, Unit: write the unit. A total of several units is not taken."),
        (["Mill Lane", "Leadership", 20, 3], f"Line 2, Unit: {MILL}"),
        (
            ["Quay BCU", "Leaders", 20, 3],
            "Line 2, Theme: no theme of the model is called “Leaders”. There are: Leadership, Assurance and Audit.",
        ),
        ([*QUAY, -1, 3], HOW_MANY),
        ([*QUAY, "200001", 3], HOW_MANY),
        ([*QUAY, 20, 5.01], FROM_1_TO_5),
        ([*QUAY, 20, 0.99], FROM_1_TO_5),
        (
            [*QUAY, 20, ""],
            "Line 2, Mean agreement: write the mean, or how many answered each point of the scale.",
        ),
        (
            [*QUAY, 20, "", 1, 2, 3, 4, "x"],
            "Line 2, Answered 5: write how many chose this point of the scale; 0 for nobody.",
        ),
        ([*QUAY, 20, "", 4, 4, 4, 4, 3], DOES_NOT_ADD_UP),
        ([*QUAY, 7, 3.37, 1, 1, 1, 1, 4], DOES_NOT_ADD_UP),
        ([*QUAY, 20, "3,42"], FROM_1_TO_5),
        ([*QUAY, 20, "=3+1"], FROM_1_TO_5),
        ([*QUAY, 20, "2026-04-03"], FROM_1_TO_5),  # what a spreadsheet program makes of “3.4”
        (["=HYPERLINK()", "Leadership", 20, 3], f"{CALLED} “=HYPERLINK()”. The empty workbook lists all 4."),
        (
            [*QUAY, 20, 3.1, 4, 4, 4, 4, 4],
            "Line 2, Mean agreement: this is not the mean of the answers counted in the line. Check them.",
        ),
    ],
)
def test_each_fault_is_named_by_line_and_column(line: list[object], fault: str) -> None:
    assert faults([*line, *[""] * (len(HEADINGS) - len(line))]) == [fault]


def test_a_line_that_stands_twice_is_refused() -> None:
    once = ["Quay BCU", "Leadership", 20, 3, "", "", "", "", ""]
    assert faults(once, ["quay", *once[1:]]) == [
        "Line 3, Unit: this unit and theme stand in line 2 already. Remove one of the two."
    ]


def test_every_fault_of_every_line_is_found_at_once() -> None:
    blank = ["", "", "", "", ""]
    found = faults(
        ["No", "Nothing", "x", 9, *blank], ["Quay BCU", "Audit", 12, 3, *blank], ["No", "Audit", 3, 3, *blank]
    )
    assert [fault.partition(":")[0] for fault in found] == [
        "Line 2, Unit",
        "Line 2, Theme",
        "Line 2, Respondents",
        "Line 2, Mean agreement",
        "Line 4, Unit",
    ]


def test_a_rounded_mean_of_the_answers_is_taken_and_worked_out_anew() -> None:
    filled = read(csv_of(["Quay BCU", "Leadership", 12, 3.3, 1, 2, 4, 2, 3]))
    assert filled.problems == []
    assert filled.results["quay", "leadership"].mean == Fraction(40, 12)


def test_a_workbook_of_a_large_force_with_every_answer_counted_is_read_whole() -> None:
    """So many lines as are promised are no more elements than a workbook may have."""
    units = {f"unit-{number}": f"Unit {number}" for number in range(climate_files.MOST_LINES // 2)}
    known = Known(units, KNOWN.themes)
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    for name in units.values():
        for theme in KNOWN.themes.values():
            sheet.append([name, theme, 20, 3.0, 4, 4, 4, 4, 4])
    out = io.BytesIO()
    book.save(out)
    filled = climate_files.read(out.getvalue(), points=5, known=known)
    assert (filled.problems, len(filled.results)) == ([], climate_files.MOST_LINES)


def test_so_many_faults_are_listed_and_the_rest_of_the_file_is_not_looked_at() -> None:
    lines = [["No such unit", "Leadership", 20, 3, "", "", "", "", ""]] * 5000
    assert len(read(csv_of(*lines)).problems) == climate_files.MOST_PROBLEMS


def test_a_line_too_many_is_refused() -> None:
    units = {f"unit-{number}": f"Unit {number}" for number in range(climate_files.MOST_LINES + 1)}
    lines: list[list[object]] = [[name, "Leadership", 20, 3, "", "", "", "", ""] for name in units.values()]
    with pytest.raises(Unreadable, match="more than 12,000 lines"):
        climate_files.read(csv_of(*lines), points=5, known=Known(units, KNOWN.themes))


def test_a_file_without_a_needed_column_is_none_of_ours() -> None:
    with pytest.raises(Unreadable, match=r"The file has no column Theme \(found: Unit, Respondents\). Line 1\."):
        read(csv_of(["Quay BCU", 20], headings=["Unit", "Respondents"]))


def test_a_file_without_lines_says_so() -> None:
    with pytest.raises(Unreadable, match="no results below its headings"):
        read(climate_files.empty_csv(5))


@pytest.mark.parametrize("points", [2, 5, 10])
def test_the_empty_files_have_the_columns_that_are_read(points: int) -> None:
    workbook = climate_files.empty_workbook(points, KNOWN)
    for content in (climate_files.empty_csv(points), workbook):
        with pytest.raises(Unreadable, match="no results below its headings"):
            read(content, points)
