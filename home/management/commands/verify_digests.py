"""Hold everything that was signed, frozen or stored against the digests on record."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from assurance import chains
from assurance.verification import changed_audits, changed_issues, changed_rollups
from papers.verification import changed_packs, changed_papers, changed_public_versions
from records.models import Blob
from records.verification import what_ails
from rendering.formats import count

SECONDS_BETWEEN_LINES = 5


class Command(BaseCommand):
    help = (
        "Check every unit's chain of signed revisions from what is stored: that each content has its digest and names "
        "the one before it, that its rows and the trail agree with it, and that no signature has vanished; and the "
        "frozen content of roll-ups, audits, papers and agenda packs. Names the first broken link of each chain; exit "
        "status 1 if there is any."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--files", action="store_true", help="Read every stored file as well, and check its bytes.")

    def handle(self, **options: Any) -> None:
        wrong = 0
        for line in self._findings(files=options["files"]):
            self.stdout.write(line)
            wrong += 1
        if wrong:
            self.stdout.write(
                f"{count(wrong)} {'thing is' if wrong == 1 else 'things are'} not as on record. Keep the database and "
                "the files as they are, restore a backup beside them, and compare."
            )
            sys.exit(1)
        self.stdout.write("Everything that was checked is as it was signed or stored.")

    def _findings(self, *, files: bool) -> Iterator[str]:
        yield from self._chains()
        for name in chains.lost_signatures():
            yield f"{name}: the trail says that it was signed, and it is not there as signed any more."
        for number in chains.changed_redactions():
            yield f"Redaction {number}: it is not what the trail says was proposed, decided and taken out."
        for name, what in changed_rollups():
            yield f"Roll-up of {name}: {what}."
        for name, what in changed_issues():
            yield f"Issued roll-up of {name}: {what}."
        for name, what in changed_audits():
            yield f"{name}: {what}."
        for title, what in changed_papers():
            yield f"Paper “{title}”: {what}."
        for name, what in (*changed_packs(), *changed_public_versions()):
            yield f"{name}: {what}."
        if files:
            yield from self._files()

    def _chains(self) -> Iterator[str]:
        there_are = chains.count_signed()
        self.stdout.write(f"Checking {count(there_are)} signed revisions.")
        told = _Progress(self, there_are, "signed revisions")
        for broken in chains.broken_chains(progress=told):
            where = f"{broken.unit}, {broken.quarter}, revision {broken.revision}"
            yield f"{where}: {'; '.join(broken.what)}."

    def _files(self) -> Iterator[str]:
        there_are = Blob.objects.count()
        self.stdout.write(f"Reading {count(there_are)} stored files.")
        told = _Progress(self, there_are, "stored files")
        for number, blob in enumerate(Blob.objects.order_by("pk").iterator(chunk_size=1000), start=1):
            if problem := what_ails(blob):
                yield f"Stored file {blob.sha256}: {problem}."
            told(number)


class _Progress:
    """Says now and then how far the check has come, apart from what it finds."""

    def __init__(self, command: BaseCommand, there_are: int, of_what: str) -> None:
        self.command, self.there_are, self.of_what = command, there_are, of_what
        self.said_at = time.monotonic()

    def __call__(self, done: int) -> None:
        if time.monotonic() - self.said_at < SECONDS_BETWEEN_LINES:
            return
        self.said_at = time.monotonic()
        self.command.stderr.write(f"… {count(done)} of {count(self.there_are)} {self.of_what}")
