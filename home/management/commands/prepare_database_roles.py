"""Give the production roles of the database what each may do: `config/database_roles.sql`, after every migration."""

import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction

ROLES = settings.BASE_DIR / "config" / "database_roles.sql"
# What the file asks of the session, and where an installation says it.
SAID = {
    "truelevel.application": "DATABASE_APPLICATION_ROLE",
    "truelevel.application_password": "DATABASE_APPLICATION_PASSWORD",
    "truelevel.reader": "DATABASE_READER_ROLE",
    "truelevel.reader_password": "DATABASE_READER_PASSWORD",
}


class Command(BaseCommand):
    """`prepare_database_roles`: as the owner of the tables. May be repeated; changes no data."""

    help = (
        "Makes the roles that the product runs and reports are read as, where they are missing, and gives each what "
        "it may do. Run it as the owner of the tables, after migrate. DATABASE_APPLICATION_ROLE, "
        "DATABASE_APPLICATION_PASSWORD, DATABASE_READER_ROLE and DATABASE_READER_PASSWORD choose names and passwords."
    )

    def handle(self, **options: object) -> None:  # noqa: ARG002  # Django's signature
        """Run the file in one transaction."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for setting, variable in SAID.items():
                    cursor.execute("SELECT set_config(%s, %s, true)", [setting, os.environ.get(variable, "")])
                cursor.execute(ROLES.read_text(encoding="utf-8"))
        except DatabaseError as error:
            raise CommandError(
                f"The roles could not be prepared: {str(error).splitlines()[0]}. Run this as the owner of the tables, "
                "who must be allowed to make roles unless an administrator of the database has made them."
            ) from error
        self.stdout.write("The roles of the database may do what config/database_roles.sql says.")
