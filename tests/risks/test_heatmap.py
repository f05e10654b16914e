"""The heat map: where risks are placed, what its cells say, and that the words alone are enough to draw it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.heatmap import Band, OnTheMap, Scale, heat_map, in_order
from risks.trend import Place

SCALE = Scale(
    ("Rare", "Unlikely", "Possible", "Likely", "Almost certain"),
    ("Negligible", "Minor", "Moderate", "Major", "Severe"),
    (Band("Low", 1, 1), Band("Medium", 5, 2), Band("High", 10, 3), Band("Very high", 16, 4)),
)
places = st.builds(Place, st.integers(1, 5), st.integers(1, 5))


BANDS = [
    (1, "Low"),
    (4, "Low"),
    (5, "Medium"),
    (9, "Medium"),
    (10, "High"),
    (15, "High"),
    (16, "Very high"),
    (25, "Very high"),
]
NO_BANDS: list[tuple[Band, ...]] = [
    (),
    (Band("Low", 2, 1),),
    (Band("Low", 1, 1), Band("High", 1, 2)),
    (Band("Low", 1, 1), Band("Medium", 9, 2), Band("High", 5, 3)),
]


@pytest.mark.parametrize(("score", "band"), BANDS)
def test_a_score_lies_in_the_band_that_begins_at_or_below_it(score: int, band: str) -> None:
    assert SCALE.band(score).name == band


def test_a_scale_without_five_points_or_without_a_lowest_band_is_none() -> None:
    with pytest.raises(ValueError, match="names 5 points"):
        Scale(("Rare",), SCALE.impact, SCALE.bands)
    for bands in NO_BANDS:
        with pytest.raises(ValueError, match="Bands begin with score 1"):
            Scale(SCALE.likelihood, SCALE.impact, bands)


def test_the_grid_has_the_highest_likelihood_first_and_the_lowest_impact_left() -> None:
    found = heat_map([OnTheMap("2", Place(5, 1)), OnTheMap("17", Place(1, 5))], SCALE)
    assert [row.likelihood for row in found.rows] == [5, 4, 3, 2, 1]
    assert found.rows[0].cells[0].risks == ("2",)
    assert found.rows[4].cells[4].risks == ("17",)
    assert [name for _, name in found.columns] == list(SCALE.impact)


def test_a_risk_that_moved_leaves_a_mark_and_one_that_did_not_leaves_none() -> None:
    found = heat_map([OnTheMap("2", Place(2, 2), Place(4, 4)), OnTheMap("17", Place(3, 3), Place(3, 3))], SCALE)
    assert found.rows[1].cells[3].left == ("2",)
    assert found.rows[1].cells[3].words == "16, very high. Risk 2 was here before."
    assert found.rows[2].cells[2].words == "9, medium. Risk 17."
    assert found.sentence == "Medium: risk 17; Low: risk 2."


def test_an_empty_map_says_so() -> None:
    assert heat_map([], SCALE).sentence == "No risk is on the map."


def test_references_go_by_their_numbers() -> None:
    assert sorted(["34", "3a-d", "17", "2", "3a"], key=in_order) == ["2", "3a", "3a-d", "17", "34"]


@given(st.dictionaries(st.integers(1, 60).map(str), st.tuples(places, st.none() | places), max_size=12))
def test_the_grid_can_be_rebuilt_from_its_words_alone(risks: dict[str, tuple[Place, Place | None]]) -> None:
    found = heat_map([OnTheMap(name, place, before) for name, (place, before) in risks.items()], SCALE)
    here: dict[str, Place] = {}
    left: dict[str, Place] = {}
    for row in found.rows:
        for impact, cell in enumerate(row.cells, start=1):
            score = re.match(r"(\d+), ", cell.words)
            assert score is not None
            assert int(score[1]) == row.likelihood * impact
            for sentence in cell.words.split(". ")[1:]:
                into = left if "here before" in sentence else here
                into.update(dict.fromkeys(re.findall(r"\d+", sentence), Place(row.likelihood, impact)))
    assert here == {name: place for name, (place, _) in risks.items()}
    assert left == {name: before for name, (place, before) in risks.items() if before and before != place}
