"""Load templates of papers from their files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from papers import templatefile
from papers.contents.blocks import KINDS
from papers.services import templates

NOTHING = "Nothing was loaded."


class Command(BaseCommand):
    help = "Load templates of papers from TOML files (docs/paper-templates.md). All of them, or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="such as fixtures/paper-panel.toml")

    def handle(self, *, files: list[Path], **options: Any) -> None:  # noqa: ARG002  # Django's signature
        read, faults = [], []
        for path in files:
            try:
                read.append(templatefile.read(path.read_text(encoding="utf-8"), kinds=KINDS))
            except (OSError, UnicodeDecodeError) as error:
                faults.append(f"{path} cannot be read: {error}.")
            except templatefile.NotTemplate as found:
                faults += [f"{path}: {fault}" for fault in found.faults]
        if faults:
            raise CommandError("\n".join([*faults, NOTHING]))
        with transaction.atomic():
            outcomes = [(said, templates.load(said, at=timezone.now())) for said in read]
        for said, outcome in outcomes:
            self.stdout.write(f"Template {said.code} ({said.name}): {outcome}.")
