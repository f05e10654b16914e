"""Say in plain words what this installation lacks, one line each with the mend."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from home import doctor


class Command(BaseCommand):
    help = "Say what is missing or misconfigured, one line each with the mend; exit status 1 if anything is."
    # A broken part is what this command is for: nothing may stop it before it has said so.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        wrong = 0
        for finding in doctor.findings():
            self.stdout.write(str(finding))
            wrong += not finding.is_well
        if not wrong:
            self.stdout.write("Everything is in order.")
            return
        self.stdout.write(f"{wrong} of {len(doctor.CHECKS)} checks found something to mend.")
        sys.exit(1)
