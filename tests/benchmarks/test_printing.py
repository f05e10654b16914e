"""What is measured of printing papers. Nothing here depends on how fast the machine is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import printing
from benchmarks.__main__ import per_page, rows_of_printing
from benchmarks.report import table
from tests.factories.conformance import failures


def took(seconds: float, megabytes: float, pages: int) -> dict[str, float]:
    return {"seconds": seconds, "megabytes": megabytes, "pages": pages}


def test_a_paper_and_a_compendium_stand_beside_bare_printing_with_the_memory_of_a_page() -> None:
    paper: dict[str, Any] = {"ours": took(1.1, 160, 10), "bare": took(1.0, 150, 10), "profile": "paper"}
    compendium: dict[str, Any] = {"ours": took(24, 360, 210), "bare": took(20, 250, 210), "profile": "compendium"}
    rows = rows_of_printing(paper, compendium)
    assert [(one.name, round(one.ratio, 2), one.met, one.profile) for one in rows] == [
        ("A paper of 10 pages against bare WeasyPrint", 1.1, True, "paper"),
        ("A paper of 10 pages, peak of memory", 1.07, True, ""),
        ("A paper of 210 pages against bare WeasyPrint", 1.2, False, "compendium"),
        ("A paper of 210 pages, peak of memory", 1.44, True, ""),
        ("Memory that each further page takes", 2.0, True, ""),
    ]
    assert per_page(paper["ours"], compendium["ours"]) == 1024
    lines = table(rows).splitlines()
    assert lines[1].split()[-3:] == ["1.10", "1.15", "yes"]
    assert lines[5].split()[6:10] == ["1024", "KB", "512", "KB"]


@pytest.mark.django_db
def test_a_small_paper_is_printed_both_ways_in_processes_of_their_own() -> None:
    content = json.loads(json.dumps(printing.prepare(1)))
    found = printing.measure(content, runs=1)
    assert found["ours"]["pages"] == found["bare"]["pages"] > 2
    for kind in ("ours", "bare"):
        assert found[kind]["seconds"] > 0
        assert found[kind]["megabytes"] > 10
    assert "function calls" in found["profile"]
    assert failures(printing.ours(content)) == []
