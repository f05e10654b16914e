"""Three readings of a theme as a reader and a screen reader meet them: where marks stand, and what stands beside."""

import re
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from rendering.charts.readings import WIDTH, Mark, ReadingsRow, alternative, three_readings

SVG = "{http://www.w3.org/2000/svg}"
LEADERSHIP = ReadingsRow("Leadership", Mark(4, "4"), Mark(2, "2"), Mark(Fraction(1, 4), "25%"))
AUDIT = ReadingsRow(
    "Audit", Mark(None, "Nothing signed"), Mark(None, "Not audited"), Mark(None, "Fewer than ten respondents")
)


def chart(*rows: ReadingsRow, levels: int = 5) -> ElementTree.Element:
    drawn = three_readings(rows, chart_id="chart", title="Three readings", levels=levels)
    return ElementTree.fromstring(drawn)  # noqa: S314  # our own text


def circles(drawing: ElementTree.Element) -> list[float]:
    """Where claims stand, behind the one of the legend."""
    return [float(one.get("cx", "")) for one in drawing.iter(f"{SVG}circle")][1:]


def diamonds(drawing: ElementTree.Element) -> list[float]:
    """Where verdicts stand, behind the one of the legend. A path begins at its left corner."""
    found = [one.get("d", "") for one in drawing.iter(f"{SVG}path") if one.get("class") == "chart-hollow"]
    return [float(re.match(r"M([\d.]+)", path).group(1)) + 6 for path in found][1:]  # type: ignore[union-attr]  # found


def words(drawing: ElementTree.Element) -> dict[str, float]:
    return {one.text or "": float(one.get("x", "")) for one in drawing.iter(f"{SVG}text")}


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_claim_and_verdict_stand_below_the_number_of_their_level(level: int) -> None:
    drawing = chart(ReadingsRow("Audit", Mark(level, "claim"), Mark(level, "verdict"), Mark(None, "Not asked")))
    scale = words(drawing)
    assert circles(drawing) == diamonds(drawing) == [pytest.approx(scale[str(level)], abs=0.1)]


def test_a_median_between_two_levels_stands_halfway() -> None:
    drawing = chart(ReadingsRow("Audit", Mark(Fraction(7, 2), "3–4"), Mark(None, "–"), Mark(None, "–")))
    scale = words(drawing)
    assert circles(drawing) == [pytest.approx((scale["3"] + scale["4"]) / 2, abs=0.1)]


def test_equal_claim_and_verdict_do_not_cover_each_other() -> None:
    drawing = chart(ReadingsRow("Audit", Mark(3, "3"), Mark(3, "3"), Mark(None, "Not asked")))
    claim = [float(one.get("cy", "")) for one in drawing.iter(f"{SVG}circle")][1]
    hollow = [one.get("d", "") for one in drawing.iter(f"{SVG}path") if one.get("class") == "chart-hollow"][1]
    verdict = float(hollow.split("l")[0].split(" ")[1])
    assert verdict - claim >= 12


def test_what_is_not_known_is_said_where_its_mark_would_begin_and_has_none() -> None:
    drawing = chart(AUDIT)
    assert circles(drawing) == diamonds(drawing) == []
    assert {"Nothing signed", "Not audited", "Fewer than ten respondents"} <= set(words(drawing))


def test_every_mark_has_its_value_in_words_behind_it() -> None:
    drawing = chart(ReadingsRow("Audit", Mark(4, "claim 4"), Mark(2, "verdict 2"), Mark(Fraction(1, 4), "quarter")))
    said = words(drawing)
    assert said["claim 4"] > circles(drawing)[0]
    assert said["verdict 2"] > diamonds(drawing)[0]
    assert said["quarter"] == pytest.approx(said["0%"] + (said["100%"] - said["0%"]) / 4 + 10, abs=0.2)


def test_nothing_runs_out_of_the_picture() -> None:
    full = ReadingsRow("Audit", Mark(5, "5"), Mark(5, "5"), Mark(Fraction(1), "100%"))
    drawing = chart(LEADERSHIP, AUDIT, full)
    for text in drawing.iter(f"{SVG}text"):
        assert float(text.get("x", "")) + 6 * len(text.text or "") <= WIDTH
        assert float(text.get("y", "")) <= float(drawing.get("height", ""))


def test_the_alternative_says_all_that_the_picture_shows() -> None:
    assert alternative([LEADERSHIP, AUDIT], title="Three readings") == (
        "Three readings. Leadership: claimed, 4; validated, 2; staff who agree, 25%. Audit: claimed, nothing signed; "
        "validated, not audited; staff who agree, fewer than ten respondents."
    )
    [title] = chart(LEADERSHIP, AUDIT).iter(f"{SVG}title")
    assert title.text == alternative([LEADERSHIP, AUDIT], title="Three readings")


def test_words_of_people_stay_words() -> None:
    hostile = ReadingsRow("<script>", Mark(None, "<b>"), Mark(None, "&"), Mark(None, '"'))
    assert {"<script>", "<b>", "&", '"'} <= set(words(chart(hostile)))


def test_a_model_without_levels_draws_no_scale() -> None:
    assert not set("12345") & set(words(chart(levels=0)))
