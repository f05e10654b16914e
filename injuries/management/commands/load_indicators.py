"""Load what is counted, and of whom, from its file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from injuries import indicatorsfile
from injuries.services import indicators


class Command(BaseCommand):
    help = "Load what injury and custody figures count, and of whom, from a TOML file (docs/injury-figures.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="such as fixtures/injury-indicators.toml")

    def handle(self, *, file: Path, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        try:
            said = indicatorsfile.read(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}.") from error
        except indicatorsfile.NotIndicators as faults:
            lines = "\n".join(f"{file}: {fault}" for fault in faults.faults)
            raise CommandError(f"{lines}\nNothing was loaded.") from faults
        try:
            loaded = indicators.load(said, at=timezone.now())
        except indicators.CannotLoad as refusal:
            raise CommandError(f"{file}: {refusal}\nNothing was loaded.") from refusal
        self.stdout.write(
            f"There are {loaded.indicators} indicators, {loaded.staff_groups} staff groups and "
            f"{loaded.reporting_changes} changes of reporting. "
            f"Custody figures are counted by {loaded.custody_terms} terms."
        )
