"""Editions of the model for tests: small ones written out, and the shipped ones loaded."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from maturity import modelfile
from maturity.models import Criterion, Edition, EvidencePrompt, Level, NotComparable, Target, Theme
from maturity.services import editions
from records.models import TrailEntry
from records.services import trail

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


# What loading editions into an empty database wrote, by their codes: as SQL, and with what details in the trail.
_written: dict[tuple[str, ...], tuple[str, dict[str, dict[str, Any]]]] = {}


def shipped(*codes: str) -> list[Edition]:
    """Load the shipped editions with these codes (`2017`, `2019`) and return them, earliest first.

    Most tests begin with it: what the first of them has loaded is written again for the others, in one statement.
    """
    wanted = tuple(sorted(codes))
    if Edition.objects.exists() or wanted not in _written:
        is_first = not Edition.objects.exists()
        loaded = [result.edition for result in editions.load_all([read(code) for code in wanted], at=LOADED_AT)]
        if is_first:
            _written[wanted] = _rows_as_sql(), {edition.code: _details_of(edition) for edition in loaded}
        return loaded
    sql, details = _written[wanted]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql)
        again = list(Edition.objects.order_by("starts_on"))
        for edition in again:
            trail.record(act="edition.loaded", thing=edition, by=None, at=LOADED_AT, **details[edition.code])
    return again


def _rows_as_sql() -> str:
    """Return the statements that write all rows of the editions there are, under their numbers."""
    statements = []
    with connection.cursor() as cursor:
        for model in (Edition, Level, Theme, Criterion, EvidencePrompt, NotComparable):
            columns = [str(field.column) for field in model._meta.concrete_fields]
            rows = list(model._default_manager.values_list(*(field.attname for field in model._meta.concrete_fields)))
            if rows:
                row = f"({', '.join(['%s'] * len(columns))})"
                values = ", ".join(cursor.mogrify(row, one).decode() for one in rows)
                table = f"{model._meta.db_table} ({', '.join(columns)})"
                statements.append(f"INSERT INTO {table} VALUES {values}")  # noqa: S608  # quoted by the driver
    return ";".join(statements)


def _details_of(edition: Edition) -> dict[str, Any]:
    entry = TrailEntry.objects.get(act="edition.loaded", thing_id=edition.pk)
    details: dict[str, Any] = entry.detail
    return details


def target(level: int = 3, *, by_on: date = date(2027, 3, 31), **chosen: Any) -> Target:
    """A target for every unit and theme, endorsed in September 2017, unless chosen otherwise."""
    values: dict[str, Any] = {
        "endorsed_by": "the Board",
        "endorsed_on": date(2017, 9, 19),
        "entered_at": LOADED_AT,
    }
    return Target.objects.create(level=level, by_on=by_on, **(values | chosen))
