"""Everything `make run` needs in its database before the web server starts. Quick where nothing is to be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from assurance.services import opening
from home.demo import loading
from home.demo.cast import PASSWORD, SIGN_INS
from home.demo.plan import Size
from maturity import modelfile
from maturity.models import Edition
from maturity.services import editions
from organisation.models import Force
from organisation.periods import Quarter, london_day
from papers import templatefile
from papers.contents.blocks import KINDS
from papers.models import PaperTemplate
from papers.services import templates


class CannotPrepare(Exception):
    """The demo cannot run on this database; the text says why and what to do."""


def prepare(*, at: datetime, say: Callable[[str], None]) -> None:
    """Bring the tables up to date, load the model and, into an empty database, the demo force; open the quarter."""
    if waiting_migrations():
        say("Bringing the database's tables up to date")
        call_command("migrate", interactive=False, verbosity=0)
    if missing_cache_tables():
        call_command("createcachetable", verbosity=0)
    _load_model(at=at, say=say)
    _load_paper_templates(at=at)
    force = Force.objects.first()
    if force is None:
        say("Loading the demo force")
        loading.load(Size(), at=at)
    elif not force.demo_seed:
        raise CannotPrepare(
            f"This database holds {force.name}, which is no demo force, and nothing was changed. Run the demo on "
            "another database: name another DATABASE_URL, or another data folder with DATA_DIR=…"
        )
    opening.open_quarter(quarter=Quarter.of(london_day(at)), at=at)


def waiting_migrations() -> list[str]:
    """Names of migrations that have not been applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def missing_cache_tables() -> list[str]:
    """Names of the tables that the caches of the settings need and the database lacks."""
    wanted = {cache["LOCATION"] for cache in settings.CACHES.values() if cache["BACKEND"].endswith(".DatabaseCache")}
    return sorted(wanted - set(connection.introspection.table_names()))


def _load_model(*, at: datetime, say: Callable[[str], None]) -> None:
    """Load the editions that come with the product; one that is there already stays as its operator made it."""
    files = [modelfile.read(path) for path in sorted((Path(settings.BASE_DIR) / "fixtures").glob("maturity-*.toml"))]
    there = set(Edition.objects.values_list("code", flat=True))
    missing = [file for file in files if file.code not in there]
    if missing:
        say("Loading the maturity model")
        editions.load_all(missing, at=at)


def _load_paper_templates(*, at: datetime) -> None:
    """Load the templates that come with the product; one that is there already stays as its operator made it."""
    there = set(PaperTemplate.objects.values_list("code", flat=True))
    for path in sorted((Path(settings.BASE_DIR) / "fixtures").glob("paper-*.toml")):
        said = templatefile.read(path.read_text(encoding="utf-8"), kinds=KINDS)
        if said.code not in there:
            templates.load(said, at=at)


def sign_ins() -> Iterator[str]:
    """One line for each account of the demo: role, e-mail address, password."""
    widest_label = max(len(one.label) for one in SIGN_INS)
    widest_email = max(len(one.email) for one in SIGN_INS)
    for one in SIGN_INS:
        yield f"{one.label:<{widest_label}}  {one.email:<{widest_email}}  {PASSWORD}"
