from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from organisation.models import Appointment, User
from organisation.roles import Role
from organisation.rules import Refused
from organisation.services import accounts, appointments, letters


class Command(BaseCommand):
    help = (
        "Appoint an administrator, with a new account or one that there is: the first one, or where all are locked out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that the person signs in with")
        parser.add_argument(
            "name", help="the person's name as it is to be printed; an account that there is keeps its own"
        )

    def handle(self, *, email: str, name: str, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"“{email}” is not an e-mail address. Write it like name@force.example.") from None
        if not name.strip() or len(name) > 200:
            raise CommandError("The name takes 1 to 200 characters. Put it in quotes if it has blanks in it.")
        try:
            person = _make(email, name.strip())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{person.name} ({person.email}) administers accounts and appointments from today.")
        if person.has_usable_password():
            self.stdout.write("The account keeps the password that it has.")
        elif settings.LOCAL_PASSWORDS:
            days = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
            self.stdout.write(f"Give them this link to choose a password. It works once, for {days} days:")
            self.stdout.write(letters.password_link(person))
        else:
            self.stdout.write("They sign in through your provider, with this e-mail address.")


@transaction.atomic
def _make(email: str, name: str) -> User:
    now = timezone.now()
    today = timezone.localdate(now)
    person = accounts.by_email(email) or accounts.make(name=name, email=email, by=None, at=now)
    if not Appointment.objects.in_force(today).filter(person=person, role=Role.ADMINISTRATOR).exists():
        appointments.make(person=person, role=Role.ADMINISTRATOR, starts_on=today, by=None, at=now)
    return person
