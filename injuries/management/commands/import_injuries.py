"""Import injury figures from a file: say what it comes to, and let it count if that is asked for."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from injuries import months_in_files
from injuries.figures import Figures, MonthChange, Preview
from injuries.models import ColumnMapping, Upload, UploadKind
from injuries.permissions import can_bring_figures
from injuries.services import files, importing
from injuries.services.ledgers import ledger_of
from injuries.services.previews import preview
from organisation.models import User
from records.spreadsheets import Unreadable
from rendering import formats

NOTHING = "Nothing was imported."
MOST_MONTHS = 400


class Command(BaseCommand):
    help = "Say what a file of injury figures comes to; with --apply, import it (docs/injury-figures.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX")
        parser.add_argument("--kind", choices=UploadKind.values, default=UploadKind.COUNTS, help="what its lines are")
        parser.add_argument("--mapping", metavar="CODE", help="how the columns of a file of incidents are read")
        parser.add_argument("--apply", action="store_true", help="import it; without, nothing is kept")
        parser.add_argument("--by", metavar="E-MAIL", help="with --apply: who imports, and answers for it in the trail")

    def handle(self, *, file: Path, kind: str, mapping: str | None, by: str | None, **options: Any) -> None:
        now = timezone.now()
        person = _somebody_who_may(by) if options["apply"] else None
        figures, source = _read(file, UploadKind(kind), _mapping(UploadKind(kind), mapping), now)
        if figures.problems:
            lines = "\n".join(f"{file}: {problem}" for problem in figures.problems)
            raise CommandError(f"{lines}\n{NOTHING}")
        for remark in figures.remarks:
            self.stdout.write(remark)
        try:
            if person is None:
                with importing.for_a_look(figures=figures, source=source, at=now) as upload:
                    self.stdout.write("\n".join(_in_words(upload, preview(upload))))
                self.stdout.write(f"{NOTHING} Add --apply to import it.")
                return
            upload = importing.keep(figures=figures, source=source, by=person, at=now)
            found = preview(upload)
            self.stdout.write("\n".join(_in_words(upload, found)))
            importing.apply(upload=upload, seen=found.digest, by=person, at=timezone.now())
        except importing.Overtaken as error:
            raise CommandError(f"Somebody has imported the same months just now. {NOTHING} Try again.") from error
        except importing.Refused as refusal:
            raise CommandError(f"{refusal} {NOTHING}") from refusal
        self.stdout.write("It counts now.")


def _somebody_who_may(email: str | None) -> User:
    if email is None:
        raise CommandError(f"Say who imports: --by E-MAIL. {NOTHING}")
    person = User.objects.filter(email__iexact=email).first()
    if person is None or not can_bring_figures(person):
        raise CommandError(f"{email} is nobody who imports injury figures: SHRMT and the Head do. {NOTHING}")
    return person


def _mapping(kind: UploadKind, code: str | None) -> ColumnMapping | None:
    if kind != UploadKind.INCIDENTS:
        return None
    there = {one.code: one for one in ColumnMapping.objects.all()}
    if code not in there:
        known = f"There are: {', '.join(there)}." if there else "Load one with load_mapping."
        raise CommandError(f"A file of incidents is read by a mapping: --mapping CODE. {known}")
    return there[code]


def _read(
    file: Path, kind: UploadKind, mapping: ColumnMapping | None, now: datetime
) -> tuple[Figures, importing.Source]:
    try:
        with file.open("rb") as opened:
            return files.read(opened, kind=kind, name=file.name, mapping=mapping, at=now)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except Unreadable as error:
        raise CommandError(f"{file}: {error}\n{NOTHING}") from error


def _in_words(upload: Upload, found: Preview) -> Iterator[str]:
    names = ledger_of(upload).names()
    yield (
        f"{formats.so_many(upload.lines, 'line')}. New months: {found.added}. Changed: {found.changed}. "
        f"Unchanged: {found.same}. With something that counts no more: {found.losing}."
    )
    told = [one for one in found.changes if not one.is_same]
    for one in told[:MOST_MONTHS]:
        yield f"  {names[one.series]}, {months_in_files.in_words(one.month)}: {_change(one)}"
    if len(told) > MOST_MONTHS:
        yield f"  and {len(told) - MOST_MONTHS} more"
    for warning in found.warnings:
        yield f"Look again: {warning}"


def _change(one: MonthChange) -> str:
    after = formats.decimal(one.after, 0 if one.after == int(one.after) else 2)
    if one.before is None:
        return f"{after}, new"
    before = formats.decimal(one.before, 0 if one.before == int(one.before) else 2)
    gone = f", {one.gone} of them counted no more" if one.gone else ""
    places = "1 place differs" if one.differ == 1 else f"{formats.count(one.differ)} places differ"
    return f"{before} becomes {after}; {places}{gone}"
