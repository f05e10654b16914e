"""Load what audits test, an edition's behavioural standards and KPIs, from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from maturity import standardsfile
from maturity.management.naming import edition_named
from maturity.services import standards


class Command(BaseCommand):
    help = (
        "Load an edition's behavioural standards and audit KPIs from a CSV or XLSX file (docs/model-format.md). "
        "All of them, or none."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("edition", help="the edition's code, such as 2019")
        parser.add_argument("file", type=Path, metavar="FILE", help="the list, CSV or XLSX")

    def handle(self, *, edition: str, file: Path, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        chosen = edition_named(edition)
        try:
            lines = standardsfile.read(_content_of(file), standards.scale_of(chosen), filename=str(file))
            done = standards.load(edition=chosen, lines=lines, filename=str(file), at=timezone.now())
        except standardsfile.StandardsFileError as refusal:
            raise CommandError(f"{refusal}\nNothing was loaded.") from None
        counts = f"{done.added} added, {done.changed} changed, {done.removed} removed, {done.unchanged} unchanged"
        self.stdout.write(f"Standards of edition {chosen.code} ({chosen.name}): {counts}.")


def _content_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CommandError(
            f"{path}: There is no such file. Check the spelling and the folder you are in.\nNothing was loaded."
        ) from None
    except OSError as error:
        raise CommandError(
            f"{path}: The file cannot be read: {error.strerror}. Check who may read it.\nNothing was loaded."
        ) from None
