"""What is held about a person, as a file they can read: a ZIP of tables (CSV), the same as JSON, and its contents.

Pure: plain values in, bytes out. The same values give the same bytes, whenever they are written.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from records.holdings import Holding, Value
from rendering import cells
from rendering.formats import day

# No date of a person's: the format cannot do without one, and the real one stands in the contents.
WRITTEN_ON = (1980, 1, 1, 0, 0, 0)
FOR_A_REQUEST = "The words “you” and “your” mean the person whose data this is."
INCOMPLETE = (
    "An administrator asked for this file. It holds what administrators may read: the account, how it is signed in "
    "to, appointments and qualifications. What the person did to statements, actions and papers, and what the trail "
    "says of it, is left out; the Head of Safety, Health and Wellbeing can make the complete file."
)
COMPLETE = "This is all that the service holds about the person, as tables."
NOT_TOLD = (
    "Never told, not even to the person: passwords (only their hashes are kept), the secrets of second factors, and "
    "the keys of sessions and calendar links."
)
NOT_REPEATED = (
    "Texts of statements, actions, reviews and papers are the force’s records, and are not repeated here: the tables "
    "say which of them the person wrote, signed or decided, and when. Ask the Head of Safety, Health and Wellbeing "
    "where you need one of them."
)


@dataclass(frozen=True, slots=True)
class About:
    """Whose data it is, and when it was gathered."""

    name: str
    account: int
    gathered_at: datetime
    complete: bool


def written(about: About, holdings: Sequence[Holding]) -> bytes:
    """Return the ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "contents.txt", contents(about, holdings).encode())
        _add(archive, "everything.json", as_json(about, holdings).encode())
        for holding in holdings:
            if holding.rows:
                _add(archive, f"tables/{holding.name}.csv", cells.csv_bytes(holding.columns, holding.rows))
    return file.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, WRITTEN_ON)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, content)


def contents(about: About, holdings: Sequence[Holding]) -> str:
    """Return the page that says what is in the file, what each table is for, and how long it is kept."""
    lines = [
        f"What Truelevel holds about {_one_line(about.name)} (account {about.account})",
        f"Gathered on {day(about.gathered_at.date())}.",
        "",
        COMPLETE if about.complete else INCOMPLETE,
        FOR_A_REQUEST,
        NOT_TOLD,
        NOT_REPEATED,
        "",
    ]
    for holding in holdings:
        number = len(holding.rows)
        lines += [
            holding.title,
            f"  What for: {holding.why}",
            f"  How long: {holding.kept}",
            f"  tables/{holding.name}.csv, {number} line{'' if number == 1 else 's'}"
            if number
            else "  Nothing is held.",
            "",
        ]
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def as_json(about: About, holdings: Sequence[Holding]) -> str:
    """Return everything as one JSON object, for programs."""
    whole = {
        "person": about.name,
        "account": about.account,
        "gathered_at": about.gathered_at.isoformat(),
        "complete": about.complete,
        "held": [
            {
                "name": holding.name,
                "title": holding.title,
                "what_for": holding.why,
                "how_long": holding.kept,
                "rows": [
                    {column: _plain(value) for column, value in zip(holding.columns, row, strict=True)}
                    for row in holding.rows
                ],
            }
            for holding in holdings
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _plain(value: Value) -> str | int | bool | None:
    return value.isoformat() if isinstance(value, date) else value
