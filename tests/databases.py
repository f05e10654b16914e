"""The database the tests' own are copied from: migrated once, and kept as a text until a migration changes."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import getsourcefile
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config.embedded import postgres_programs
from config.processes import LauncherError

ONE_AT_A_TIME = 20_190_901  # the number of the lock that the tests' processes share


def template(kept_in: Path) -> str:
    """Return the name of a database with every table and no row of a test, having made it where there is none.

    Migrating takes about a minute, so what came of it is kept in `kept_in` under a digest of all migrations.
    """
    digest = _digest_of_migrations()
    name = f"test_template_{digest}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() == (0,):
            _make(cursor, name, kept=kept_in / f"{digest}.sql")
    return name


def _make(cursor: object, name: str, *, kept: Path) -> None:
    unfinished = f"{name}_unfinished"
    execute = cursor.execute  # type: ignore[attr-defined]
    execute(f"DROP DATABASE IF EXISTS {unfinished}")
    execute(f"CREATE DATABASE {unfinished}")
    with _connected_to(unfinished):
        if kept.exists() and (psql := _program("psql")):
            _run(psql, "--quiet", "--no-psqlrc", "--output", os.devnull, "-v", "ON_ERROR_STOP=1", "--file", str(kept))
        else:
            call_command("migrate", verbosity=0)
            if pg_dump := _program("pg_dump"):
                begun = kept.with_suffix(f".{os.getpid()}")
                _run(pg_dump, "--no-owner", "--file", str(begun))
                begun.rename(kept)
    execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")


def _digest_of_migrations() -> str:
    digest = hashlib.sha256(django.__version__.encode())
    for label, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        source = getsourcefile(type(migration))
        assert source is not None, label
        digest.update(Path(source).read_bytes())
    return digest.hexdigest()[:16]


def _program(name: str) -> Path | None:
    """Return PostgreSQL's program of that name, if the machine has it."""
    try:
        path = postgres_programs() / name
    except LauncherError:
        return None
    return path if path.is_file() else None


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _run(program: Path, *arguments: str) -> None:
    known = connection.get_connection_params()
    where = {"dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT"}
    there = {variable: str(known[key]) for key, variable in where.items() if known.get(key)}
    subprocess.run([program, *arguments], env=os.environ | there, check=True)
