"""How many comply with the limit on working time: shares, what is never claimed beyond the numbers, and targets."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from injuries.compliance import Reading, Target, compliance, in_a_sentence, table, target_on

JUNE = date(2019, 6, 30)
MARCH = date(2019, 3, 31)


def reading(
    day: date = JUNE, in_scope: int = 1000, opted_out: int = 40, over: int = 25, *, weeks: int = 17, hours: int = 48
) -> Reading:
    return Reading(day, in_scope, opted_out, over, weeks, hours)


def words(*readings: Reading, targets: tuple[Target, ...] = ()) -> str:
    return " ".join(compliance(readings, targets, of="police officers").sentences)


def test_the_published_share_comes_out_of_numbers_that_were_chosen_to_print_it() -> None:
    """The source publishes 97.5 % at the end of June 2019 [001, risk 17] and no numbers: 25 of 1,000 give it."""
    [row] = compliance([reading()], [], of="police officers").rows
    assert row.share == "97.5%"
    assert words(reading()).startswith(
        "On 30 June 2019, 97.5% of 1,000 police officers in scope complied with the limit of 48 hours a week. Averaged "
        "over 17 weeks, 25 worked longer without having opted out; 40 worked longer and had opted out."
    )


@pytest.mark.parametrize(
    ("in_scope", "over", "interval"),
    [
        (263, 182, "25.5% to 36.6%"),  # 81 of 263: Newcombe 1998 (Statistics in Medicine 17), method 3: .2553 to .3662
        (20, 20, "0.0% to 16.1%"),  # 0 of 20, ibidem: .0000 to .1611
        (29, 28, "0.6% to 17.2%"),  # 1 of 29, ibidem: .0061 to .1718
    ],
)
def test_the_interval_is_the_published_one_of_wilson(in_scope: int, over: int, interval: str) -> None:
    [row] = compliance([reading(in_scope=in_scope, opted_out=0, over=over)], [], of="people").rows
    assert row.interval == interval


def test_none_over_is_all_and_all_over_is_none() -> None:
    [none] = compliance([reading(over=0)], [], of="people").rows
    [everybody] = compliance([reading(in_scope=7, opted_out=0, over=7)], [], of="people").rows
    assert none.share == "100.0%"
    assert everybody.share == "0.0%"
    assert "nobody worked longer without having opted out" in words(reading(over=0))


def test_nobody_in_scope_and_more_over_than_in_scope_are_no_readings() -> None:
    for numbers in ((0, 0, 0), (10, 6, 5), (10, -1, 0)):
        with pytest.raises(ValueError, match=r"reading|in scope"):
            Reading(JUNE, *numbers, weeks=17, hours=48)


def test_a_share_never_prints_as_all_or_nothing_where_it_is_not() -> None:
    """1 of 10,000 is over: 99.99 % would round to 100.0 %."""
    [almost] = compliance([reading(in_scope=10_000, opted_out=1, over=1)], [], of="people").rows
    assert almost.share == "more than 99.9%"
    assert almost.opted_out_share == "less than 0.1%"
    assert "100.0%" not in almost.interval


def test_a_target_is_met_by_people_and_not_by_what_is_printed() -> None:
    """979,500 of a million would be 97.95 %, which prints as 98.0 %: 500 people are missing."""
    target = Target(MARCH, Decimal(98))
    short = reading(in_scope=1_000_000, opted_out=0, over=20_500)
    [row] = compliance([short], [target], of="people").rows
    assert (row.share, row.verdict) == ("98.0%", "Not met, short by 500 people")
    assert "It was not met, by 500 people: the share is below it before it is rounded." in words(
        short, targets=(target,)
    )
    [met] = compliance([reading(in_scope=50, opted_out=0, over=1)], [target], of="people").rows
    assert met.verdict == "Met"
    [one] = compliance([reading(in_scope=50, opted_out=0, over=2)], [target], of="people").rows
    assert one.verdict == "Not met, short by 1 person"


@pytest.mark.parametrize(("in_scope", "over", "short"), [(1000, 25, 15), (1001, 25, 15), (3, 1, 1), (3, 0, 0)])
def test_how_many_are_missing_to_a_target_in_whole_people(in_scope: int, over: int, short: int) -> None:
    """Of 1,001, 99 % are 990.99: 991 have to comply, and 976 do. Of 3, all have to."""
    assert reading(in_scope=in_scope, opted_out=0, over=over).short_of(Target(MARCH, Decimal(99))) == short


def test_everybody_is_to_comply_where_the_target_is_all_of_them() -> None:
    assert reading(in_scope=10_000, over=1).short_of(Target(MARCH, Decimal("100.0"))) == 1


def test_the_target_of_a_day_is_the_one_that_began_last() -> None:
    first, second = Target(MARCH, Decimal(97)), Target(JUNE, Decimal(98))
    targets = [second, first]
    assert target_on(targets, MARCH - timedelta(days=1)) is None
    assert target_on(targets, MARCH) == target_on(targets, JUNE - timedelta(days=1)) == first
    assert target_on(targets, JUNE) == second
    verdicts = [row.verdict for row in compliance([reading(), reading(MARCH)], targets, of="people").rows]
    assert verdicts == ["Not met, short by 5 people", "Met"]
    assert "No target applied on that day." in words(reading(MARCH - timedelta(days=1)), targets=(first,))


def test_a_change_is_told_in_points_from_unrounded_shares_and_without_a_verdict_on_chance() -> None:
    """Of 1,000, 975 comply after 969.6 in a thousand: 0.54 points, which the printed 97.0 would make 0.5 as well."""
    said = words(reading(MARCH, 10_000, 0, 304), reading(JUNE, 10_000, 0, 250))
    assert "Since 31 March 2019 the share has risen by 0.5 percentage points, from 97.0%." in said
    assert "Whether that is more than chance is not said: mostly the same people stand in both readings" in said
    assert "overlap" in said  # 13 weeks lie between them, and each looks back over 17
    assert "has fallen by less than 0.1 percentage points" in words(
        reading(MARCH, 10_000, 0, 250), reading(JUNE, 10_000, 0, 251)
    )
    assert "The share is the same as on 31 March 2019." in words(reading(MARCH), reading())


def test_periods_that_lie_apart_do_not_overlap() -> None:
    year_before = JUNE - timedelta(weeks=17)
    assert "overlap" not in words(reading(year_before, over=30), reading())
    assert "overlap" in words(reading(year_before + timedelta(days=1), over=30), reading())


@pytest.mark.parametrize("other", [{"weeks": 26}, {"hours": 40}])
def test_readings_of_another_measure_are_flagged_and_not_compared(other: dict[str, int]) -> None:
    found = compliance([reading(MARCH, over=60, **other), reading()], [], of="people")
    basis = f"{other.get('hours', 48)} hours over {other.get('weeks', 17)} weeks"
    said = " ".join(found.sentences)
    assert (
        f"The reading of 31 March 2019 took {basis}, and this one 48 hours over 17 weeks: the two are not compared."
        in said
    )
    assert "risen" not in said
    assert found.rows[0].says == f"Not to be compared with the reading before it, which took {basis}."
    assert found.rows[1].says == ""
    assert found.shares[0].basis != found.shares[1].basis


def test_without_readings_there_is_nothing_to_say() -> None:
    found = compliance([], [Target(MARCH, Decimal(98))], of="people")
    assert (found.rows, found.sentences, found.shares) == ((), (), ())


def test_the_table_has_numbers_wherever_they_claim_nothing_that_is_not_so() -> None:
    target = Target(MARCH, Decimal("97.5"))
    targets = [target]
    found = compliance([reading(), reading(MARCH, 10_000, 0, 1)], targets, of="police officers")
    newest, before = table(found, targets, of="Police officers").rows
    assert newest[:6] == [JUNE, "Police officers", 1000, 40, 25, Decimal("97.5")]
    assert newest[8:13] == [Decimal("97.5"), "Met", Decimal("4.0"), 48, 17]
    assert before[5] == "more than 99.9"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Police officers", "police officers"),
        ("Designated Detention Officers (DDOs)", "Designated Detention Officers (DDOs)"),
        ("", ""),
    ],
)
def test_a_staff_group_stands_in_a_sentence_as_it_is_written(name: str, said: str) -> None:
    assert in_a_sentence(name) == said
