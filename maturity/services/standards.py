"""Loading and exporting what audits test: an edition's behavioural standards and KPIs, from the operator's file.

They are not what people choose levels against, so they may come later than the edition and change while it is in use;
but what an audit has on its list stays as it is, whatever a file says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, ProtectedError

from maturity.models import Edition, Standard, StandardKind
from maturity.services.editions import one_load_at_a_time
from maturity.standardsfile import Fault, Kind, Scale, StandardLine, StandardsFileError
from records.services import trail

OUT_OF_THE_WAY = 10_000  # added to the numbers that are about to be given anew; a file has fewer standards

Key = tuple[str, str]  # a theme's identity and a reference in it


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did: how many standards were added, changed, taken away, and left as they were."""

    added: int
    changed: int
    removed: int
    unchanged: int

    @property
    def is_nothing(self) -> bool:
        return not (self.added or self.changed or self.removed)


def scale_of(edition: Edition) -> Scale:
    """Return what of the edition a file can name: two queries."""
    themes = list(edition.themes.order_by("number").values_list("identity", "name", "scored"))
    return Scale(
        scored={identity: name for identity, name, scored in themes if scored},
        unscored={identity: name for identity, name, scored in themes if not scored},
        levels=list(edition.levels.order_by("number").values_list("number", flat=True)),
    )


def export(edition: Edition) -> list[StandardLine]:
    """Return the edition's standards as a file's content, by theme, level and their own order."""
    rows = Standard.objects.filter(theme__edition=edition).select_related("theme", "level")
    return [_line_of(row) for row in rows]


@transaction.atomic
def load(*, edition: Edition, lines: Sequence[StandardLine], filename: str, at: datetime) -> Loaded:
    """Make the edition's standards what the file says: all of it, or nothing.

    The same again changes nothing and leaves no trail. Raises StandardsFileError where a standard would change or go
    that an audit has on its list.
    """
    one_load_at_a_time()
    rows = Standard.objects.filter(theme__edition=edition).select_related("theme", "level")
    standing = {_key(_line_of(row)): row for row in rows}
    wanted = {_key(line): line for line in lines}
    kept = {key: row for key, row in standing.items() if key in wanted and _same(_line_of(row), wanted[key])}
    gone = {key: row for key, row in standing.items() if key not in kept}
    _refuse_if_on_an_audits_list(_undeletable(gone), wanted, filename)
    _write(edition, lines, kept)
    changed = len(gone.keys() & wanted.keys())
    done = Loaded(
        added=len(wanted) - len(kept) - changed,
        changed=changed,
        removed=len(gone) - changed,
        unchanged=len(kept),
    )
    if not done.is_nothing:
        counts = {"added": done.added, "changed": done.changed, "removed": done.removed}
        trail.record(act="edition.standards_loaded", thing=edition, by=None, at=at, code=edition.code, **counts)
    return done


def _key(line: StandardLine) -> Key:
    return line.theme, line.reference


def _line_of(row: Standard) -> StandardLine:
    kind = Kind(row.kind)
    return StandardLine(row.theme.identity, row.level.number, kind, row.reference, row.text, row.how_tested)


def _same(standing: StandardLine, wanted: StandardLine) -> bool:
    """Whether they say the same; where it stands in a file is nothing that a standard says."""
    return _said(standing) == _said(wanted)


def _said(line: StandardLine) -> tuple[int, Kind, str, str]:
    return line.level, line.kind, line.text, line.how_tested


def _undeletable(gone: Mapping[Key, Standard]) -> list[Key]:
    """Delete the rows; return those that something above this room holds on to."""
    held = []
    for key, row in gone.items():
        try:
            row.delete()
        except ProtectedError:
            held.append(key)
    return held


def _refuse_if_on_an_audits_list(held: Sequence[Key], wanted: Mapping[Key, StandardLine], filename: str) -> None:
    faults = []
    for theme, reference in held:
        line = wanted.get((theme, reference))
        said = (
            "stays as it was. Put its old words back, and give the new ones a reference of their own"
            if line
            else f"(theme {theme}) cannot be taken away. Put its line back into the file"
        )
        column = "Text" if line else ""
        faults.append(
            Fault(line.line if line else None, column, f"“{reference}” is on the list of an audit, so it {said}.")
        )
    if faults:
        raise StandardsFileError(filename, sorted(faults, key=lambda fault: fault.line or 0))


def _write(edition: Edition, lines: Sequence[StandardLine], kept: Mapping[Key, Standard]) -> None:
    """Give every standard its number in its cell, in the order of the file, and make those that are new."""
    themes = {theme.identity: theme for theme in edition.themes.all()}
    levels = {level.number: level for level in edition.levels.all()}
    numbers: Counter[tuple[str, int, Kind]] = Counter()
    new = []
    for line in lines:
        numbers[line.theme, line.level, line.kind] += 1
        number = numbers[line.theme, line.level, line.kind]
        if (row := kept.get(_key(line))) is not None:
            row.number = number
            continue
        new.append(
            Standard(
                theme=themes[line.theme],
                level=levels[line.level],
                kind=StandardKind(line.kind.value),
                number=number,
                reference=line.reference,
                text=line.text,
                how_tested=line.how_tested,
            )
        )
    # Two of a cell may change places, and no two may have the same number even for a moment.
    Standard.objects.filter(theme__edition=edition).update(number=F("number") + OUT_OF_THE_WAY)
    Standard.objects.bulk_update(list(kept.values()), ["number"])
    Standard.objects.bulk_create(new)
