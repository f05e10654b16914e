"""What the content security policy forbids does not run in a real browser, and whoever keeps the log learns of it."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Product, SignIn

WITHIN_SECONDS = 15


def test_script_that_got_into_a_page_does_not_run_and_is_reported(product: Product, sign_in: SignIn) -> None:
    visit = sign_in("spoc", checks=False)
    warned: list[str] = []
    visit.page.on("console", lambda message: warned.append(message.text))
    visit.open("/actions/?text=what+somebody+searched")
    assert warned == []
    title = visit.page.title()
    visit.page.evaluate(
        """document.body.insertAdjacentHTML(
            "beforeend", "<button id='planted' onclick='document.title = 1'>Planted</button>")"""
    )
    visit.page.locator("#planted").click()
    expect(visit.page).to_have_title(title)
    log = product.data_dir / "log" / "web.log"
    until = time.monotonic() + WITHIN_SECONDS
    while not (found := reports(log)):
        assert time.monotonic() < until, "The browser's report is not in the log."
        time.sleep(0.2)
    assert "blocked='inline'" in found[0]
    assert "searched" not in found[0]


def reports(log: Path) -> list[str]:
    """The lines of the log on script within the page of actions."""
    lines = log.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if "script-src-attr" in line and "/actions/'" in line]
