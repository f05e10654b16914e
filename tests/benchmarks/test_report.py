"""What a run of the benchmarks writes. Nothing here depends on how fast the machine is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import measure
from benchmarks.report import Measurement, table, write
from tests.factories import maturity
from tests.factories.organisation import make_group, make_unit

FAST = Measurement("Force summary", 0.3, 0.2, 2.0, "profile of the summary")
SLOW = Measurement("Roll-up", 0.3, 0.2, 1.3, "profile of the roll-up")
FREE = Measurement("Work list", 0.3, 0.2)


def test_every_row_has_its_ratio_and_says_whether_its_goal_is_met(tmp_path: Path) -> None:
    rows = json.loads(write([FAST, SLOW, FREE], tmp_path).read_text(encoding="utf-8"))
    assert rows == [
        {"name": "Force summary", "ours": 0.3, "yardstick": 0.2, "goal": 2.0, "unit": "s", "ratio": 1.5, "met": True},
        {"name": "Roll-up", "ours": 0.3, "yardstick": 0.2, "goal": 1.3, "unit": "s", "ratio": 1.5, "met": False},
        {"name": "Work list", "ours": 0.3, "yardstick": 0.2, "goal": None, "unit": "s", "ratio": 1.5, "met": True},
    ]


def test_only_what_falls_short_has_a_profile_beside_it(tmp_path: Path) -> None:
    write([FAST, SLOW, FREE], tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.glob("*.profile.txt")} == {
        "bench-2.profile.txt": "profile of the roll-up"
    }


def test_the_table_has_a_line_for_each_row() -> None:
    lines = table([FAST, SLOW]).splitlines()
    assert [line.split()[-1] for line in lines] == ["met", "yes", "NO"]
    assert "300 ms" in lines[1]
    assert "1.50" in lines[1]


def test_memory_is_told_in_megabytes() -> None:
    line = table([Measurement("Peak of memory", 106, 400, 1.0, unit="MB")]).splitlines()[1]
    assert line.split()[3:] == ["106", "MB", "400", "MB", "0.27", "1.0", "yes"]


@pytest.mark.django_db
def test_a_tiny_force_can_be_measured() -> None:
    maturity.shipped("2017", "2019")
    make_unit(group=make_group())
    found = measure.measure()
    assert set(found) == {"work list", "roll-up", "summary"}
    for one in found.values():
        assert one["ours"] > 0
        assert one["yardstick"] > 0
        assert "function calls" in one["profile"]
