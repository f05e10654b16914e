"""Measure a demo force of a size: `python -m benchmarks.measure UNITS OUT`, with the database's servers at hand.

Times are the shortest of several runs: what is left of other work on the machine is not ours.
"""

from __future__ import annotations

import cProfile
import io
import json
import pstats
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

RUNS = 5
GROUP_SIZE = 40


def shortest(work: Callable[[], object], *, runs: int = RUNS) -> float:
    """Return the seconds of the shortest run."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def profile(work: Callable[[], object]) -> str:
    """Return where the time goes, the costliest calls first."""
    profiler = cProfile.Profile()
    profiler.runcall(work)
    return told(profiler)


def told(profiler: cProfile.Profile) -> str:
    """Return what the profiler saw as lines of text."""
    lines = io.StringIO()
    pstats.Stats(profiler, stream=lines).sort_stats("cumulative").print_stats(40)
    return lines.getvalue()


def measure() -> dict[str, Any]:
    """Return the seconds of the work list and roll-up of a group and of the force summary, ours and the yardsticks'."""
    from django.db import connection
    from django.utils import timezone

    from assurance.services.rollups import figures_of
    from assurance.worklist import work_lists
    from benchmarks import yardsticks
    from organisation.models import BusinessGroup
    from organisation.periods import HalfYear, Quarter

    today = timezone.localdate()
    quarter, half = Quarter.of(today), HalfYear.of(today).previous()
    group = BusinessGroup.objects.order_by("pk")[0]
    looked_back_on = [str(half.quarters[1].plus(-back)) for back in range(9)]

    def run(statements: list[str], group_id: int | None, quarters: list[str]) -> None:
        params = {
            "group": group_id,
            "quarters": quarters,
            "both_halves": looked_back_on[:4],
            "looked_back_on": looked_back_on,
        }
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, params)
                cursor.fetchall()

    halves = [str(one) for one in half.quarters]
    shown = len(figures_of(group, half, as_at=today).targets)
    plain = [*yardsticks.ROLLUP.values(), *[yardsticks.TARGET] * shown]
    ours: dict[str, Callable[[], object]] = {
        "work list": lambda: work_lists([group], quarter, today=today),
        "roll-up": lambda: figures_of(group, half, as_at=today),
        "summary": lambda: figures_of(None, half, as_at=today),
    }
    theirs: dict[str, Callable[[], object]] = {
        "work list": lambda: run(list(yardsticks.WORK_LIST.values()), group.pk, [str(quarter)]),
        "roll-up": lambda: run(plain, group.pk, halves),
        "summary": lambda: run(plain, None, halves),
    }
    return {
        name: {"ours": shortest(work), "yardstick": shortest(theirs[name]), "profile": profile(work)}
        for name, work in ours.items()
    }


def main(units: int, out: Path) -> None:
    """Load a force of so many units, measure it, and write what was found."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fixtures = Path(__file__).parents[1] / "fixtures"
    call_command("load_model", *(str(fixtures / f"maturity-{year}.toml") for year in (2017, 2019)))
    call_command("load_demo", units=units, quarters=8, group_size=GROUP_SIZE)
    out.write_text(json.dumps(measure()), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
