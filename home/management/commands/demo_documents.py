"""Let the worker make the demo's roll-ups and its first panel paper. The launcher runs it once all is up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from home.demo import documents

DEFAULT_WAIT_SECONDS = 300.0


class Command(BaseCommand):
    help = "Have the worker make the demo's roll-ups of the last finished half-year and one panel paper."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--wait",
            type=float,
            default=DEFAULT_WAIT_SECONDS,
            metavar="SECONDS",
            help="how long to wait for the worker (default %(default)s)",
        )

    def handle(self, *, wait: float, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        try:
            made = documents.make(at=timezone.now(), wait_seconds=wait)
        except documents.NotMade as reason:
            raise CommandError(str(reason)) from reason
        said = "The roll-ups are built and the paper is published." if made else "A paper is published already."
        self.stdout.write(said)
