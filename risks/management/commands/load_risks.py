"""Load what likelihood, impact and scores are called, and risks of a register, from their file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from organisation.models import User
from risks import risksfile
from risks.permissions import can_write_register
from risks.rules import Refused
from risks.services import loading

NOTHING = "Nothing was loaded."


class Command(BaseCommand):
    help = "Load a risk scale, and risks that the register does not have, from a TOML file (docs/risks.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="such as fixtures/board-risks.toml")
        parser.add_argument("--by", metavar="E-MAIL", help="who enters the risks: the Head or the Board’s secretary")

    def handle(self, *, file: Path, by: str | None, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        try:
            said = risksfile.read(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}.") from error
        except risksfile.NotRisks as faults:
            lines = "\n".join(f"{file}: {fault}" for fault in faults.faults)
            raise CommandError(f"{lines}\n{NOTHING}") from faults
        try:
            loaded = loading.load(said, by=_keeper(by), at=timezone.now())
        except Refused as refusal:
            raise CommandError(f"{file}: {refusal} {NOTHING}") from refusal
        self.stdout.write(f"Risks entered on the register: {loaded.risks}.")
        if loaded.there:
            self.stdout.write(f"There already, and left as they are: {', '.join(loaded.there)}.")


def _keeper(email: str | None) -> User | None:
    if email is None:
        return None
    person = User.objects.filter(email__iexact=email).first()
    if person is None or not can_write_register(person):
        raise CommandError(
            f"{email} is nobody who maintains the register: the Head and the Board’s secretary do. {NOTHING}"
        )
    return person
