"""Get the database ready for the demo and print its sign-ins. The launcher runs it before the web server."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from home.demo import loading, preparing


class Command(BaseCommand):
    help = "Get the demo's database ready (tables, model, force) and print one sign-in for each role."
    # They cost half a second at every start of the demo, and `make test` runs them.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        if settings.PRODUCTION:
            raise CommandError(
                "The demo has printed passwords and must not share an installation with real data. Start it with "
                "`make run`, or set TRUELEVEL_PROFILE=demo with a database of its own."
            )
        try:
            preparing.prepare(at=timezone.now(), say=self.stderr.write)
        except (preparing.CannotPrepare, loading.CannotLoad) as reason:
            raise CommandError(str(reason)) from reason
        for line in preparing.sign_ins():
            self.stdout.write(line)
