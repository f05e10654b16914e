"""Bringing injury figures: kept from a file, seen, then counted in the place of what was there; and undone again."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models.functions import Coalesce

from injuries.figures import Figures
from injuries.models import ColumnMapping, HeadcountMonth, IndicatorMonth, StaffGroup, Upload, UploadKind, UploadState
from injuries.services.ledgers import Ledger, ledger_of
from injuries.services.previews import digest_of, replaced_by
from organisation.models import Unit, User
from records.canonical import normal
from records.services import trail

KEPT_FOR = timedelta(days=1)
ROWS_AT_ONCE = 20_000
_MONTHS = (IndicatorMonth, HeadcountMonth)
_ENDS = {"first": "month", "last": "-month"}
NOT_THE_LAST = "Only the last import can be undone. Undo those after it first, the latest first."
NOT_IMPORTED = "This file is not imported: it waits to be confirmed, or its import was undone already."


class Refused(Exception):
    """An act is not possible as things stand; the text says why and what to do."""


class Overtaken(Exception):
    """What the file comes to now is not what its author has seen."""


@dataclass(frozen=True, slots=True)
class Source:
    """The file that figures come from; `mapping` is how the columns of a file of incidents were read."""

    kind: UploadKind
    name: str
    sha256: str
    mapping: ColumnMapping | None = None


# --- Keeping what a file says ---------------------------------------------------------------------------------------


@transaction.atomic
def keep(*, figures: Figures, source: Source, by: User, at: datetime) -> Upload:
    """Keep what a file says until its author confirms it. Their earlier one, and others' old ones, are forgotten.

    The file must have no faults.
    """
    if figures.problems:
        raise ValueError("What has a fault is not kept: nothing of it may count.")
    waiting = Upload.objects.filter(state=UploadState.WAITING)
    waiting.filter(uploaded_by=by).delete()
    waiting.filter(uploaded_at__lt=at - KEPT_FOR).delete()
    upload = Upload.objects.create(
        kind=source.kind,
        mapping=source.mapping,
        name=str(normal(source.name))[:200],
        sha256=source.sha256,
        lines=figures.lines,
        uploaded_by=by,
        uploaded_at=at,
    )
    _write(upload, figures, ledger_of(upload))
    return upload


@contextmanager
def for_a_look(*, figures: Figures, source: Source, at: datetime) -> Iterator[Upload]:
    """Lend what a file says, to be compared with what counts. Nothing is kept: nobody has to answer for it."""
    somebody = User.objects.order_by("pk").first()
    if somebody is None:
        raise Refused("There is no account yet, and nothing to compare the file with. Make an account first.")
    with transaction.atomic():
        yield keep(figures=figures, source=source, by=somebody, at=at)
        transaction.set_rollback(True)


def _write(upload: Upload, figures: Figures, ledger: Ledger) -> None:
    """Write the file's months, and their numbers with the database's own bulk load."""
    series, of_month = _numbers_of(ledger.of, "code"), f"{ledger.series}_id"
    rows = [ledger.month(upload=upload, month=month, **{of_month: series[code]}) for code, month in figures.months]
    made = ledger.months._default_manager.bulk_create(rows, batch_size=2000)
    ids = dict(zip(figures.months, (one.pk for one in made), strict=True))
    groups = {"": "", **{code: str(pk) for code, pk in _numbers_of(StaffGroup, "code").items()}}
    units = {"": "", **{slug: str(pk) for slug, pk in _numbers_of(Unit, "slug").items()}}
    has_group = "staff_group" in ledger.places
    lines = (
        f"{ids[key]},{f'{groups[group]},' if has_group else ''}{units[unit]},{number}\n"
        for key, numbers in figures.months.items()
        for (group, unit), number in numbers.items()
    )
    _load(ledger.rows, ["of_id", *(f"{name}_id" for name in ledger.places), ledger.number], lines)


def _numbers_of(model: type[models.Model], code: str) -> dict[str, int]:
    return dict(model._default_manager.order_by().values_list(code, "pk"))


def _load(model: type[models.Model], columns: Iterable[str], lines: Iterator[str]) -> None:
    """Copy lines of CSV, which hold numbers only, into the model's table."""
    quote = connection.ops.quote_name
    copy = f"COPY {quote(model._meta.db_table)} ({', '.join(map(quote, columns))}) FROM STDIN WITH (FORMAT csv)"
    with connection.cursor() as cursor:
        while piece := "".join(islice(lines, ROWS_AT_ONCE)):
            cursor.copy_expert(copy, io.StringIO(piece))


# --- Confirming and undoing -----------------------------------------------------------------------------------------


@transaction.atomic
def apply(*, upload: Upload, seen: str, by: User, at: datetime) -> Upload:
    """Let the file's months count, each in the place of what was counted for it before.

    `seen` is the digest of the preview that its author has seen. Raises Overtaken where it comes to something else
    now, Refused where the file has been confirmed already.
    """
    _last_locked()
    locked = Upload.objects.select_for_update(no_key=True).filter(pk=upload.pk).first()
    if locked is None or locked.state != UploadState.WAITING:
        raise Refused("This file has been confirmed already, or another one came after it.")
    replaced = replaced_by(locked)
    if digest_of(locked, replaced) != seen:
        raise Overtaken
    ledger = ledger_of(locked)
    standing = [one for one in replaced.values() if one is not None]
    try:
        with transaction.atomic():
            there = ledger.all_months.filter(pk__in=standing, stands=True)
            if there.update(stands=False, replaced_by=locked) != len(standing):
                raise Overtaken
            ledger.all_months.filter(upload=locked).update(stands=True)
    except IntegrityError as error:  # somebody has imported one of the months at the same moment
        raise Overtaken from error
    locked.state, locked.applied_by, locked.applied_at = UploadState.APPLIED, by, at
    locked.save(update_fields=["state", "applied_by", "applied_at"])
    numbers = {"lines": locked.lines, "months": len(replaced), "replaced": len(standing)}
    trail.record(act="injury-figures.imported", thing=locked, by=by, at=at, kind=locked.kind, **numbers)
    return locked


@transaction.atomic
def undo(*, upload: Upload, because: str, by: User, at: datetime) -> Mapping[str, int]:
    """Take the last import back: what it replaced counts again. Returns how many months went and how many came back."""
    last = _last_locked()
    locked = Upload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    if locked.state != UploadState.APPLIED:
        raise Refused(NOT_IMPORTED)
    if last != locked or last_import() != locked:
        raise Refused(NOT_THE_LAST)
    ledger = ledger_of(locked)
    months = {
        "months": ledger.all_months.filter(upload=locked, stands=True).update(stands=False),
        "again": ledger.all_months.filter(replaced_by=locked).update(stands=True, replaced_by=None),
    }
    locked.state, locked.undone_by, locked.undone_at = UploadState.UNDONE, by, at
    locked.undone_because = str(normal(because))
    locked.save(update_fields=["state", "undone_by", "undone_at", "undone_because"])
    words = {"because": locked.undone_because}
    trail.record(act="injury-figures.undone", thing=locked, by=by, at=at, words=words, kind=locked.kind, **months)
    return months


def imported() -> models.QuerySet[Upload, Any]:
    """Return what was imported, also what was undone since, the latest first, with `first` and `last`: its months."""
    ends = {name: Coalesce(*(_a_month(of, order) for of in _MONTHS)) for name, order in _ENDS.items()}
    found = Upload.objects.exclude(state=UploadState.WAITING).select_related("applied_by", "undone_by", "mapping")
    return found.annotate(**ends).order_by("-applied_at", "-pk")


def _a_month(of: type[models.Model], order: str) -> models.Subquery:
    months = of._default_manager.filter(upload=models.OuterRef("pk")).order_by(order)
    return models.Subquery(months.values("month")[:1])


def last_import() -> Upload | None:
    """Return the import that can be undone: the last of those that count."""
    return Upload.objects.filter(state=UploadState.APPLIED).order_by("-applied_at", "-pk").first()


def _last_locked() -> Upload | None:
    """Lock the last import, so that importing and undoing go one after the other."""
    applied = Upload.objects.filter(state=UploadState.APPLIED).order_by("-applied_at", "-pk")
    return applied.select_for_update(no_key=True).first()
