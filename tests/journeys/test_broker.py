"""With the broker stopped, frozen or emptied people go on saving and signing; what they asked for is built later.

And whoever dies during a build, worker or broker, and whenever: it ends with one result, the right one, by itself.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from playwright.sync_api import Browser, expect

from config.data_folder import DataFolder
from config.embedded import Valkey, make_socket_folder, remove_socket_folder
from config.processes import Child, StopSwitch, is_alive
from organisation.periods import Quarter, london_day
from tests.config.launchers import connect, copy_folder
from tests.journeys.conftest import ROOT, Product, Visit, signed_in, start_product

# The goal is two seconds a request; the margin is for a machine that does something else at the time.
SECONDS_A_REQUEST = 10
BUILT_WITHIN_MS = 150_000
SCENE = """
from django.utils import timezone
from assurance.models import Revision
from assurance.services import statements
from organisation.models import Appointment, User
from tests.factories import assurance
spoc, lead = (User.objects.get(email=f"{who}@demo.example") for who in ("spoc", "slt-lead"))
unit = Appointment.objects.get(person=spoc, role="spoc").unit
newest = Revision.objects.filter(statement__unit=unit, statement__quarter=assurance.this_quarter()).latest("number")
if newest.is_open:
    assurance.fill(newest, by=spoc)
else:
    statements.reopen(revision=newest, reason="Something has changed.", by=lead, at=timezone.now())
print(f"/statements/{unit.slug}/{newest.statement.quarter.slug}/")
group = unit.memberships.get(ends_on=None).group
print(f"/roll-ups/{group.slug}/{newest.statement.quarter.half.slug}/")
"""


@dataclass
class Broker:
    """A broker of this test's own, to be mistreated."""

    server: Valkey
    process: Child
    product: Product | None = None

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self.process.process.kill()
        self.process.process.wait()
        yield
        self.process = self.server.start(StopSwitch())

    @contextmanager
    def frozen(self) -> Iterator[None]:
        self.process.process.send_signal(signal.SIGSTOP)
        yield
        self.process.process.send_signal(signal.SIGCONT)

    @contextmanager
    def emptied(self) -> Iterator[None]:
        """Nobody hears the bell, and then the broker forgets that it rang."""
        assert self.product is not None
        workers = worker_processes(self.product)
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
        yield
        with redis.Redis(unix_socket_path=str(self.server.socket)) as connection:
            assert connection.dbsize() > 0
            connection.flushall()
        for worker in workers:
            os.kill(worker, signal.SIGCONT)


def worker_processes(product: Product) -> list[int]:
    """The Celery worker of this product (its pool included): the processes whose command and DATA_DIR say so."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_alive(int(entry.name)):
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
                data_dir = f"DATA_DIR={product.data_dir}".encode()
                if b"worker" in command and data_dir in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
    assert found, "no worker is running"
    return found


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    folder, sockets = tmp_path_factory.mktemp("broker"), make_socket_folder()
    server = Valkey(folder, sockets=sockets, logs=folder)
    running = Broker(server, server.start(StopSwitch()))
    yield running
    running.process.stop(seconds=10, switch=StopSwitch())
    remove_socket_folder(sockets)


@pytest.fixture(scope="module")
def product_beside(broker: Broker, furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product on that broker."""
    folder = copy_folder(furnished, tmp_path_factory.mktemp("beside") / "data")
    broker.product = start_product(folder, REDIS_URL=broker.server.url)
    yield broker.product
    broker.product.stop()


def in_time(act: Callable[[], object], what: str) -> None:
    begun = time.monotonic()
    act()
    seconds = time.monotonic() - begun
    print(f"{what}: {seconds:.1f} s")  # noqa: T201  # shown when it fails, and with -s
    assert seconds < SECONDS_A_REQUEST, f"{what} took {seconds:.1f} s"


@pytest.mark.parametrize("mishap", ["stopped", "frozen", "emptied"])
def test_work_goes_on_without_the_broker(
    mishap: str, broker: Broker, product_beside: Product, browser: Browser
) -> None:
    statement, rollup = product_beside.manage("shell", "--no-imports", "-c", SCENE).split()
    spoc, lead, cog = (
        signed_in(browser, product_beside, who, checks=False) for who in ("spoc", "slt-lead", "cog-lead")
    )
    with getattr(broker, mishap)():
        evidence = f"Written while the broker was {mishap}."
        spoc.open(f"{statement}themes/leadership/")
        spoc.page.get_by_label("Evidence", exact=True).fill(evidence)
        in_time(lambda: save(spoc), "Saving")
        spoc.open(f"{statement}check/")
        spoc.page.get_by_role("checkbox").check()
        in_time(lambda: spoc.press("Complete statement"), "Completing")
        in_time(lambda: sign(lead, statement), "Reading and signing")
        cog.open(rollup)
        in_time(lambda: cog.press(re.compile("^Build")), "Asking for the roll-up")
        expect(cog.page.get_by_text("Waiting for the worker to start")).to_be_visible()
    expect(cog.page.get_by_text(re.compile("^Ready, figures as at"))).to_be_visible(timeout=BUILT_WITHIN_MS)
    assert Quarter.of(london_day(datetime.now(UTC))).half.slug in cog.page.url
    lead.open(statement)
    expect(lead.page.get_by_text(evidence)).to_be_visible()
    expect(lead.page.get_by_text("for and on behalf of")).to_be_visible()
    for visit in (spoc, lead, cog):
        visit.page.context.close()


def save(spoc: Visit) -> None:
    spoc.press("Save")
    expect(spoc.page.get_by_text("Leadership saved.")).to_be_visible(timeout=SECONDS_A_REQUEST * 1000)


def sign(lead: Visit, statement: str) -> None:
    lead.open(f"{statement}sign/")
    lead.page.get_by_label("Your name").fill("SLT lead")
    lead.page.get_by_label("Your position").fill("Chief superintendent")
    lead.page.get_by_role("checkbox").check()
    lead.press("Sign the statement")


# --- Whoever dies during a build ----------------------------------------------------------------------------------

# The lease is 45 seconds, the sweep comes every 15, and a build that was hit twice waits twice; the rest is for a
# machine that does something else at the time.
PATIENCE_SECONDS = 300
SEED = 2019
KILLS = 10
POOL = 2  # so many builds go on at a time (config/supervisor.py)
# The launcher gives up after five deaths of the worker within a minute: so every other time its pool alone is killed.
LEAST_SECONDS_BETWEEN_DEATHS = 16
CHOOSE = f"""
from assurance.models import Rollup, Statement
from assurance.services import rollups
halves = sorted({{quarter.half for quarter in Statement.objects.values_list("quarter", flat=True)}})
chosen = [
    Rollup.objects.get_or_create(group=group, half=half)[0].pk
    for half in halves for group in rollups.groups_with_units(half)
]
print(*chosen[:{KILLS}])
"""
# A worker at it has renewed the lease of 45 seconds within the last ten.
HIT_OFTEN = """
SELECT count(*) FROM records_job WHERE state = 'running' AND attempts > 2 AND lease_until > now() + interval '34 s'
"""
# What is built has no figures yet, so that a build has all of its steps to be killed in.
UNBUILD = """
from assurance.models import Rollup
Rollup.objects.filter(pk__in={rollups}).update(figures=None, figures_digest="", built_at=None, pdf=None)
"""
ASK = """
import sys
from django.utils import timezone
from assurance.models import Rollup
from assurance.services import rollups
print("ready", flush=True)
for line in sys.stdin:
    rollups.request(rollup=Rollup.objects.get(pk=int(line)), by=None, at=timezone.now())
    print("asked", flush=True)
"""


@dataclass(frozen=True)
class Built:
    """What a build has come to: its figures, and the digest of its document."""

    figures_digest: str
    document: str


class Witness:
    """Looks at the product's database from outside, as often as it likes."""

    def __init__(self, product: Product) -> None:
        addresses = DataFolder(product.data_dir).read_addresses()
        assert addresses is not None
        self.product = product
        self.database = connect(addresses.database_url)

    def rows(self, question: str, *values: object) -> list[tuple[object, ...]]:
        with self.database.cursor() as cursor:
            cursor.execute(question, values)
            return list(cursor.fetchall())

    def number(self, question: str, *values: object) -> int:
        return int(str(self.rows(question, *values)[0][0]))

    def state(self, rollup: int) -> str:
        """How the newest job for the roll-up stands."""
        found = self.rows("SELECT state FROM records_job WHERE key = %s ORDER BY id DESC", f"rollup:{rollup}")
        return str(found[0][0]) if found else ""

    def until(self, holds: Callable[[], bool], what: str, *, every: float = 0.02) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, f"{what}: not within {PATIENCE_SECONDS} s"
            time.sleep(every)

    def built(self, rollups: Sequence[int]) -> Mapping[int, Built]:
        """What is in place, each document read from where it is stored."""
        found = {}
        for rollup, figures, sha256 in self.rows(
            "SELECT r.id, figures_digest, sha256 FROM assurance_rollup r JOIN records_blob b ON b.id = r.pdf_id "
            "WHERE r.id = ANY(%s)",
            list(rollups),
        ):
            (stored,) = self.product.data_dir.rglob(str(sha256))
            document = stored.read_bytes()
            assert hashlib.sha256(document).hexdigest() == sha256
            assert document.startswith(b"%PDF-")
            found[int(str(rollup))] = Built(str(figures), str(sha256))
        return found


@dataclass
class Asker:
    """A process of the product that asks for a roll-up as soon as it is told which."""

    process: subprocess.Popen[str]

    def hear(self, word: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == word

    def tell(self, rollup: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{rollup}\n")
        self.process.stdin.flush()

    def ask(self, rollup: int) -> None:
        self.tell(rollup)
        self.hear("asked")


@contextmanager
def asker_of(product: Product) -> Iterator[Asker]:
    command = [sys.executable, "-m", "config.servers", "exec", "--", sys.executable, "manage.py", "shell"]
    process = subprocess.Popen(
        [*command, "--no-imports", "-c", ASK],
        cwd=ROOT,
        env=product.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    asker = Asker(process)
    asker.hear("ready")
    yield asker
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    assert process.wait(30) == 0
    process.stdout.close()


@dataclass
class Scene:
    """Ten roll-ups, and what each came to when nothing disturbed its build."""

    witness: Witness
    undisturbed: Mapping[int, Built]
    seconds_a_build: float
    acts_before: int = 0
    documents_before: int = 0

    @property
    def rollups(self) -> list[int]:
        return list(self.undisturbed)

    def begin_again(self) -> None:
        """Take away what is built, and remember from where the results are counted."""
        self.witness.product.manage("shell", "--no-imports", "-c", UNBUILD.format(rollups=self.rollups))
        self.acts_before = self.witness.number("SELECT max(id) FROM records_trailentry")
        self.documents_before = self.witness.number("SELECT max(id) FROM records_blob")

    def ends_well(self, rollups: Sequence[int]) -> None:
        """Each has exactly one result and it is the right one, without anybody lifting a hand."""
        see = self.witness
        see.until(
            lambda: not see.number("SELECT count(*) FROM records_job WHERE state IN ('queued', 'running')"),
            "No job waits or runs any more",
            every=0.5,
        )
        assert {rollup: see.state(rollup) for rollup in rollups} == dict.fromkeys(rollups, "done")
        found = see.built(rollups)
        assert {rollup: one.figures_digest for rollup, one in found.items()} == {
            rollup: self.undisturbed[rollup].figures_digest for rollup in rollups
        }
        acts = see.rows(
            "SELECT thing_id FROM records_trailentry WHERE id > %s AND act = 'rollup.built'", self.acts_before
        )
        assert sorted(int(str(thing)) for (thing,) in acts) == sorted(rollups)
        stored = see.rows("SELECT sha256 FROM records_blob WHERE id > %s", self.documents_before)
        assert sorted(str(sha256) for (sha256,) in stored) == sorted(one.document for one in found.values())


@pytest.fixture(scope="module")
def scene(product_beside: Product) -> Scene:
    """Build ten roll-ups undisturbed, and see how long one takes."""
    witness = Witness(product_beside)
    rollups = [int(pk) for pk in product_beside.manage("shell", "--no-imports", "-c", CHOOSE).split()]
    assert len(rollups) == KILLS
    scene = Scene(witness, dict.fromkeys(rollups, Built("", "")), 0)
    scene.begin_again()
    with asker_of(product_beside) as asker:
        begun = time.monotonic()
        for rollup in rollups:
            asker.ask(rollup)
        witness.until(lambda: all(witness.state(rollup) == "done" for rollup in rollups), "Ten builds")
        seconds = POOL * (time.monotonic() - begun) / len(rollups)
    return Scene(witness, witness.built(rollups), seconds)


def kill_the_worker(product: Product, *, with_its_parent: bool) -> None:
    """Kill all of the worker, or the processes of its pool, which do the work, alone; nobody is asked first."""
    processes = worker_processes(product)
    parents = {pid: int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in processes}
    for pid in processes:
        if with_its_parent or parents[pid] in processes:
            os.kill(pid, signal.SIGKILL)


def test_a_worker_killed_at_ten_random_moments_of_builds_ends_with_one_result_each(
    scene: Scene, product_beside: Product
) -> None:
    """Ten builds, each killed at a moment of its own, spread over the time that a build takes."""
    chance = random.Random(SEED)  # noqa: S311  # the same moments in every run
    moments = [(number + chance.random()) / KILLS for number in range(KILLS)]  # as shares of a build's time
    chance.shuffle(moments)
    scene.begin_again()
    see, last_death, seconds_a_build = scene.witness, 0.0, scene.seconds_a_build
    with asker_of(product_beside) as asker:
        for number, (rollup, moment) in enumerate(zip(scene.rollups, moments, strict=True)):
            with_its_parent = number % 2 == 0
            if with_its_parent:
                time.sleep(max(0.0, last_death + LEAST_SECONDS_BETWEEN_DEATHS - time.monotonic()))
            # What was hit three times already is left to finish: after five the product gives up, as it should.
            see.until(lambda: not see.number(HIT_OFTEN), "What was hit often ends")
            asker.ask(rollup)
            see.until(lambda of=rollup: see.state(of) in ("running", "done"), "The build begins")  # type: ignore[misc]
            begun = time.monotonic()
            while time.monotonic() < begun + moment * seconds_a_build:
                if see.state(rollup) == "done":  # the machine has less to do than before, and builds are faster
                    seconds_a_build = time.monotonic() - begun
                    break
                time.sleep(0.02)
            kill_the_worker(product_beside, with_its_parent=with_its_parent)
            last_death = time.monotonic() if with_its_parent else last_death
    scene.ends_well(scene.rollups)
    keys = [f"rollup:{rollup}" for rollup in scene.rollups]
    attempts = scene.witness.rows(
        "SELECT DISTINCT ON (key) attempts FROM records_job WHERE key = ANY(%s) ORDER BY key, id DESC", keys
    )
    begun_again = [int(str(number)) for (number,) in attempts if int(str(number)) > 1]
    print("Attempts:", sorted(int(str(number)) for (number,) in attempts))  # noqa: T201  # shown when it fails
    assert len(begun_again) >= KILLS // 2, "the kills have missed the builds"


def test_a_broker_stopped_before_during_and_after_a_request_ends_with_one_result_each(
    scene: Scene, broker: Broker, product_beside: Product
) -> None:
    chance = random.Random(SEED)  # noqa: S311  # the same moments in every run
    before, after, *during = scene.rollups[:6]
    scene.begin_again()
    with asker_of(product_beside) as asker:
        with broker.stopped():
            asker.ask(before)
        workers = worker_processes(product_beside)
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
        asker.ask(after)  # the bell has rung, nobody has heard it, and then the broker forgets it
        with broker.stopped():
            for worker in workers:
                os.kill(worker, signal.SIGCONT)
        for rollup in during:
            asker.tell(rollup)
            time.sleep(chance.random() / 20)
            with broker.stopped():
                asker.hear("asked")
    scene.ends_well([before, after, *during])
