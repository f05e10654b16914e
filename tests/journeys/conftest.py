"""The whole product as `make run` starts it, and real browsers in front of it. No test double anywhere."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, Playwright, expect, sync_playwright

from config.processes import under_launcher
from tests.config.launchers import copy_folder, free_port

ROOT = Path(__file__).parents[2]
SCREENSHOTS = os.environ.get("SCREENSHOTS")  # a folder to leave pictures in
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "truelevel-demo"
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]},
    "resultTypes": ["violations"],  # axe spends most of its time on describing what is well
}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 800}
READY_WITHIN_SECONDS = 120
ANSWER_WITHIN_SECONDS = 60
# "sent" from when the browser sends a form until another page has taken this one's place. A form that saves by itself
# is held back while it does ("soon"), and then sent, unless there is something to decide first.
SAY_THAT_A_FORM_IS_SENT = """
addEventListener("submit", event => {
  const isHeldBack = event.defaultPrevented && event.target.dataset.autosave && navigator.onLine;
  window.formIs = isHeldBack ? "soon" : event.defaultPrevented ? "" : "sent";
})
"""
HELD_BACK_FOR_SECONDS = 6  # static/js/autosave.js waits four


@dataclass
class Product:
    """The product running as its users get it, on a data folder of its own."""

    data_dir: Path
    port: int
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.data_dir, self.port)

    def manage(self, *arguments: str) -> str:
        """Run a management command against the running servers, as `make manage` does; return what it printed."""
        command = [sys.executable, "-m", "config.servers", "exec", "--", sys.executable, "manage.py", *arguments]
        result = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def stop(self) -> None:
        """End the product as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        if self.reader is not None:
            self.reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()


def environment(data_dir: Path, port: int) -> dict[str, str]:
    """The environment of somebody who has just cloned the project: no servers, no profile of the test run."""
    ours = {"DATABASE_URL", "REDIS_URL", "TRUELEVEL_PROFILE", "DJANGO_SETTINGS_MODULE", "SECRET_KEY"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"DATA_DIR": str(data_dir), "PORT": str(port), "PYTHONUNBUFFERED": "1"}


def start_product(data_dir: Path, port: int | None = None, **settings: str) -> Product:
    """Start the product as `make run` does, with these environment variables, and wait until it says it is ready.

    On a copy of the furnished folder it is ready soon; on a new one it would first make tables and demo.
    """
    port = port or free_port()
    process = subprocess.Popen(
        # It ends with the tests, also where they are killed.
        under_launcher([sys.executable, "-m", "config.servers", "run"], death_signal=signal.SIGTERM),
        cwd=ROOT,
        env=environment(data_dir, port) | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    product = Product(data_dir, port, process)
    ready = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            product.lines.append(line.rstrip("\n"))
            if line.startswith("Ready: "):
                ready.set()

    product.reader = threading.Thread(target=read, daemon=True)
    product.reader.start()
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not ready.wait(0.1):
        if process.poll() is not None or time.monotonic() > deadline:
            product.stop()
            logs = "\n".join(f"--- {log}\n{log.read_text()[-2000:]}" for log in sorted(data_dir.glob("log/*.log")))
            pytest.fail("The product did not get ready.\n" + "\n".join(product.lines) + "\n" + logs)
    return product


@pytest.fixture(scope="package")
def product(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = start_product(copy_folder(furnished, tmp_path_factory.mktemp("product") / "data"))
    yield running
    running.stop()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright, ended with the journeys: Django refuses the database where its event loop runs."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"No browser at {CHROMIUM}. Install Debian's chromium, or set CHROMIUM to another one.")
    running = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
    yield running
    running.close()


# What each account's pages have been checked for: another visit looks at no page of the same kind again.
CHECKED: dict[str, set[str]] = {}


@dataclass
class Visit:
    """One person's browser, signed in."""

    page: Page
    product: Product
    who: str
    checked: set[str] = field(default_factory=set)
    checks: bool = True  # a journey that is about something else looks at no page twice

    def open(self, address: str) -> None:
        self.page.goto(self.product.url + address)
        self.check()

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Click the link of that name and check the page it leads to."""
        # A link that starts something looks like a button and says that it is one.
        self.page.locator("a").filter(visible=True).and_(
            self.page.get_by_role("link", name=name).or_(self.page.get_by_role("button", name=name))
        ).first.click()
        self.check()

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press the button of that name and check the page that answers."""
        self.page.evaluate(SAY_THAT_A_FORM_IS_SENT)
        self.page.get_by_role("button", name=name).first.click()
        # The click is over before the answer is there: what follows would meet the page that is about to go.
        pressed_at = time.monotonic()
        while (time.monotonic() - pressed_at) < self.waits_for_an_answer():
            self.page.wait_for_timeout(20)
        self.check()

    def waits_for_an_answer(self) -> float:
        """How many seconds from pressing its button an answer to a form of this page may take; 0: none is awaited."""
        try:
            state = self.page.evaluate("window.formIs")
        except Error:  # the page goes just now
            state = "sent"
        return {"sent": ANSWER_WITHIN_SECONDS, "soon": HELD_BACK_FOR_SECONDS}.get(state, 0)

    def headings(self) -> list[str]:
        """The headings of the page: of the one that a button leads to, where that comes while the old one is read."""
        try:
            return self.page.get_by_role("heading").all_inner_texts()
        except Error:  # the page went away meanwhile
            self.page.wait_for_load_state("load")
            return self.page.get_by_role("heading").all_inner_texts()

    def check(self) -> None:
        """No accessibility fault, no sideways scrolling, wide and narrow; a title that names the page."""
        self.page.wait_for_load_state("load")
        title = self.page.title()
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_be_visible()
        if not self.checks:
            return
        # A page that says something else than before (a roll-up that has been built) is another page.
        headings = " ".join(self.headings())
        kind = f"{title} {headings} {re.sub(r'[^/]*[0-9][^/]*', '#', self.page.url)}"
        if kind in self.checked:
            return
        self.checked.add(kind)
        for size in (NARROW, WIDE):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict will do
            found = Axe().run(self.page, options=WCAG)
            assert found.violations_count == 0, f"{title} at {size['width']} px\n{found.generate_report()}"
            too_wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert too_wide <= 0, f"{title} scrolls sideways by {too_wide} px at {size['width']} px"
            if SCREENSHOTS:
                name = re.sub(r"\W+", "-", f"{self.who} {title} {size['width']}").strip("-").lower()
                Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
                self.page.screenshot(path=f"{SCREENSHOTS}/{name}.png", full_page=True)


def signed_in(
    browser: Browser,
    product: Product,
    who: str,
    *,
    checks: bool = True,
    own_device: bool = False,
    scripts: bool = True,
) -> Visit:
    """Sign an account of the demo in, in a browser of its own; it may be one without JavaScript."""
    context = browser.new_context(
        viewport=WIDE,  # type: ignore[arg-type]  # a plain dict will do
        locale="en-GB",
        timezone_id="Europe/London",
        java_script_enabled=scripts,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    here = Visit(page, product, who, CHECKED.setdefault(who, set()), checks=checks)
    here.open("/account/sign-in/")
    answer_sign_in(page, who, own_device=own_device)
    here.check()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return here


def answer_sign_in(page: Page, who: str, *, own_device: bool = False) -> None:
    """Fill in the sign-in page that is open, and send it."""
    page.get_by_label("E-mail").fill(f"{who}@demo.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("This is my own device").set_checked(own_device)
    page.get_by_role("button", name="Sign in", exact=True).click()


class SignIn(Protocol):
    """Signs an account of the demo in, as `signed_in` does."""

    def __call__(self, who: str, *, checks: bool = True, own_device: bool = False, scripts: bool = True) -> Visit: ...


@pytest.fixture
def sign_in(product: Product, browser: Browser) -> Iterator[SignIn]:
    """Return a function that signs an account of the demo in, in a browser of its own."""
    visits: list[Visit] = []

    def visit(who: str, *, checks: bool = True, own_device: bool = False, scripts: bool = True) -> Visit:
        visits.append(signed_in(browser, product, who, checks=checks, own_device=own_device, scripts=scripts))
        return visits[-1]

    yield visit
    for visited in visits:
        visited.page.context.close()
