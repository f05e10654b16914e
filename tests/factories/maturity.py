"""Editions of the model for tests: small ones written out, and the shipped ones loaded."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from maturity import modelfile
from maturity.models import Edition, Target
from maturity.services import editions

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOADED_AT = datetime(2017, 10, 2, 9, 0, tzinfo=UTC)


def model(
    code: str = "2030",
    *,
    starts_on: date = date(2030, 4, 1),
    levels: int = 2,
    themes: int = 2,
    criteria: int = 1,
    unscored: tuple[int, ...] = (),
    not_comparable: tuple[modelfile.NotComparable, ...] = (),
    bands: tuple[modelfile.Band, ...] = (),
) -> modelfile.ModelFile:
    """Return a model of themes `theme-1` … with `criteria` lines in each cell."""
    return modelfile.ModelFile(
        code=code,
        name=f"Edition {code}",
        source="Written for a test",
        starts_on=starts_on,
        notes="",
        levels=tuple(modelfile.Level(number, f"Step {number}") for number in range(1, levels + 1)),
        bands=bands,
        themes=tuple(
            modelfile.Theme(
                number=number,
                identity=f"theme-{number}",
                name=f"Theme {number}",
                scored=number not in unscored,
                note="Its levels are still being written." if number in unscored else "",
                cells=()
                if number in unscored
                else tuple(
                    tuple(f"Asks for {number}.{level}.{line}." for line in range(1, criteria + 1))
                    for level in range(1, levels + 1)
                ),
            )
            for number in range(1, themes + 1)
        ),
        not_comparable=not_comparable,
    )


def edition(code: str = "2030", *, starts_on: date = date(2030, 4, 1), levels: int = 2, themes: int = 2) -> Edition:
    """Load a small edition and return it."""
    return editions.load(model(code, starts_on=starts_on, levels=levels, themes=themes), at=LOADED_AT).edition


@cache
def read(code: str) -> modelfile.ModelFile:
    """Read a shipped edition's file, once."""
    return modelfile.read(FIXTURES / f"maturity-{code}.toml")


def shipped(*codes: str) -> list[Edition]:
    """Load the shipped editions with these codes (`2017`, `2019`) and return them, earliest first."""
    models = [read(code) for code in sorted(codes)]
    return [result.edition for result in editions.load_all(models, at=LOADED_AT)]


def target(level: int = 3, *, by_on: date = date(2027, 3, 31), **chosen: Any) -> Target:
    """A target for every unit and theme, endorsed in September 2017, unless chosen otherwise."""
    values: dict[str, Any] = {
        "endorsed_by": "the Board",
        "endorsed_on": date(2017, 9, 19),
        "entered_at": LOADED_AT,
    }
    return Target.objects.create(level=level, by_on=by_on, **(values | chosen))
