"""Write what audits test, an edition's behavioural standards and KPIs, out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from maturity import standardsfile
from maturity.management.naming import edition_named
from maturity.services import standards


class Command(BaseCommand):
    help = "Write an edition's behavioural standards and audit KPIs as CSV that load_standards reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("edition", help="the edition's code, such as 2019")

    def handle(self, *, edition: str, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        chosen = edition_named(edition)
        self.stdout.write(standardsfile.write(standards.export(chosen)).decode("utf-8-sig"), ending="")
