"""Hold the trail against its own chain, and against a head of it that was kept elsewhere."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from records.services import verifying
from records.services.verifying import Head


class Command(BaseCommand):
    """`verify_trail`: exit status 0 where the trail is whole, 1 where it is not."""

    help = (
        "Works out every digest of the trail again, from its first entry, and names the first that is not what was "
        "recorded. With --head, also whether a head that was kept elsewhere is still part of it. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--head names the file that `export_trail_head` wrote."""
        parser.add_argument("--head", type=Path, metavar="FILE", help="a head that was kept elsewhere")

    def handle(self, *, head: Path | None, **options: object) -> None:  # noqa: ARG002  # Django's signature
        """Check, say what was found, and end with the status that says it too."""
        found = list(verifying.breaks(known=None if head is None else _read(head)))
        for line in found:
            self.stderr.write(f"Broken: {line}.")
        newest = verifying.head()
        if found:
            sys.exit(1)
        at = f"Its head is at place {newest.position}: {newest.digest}" if newest else "Nothing has been recorded yet"
        self.stdout.write(f"The trail is whole. {at}.")


def _read(path: Path) -> Head:
    """Return the head in the file, or say what is wrong with it."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Head(int(kept["position"]), str(kept["digest"]))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} holds no head of a trail. Use a file that export_trail_head wrote.") from error
