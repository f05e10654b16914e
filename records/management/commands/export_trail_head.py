"""Write the head of the trail's chain, to be kept where nobody who can change the database can reach it."""

import json
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from records.services import verifying


class Command(BaseCommand):
    """`export_trail_head`: one line of JSON on standard output."""

    help = "Prints the newest place of the trail's chain and its digest, for safe-keeping elsewhere."

    def handle(self, **options: object) -> None:  # noqa: ARG002  # Django's signature
        """Print the head."""
        newest = verifying.head()
        if newest is None:
            raise CommandError("Nothing has been recorded yet: the trail has no head.")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self.stdout.write(json.dumps({"position": newest.position, "digest": newest.digest, "exported_at": now}))
