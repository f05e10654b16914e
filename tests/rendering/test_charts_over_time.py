"""Charts of a rate over time and of units in a funnel: what is drawn, what is said, and that no text becomes markup."""

from __future__ import annotations

import re

import pytest
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from rendering.charts.control import Moment, over_time
from rendering.charts.funnel import Dot, Sides, funnel
from rendering.charts.scales import step_of

SVG = "{http://www.w3.org/2000/svg}"


def drawn(moments: list[Moment]) -> etree._Element:
    return etree.fromstring(over_time(moments, chart_id="c", title="Falls", measure="Rate"))


def texts(chart: etree._Element) -> list[str]:
    return [str(text.text) for text in chart.iter(f"{SVG}text")]


def test_points_outside_the_limits_are_diamonds_with_a_word() -> None:
    chart = drawn(
        [
            Moment("July 2018", 2.0, 2.0, 0.0, 5.0),
            Moment("August 2018", 9.0, 2.0, 0.0, 5.0, outside=1),
            Moment("September 2018", 3.0, 2.0, 0.0, 5.0, is_provisional=True),
        ]
    )
    assert texts(chart).count("high") == 1
    title = chart.find(f"{SVG}title")
    assert title is not None
    assert title.text == (
        "Falls. From July 2018 to September 2018; lowest 2.00 in July 2018, highest 9.00 in August 2018. "
        "Outside the limits: August 2018."
    )
    assert "Provisional" in texts(chart)


def test_a_month_without_a_value_breaks_the_line_and_is_no_point() -> None:
    whole = over_time([Moment("A", 1.0), Moment("B", 2.0), Moment("C", 3.0)], chart_id="c", title="T", measure="M")
    gap = over_time([Moment("A", 1.0), Moment("B", None), Moment("C", 3.0)], chart_id="c", title="T", measure="M")
    assert len(re.findall("<circle", whole)) == len(re.findall("<circle", gap)) + 1
    assert 'class="chart-line"' in whole
    assert 'class="chart-line"' not in gap


def test_every_value_lies_within_the_drawing() -> None:
    chart = drawn([Moment(f"Month {n}", value, 3.0, 0.0, 12.3) for n, value in enumerate((0.0, 0.001, 12.0, 7.7))])
    height = float(chart.get("viewBox", "").split()[3])
    for circle in chart.iter(f"{SVG}circle"):
        assert 0 <= float(circle.get("cy", "nan")) <= height


@pytest.mark.parametrize(("most", "step"), [(0, 1.0), (6, 1.0), (7, 2.0), (0.05, 0.01), (1200, 200.0), (31, 10.0)])
def test_the_grid_goes_in_ones_twos_and_fives(most: float, step: float) -> None:
    assert step_of(most) == pytest.approx(step)


def test_a_unit_outside_the_funnel_is_named_and_no_name_becomes_markup() -> None:
    sides = Sides([(100, 1), (2000, 3)], [(100, 9), (2000, 6)])
    dots = [Dot("<b>Mill</b>", 500, 8.5, 1), Dot("Quay", 1500, 4.0), Dot("Dale", 1900, 1.0, -1)]
    text = funnel(dots, mean=4.5, inner=sides, outer=sides, chart_id="f", title="Units", size="People", rate="Rate")
    chart = etree.fromstring(text)
    assert "<b>Mill</b>" in texts(chart)
    assert "Quay" not in texts(chart)
    title = chart.find(f"{SVG}title")
    assert title is not None
    assert title.text is not None
    assert title.text.endswith("Outside the outer limits: <b>Mill</b> (above) and Dale (below).")


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        over_time([], chart_id="c", title="T", measure="M")
    none = Sides((), ())
    with pytest.raises(ValueError, match="nothing to draw"):
        funnel([], mean=1, inner=none, outer=none, chart_id="c", title="T", size="S", rate="R")
