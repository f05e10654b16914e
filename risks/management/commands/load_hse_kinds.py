"""Load kinds of events under RIDDOR, with the days within which they are reported, and kinds of notices of the HSE."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from risks import kindsfile
from risks.services import kinds

NOTHING = "Nothing was loaded."


class Command(BaseCommand):
    help = "Load kinds of events under RIDDOR and of notices of the HSE from a TOML file (docs/liaison.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="such as fixtures/riddor-kinds.toml")

    def handle(self, *, file: Path, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        try:
            said = kindsfile.read(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}.") from error
        except kindsfile.NotKinds as faults:
            lines = "\n".join(f"{file}: {fault}" for fault in faults.faults)
            raise CommandError(f"{lines}\n{NOTHING}") from faults
        kinds.load(said, at=timezone.now())
        self.stdout.write(f"Kinds of events: {len(said.notifications)}. Kinds of notices: {len(said.notices)}.")
        unconfirmed = [kind.name for kind in said.notifications if not kind.confirmed]
        if unconfirmed:
            self.stdout.write(f"To be confirmed by you, against the regulations: {', '.join(unconfirmed)}.")
