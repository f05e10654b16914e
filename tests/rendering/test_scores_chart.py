"""The chart of a risk's scores: what it says without being seen, and where its points lie."""

from __future__ import annotations

import re
from datetime import date

import pytest

from rendering.charts.scores import Score, alternative, scores_over_time

SCORES = [Score(date(2019, 2, 26), 20, "Very high"), Score(date(2019, 8, 5), 12, "High")]


def test_the_scores_stand_in_its_words() -> None:
    assert alternative(SCORES, target=6, title="Risk 17") == (
        "Risk 17: 20 (very high) on 26 February 2019 and 12 (high) on 5 August 2019. "
        "The target is a score of at most 6."
    )
    assert alternative(SCORES[:1], target=None, title="Risk 17").endswith("There is no target.")


def test_a_higher_score_lies_higher_and_the_target_is_a_line_of_its_own() -> None:
    drawn = scores_over_time(SCORES, target=6, chart_id="scores", title="Risk 17")
    places = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', drawn)]
    assert places[0] < places[1]
    target = re.search(r'chart-target" d="M\d+ ([\d.]+)H', drawn)
    assert target is not None
    assert float(target[1]) > places[1]
    assert "chart-target" not in scores_over_time(SCORES, target=None, chart_id="scores", title="Risk 17")


def test_one_score_is_drawn_and_none_is_refused() -> None:
    assert scores_over_time(SCORES[:1], target=None, chart_id="scores", title="Risk 17").count("<circle") == 1
    with pytest.raises(ValueError, match="nothing to draw"):
        scores_over_time([], target=None, chart_id="scores", title="Risk 17")
