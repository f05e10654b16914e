"""The chart as a reader, a screen reader and a browser without inline styles meet it."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from rendering.charts.distribution import WIDTH, DistributionRow, alternative, sentence, stacked_bars
from tests.rendering.conftest import DISTRIBUTION, LEVEL_NAMES

SVG = "{http://www.w3.org/2000/svg}"
FOUR = DistributionRow("Leadership", (1, 0, 2, 0, 0), 1)


def chart(*rows: DistributionRow, chart_id: str = "chart", title: str = "Units by level") -> ElementTree.Element:
    drawn = stacked_bars(rows, chart_id=chart_id, title=title, level_names=LEVEL_NAMES)
    return ElementTree.fromstring(drawn)  # noqa: S314  # our own text


def words(drawing: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in drawing.iter(f"{SVG}text")]


def bars(drawing: ElementTree.Element) -> list[tuple[str, float]]:
    """Class and width of the areas right of the labels and below the legend."""
    return [
        (area.get("class", ""), float(area.get("width", "")))
        for area in drawing.iter(f"{SVG}rect")
        if area.get("class") and float(area.get("height", "")) > 12
    ]


def test_the_parts_are_as_wide_as_their_numbers() -> None:
    parts = bars(chart(FOUR))
    assert [name for name, _ in parts] == ["chart-level-1", "chart-level-3", "chart-level-none"]
    one, two, none = (width for _, width in parts)
    gap = 2
    assert two + gap == pytest.approx(2 * (one + gap), abs=0.2)
    assert none == pytest.approx(one, abs=0.2)


def test_the_longest_bar_fills_the_width_and_others_keep_its_scale() -> None:
    parts = bars(chart(FOUR, DistributionRow("Audit", (0, 0, 8, 0, 0), 0)))
    widths = [width for _, width in parts]
    assert widths[3] + 2 == pytest.approx(8 * (widths[0] + 2), abs=0.9)
    assert 400 < widths[3] < WIDTH


def test_every_number_that_fits_is_printed() -> None:
    assert words(chart(FOUR))[-3:] == ["1", "2", "1"]


def test_numbers_never_overlap() -> None:
    drawing = chart(DistributionRow("Leadership", (1, 1, 1, 1, 1), 995))
    numbers = [element for element in drawing.iter(f"{SVG}text") if "chart-number" in element.get("class", "")]
    assert [number.text for number in numbers] == ["1", "995"]


def test_the_legend_has_number_and_name_of_each_level_and_what_is_missing() -> None:
    assert words(chart(FOUR))[:6] == [
        "1 Negative culture and failing",
        "2 Reactive culture",
        "3 Compliant culture",
        "4 Proactive culture",
        "5 Resilient and self-driven culture",
        "Nothing signed",
    ]


def test_the_alternative_says_all_the_numbers() -> None:
    assert alternative(DISTRIBUTION[:2], title="Units by level", level_names=LEVEL_NAMES) == (
        "Units by level. Levels: 1 Negative culture and failing, 2 Reactive culture, 3 Compliant culture, "
        "4 Proactive culture, 5 Resilient and self-driven culture. Leadership, 65 units: level 1, 1; level 2, 13; "
        "level 3, 23; level 4, 4; level 5, 2; nothing signed, 22. Wellbeing: not scored."
    )


def test_it_is_one_image_named_by_its_title() -> None:
    drawing = chart(*DISTRIBUTION, chart_id="force")
    title = drawing[0]
    assert drawing.get("role") == "img"
    assert title.tag == f"{SVG}title"
    assert drawing.get("aria-labelledby") == title.get("id") == "force-title"
    assert "level 3, 23" in (title.text or "")


def test_two_charts_on_a_page_share_no_id_and_refer_to_their_own() -> None:
    one, other = (
        stacked_bars(DISTRIBUTION, chart_id=name, title="Units", level_names=LEVEL_NAMES) for name in ("one", "other")
    )
    ids = [set(re.findall(r' id="([^"]+)"', drawn)) for drawn in (one, other)]
    assert not ids[0] & ids[1]
    for drawn, known in zip((one, other), ids, strict=True):
        assert set(re.findall(r"url\(#([^)]+)\)", drawn)) <= known


def test_it_needs_no_inline_style() -> None:
    drawn = stacked_bars(DISTRIBUTION, chart_id="chart", title="Units", level_names=LEVEL_NAMES)
    assert "style" not in drawn
    assert "<desc" not in drawn


def test_words_and_outlines_follow_the_page_into_dark_and_forced_colours() -> None:
    drawing = chart(FOUR)
    assert {group.get("fill") for group in drawing.iter(f"{SVG}g")} == {"currentColor"}
    assert all(element.get("fill") is None for element in drawing.iter(f"{SVG}text"))
    areas = [area for area in drawing.iter(f"{SVG}rect") if area.get("class")]
    assert {area.get("stroke") for area in areas} == {"currentColor"}
    assert {area.get("fill") for area in areas if area.get("class") == "chart-level-none"} == {"none"}


def test_labels_are_text_and_hostile_ones_stay_text() -> None:
    row = replace(FOUR, label='<script>alert("1")</script> & Co')
    drawing = chart(row, title="<b>")
    assert "script" not in {element.tag.removeprefix(SVG) for element in drawing.iter()}
    assert '<script>alert("1")</script>' in " ".join(words(drawing))


def test_a_theme_that_is_not_scored_says_so_and_has_no_bar() -> None:
    drawing = chart(DistributionRow("Wellbeing", ()))
    assert bars(drawing) == []
    assert "Not scored" in words(drawing)


def test_a_row_that_does_not_fit_the_model_is_named() -> None:
    with pytest.raises(ValueError, match="“Leadership” has 2 counts for 5 levels"):
        chart(DistributionRow("Leadership", (1, 2)))


def test_the_sentence_names_the_extremes() -> None:
    # 14 of 43 is 33 %, 8 of 44 is 18 %.
    assert sentence(DISTRIBUTION) == (
        "Largest share below level 3: Leadership (14 of the 43 units that signed). "
        "Smallest: Infra-structure and asset management (including equipment) (8 of the 44 units that signed)."
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "Nothing is signed yet"),
        ([DistributionRow("Audit", (0, 0, 0, 0, 0), 9), DistributionRow("Wellbeing", ())], "Nothing is signed yet"),
        ([DistributionRow("Audit", (0, 0, 3, 1, 0), 9)], "No unit that signed is below level 3"),
        ([DistributionRow("Audit", (1, 0, 0, 0, 0))], "the same in every theme: Audit (1 of the 1 unit that signed)"),
    ],
)
def test_the_sentence_has_words_for_the_rest(rows: list[DistributionRow], said: str) -> None:
    assert said in sentence(rows)
