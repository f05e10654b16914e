"""Wilson's interval against R 4.2.2 (tests/reference/wilson_reference_R.csv: x of n, at 95 and 99.8 %)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from records.proportions import wilson

with (Path(__file__).parents[1] / "reference" / "wilson_reference_R.csv").open(encoding="utf-8") as opened:
    REFERENCE = list(csv.DictReader(opened))


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: f"{row['x']} of {row['n']}")
@pytest.mark.parametrize(("confidence", "ending"), [(0.95, ""), (0.998, "998")])
def test_the_interval_is_that_of_r(row: dict[str, str], confidence: float, ending: str) -> None:
    found = wilson(int(row["x"]), int(row["n"]), confidence=confidence)
    expected = float(row[f"lo{ending}"]), float(row[f"hi{ending}"])
    # R's lower end of 0 of 10 is 2e-17: a rounding error of nought.
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_the_reference_was_read() -> None:
    assert len(REFERENCE) == 11


def test_none_and_all_reach_the_ends_exactly() -> None:
    assert wilson(0, 7)[0] == 0
    assert wilson(7, 7)[1] == 1


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (3, 2), (-1, 2)])
def test_what_is_no_share_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        wilson(part, whole)
