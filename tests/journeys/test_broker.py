"""With the broker stopped, frozen or emptied people go on saving and signing; what they asked for is built later."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from playwright.sync_api import Browser, expect

from config.embedded import Valkey, make_socket_folder, remove_socket_folder
from config.processes import Child, StopSwitch, is_alive
from organisation.periods import Quarter, london_day
from tests.journeys.conftest import Product, Visit, signed_in, start_product

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
def product_beside(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product on that broker."""
    broker.product = start_product(tmp_path_factory.mktemp("beside"), REDIS_URL=broker.server.url)
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
