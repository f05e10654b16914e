"""Measure importing incidents: `python -m benchmarks.incidents ROWS OUT`, with the database's servers at hand.

The import runs in a process of its own, so that the peak of its memory is the import's. Against it stands what nobody
can do without: the database's own bulk load (COPY) of the very same aggregated rows into the very same table, and one
read of the file from the first byte to the last.
"""

from __future__ import annotations

import cProfile
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

RUNS = 3
UNITS, YEARS = 100, 4
FIRST_DAY = date(2015, 4, 1)
HEADINGS = "Reference,Date of incident,Kind,Severity,Cause,Role,Unit,Name,Description"
KINDS = ("Accident", "Assault", "Near miss", "Damage only")
SEVERITIES = ("None", "Minor", "Over seven days", "Major")
CAUSES = ("Slip, trip or fall", "Moving vehicle", "Handling", "Struck by something", "Other")
ROLES = ("PC", "Sergeant", "PCSO", "DDO", "Staff", "Contractor")
FIXTURES = Path(__file__).parents[1] / "fixtures"


def incidents(rows: int) -> Iterator[str]:
    """Yield the lines of an extract: four years of a force of a hundred units, a time with each day."""
    chance = random.Random(7)  # noqa: S311  # the same file every time
    yield HEADINGS
    days = [f"{FIRST_DAY + timedelta(days=day):%d/%m/%Y}" for day in range(365 * YEARS)]
    for number in range(rows):
        yield (
            f"E{number},{chance.choice(days)} {number % 24:02}:{number % 60:02},{chance.choice(KINDS)},"
            f'{chance.choice(SEVERITIES)},"{chance.choice(CAUSES)}",{chance.choice(ROLES)},'
            f"Unit {chance.randrange(UNITS)},Somebody or other,Nobody reads what stands in here"
        )


def prepare() -> None:
    """Make the tables, the force's units and what is counted."""
    from django.core.management import call_command

    from organisation.models import Unit
    from organisation.roles import Role
    from tests.factories.organisation import make_person

    call_command("migrate", verbosity=0)
    call_command("load_indicators", str(FIXTURES / "injury-indicators.toml"), verbosity=0)
    call_command("load_mapping", str(FIXTURES / "incident-mapping-example.toml"), verbosity=0)
    make_person(Role.SHRMT)
    units = [Unit(name=f"Unit {number}", slug=f"unit-{number}", opened_on=FIRST_DAY) for number in range(UNITS)]
    Unit.objects.bulk_create(units)


def imported(file: Path) -> None:
    """Import the file as the command does, without its preview."""
    from django.utils import timezone

    from injuries.models import ColumnMapping, UploadKind
    from injuries.services import files, importing, previews
    from organisation.models import User

    person, now = User.objects.get(), timezone.now()
    with file.open("rb") as opened:
        figures, source = files.read(
            opened, kind=UploadKind.INCIDENTS, name=file.name, mapping=ColumnMapping.objects.get(), at=now
        )
    if figures.problems:
        raise SystemExit(f"The file of the benchmark has faults: {figures.problems[0]}")
    upload = importing.keep(figures=figures, source=source, by=person, at=now)
    seen = previews.digest_of(upload, previews.replaced_by(upload))
    importing.apply(upload=upload, seen=seen, by=person, at=now)


def in_a_process_of_its_own(file: Path) -> dict[str, float]:
    """Return the seconds of one import, and the peak of its process' memory in megabytes."""
    work = [sys.executable, "-m", "benchmarks.incidents", str(file)]
    answer = subprocess.run(work, check=True, capture_output=True, text=True)  # noqa: S603  # this very program
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def one_import(file: Path) -> dict[str, float]:
    """Import the file in this process."""
    began = time.perf_counter()
    imported(file)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def bulk_load() -> Callable[[], float]:
    """Return what loads the last import's rows once more by COPY, under months of their own, and rolls it back."""
    from django.db import connection, transaction

    from injuries.models import IndicatorMonth, Upload, UploadState
    from injuries.services.importing import last_import

    last = last_import()
    if last is None:
        raise SystemExit("Nothing was imported.")
    columns = "of_id, staff_group_id, unit_id, count"
    rows = io.StringIO()
    again = Upload.objects.get(pk=last.pk)
    again.pk, again.token, again.state = None, uuid.uuid4(), UploadState.WAITING
    again.applied_at = again.applied_by = None
    again.save(force_insert=True)
    IndicatorMonth.objects.bulk_create(
        IndicatorMonth(indicator_id=indicator, month=month, upload=again)
        for indicator, month in last.indicator_months.values_list("indicator", "month")
    )
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY (SELECT twin.id, c.staff_group_id, c.unit_id, c.count FROM injuries_monthlycount c "  # noqa: S608  # numbers of ours
            "JOIN injuries_indicatormonth m ON m.id = c.of_id JOIN injuries_indicatormonth twin "
            f"ON twin.indicator_id = m.indicator_id AND twin.month = m.month AND twin.upload_id = {again.pk} "
            f"WHERE m.upload_id = {last.pk}) TO STDOUT WITH (FORMAT csv)",
            rows,
        )

    def load() -> float:
        rows.seek(0)
        with transaction.atomic(), connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.copy_expert(f"COPY injuries_monthlycount ({columns}) FROM STDIN WITH (FORMAT csv)", rows)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            seconds = time.perf_counter() - began
            transaction.set_rollback(True)
        return seconds

    return load


def bare_read(file: Path) -> float:
    """Return the seconds of reading the file, doing nothing with it."""
    began = time.perf_counter()
    with file.open("rb") as opened:
        while opened.read(1024 * 1024):
            pass
    return time.perf_counter() - began


def measure(rows: int) -> dict[str, Any]:
    """Return the seconds of importing so many rows, ours and the yardstick's, the memory, and where the time goes."""
    from benchmarks.measure import told

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "incidents.csv"
        with file.open("w", encoding="utf-8") as opened:
            opened.writelines(f"{line}\n" for line in incidents(rows))
        runs = [in_a_process_of_its_own(file) for _ in range(RUNS)]
        load = bulk_load()
        yardstick = min(load() for _ in range(RUNS)) + min(bare_read(file) for _ in range(RUNS))
        profiler = cProfile.Profile()
        profiler.runcall(imported, file)
    return {
        "ours": min(run["seconds"] for run in runs),
        "yardstick": yardstick,
        "megabytes": max(run["megabytes"] for run in runs),
        "profile": told(profiler),
    }


def main(arguments: list[str]) -> None:
    """Measure, and write what was found; or, of a file alone, import it and print what it took."""
    django.setup()
    if len(arguments) == 1:
        sys.stdout.write(json.dumps(one_import(Path(arguments[0]))))
        return
    prepare()
    Path(arguments[1]).write_text(json.dumps(measure(int(arguments[0]))), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
