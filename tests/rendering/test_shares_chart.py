"""The chart of a share over time: what is drawn, what is said, and that no text becomes markup."""

from __future__ import annotations

import re
from datetime import date

import pytest
from lxml import etree  # type: ignore[import-untyped]  # ships no types

from rendering.charts.shares import Share, Step, shares_over_time

SVG = "{http://www.w3.org/2000/svg}"
DAYS = [date(2018, 9, 30), date(2018, 12, 31), date(2019, 3, 31), date(2019, 6, 30)]


def share(day: date, value: float, *, basis: str = "48 over 17", is_below: bool = False) -> Share:
    return Share(day, value, value - 0.01, min(1.0, value + 0.01), basis=basis, is_below=is_below)


def drawn(shares: list[Share], targets: list[Step] | None = None, title: str = "Working time") -> etree._Element:
    return etree.fromstring(shares_over_time(shares, targets or [], chart_id="c", title=title))


def texts(chart: etree._Element) -> list[str]:
    return [str(text.text) for text in chart.iter(f"{SVG}text")]


def said(chart: etree._Element) -> str:
    title = chart.find(f"{SVG}title")
    assert title is not None
    return str(title.text)


def test_the_chart_says_what_it_shows() -> None:
    shares = [share(day, value) for day, value in zip(DAYS, (0.96, 0.97, 0.965), strict=False)]
    chart = drawn([*shares, share(DAYS[3], 0.955, is_below=True)], [(DAYS[0], 0.96)])
    assert said(chart) == (
        "Working time. From 30 September 2018 to 30 June 2019: lowest 95.5% on 30 June 2019, highest 97.0% on "
        "31 December 2018. Below the target: 30 June 2019."
    )
    assert "Below the target" in texts(chart)
    assert chart.get("role") == "img"


def test_a_scale_that_does_not_begin_at_nought_says_where_it_begins() -> None:
    chart = drawn([share(DAYS[0], 0.97), share(DAYS[1], 0.98)])
    [line] = [text for text in texts(chart) if "The scale begins at" in text]
    lowest = re.search(r"begins at ([\d.]+%)", line)
    assert lowest
    assert lowest[1] in texts(chart)
    assert float(lowest[1].rstrip("%")) <= 96.0
    assert "100%" in texts(chart)
    assert not any("The scale begins" in text for text in texts(drawn([share(DAYS[0], 0.01)])))


def test_a_target_is_a_dashed_line_in_steps_where_there_is_one() -> None:
    two = [(date(2018, 1, 1), 0.96), (date(2019, 1, 1), 0.98)]
    with_steps = drawn([share(DAYS[0], 0.97), share(DAYS[3], 0.97)], two)
    [line] = with_steps.iterfind(f".//{SVG}path[@class='chart-target']")
    assert line.get("stroke-dasharray")
    assert line.get("d", "").count("V") == 1
    assert not list(drawn([share(DAYS[0], 0.97)]).iterfind(f".//{SVG}path[@class='chart-target']"))
    later = drawn([share(DAYS[0], 0.97)], [(date(2030, 1, 1), 0.5)])
    assert "no target" in said(later)


def test_what_was_measured_in_another_way_is_hollow_and_not_joined() -> None:
    alike = drawn([share(day, 0.97) for day in DAYS[:2]])
    other = drawn([share(DAYS[0], 0.97, basis="48 over 26"), share(DAYS[1], 0.97)])
    assert list(alike.iterfind(f".//{SVG}path[@class='chart-line']"))
    assert not list(other.iterfind(f".//{SVG}path[@class='chart-line']"))
    assert len(list(other.iterfind(f".//{SVG}circle[@class='chart-hollow']"))) == 2  # the mark, and the legend’s
    assert not list(alike.iterfind(".//*[@class='chart-hollow']"))


@pytest.mark.parametrize("values", [(1.0, 1.0), (0.0, 1.0), (0.5, 0.999), (0.9999, 1.0)])
def test_every_mark_lies_within_the_drawing(values: tuple[float, float]) -> None:
    shares = [
        Share(day, value, max(0.0, value - 0.3), 1.0, basis="b") for day, value in zip(DAYS, values, strict=False)
    ]
    chart = drawn(shares, [(DAYS[0], 0.2)])
    width, height = map(float, chart.get("viewBox", "").split()[2:])
    for circle in chart.iter(f"{SVG}circle"):
        assert 0 <= float(circle.get("cx", "nan")) <= width
        assert 0 <= float(circle.get("cy", "nan")) <= height


def test_a_single_reading_is_drawn_with_its_target_across() -> None:
    chart = drawn([share(DAYS[0], 0.97)], [(DAYS[0], 0.98)])
    [line] = chart.iterfind(f".//{SVG}path[@class='chart-target']")
    left, right = map(float, re.findall(r"[MH]([\d.]+)", line.get("d", "")))
    assert right - left > 600
    assert said(chart).startswith("Working time. On 30 September 2018: 97.0%.")


def test_nothing_is_not_drawn_and_words_stay_words() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        shares_over_time([], [], chart_id="c", title="T")
    assert said(drawn([share(DAYS[0], 0.97)], title="<b>&")).startswith("<b>&.")
