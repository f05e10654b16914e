"""What a page of three readings says of plain facts: editions, medians, and what is left out. No database."""

from __future__ import annotations

import statistics
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assurance import climate
from assurance.climate import Result
from assurance.comparing import Editions
from insight.three_readings import (
    Claim,
    Known,
    OfUnit,
    Survey,
    ThemeFacts,
    Verdict,
    comparable,
    questions_by_unit,
    rows_of_several,
    rows_of_unit,
    sentence,
)
from organisation.periods import Quarter

LEVELS = ["Negative", "Reactive", "Compliant", "Proactive", "Resilient"]
QUARTER = Quarter.parse("2026/27-Q3")
SURVEY = Survey(1, "Safety climate 2026", date(2026, 5, 29), 5, "2019")
AUDIT, WELLBEING = ThemeFacts("audit", "Audit", True), ThemeFacts("wellbeing", "Wellbeing", False)


def claim(level: int | None, *, edition: str = "2019") -> Claim:
    return Claim(level, edition, QUARTER, accepted=True)


def verdict(level: int, *, edition: str = "2019") -> Verdict:
    return Verdict(level, edition, date(2026, 3, 6), "A-0001")


def known(*units: OfUnit, survey: Survey | None = SURVEY) -> Known:
    return Known("2019", LEVELS, [AUDIT, WELLBEING], survey, dict(enumerate(units)))


def unit(claimed: int | None = None, validated: int | None = None, answered: Result | None = None) -> OfUnit:
    return OfUnit(
        {"audit": claim(claimed)} if claimed else {},
        {"audit": verdict(validated)} if validated else {},
        {"audit": answered} if answered else {},
    )


def test_readings_of_another_edition_count_where_the_theme_means_the_same_in_both() -> None:
    editions = Editions(not_comparable={frozenset({"2017", "2019"}): {"audit"}})
    of = OfUnit(
        {"audit": claim(4, edition="2017"), "communication": claim(3, edition="2017")},
        {"audit": verdict(4, edition="2017"), "communication": verdict(2, edition="2019")},
        {"audit": Result(20, Fraction(3)), "communication": Result(20, Fraction(3))},
    )
    same = comparable(of, "2019", editions, SURVEY)
    assert (set(same.claims), set(same.verdicts)) == ({"communication"}, {"communication"})
    assert set(same.climate) == {"audit", "communication"}
    before = Survey(1, "Safety climate 2018", date(2018, 5, 29), 5, "2017")
    assert set(comparable(of, "2019", editions, before).climate) == {"communication"}


def test_a_theme_that_is_not_scored_has_no_level_and_asks_nothing() -> None:
    of = OfUnit({"wellbeing": claim(5)}, {"wellbeing": verdict(1)}, {"wellbeing": Result(20, Fraction(1))})
    [_, row] = rows_of_unit(known(of), 0)
    assert (row.claimed.words, row.validated.words, row.questions) == ("Not scored", "Not scored", ())
    assert row.climate.words == "0%"


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (unit(4, 2, Result(20, Fraction(4))), ("4 Proactive", "2 Reactive", "75%")),
        (OfUnit({"audit": claim(None)}), ("No level given", "No verdict", "Not asked")),
        (unit(answered=climate.SUPPRESSED), ("Nothing signed", "No verdict", "Fewer than ten respondents")),
    ],
)
def test_what_is_known_and_what_is_not_is_said_in_words(of: OfUnit, words: tuple[str, str, str]) -> None:
    row = rows_of_unit(known(of), 0)[0]
    assert (row.claimed.words, row.validated.words, row.climate.words) == words


def test_a_mean_without_counted_answers_is_called_a_mean() -> None:
    row = rows_of_unit(known(unit(5, answered=Result(1204, Fraction(9, 4)))), 0)[0]
    assert row.climate.note == "mean 2.25 of 1,204 respondents"
    assert row.questions[0].text.startswith(
        "Claims level 5; 1,204 respondents agree at 2.25 on a scale from 1 to 5. Do staff not see"
    )


@given(st.lists(st.integers(1, 5), min_size=1, max_size=9))
def test_of_several_units_the_median_is_where_it_lies(levels: list[int]) -> None:
    row = rows_of_several(known(*[unit(level) for level in levels]))[0]
    assert row.marks.claimed.value == statistics.median(map(Fraction, levels))
    low, high = statistics.median_low(levels), statistics.median_high(levels)
    assert row.claimed.words == (f"{low} {LEVELS[low - 1]}" if low == high else f"{low}–{high}")
    assert row.claimed.note == f"median of {len(levels)} unit{'s' if len(levels) > 1 else ''}"


def test_answers_of_a_few_are_in_no_total_and_their_units_are_counted() -> None:
    several = known(unit(answered=Result(30, Fraction(4))), unit(answered=climate.SUPPRESSED), unit())
    row = rows_of_several(several)[0]
    assert row.climate.words == "75%"
    assert row.climate.note == "mean 4.00 of 30 respondents, in 1 unit, 1 unit with fewer than ten left out"


def test_the_sentence_counts_pairs_and_each_unit_its_own_questions() -> None:
    several = known(unit(4, 2), unit(3, 3), unit(2, 5, Result(10, Fraction(5), (0, 0, 0, 0, 10))), unit(5))
    assert sentence(several) == (
        "Of 3 claims that auditors validated, 1 is the same as the verdict, 1 is above it and 1 is below it. "
        "Beside them stands 1 climate result."
    )
    assert questions_by_unit(several) == {0: 1, 1: 0, 2: 2, 3: 0}
    assert sentence(known(unit(5))) == (
        "No claim has been validated by an audit yet. There is no climate result to show beside them."
    )


def test_without_a_survey_nobody_was_asked() -> None:
    assert rows_of_unit(known(unit(4), survey=None), 0)[0].climate.words == "Not asked"
    assert rows_of_several(known(unit(4), survey=None))[0].climate.words == "Not asked"
