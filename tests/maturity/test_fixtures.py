"""The shipped editions, counted against an independent reading of the sources (tests/reference)."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from maturity import modelfile

ROOT = Path(__file__).parents[2]
# domain.md, “The maturity model”: what both editions have in common, and the themes in their order.
LEVELS = [
    "Negative culture and failing",
    "Reactive culture",
    "Compliant culture",
    "Proactive culture",
    "Resilient and self-driven culture",
]
IDENTITIES = [
    "leadership",
    "policy-governance",
    "capability-competence",
    "communication",
    "risk-management",
    "wellbeing",
    "monitoring",
    "infrastructure-assets",
    "partnerships-contracts",
    "change-management",
    "performance-benchmarking",
    "audit",
]
CELLS = {"2017": 60, "2019": 55}
EDITIONS = sorted(CELLS)


def shipped(code: str) -> modelfile.ModelFile:
    return modelfile.read(ROOT / "fixtures" / f"maturity-{code}.toml")


def criteria_in_the_source(code: str) -> Counter[tuple[int, int]]:
    """Criteria for each (theme, level), as somebody counted who read the source and not our wording."""
    with (ROOT / "tests" / "reference" / f"criteria-{code}.csv").open(encoding="utf-8", newline="") as file:
        return Counter((int(row["theme"]), int(row["level"])) for row in csv.DictReader(file))


@pytest.mark.parametrize("code", EDITIONS)
def test_an_edition_has_twelve_themes_and_five_levels(code: str) -> None:
    model = shipped(code)
    assert model.code == code
    assert [level.name for level in model.levels] == LEVELS
    assert [theme.identity for theme in model.themes] == IDENTITIES


@pytest.mark.parametrize("code", EDITIONS)
def test_an_edition_has_all_its_cells(code: str) -> None:
    assert sum(len(theme.cells) for theme in shipped(code).themes) == CELLS[code]
    assert len(criteria_in_the_source(code)) == CELLS[code]


@pytest.mark.parametrize("code", EDITIONS)
def test_every_cell_has_as_many_criteria_as_its_source(code: str) -> None:
    ours = {
        (theme.number, level): len(cell)
        for theme in shipped(code).themes
        for level, cell in enumerate(theme.cells, start=1)
    }
    assert ours == dict(criteria_in_the_source(code))


@pytest.mark.parametrize("code", EDITIONS)
def test_no_two_cells_of_a_theme_are_the_same(code: str) -> None:
    for theme in shipped(code).themes:
        assert len({frozenset(cell) for cell in theme.cells}) == len(theme.cells), theme.name


@pytest.mark.parametrize("code", EDITIONS)
def test_every_cell_has_a_prompt_of_its_own_for_its_evidence(code: str) -> None:
    prompts = [text for theme in shipped(code).themes for text in theme.evidence]
    assert len(prompts) == len(set(prompts)) == CELLS[code]
    assert all(prompts)


def test_wellbeing_is_scored_in_2017_and_not_in_2019() -> None:
    unscored = {code: [theme.identity for theme in shipped(code).themes if not theme.scored] for code in EDITIONS}
    assert unscored == {"2017": [], "2019": ["wellbeing"]}


def test_assurance_moved_so_two_themes_are_not_comparable() -> None:
    assert shipped("2017").not_comparable == ()
    (moved,) = shipped("2019").not_comparable
    assert (moved.edition, moved.identities) == ("2017", ("performance-benchmarking", "audit"))


def test_the_2017_levels_stand_under_three_bands() -> None:
    assert [band.levels for band in shipped("2017").bands] == [(1, 2), (3, 4), (5,)]
    assert shipped("2019").bands == ()


@pytest.mark.parametrize("code", EDITIONS)
def test_a_shipped_file_is_read_the_same_after_it_is_written_out(code: str) -> None:
    text = modelfile.write(shipped(code))
    again = modelfile.parse(text, filename=f"maturity-{code}.toml")
    assert again == shipped(code)
    assert modelfile.write(again) == text


def test_no_sentence_is_taken_from_the_sources(shared_dir: Path) -> None:
    checks = shared_dir / "checks" / "own_words.py"
    found = subprocess.run([sys.executable, str(checks)], cwd=ROOT, capture_output=True, text=True, check=False)
    ours = [line for line in found.stdout.splitlines() if line.startswith(("fixtures/", "docs/", "tests/maturity/"))]
    assert "passages of" in found.stdout, found.stderr
    assert not ours
