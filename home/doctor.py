"""What this installation needs to work, one small check each. A check says what it found and, if need be, the mend.

Checks look and change nothing. One that fails, or cannot be made, does not stop the others.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from celery import current_app
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import checks, mail
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from home.demo.preparing import missing_cache_tables, waiting_migrations
from home.services import digests, failures
from home.work_in_words import in_words
from maturity.models import Edition
from organisation.models import Force
from organisation.periods import london_day
from records.models import Job, TrailEntry
from records.services import scanning
from rendering import fonts as fonts_of_documents
from rendering import pdf

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRESQL = 14
PATIENCE_SECONDS = 2.0
UNHEARD_AFTER = timedelta(minutes=1)
CLOCKS_MAY_DIFFER_BY = timedelta(seconds=10)
PACKAGES_FILE = Path(settings.BASE_DIR) / "packages.debian"
# A file of the front end and one of our own: where either is missing, pages come without their looks.
NEEDED_FILES = ("govuk/govuk-frontend.min.css", "css/site.css")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `mend` is what to do about it, empty where all is well."""

    what: str
    found: str
    mend: str = ""

    @property
    def is_well(self) -> bool:
        return not self.mend

    def __str__(self) -> str:
        return f"ok     {self.what}: {self.found}" if self.is_well else f"MEND   {self.what}: {self.found} {self.mend}"


Check = Callable[[], Finding]


def findings() -> Iterator[Finding]:
    """Make every check, one after the other."""
    for what, check in CHECKS.items():
        yield made(what, check)


def made(what: str, check: Check) -> Finding:
    """Make one check; whatever goes wrong in it becomes its finding."""
    try:
        return check()
    except DatabaseError as error:
        if connection.is_usable():
            return Finding(what, f"cannot be told ({_first_line(error)}).", "Run manage.py migrate.")
        return Finding(what, "cannot be told without the database.", "Mend the database first.")
    except Exception as error:  # a broken part must not hide what the other checks find
        return Finding(what, "cannot be told.", f"The check itself failed: {_first_line(error)}.")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


# --- The machine --------------------------------------------------------------------------------------------------


def python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < OLDEST_PYTHON:
        oldest = ".".join(str(part) for part in OLDEST_PYTHON)
        return Finding("Python", f"{found} is too old.", f"Use {oldest} or newer and make the environment again.")
    return Finding("Python", found)


def system_packages() -> Finding:
    """The Debian packages that running needs: PDF libraries, and what ends the servers with their launcher."""
    wanted = _packages_to_run()
    absent = set(pdf.missing_packages())
    if "util-linux" in wanted and shutil.which("setpriv") is None:
        absent.add("util-linux")
    if absent:
        named = "; ".join(
            f"{name} is missing ({wanted.get(name, 'needed to print documents')})" for name in sorted(absent)
        )
        return Finding(
            "System packages",
            f"{named}.",
            f"Install: apt-get install --no-install-recommends {' '.join(sorted(absent))}",
        )
    return Finding("System packages", "Pango, its font library and HarfBuzz are there")


def _packages_to_run() -> dict[str, str]:
    """Return {package: why} for the lines of packages.debian that are for running."""
    lines = (line.split(maxsplit=2) for line in PACKAGES_FILE.read_text(encoding="utf-8").splitlines())
    return {line[0]: line[2] for line in lines if len(line) == 3 and line[1] == "run" and not line[0].startswith("#")}


def fonts() -> Finding:
    try:
        faces = fonts_of_documents.font_assets()
    except Exception as error:  # whatever the missing package raises
        return Finding(
            "Fonts of documents", f"cannot be read ({_first_line(error)}).", "Run make again to build assets/."
        )
    if not faces:
        return Finding("Fonts of documents", "none are there.", "Run make again to build assets/.")
    return Finding("Fonts of documents", "there")


def static_files() -> Finding:
    """In production the collected files count; elsewhere they are found where they lie."""
    what = "Styles and scripts"
    if settings.PRODUCTION:
        if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
            return Finding(what, f"not collected in {settings.STATIC_ROOT}.", "Run manage.py collectstatic --no-input.")
        return Finding(what, "collected")
    missing = [name for name in NEEDED_FILES if finders.find(name) is None]
    if missing:
        return Finding(what, f"{', '.join(missing)} is missing.", "Run make again to build assets/.")
    return Finding(what, "there")


def stored_files() -> Finding:
    """Whether documents can be written where settings say."""
    what, folder = "Stored files", Path(settings.FILES_DIR)
    there = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=there):
            pass
    except OSError as error:
        return Finding(
            what,
            f"{there} cannot be written to ({error.strerror}).",
            "Give it to the user who runs the product, or choose another place with DATA_DIR.",
        )
    return Finding(what, f"{folder} can be written to")


def antivirus() -> Finding:
    """Whether what people send is scanned. Doing without is a choice; a daemon that is set up and away is a fault."""
    what = "Antivirus"
    if not scanning.is_configured():
        return Finding(what, "none is set up (CLAMD_ADDRESS), so files that people send are kept unscanned")
    try:
        scanning.ping()
    except (scanning.NoVerdict, ImproperlyConfigured) as error:
        return Finding(
            what,
            f"{_first_line(error)}. Files that people send wait and cannot be downloaded.",
            "Start clamd, or set CLAMD_ADDRESS to where it listens.",
        )
    return Finding(what, f"answers at {settings.CLAMD_ADDRESS}")


# --- Time ---------------------------------------------------------------------------------------------------------


def time_zone() -> Finding:
    what = "Time zone"
    try:
        ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return Finding(what, "the machine does not know Europe/London.", "Install: apt-get install tzdata")
    if settings.TIME_ZONE != "Europe/London" or not settings.USE_TZ:
        return Finding(
            what,
            f"TIME_ZONE is {settings.TIME_ZONE}, USE_TZ {settings.USE_TZ}.",
            "Set them to Europe/London and True: quarters and due days are London's.",
        )
    with connection.cursor() as cursor:
        cursor.execute("SHOW timezone")
        stored = cursor.fetchone()[0]
    if stored not in ("UTC", "Etc/UTC"):
        return Finding(
            what, f"the database stores times of {stored}.", "Remove TIME_ZONE from the database's settings."
        )
    return Finding(what, "pages show London's time, the database stores UTC")


def clock() -> Finding:
    """This machine's clock against the database's, and against the newest act that was recorded."""
    what = "Clock"
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    ours = timezone.now()
    if abs(ours - theirs) > CLOCKS_MAY_DIFFER_BY:
        return Finding(
            what,
            f"it differs from the database's by {abs(ours - theirs).total_seconds():.0f} seconds.",
            "Let both machines take their time from the same source (NTP).",
        )
    newest = TrailEntry.objects.order_by("-at").values_list("at", flat=True).first() if _has(TrailEntry) else None
    if newest is not None and newest > ours + CLOCKS_MAY_DIFFER_BY:
        return Finding(
            what,
            f"it says {ours:%d %B %Y %H:%M} UTC, and acts of {newest:%d %B %Y %H:%M} UTC are recorded already.",
            "Set the clock (NTP); if it is right now, it was wrong then.",
        )
    return Finding(what, f"{ours:%d %B %Y %H:%M} UTC, as the database has it")


# --- Database -----------------------------------------------------------------------------------------------------


def database() -> Finding:
    what = "Database"
    try:
        connection.ensure_connection()
    except (DatabaseError, ImproperlyConfigured) as error:
        return Finding(
            what,
            f"does not answer ({_first_line(error)}).",
            "Start PostgreSQL, or set DATABASE_URL to where it is; `make run` brings its own.",
        )
    version = connection.pg_version  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it
    if version < OLDEST_POSTGRESQL * 10_000:
        return Finding(what, f"PostgreSQL {version // 10_000} is too old.", f"Use {OLDEST_POSTGRESQL} or newer.")
    return Finding(what, f"PostgreSQL {version // 10_000}.{version % 10_000}")


def migrations() -> Finding:
    waiting = waiting_migrations()
    if waiting:
        return Finding(
            "Tables", f"{len(waiting)} change(s) not made yet, {waiting[0]} first.", "Run manage.py migrate."
        )
    return Finding("Tables", "up to date")


def cache_table() -> Finding:
    missing = missing_cache_tables()
    if missing:
        return Finding(
            "Cache table",
            f"{', '.join(missing)} is missing, so nobody can sign in.",
            "Run manage.py createcachetable.",
        )
    return Finding("Cache table", "there")


def model() -> Finding:
    if not Edition.objects.exists():
        return Finding(
            "Maturity model",
            "no edition is loaded, so no statement can be opened.",
            "Run manage.py load_model fixtures/maturity-2017.toml fixtures/maturity-2019.toml.",
        )
    edition = Edition.objects.in_force(london_day(timezone.now()))
    if edition is None:
        return Finding("Maturity model", "no edition is in force today.", "Load one that has started (load_model).")
    return Finding("Maturity model", f"{edition.name} is in force")


def public_passwords() -> Finding:
    """The demo's passwords are printed, so its accounts must not stand in an installation that is reached by others."""
    what = "Public passwords"
    if not settings.PRODUCTION or not _has(Force) or not Force.objects.exclude(demo_seed="").exists():
        return Finding(what, "none in an installation for real use")
    return Finding(
        what,
        "this production installation holds the demo force, whose password is printed in the README.",
        "Use a database of its own for production.",
    )


def _has(model: type[TrailEntry] | type[Force]) -> bool:
    return model._meta.db_table in connection.introspection.table_names()


# --- Settings -----------------------------------------------------------------------------------------------------


def checks_for_deployment() -> Finding:
    """Django's own checks and ours, those for deployment included: what a change of the settings may have undone."""
    what = "Settings"
    if not settings.PRODUCTION:
        return Finding(what, f"those of the {settings.PROFILE} profile, which are not for real use")
    found = checks.run_checks(include_deployment_checks=True)
    serious = [one for one in found if one.level >= checks.WARNING and not one.is_silenced()]
    serious.sort(key=lambda one: str(one.id))  # Django keeps its checks in a set: another order in every process
    if serious:
        return Finding(
            what,
            f"{len(serious)} are unsafe, {serious[0].id} first: {' '.join(serious[0].msg.split())}",
            "See manage.py check --deploy for all of them.",
        )
    return Finding(what, "safe for real use")


# --- Broker, worker, timetable ------------------------------------------------------------------------------------


def broker() -> Finding:
    what = "Broker"
    try:
        with current_app.connection_for_write(connect_timeout=PATIENCE_SECONDS) as messages:
            channel: Any = messages.default_channel
            channel.client.ping()
    except Exception as error:  # whatever the broker's client raises
        return Finding(
            what,
            f"does not answer ({_first_line(error)}). Saving and signing go on; documents wait.",
            "Start Redis or Valkey, or set REDIS_URL to where it is; `make run` brings its own.",
        )
    return Finding(what, "answers")


def worker() -> Finding:
    what, mend = "Worker", "Start it: celery -A config.celery worker; `make run` does."
    try:
        with current_app.connection_for_write(connect_timeout=PATIENCE_SECONDS) as messages:
            answers = current_app.control.inspect(timeout=PATIENCE_SECONDS, connection=messages).ping() or {}
    except Exception as error:  # whatever the broker's client raises
        return Finding(what, f"cannot be asked without the broker ({_first_line(error)}).", "Mend the broker first.")
    if not answers:
        return Finding(what, f"none answers within {PATIENCE_SECONDS:.0f} seconds, so no document is made.", mend)
    return Finding(what, f"{len(answers)} at work")


def timetable() -> Finding:
    """Beat rings for jobs that wait every fifteen seconds; one that nobody has rung for in a minute says it is away."""
    now = timezone.now()
    unheard = Job.objects.to_ring(now).filter(requested_at__lt=now - UNHEARD_AFTER).count()
    if unheard:
        return Finding(
            "Timetable",
            f"{unheard} job(s) have waited for over a minute and nobody rings for them.",
            "Start it: celery -A config.celery beat; `make run` does.",
        )
    return Finding("Timetable", "no job waits unheard")


def failed_work() -> Finding:
    """Long work of the last week that failed and was not done since."""
    what = "Failed work"
    failed = failures.failed_lately(now=timezone.now())
    newest, number = failed.first(), failed.count()
    if newest is None:
        return Finding(what, "none in the last seven days")
    return Finding(
        what,
        f"{number} job(s) of the last seven days, the newest: {in_words(newest.task)} (job {newest.pk}). "
        f"{newest.error.splitlines()[0] if newest.error else ''}".rstrip(),
        "Mend what it names and ask for the work again; administrators see all of them at /failed-work/.",
    )


# --- E-mail -------------------------------------------------------------------------------------------------------


def mail_server() -> Finding:
    """Whether letters can leave: a connection, sign-in included, without sending anything."""
    what = "E-mail"
    if not settings.EMAIL_GOES_OUT:
        return Finding(
            what,
            "no mail server is named, so nobody is sent anything.",
            "Set EMAIL_URL, such as smtp+tls://user:password@mail.example.org:587; what people were told in the last "
            "four weeks goes out then.",
        )
    waiting = list(digests.letters_that_wait(now=timezone.now()))
    wait = f" {len(waiting)} e-mail(s) of today wait; nothing is lost." if waiting else ""
    try:
        with mail.get_connection():
            pass
    except (OSError, ImproperlyConfigured) as error:  # smtplib's errors are OSErrors
        return Finding(
            what,
            f"cannot be handed over ({_first_line(error)}).{wait}",
            "Start the mail server, or set EMAIL_URL to where it is.",
        )
    if waiting:
        return Finding(
            what,
            f"the mail server answers, but:{wait} Of the first it was said: {waiting[0]}",
            "Correct the address if that is at fault; each is tried again within the hour.",
        )
    return Finding(what, f"goes by {settings.EMAIL_BACKEND.split('.')[-2]}, none of today’s letters waits")


CHECKS: dict[str, Check] = {
    "Python": python,
    "System packages": system_packages,
    "Fonts of documents": fonts,
    "Styles and scripts": static_files,
    "Stored files": stored_files,
    "Antivirus": antivirus,
    "Database": database,
    "Tables": migrations,
    "Cache table": cache_table,
    "Maturity model": model,
    "Public passwords": public_passwords,
    "Settings": checks_for_deployment,
    "Time zone": time_zone,
    "Clock": clock,
    "Broker": broker,
    "Worker": worker,
    "Timetable": timetable,
    "Failed work": failed_work,
    "E-mail": mail_server,
}
