"""What a run of the benchmarks says: one printed table, `bench.json`, and a profile beside it for what fell short."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Measurement:
    """Our time against a yardstick's, both in seconds, or in mega- or kilobytes of memory.

    `goal` is the largest ratio that is good enough; None: none.
    """

    name: str
    ours: float
    yardstick: float
    goal: float | None = None
    profile: str = ""
    unit: Literal["s", "MB", "KB"] = "s"

    @property
    def ratio(self) -> float:
        return self.ours / self.yardstick

    @property
    def met(self) -> bool:
        return self.goal is None or self.ratio <= self.goal


def table(measurements: Sequence[Measurement]) -> str:
    """Return the measurements as lines of text, times in milliseconds, memory in mega- or kilobytes."""
    lines = [f"{'':<58}{'ours':>10}{'yardstick':>12}{'ratio':>8}{'goal':>7}  met"]
    for one in measurements:
        goal = "–" if one.goal is None else f"{one.goal:.2f}".removesuffix("0")
        scale, unit = (1000, "ms") if one.unit == "s" else (1, one.unit)
        times = f"{one.ours * scale:>7.0f} {unit}{one.yardstick * scale:>9.0f} {unit}"
        lines.append(f"{one.name:<58}{times}{one.ratio:>8.2f}{goal:>7}  {'yes' if one.met else 'NO'}")
    return "\n".join(lines)


def write(measurements: Sequence[Measurement], folder: Path) -> Path:
    """Write `bench.json`, and for each row short of its goal the profile that tells where the time went."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for position, one in enumerate(measurements, start=1):
        row = {key: value for key, value in asdict(one).items() if key != "profile"}
        rows.append(row | {"ratio": round(one.ratio, 3), "met": one.met})
        if not one.met:
            (folder / f"bench-{position}.profile.txt").write_text(one.profile, encoding="utf-8")
    path = folder / "bench.json"
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
