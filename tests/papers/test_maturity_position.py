"""Adding up groups and saying what the sums show, on numbers made by hand."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from assurance.rollup import AuditedClaims, ThemeDistribution
from papers.contents.maturity_position import (
    GroupRollup,
    audited_text,
    coverage_text,
    denominators_text,
    force_coverage,
    force_distribution,
    medians_text,
    position,
    sources_text,
)
from rendering.formats import listed
from tests.factories.papers import HALF, figures, north, reading, south

FIRST, SECOND = date(2025, 10, 3), date(2025, 10, 5)


def both(awaited: tuple[str, ...] = ()) -> dict[str, Any]:
    return position(
        half=HALF,
        rollups=[GroupRollup("North", FIRST, north()), GroupRollup("South", SECOND, south())],
        awaited=awaited,
    )


def test_units_at_each_level_are_added_up_theme_by_theme() -> None:
    rows = {row["identity"]: row for row in force_distribution([north(), south()])}
    assert rows["leadership"]["counts"] == [0, 0, 1, 1, 1]
    assert rows["leadership"]["nothing_signed"] == 1
    assert rows["audit"]["counts"] == [0, 1, 1, 0, 0]
    assert (rows["audit"]["no_level"], rows["audit"]["nothing_signed"]) == (1, 1)


def test_the_forces_median_is_that_of_all_units_not_of_the_groups_medians() -> None:
    many = figures(distribution=[ThemeDistribution("leadership", "Leadership", True, (0, 0, 5, 0, 0), 0, 0, "3", 3)])
    few = figures(distribution=[ThemeDistribution("leadership", "Leadership", True, (0, 0, 0, 0, 1), 0, 0, "5", 5)])
    assert force_distribution([many, few])[0]["median"] == "3"


def test_a_median_between_two_levels_names_both() -> None:
    assert {row["identity"]: row["median"] for row in force_distribution([north(), south()])}["audit"] == "2–3"


def test_an_unscored_theme_stays_in_the_list_without_counts() -> None:
    wellbeing = force_distribution([north(), south()])[1]
    assert (wellbeing["name"], wellbeing["scored"], wellbeing["counts"], wellbeing["median"]) == (
        "Wellbeing", False, [], "",
    )  # fmt: skip


def test_coverage_is_added_up_by_quarter() -> None:
    first, second = force_coverage(HALF, [north(), south()])
    assert first == {
        "quarter": "2025/26-Q1", "expected": 4, "signed": 3, "accepted": 3, "signed_late": 1, "nothing_signed": 1,
    }  # fmt: skip
    assert (second["signed"], second["accepted"], second["signed_late"]) == (3, 1, 1)


def test_the_coverage_sentence_gives_counts_with_what_they_are_of() -> None:
    text = coverage_text(both())
    assert (
        "For Q1 2025/26 (April to June 2025), 3 of the 4 statements expected were signed (75%), 1 of them after the "
        "day they were due; 3 have been accepted and 1 unit signed nothing." in text
    )
    assert "For Q2 2025/26 (July to September 2025)" in text


def test_a_quarter_that_no_roll_up_has_reached_is_not_spoken_of() -> None:
    early = figures(coverage=((2, 1, 1, 0, 1), (0, 0, 0, 0, 0)), distribution=[])
    early["coverage"] = early["coverage"][:1]
    text = coverage_text(position(half=HALF, rollups=[GroupRollup("North", FIRST, early)], awaited=()))
    assert text.startswith("For Q1 2025/26")
    assert "Q2" not in text


def test_a_quarter_without_expected_statements_has_no_share() -> None:
    nothing = figures(coverage=((0, 0, 0, 0, 0), (1, 1, 1, 0, 0)), distribution=[])
    text = coverage_text(position(half=HALF, rollups=[GroupRollup("North", FIRST, nothing)], awaited=()))
    assert text.startswith("No statement was expected for Q1 2025/26 (April to June 2025).")


def test_the_sources_sentence_says_when_how_many_and_that_they_are_drafts() -> None:
    text = sources_text(both(awaited=("East", "West")))
    assert "roll-ups of 2 of 4 business groups, built between 3 October 2025 and 5 October 2025" in text
    assert "drafts that the Chief Officer Group (COG) leads have not issued yet" in text
    assert "A roll-up is awaited from East and West: their units are not in any figure here." in text


def test_the_sources_sentence_tells_issued_roll_ups_with_version_and_day_from_drafts() -> None:
    issued = GroupRollup("North", FIRST, north(), version=2, issued_on=date(2025, 10, 20))
    draft = GroupRollup("South", SECOND, south())
    text = sources_text(position(half=HALF, rollups=[issued, draft], awaited=()))
    assert "Issued by the Chief Officer Group (COG) lead: North (version 2, 20 October 2025)." in text
    assert "The roll-up of South is a draft." in text
    assert "have not issued yet" not in text
    alone = sources_text(position(half=HALF, rollups=[issued], awaited=()))
    assert "draft" not in alone


def test_a_paper_frozen_before_roll_ups_were_issued_reads_as_it_did() -> None:
    old = both()
    for group in old["groups"]:
        del group["version"], group["issued_on"]
    assert "drafts that the Chief Officer Group (COG) leads have not issued yet" in sources_text(old)


def test_how_audited_claims_came_out_is_said_with_its_last_day() -> None:
    claims = AuditedClaims(claims=84, confirmed=61, too_high=19, too_low=4, not_enough_evidence=3)
    told = position(half=HALF, rollups=[GroupRollup("North", FIRST, north())], awaited=(), audited_claims=claims)
    assert audited_text(json.loads(json.dumps(told))) == (
        "Of 84 audited claims 61 were confirmed, 19 were too high and 4 too low. "
        "That counts the audit reports issued until 30 September 2025."
    )


def test_a_paper_frozen_before_claims_were_audited_says_nothing_of_them() -> None:
    old = both()
    del old["audited_claims"]
    assert audited_text(old) == ""


def test_without_roll_ups_the_sources_sentence_says_so() -> None:
    empty = position(half=HALF, rollups=[], awaited=["East"])
    assert sources_text(empty) == "No business group’s roll-up has been built yet, so there are no figures."
    assert (empty["level_names"], empty["themes"], empty["distribution"]) == ([], [], [])


def test_the_lowest_median_is_named_with_its_place() -> None:
    assert medians_text(both()) == "The lowest median is level 2, in 1 of 4 cells: Assurance and Audit in North."


def test_a_median_between_levels_is_higher_than_the_lower_one_of_them() -> None:
    rows = [
        ThemeDistribution("leadership", "Leadership", True, (0, 1, 1, 0, 0), 0, 0, "2–3", 2),
        ThemeDistribution("audit", "Assurance and Audit", True, (0, 1, 0, 0, 0), 0, 0, "2", 2),
    ]
    one = position(half=HALF, rollups=[GroupRollup("North", FIRST, figures(distribution=rows))], awaited=())
    assert medians_text(one) == "The lowest median is level 2, in 1 of 2 cells: Assurance and Audit in North."


def test_equal_medians_are_not_listed() -> None:
    rows = [ThemeDistribution("audit", "Assurance and Audit", True, (0, 0, 1, 0, 0), 0, 0, "3", 3)]
    one = position(half=HALF, rollups=[GroupRollup("North", FIRST, figures(distribution=rows))], awaited=())
    assert medians_text(one) == "Every median is level 3."


def test_the_denominators_sentence_names_silent_units_missing_levels_and_unscored_themes() -> None:
    text = denominators_text(both())
    assert "Each bar stands for the 4 units of these groups; 1 unit signed nothing in the half-year" in text
    assert "gave a reason in place of a level the bar is shorter; the table below the chart counts them." in text
    assert text.endswith("Not scored in this edition of the model: Wellbeing.")


def test_a_group_keeps_its_units_with_what_they_signed() -> None:
    rows = both()["groups"][0]["rows"]
    assert [row["unit"] for row in rows] == ["Alder Unit", "Beech Unit", "Cedar Unit"]
    assert rows[0]["levels"] == {"leadership": 3, "wellbeing": None, "audit": 2}
    assert (rows[1]["quarter"], rows[1]["status"]) == ("2025/26-Q1", "signed")
    assert rows[2]["status"] is None


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [listed(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == ["", "A", "A and B", "A, B and C"]


def test_a_unit_that_reports_is_counted_once() -> None:
    one = figures(units=[reading("Elm", {"leadership": 3}), reading("Fir", None)], distribution=[])
    group = position(half=HALF, rollups=[GroupRollup("North", FIRST, one)], awaited=())["groups"][0]
    assert (group["reporting"], group["units"]) == (1, 2)
