"""What becomes of a file of injury figures if it is confirmed now: read from the tables, nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, Subquery, Sum

from injuries.figures import Key, MonthChange, Number, Preview, warnings
from injuries.models import HeadcountMonth, StaffGroup, Upload, UploadState
from injuries.services.ledgers import HEADCOUNTS, Ledger, ledger_of
from records.canonical import content_digest
from rendering import formats

EVERYBODY = "All staff groups"


def preview(upload: Upload) -> Preview:
    """Return what becomes of each month that the file says something about, and what is worth a second look."""
    ledger = ledger_of(upload)
    names = ledger.names()
    found = _compared(upload, ledger)
    order = {code: position for position, code in enumerate(names)}
    changes = sorted(found.changes.values(), key=lambda one: (order[one.series], one.month))
    without = {} if ledger is HEADCOUNTS else _without_headcount(found)
    said = [*_brought_before(upload), *warnings(changes, _standing(ledger, names), names, without)]
    return Preview(tuple(changes), tuple(said), digest_of(upload, replaced_by(upload)))


def replaced_by(upload: Upload) -> dict[Key, int | None]:
    """Return which standing month each of the file's takes the place of; None where there is none: one query."""
    ledger = ledger_of(upload)
    standing = ledger.all_months.filter(
        stands=True, month=OuterRef("month"), **{ledger.series: OuterRef(ledger.series)}
    )
    rows = ledger.all_months.filter(upload=upload).annotate(standing=Subquery(standing.values("pk")[:1]))
    return {(code, month): pk for code, month, pk in rows.values_list(f"{ledger.series}__code", "month", "standing")}


def digest_of(upload: Upload, replaced: Mapping[Key, int | None]) -> str:
    """Return what tells whether somebody has seen this: neither the file's months nor those that stand ever change."""
    return content_digest(
        [str(upload.token), [[code, month.isoformat(), pk] for (code, month), pk in sorted(replaced.items())]]
    )


@dataclass(slots=True)
class _Compared:
    """The file's months beside those that stand, and the months in which a staff group is counted."""

    changes: dict[Key, MonthChange] = field(default_factory=dict)
    counted: dict[str, set[date]] = field(default_factory=dict)


def _compared(upload: Upload, ledger: Ledger) -> _Compared:
    """Compare place by place: one query, whose rows pass without being kept."""
    found = _Compared()
    for code, month, group, unit, standing, before, after in _places(upload, ledger):
        change = found.changes.setdefault((code, month), MonthChange(code, month))
        if standing is not None and change.before is None:
            change.before = 0
        change.compare((group or "", unit or ""), before, after)
        found.counted.setdefault("", set()).add(month)
        if group and after:
            found.counted.setdefault(group, set()).add(month)
    return found


def _places(upload: Upload, ledger: Ledger) -> Iterator[tuple[str, date, Any, Any, int | None, Number, Number]]:
    ours = ledger.all_months.filter(upload=upload, month=OuterRef("month"), **{ledger.series: OuterRef(ledger.series)})
    number = f"{ledger.numbers}__{ledger.number}"
    of_the_file = Q(upload=upload)
    codes = {"staff_group": f"{ledger.numbers}__staff_group__code", "unit": f"{ledger.numbers}__unit__slug"}
    asked = [codes[name] for name in ledger.places]
    rows = (
        ledger.all_months.filter(of_the_file | Q(Exists(ours), stands=True))
        .values_list(f"{ledger.series}__code", "month", *asked)
        .annotate(
            standing=Max("pk", filter=~of_the_file),
            before=Sum(number, filter=~of_the_file),
            after=Sum(number, filter=of_the_file),
        )
    )
    for code, month, *place, standing, before, after in rows.iterator(chunk_size=5000):
        group, unit = place if len(place) == 2 else (None, *place)
        yield code, month, group, unit, standing, before, after


def _standing(ledger: Ledger, names: Mapping[str, str]) -> dict[str, dict[date, Number]]:
    """Return how many are counted now, by series and month: one query."""
    totals: dict[str, dict[date, Number]] = {code: {} for code in names}
    rows = ledger.all_months.filter(stands=True).values_list(f"{ledger.series}__code", "month")
    for code, month, total in rows.annotate(total=Sum(f"{ledger.numbers}__{ledger.number}")):
        totals[code][month] = total or 0
    return totals


def _without_headcount(found: _Compared) -> dict[str, list[date]]:
    """Return the counted months without a headcount, by staff group in words; all of them where nobody has any."""
    names = dict(StaffGroup.objects.values_list("code", "name"))
    there: dict[str, set[date]] = {}
    for code, month in HeadcountMonth.objects.standing().order_by().values_list("staff_group__code", "month"):
        there.setdefault(code, set()).add(month)
        there.setdefault("", set()).add(month)
    nobodys = found.counted.get("", set()) - there.get("", set())
    missing = {EVERYBODY: nobodys} | {
        names[code]: found.counted[code] - there.get(code, set()) - nobodys for code in names if code in found.counted
    }
    return {group: sorted(without) for group, without in missing.items() if without}


def _brought_before(upload: Upload) -> Iterator[str]:
    """Say where the very same file counts already."""
    same = Upload.objects.filter(sha256=upload.sha256, kind=upload.kind, state=UploadState.APPLIED)
    for before in same.exclude(pk=upload.pk).order_by("-applied_at")[:1]:
        if before.applied_at is not None:
            yield f"The very same file was imported on {formats.day(before.applied_at)}."
