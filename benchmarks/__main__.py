"""`make bench`: a small force and a large one, each in a database of its own, measured and set beside each other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.report import Measurement, table, write

LARGE, SMALL = 5000, 100
SUMMARY_GOAL = 2.0
SAME_GOAL = 1.3
INCIDENTS = 1_000_000
IMPORT_GOAL = 3.0
MOST_MEGABYTES = 400
PAPER, COMPENDIUM = 6, 138  # business groups of which a paper has 12 pages, and a compendium 200
PRINTING_GOAL = 1.15


def measured(units: int, folder: Path, *, program: str = "benchmarks.measure") -> dict[str, Any]:
    """Measure a force of so many units, with servers and data that go when it is done; or so many lines of a file."""
    out, data = folder / f"{program}-{units}.json", folder / f"{program}-{units}"
    launch = [sys.executable, "-m", "config.servers", "exec", "--throwaway", "--data-dir", str(data)]
    work = [sys.executable, "-m", program, str(units), str(out)]
    subprocess.run([*launch, "--", *work], check=True)  # noqa: S603  # the product's own programs
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def rows(small: dict[str, Any], large: dict[str, Any], *, units: tuple[int, int]) -> list[Measurement]:
    """Set what was measured side by side."""
    few, many = units
    found = [
        Measurement(f"{words}, {many:,} units in the force", large[name]["ours"], large[name]["yardstick"], goal)
        for name, words, goal in (
            ("work list", "Work list of a 40-unit group", None),
            ("roll-up", "Roll-up of a 40-unit group", None),
            ("summary", "Force summary", SUMMARY_GOAL),
        )
    ]
    found += [
        Measurement(f"{words}: {many:,} units against {few:,}", large[name]["ours"], small[name]["ours"], SAME_GOAL)
        for name, words in (("work list", "Work list"), ("roll-up", "Roll-up"))
    ]
    names = ("work list", "roll-up", "summary", "work list", "roll-up")
    return [
        Measurement(one.name, one.ours, one.yardstick, one.goal, large[name]["profile"])
        for one, name in zip(found, names, strict=True)
    ]


def rows_of_incidents(found: dict[str, Any], lines: int) -> list[Measurement]:
    """Set what importing a file of incidents took beside what it may take."""
    name = f"Import of {lines:,} incidents"
    return [
        Measurement(
            f"{name} against bulk load and read", found["ours"], found["yardstick"], IMPORT_GOAL, found["profile"]
        ),
        Measurement(f"{name}, peak of memory", found["megabytes"], MOST_MEGABYTES, 1.0, found["profile"], unit="MB"),
    ]


def rows_of_printing(paper: dict[str, Any], compendium: dict[str, Any]) -> list[Measurement]:
    """Set what printing a paper and a compendium took beside bare WeasyPrint's, and what each page adds."""
    found = []
    for one in (paper, compendium):
        name, profile = f"A paper of {one['ours']['pages']:.0f} pages", one["profile"]
        ours, bare = one["ours"], one["bare"]
        found += [
            Measurement(f"{name} against bare WeasyPrint", ours["seconds"], bare["seconds"], PRINTING_GOAL, profile),
            Measurement(f"{name}, peak of memory", ours["megabytes"], bare["megabytes"], unit="MB"),
        ]
    each = {kind: per_page(paper[kind], compendium[kind]) for kind in ("ours", "bare")}
    return [*found, Measurement("Memory that each further page takes", each["ours"], each["bare"], unit="KB")]


def per_page(few: dict[str, float], many: dict[str, float]) -> float:
    """Return the kilobytes by which the peak grows with a page."""
    return (many["megabytes"] - few["megabytes"]) * 1024 / (many["pages"] - few["pages"])


def main() -> None:
    """Measure, print and write.

    BENCH_UNITS, BENCH_SMALL_UNITS, BENCH_INCIDENTS and BENCH_COMPENDIUM (in business groups) choose other sizes, for
    trying it out; of none, nothing.
    """
    many, few = int(os.environ.get("BENCH_UNITS", LARGE)), int(os.environ.get("BENCH_SMALL_UNITS", SMALL))
    lines = int(os.environ.get("BENCH_INCIDENTS", INCIDENTS))
    groups = int(os.environ.get("BENCH_COMPENDIUM", COMPENDIUM))
    found: list[Measurement] = []
    with tempfile.TemporaryDirectory() as folder:
        if many and few:
            small, large = measured(few, Path(folder)), measured(many, Path(folder))
            found += rows(small, large, units=(few, many))
        if lines:
            found += rows_of_incidents(measured(lines, Path(folder), program="benchmarks.incidents"), lines)
        if groups:
            found += rows_of_printing(
                *(measured(size, Path(folder), program="benchmarks.printing") for size in (PAPER, groups))
            )
    path = write(found, Path(os.environ.get("DATA_DIR", "var")))
    sys.stdout.write(f"{table(found)}\n\nWritten to {path}.\n")


if __name__ == "__main__":
    main()
