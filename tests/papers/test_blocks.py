"""Blocks: what each gathers, by how many queries, and what it says by its options. Figures are written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from organisation.models import Unit
from papers.contents.block import Asked
from papers.contents.blocks import BLOCKS
from papers.contents.pieces import Numbers, Piece
from records.canonical import content_digest, normal
from tests.factories import blocks, injuries, maturity
from tests.factories.actions import make_action
from tests.factories.forces import Said
from tests.factories.organisation import make_group, make_unit
from tests.factories.papers import HALF, make_rollup, north, south
from tests.factories.risks import make_objective

pytestmark = pytest.mark.django_db
COUNTED = ("open", "overdue", "closed")
MEETING, TODAY = date(2025, 11, 18), date(2025, 10, 20)
REFERENCE = Path(__file__).parents[1] / "reference" / "table1_fixture.json"


def asked(kind: str = "", **options: Any) -> Asked:
    of = {BLOCKS[kind].source.name: [options]} if kind else {}
    return Asked(HALF, MEETING, TODAY, of)


def gathered(kind: str, **options: Any) -> Any:
    """What the block's source gathers, as it comes back from where it is frozen."""
    return frozen(BLOCKS[kind].source.gather(asked(kind, **options)))


def frozen(data: Any) -> Any:
    """The data as making a paper final keeps them: what has no digest, such as a float, is refused there."""
    assert content_digest(normal(data))
    return json.loads(json.dumps(normal(data)))


def pieces(kind: str, data: Any, **options: Any) -> list[Any]:
    return list(BLOCKS[kind].lay(data, options))


def words(laid: list[Any]) -> str:
    return " ".join(piece for piece in laid if isinstance(piece, str))


def tables(laid: list[Any]) -> Iterator[Numbers]:
    for piece in laid:
        if isinstance(piece, Piece) and (found := piece.numbers or (piece.chart and piece.chart.numbers)):
            yield found


def table(laid: list[Any], anchor: str) -> dict[str, tuple[str, ...]]:
    """The rows of one table by their headings."""
    found = next(one for one in tables(laid) if one.anchor == anchor)
    return {row.heading: row.figures for row in found.rows}


def named(kind: str, data: Any) -> Mapping[str, str]:
    return {figure.name: figure.text for figure in BLOCKS[kind].source.figures(data)}


# --- Movement and targets ---------------------------------------------------------------------------------------------


def test_movement_adds_up_the_groups_roll_ups_and_names_no_unit(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_rollup("North", blocks.north_moved())
    make_rollup("South", blocks.south_moved())
    with django_assert_num_queries(2):  # roll-ups, what was issued of them
        data = gathered("movement")
    laid = pieces("movement", data)
    assert "6 levels that can be compared, 2 of 6 (33%) rose, 3 of 6 (50%) stayed and 1 of 6 (17%) fell" in words(laid)
    assert "Ended since: Elder Unit." in words(laid)
    assert table(laid, "movement") == {
        "Leadership": ("1 of 3 (33%)", "2 of 3 (67%)", "0 of 3 (0%)", "1", "0", "0"),
        "Assurance and Audit": ("1 of 3 (33%)", "1 of 3 (33%)", "1 of 3 (33%)", "0", "1", "0"),
    }
    assert table(laid, "movement-groups")["South"][:3] == ("1 of 2 (50%)", "1 of 2 (50%)", "0 of 2 (0%)")
    assert named("movement", data)["movement.improved"] == "2"
    assert "A unit that fell" not in json.dumps(data)


def test_movement_of_one_group_says_what_moved_in_it() -> None:
    make_rollup("North", blocks.north_moved())
    make_rollup("South", blocks.south_moved())
    laid = pieces("movement", gathered("movement"), groups=["south"])
    assert "2 levels that can be compared, 1 of 2 (50%) rose" in words(laid)
    assert [one.anchor for one in tables(laid)] == ["movement"]
    assert "No roll-up of the business groups chosen" in words(pieces("movement", gathered("movement"), groups=["x"]))


def test_a_roll_up_from_before_movement_was_counted_has_none() -> None:
    make_rollup("North", north() | {"movement": None})
    assert BLOCKS["movement"].source.gather(asked()) is None


def test_targets_are_the_force_summarys_with_the_range_of_recent_pace(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    assert BLOCKS["targets"].source.gather(asked()) is None
    blocks.make_force_summary()
    with django_assert_num_queries(2):  # the summary, its newest issue
        data = gathered("targets")
    laid = pieces("targets", data)
    # From 1 to 5 of 10 units in four quarters is one a quarter; two more quarters of it make 7 of 10.
    assert table(laid, "targets") == {
        "Level 3 for every unit by 31 March 2026": ("5 of 10 (50%)", "5 more of 10 needed", "70% to 70% of units")
    }
    assert "Required: 2.5 units a quarter, 2 quarters left. Observed over four quarters: 1.0 units" in words(laid)
    assert "draft, built on 6 October 2025 and not yet issued" in words(laid)
    assert "Required" not in words(pieces("targets", data, pace=False))
    assert "Alder" not in json.dumps(data)  # which units are short is the roll-ups' to say


def test_a_force_without_targets_says_so() -> None:
    blocks.make_force_summary(with_targets=False)
    assert "No target has been set" in words(pieces("targets", gathered("targets")))


# --- Audits -----------------------------------------------------------------------------------------------------------


def make_units(number: int, group: str = "North") -> list[Unit]:
    of = make_group(group)
    return [make_unit(f"{group} {letter}", group=of) for letter in "ABCDEFGHIJKLMNOP"[:number]]


def test_agreement_of_ten_claims_has_shares_and_measures(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    maturity.shipped("2017", "2019")
    blocks.make_audited(make_units(10))
    with django_assert_num_queries(4):  # by theme, by group, names of themes, names of groups
        data = gathered("audit-agreement")
    laid = pieces("audit-agreement", data)
    assert "Of 10 audited claims 9 were confirmed, 1 was too high and 0 too low." in words(laid)
    claimed = table(laid, "agreement")
    assert claimed["Claimed: 4"] == ("0", "0", "1", "9", "0", "10")
    # Wilson's interval of 9 in 10, as tables of it have it: 59.6% to 98.2%.
    assert table(laid, "agreement-themes")["Leadership"] == ("10", "9", "90%", "60% to 98%", "10", "1", "0")
    assert table(laid, "agreement-groups")["North"][:3] == ("10", "9", "90%")
    assert "agreement-measures" in [one.anchor for one in tables(laid)]
    without = pieces("audit-agreement", data, measures=False)
    assert "agreement-measures" not in [one.anchor for one in tables(without)]
    assert named("audit-agreement", data)["agreement.confirmed"] == "9"


def test_agreement_of_fewer_than_ten_claims_has_counts_only() -> None:
    maturity.shipped("2017", "2019")
    blocks.make_audited(make_units(9))
    laid = pieces("audit-agreement", gathered("audit-agreement"))
    assert table(laid, "agreement-themes")["Leadership"][:4] == ("9", "8", "–", "–")
    assert [one.anchor for one in tables(laid)] == ["agreement", "agreement-themes", "agreement-groups"]


def test_without_a_judged_claim_there_is_no_agreement() -> None:
    assert BLOCKS["audit-agreement"].source.gather(asked()) is None


# --- Actions, statements, services ------------------------------------------------------------------------------------


def test_actions_are_counted_by_group_and_their_words_stay_where_they_are(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    north, south = make_units(1)[0], make_units(1, "South")[0]
    make_action(north, "Overdue one", due=date(2025, 7, 1), at=blocks.EARLY)
    make_action(north, "Open one", due=date(2026, 7, 1), at=blocks.EARLY)
    blocks.close(make_action(south, "Closed one", at=blocks.EARLY))
    with django_assert_num_queries(2):  # memberships, counts by unit
        data = gathered("actions")
    laid = pieces("actions", data)
    assert "On 20 October 2025, 2 actions were open, 1 of them with a task overdue; 1 had been closed" in words(laid)
    assert table(laid, "actions") == {
        "North": ("2", "1 of 2 (50%)", "0"),
        "South": ("0", "0 of 0", "1"),
        "All of these": ("2", "1 of 2 (50%)", "1"),
    }
    assert table(pieces("actions", data, groups=["south"]), "actions") == {"South": ("0", "0 of 0", "1")}
    assert named("actions", data) == {"actions." + name: number for name, number in zip(COUNTED, "211", strict=True)}
    assert "one" not in json.dumps(data)  # their titles


def test_reports_received_and_awaited_by_quarter_and_group(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    maturity.shipped("2017", "2019")
    north, south = make_units(2), make_units(1, "South")
    late = Said("signed", {"leadership": 3}, signed_on=date(2025, 6, 1))  # due on 31 May
    blocks.make_statements(north, blocks.FIRST, Said("accepted", {"leadership": 3}), late)
    blocks.make_statements(south, blocks.SECOND, Said("accepted", {"leadership": 3}))
    with django_assert_num_queries(11):  # units and statements of four halves, groups, roll-ups: who has and who is to
        data = gathered("statements-received")
    laid = pieces("statements-received", data)
    assert "1 of 3 statements expected has been received; 2 are awaited" in words(laid)
    assert table(laid, "statements") == {
        "Q1 2025/26": ("3", "2 of 3 (67%)", "1 of 3 (33%)", "1 of 3 (33%)", "1 of 3 (33%)"),
        "Q2 2025/26": ("3", "1 of 3 (33%)", "1 of 3 (33%)", "0 of 3 (0%)", "2 of 3 (67%)"),
    }
    assert table(laid, "statements-by-group") == {
        "North": ("2 of 2 (100%)", "0 of 2 (0%)"),
        "South": ("0 of 1 (0%)", "1 of 1 (100%)"),
        "All of these": ("2 of 3 (67%)", "1 of 3 (33%)"),
    }
    assert "awaited: North and South" in words(laid)
    assert len(table(pieces("statements-received", data, quarters=8), "statements")) == 8
    assert list(table(pieces("statements-received", data, groups=["south"]), "statements-by-group")) == ["South"]
    assert "Roll-ups" not in words(pieces("statements-received", data, roll_ups=False))


def test_services_are_a_plans_and_nothing_of_another_is_kept(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    unit = make_unit()
    blocks.make_plan("New services", unit)
    assert BLOCKS["services"].source.gather(asked("services")) is None
    assert BLOCKS["services"].source.gather(asked("services", plan="Another plan")) is None
    with django_assert_num_queries(2):  # the plan's actions, their tasks
        data = gathered("services", plan="New services")
    laid = pieces("services", data, plan="New services")
    found = next(tables(laid))
    assert [(row.heading, *row.figures) for row in found.rows] == [
        ("A health hub", "Open the doors", "1 September 2025", "Reached on 3 September 2025"),
        ("A health hub", "See every officer", "Spring 2026", "To come"),
        ("A help line", "The whole of it", "1 August 2025", "Closed with the service"),
    ]
    assert "2 services with milestones; 1 of them is completed." in words(laid)


def test_objectives_say_how_each_stands(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_objective()  # of 2026/27
    there = Asked(HALF, date(2026, 5, 1), TODAY)
    with django_assert_num_queries(2):
        data = BLOCKS["objectives"].source.gather(there)
    assert "Every unit at level 3 (Head of Safety): nothing has been said of it yet." in words(
        pieces("objectives", data)
    )
    assert BLOCKS["objectives"].source.gather(asked()) is None


# --- The blank form and the charts ------------------------------------------------------------------------------------


def test_the_blank_statement_has_room_for_every_theme(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    maturity.shipped("2017", "2019")
    with django_assert_num_queries(4):  # the edition, its levels, themes and criteria
        data = gathered("blank-statement")
    laid = list(tables(pieces("blank-statement", data)))
    assert len(laid) == 12  # the themes of the edition of 2019
    assert all(one.has_room and {row.figures for row in one.rows} == {("",)} for one in laid)
    unscored = next(one for one in laid if one.anchor == "blank-wellbeing")
    assert "Level held" not in [row.heading for row in unscored.rows]
    described = [one.anchor for one in tables(pieces("blank-statement", data, criteria=True))]
    assert len(described) == 12 + 11  # and what describes the levels of those that are scored


@pytest.fixture
def counted() -> None:
    """The source's figures of two years."""
    source = json.loads(REFERENCE.read_text(encoding="utf-8"))["rows"]
    injuries.load_indicators()
    injuries.table_1(source, {"police": "police-officers", "pcso": "pcsos", "ddo": "ddos"})


@pytest.mark.usefixtures("counted")
def test_charts_are_those_that_blocks_ask_for(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    options: list[dict[str, Any]] = [
        {"indicators": ["assaults-with-injury"]},
        {"indicators": ["assaults-with-injury"], "months": 12},
    ]
    there = Asked(HALF, date(2019, 9, 18), TODAY, {"injury_charts": options})
    with django_assert_num_queries(7):  # the latest month, indicators, counts (2), headcounts (2), changes in reporting
        data = frozen(BLOCKS["injury-charts"].source.gather(there))
    assert list(data["indicators"]) == ["assaults-with-injury"]  # and none of those that no block prints
    (chart,) = [piece.chart for piece in pieces("injury-charts", data, **options[0]) if getattr(piece, "chart", None)]
    assert chart.anchor == "over-time-assaults-with-injury"
    assert len(chart.numbers.rows) == 24  # the months of the source
    assert sum(int(row.figures[0]) for row in chart.numbers.rows) == 1890 + 23 + 80 + 1851 + 19 + 40
    assert chart.numbers.is_long  # so that it may run over the end of a sheet
    shorter = list(tables(pieces("injury-charts", data, **options[1])))
    assert [(len(one.rows), one.is_long) for one in shorter] == [(12, False)]


@pytest.mark.usefixtures("counted")
def test_one_period_by_itself_says_nothing_of_another() -> None:
    data = BLOCKS["injury-table"].source.gather(Asked(HALF, date(2019, 9, 18), TODAY))
    laid = pieces("injury-table", data, indicators=["assaults-with-injury"], comparison=False)
    found = next(tables(laid))
    assert len(found.columns) == 3
    assert [row.figures[0] for row in found.rows] == ["1,890", "19", "80"]
    assert "chance" not in words(laid)


def test_a_group_chosen_has_a_column_and_the_force_keeps_its_own() -> None:
    make_rollup("North", north())
    make_rollup("South", south())
    data = gathered("maturity-position")
    found = next(
        piece.table for piece in pieces("maturity-position", data, groups=["south"]) if getattr(piece, "table", None)
    )
    assert found.columns == ("South", "All groups")
    assert [cell.note for cell in found.rows[0].cells] == ["1 of 1", "3 of 4"]
    listed = [piece.table for piece in pieces("unit-levels", data, groups=["south"]) if getattr(piece, "table", None)]
    assert [one.caption for one in listed] == ["South: 1 of 1 units signed"]


def test_the_custody_report_by_itself() -> None:
    injuries.load_indicators()
    injuries.the_sources_custody()
    data = BLOCKS["custody"].source.gather(Asked(HALF, date(2019, 9, 18), TODAY))
    assert len(next(tables(pieces("custody", data))).columns) == 6
    alone = pieces("custody", data, comparison=False)
    assert len(next(tables(alone)).columns) == 3
    assert "<li>" not in words(alone)


def test_every_block_says_what_it_prints_and_declares_options_that_hold() -> None:
    for block in BLOCKS.values():
        assert block.meaning
        assert [option.fault(option.usual) for option in block.options] == [""] * len(block.options), block.kind
