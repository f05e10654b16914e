"""Load how the columns of a file of incidents are read."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from injuries.mapping import NotAMapping
from injuries.services import mappings


class Command(BaseCommand):
    help = "Load how the columns of incident files are read, from a TOML file (docs/injury-figures.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="such as fixtures/incident-mapping-example.toml")

    def handle(self, *, file: Path, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        try:
            loaded = mappings.load(file.read_text(encoding="utf-8"), at=timezone.now())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}.") from error
        except NotAMapping as faults:
            lines = "\n".join(f"{file}: {fault}" for fault in faults.faults)
            raise CommandError(f"{lines}\nNothing was loaded.") from faults
        self.stdout.write(f"Files of incidents can be read by “{loaded}” now: --mapping {loaded.code}.")
