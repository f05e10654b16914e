"""Signing in where the role needs a second factor: an app, a recovery code and a passkey, in real browsers."""

from __future__ import annotations

import hashlib
import hmac
import re
import struct
import time
from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.config.launchers import copy_folder
from tests.journeys.conftest import WIDE, Product, Visit, answer_sign_in, start_product


@pytest.fixture(scope="module")
def guarded(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product where the Head needs a second factor and a SPOC does not."""
    folder = copy_folder(furnished, tmp_path_factory.mktemp("guarded") / "data")
    running = start_product(folder, SECOND_FACTOR_ROLES="head")
    yield running
    running.stop()


@pytest.fixture
def visit(guarded: Product, browser: Browser) -> Iterator[Opener]:
    opener = Opener(guarded, browser)
    yield opener
    for context in opener.contexts:
        context.close()


class Opener:
    """Opens browsers, each a person's own."""

    def __init__(self, product: Product, browser: Browser) -> None:
        self.product, self.browser = product, browser
        self.contexts: list[BrowserContext] = []

    def __call__(self, who: str, *, scripts: bool = True) -> Visit:
        context = self.browser.new_context(
            viewport=WIDE,  # type: ignore[arg-type]  # a plain dict will do
            locale="en-GB",
            timezone_id="Europe/London",
            java_script_enabled=scripts,
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        # Passkeys belong to a name, which a bare network address is not.
        page.goto(f"http://localhost:{self.product.port}/account/sign-in/")
        here = Visit(page, self.product, who, checks=scripts)
        here.check()
        answer_sign_in(page, who)
        return here


def code_of(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238), worked out apart from the product."""
    digest = hmac.new(b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 0xF
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def give_code(here: Visit, code: str, button: str) -> None:
    here.page.get_by_label("Code").fill(code)
    here.page.get_by_role("button", name=button, exact=True).click()
    here.check()


def next_code(secret: str) -> str:
    """A code that has not been used yet, with time enough to type it."""
    shown = code_of(secret)
    while code_of(secret) == shown:
        time.sleep(0.5)
    return code_of(secret)


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def at_home(here: Visit) -> None:
    expect(here.page.get_by_role("heading", level=1)).to_contain_text("What waits for you")


def test_whoever_needs_a_second_factor_sets_one_up_and_signs_in_with_it(visit: Opener, guarded: Product) -> None:
    # The password alone leads nowhere but to setting up.
    here = visit("head")
    here.check()
    assert heading(here.page) == "Set up a second factor"
    here.page.goto(f"http://localhost:{guarded.port}/papers/")
    assert heading(here.page) == "Set up a second factor"
    here.follow("Set up an app")
    here.page.get_by_text("Type the secret instead").click()
    secret = here.page.locator("#secret").inner_text()
    picture = here.page.get_by_role("img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100"), "the CSP kept the picture out"
    give_code(here, "000000" if code_of(secret) != "000000" else "000001", "Set up the app")
    expect(here.page.get_by_role("alert").first).to_contain_text("That code is not right")
    here.page.get_by_text("Type the secret instead").click()
    assert here.page.locator("#secret").inner_text() == secret  # the app that has it already still fits
    give_code(here, code_of(secret), "Set up the app")
    assert heading(here.page) == "Your recovery codes"
    recovery = here.page.locator("main li code").all_inner_texts()
    assert len(recovery) == 10
    here.follow("Continue")
    assert here.page.url.endswith("/papers/")

    # The app, at the next sign-in.
    here.press("Sign out")
    answer_sign_in(here.page, "head")
    here.check()
    assert heading(here.page) == "Give your second factor"
    give_code(here, next_code(secret), "Sign in")
    at_home(here)

    # A recovery code, in another browser and without scripts: once.
    other = visit("head", scripts=False)
    give_code(other, recovery[0], "Sign in")
    at_home(other)
    again = visit("head", scripts=False)
    give_code(again, recovery[0], "Sign in")
    expect(again.page.get_by_text("That code is not right").first).to_be_visible()

    # Where one is signed in, and an end to it at once.
    here.page.goto(f"http://localhost:{guarded.port}/account/")
    here.check()
    here.follow(re.compile("See where"))
    here.page.get_by_role("button", name=re.compile("^End it")).first.click()
    here.check()
    expect(here.page.get_by_text("That session is ended").first).to_be_visible()
    other.page.reload()
    assert heading(other.page) == "Sign in"

    assert "The trail is whole." in guarded.manage("verify_trail")


def test_a_passkey_signs_in_alone(visit: Opener, guarded: Product) -> None:
    here = visit("administrator")
    at_home(here)
    devtools = here.page.context.new_cdp_session(here.page)
    devtools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = device | {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    here.page.goto(f"http://localhost:{guarded.port}/account/second-factor/")
    here.check()
    here.follow("Add a passkey")
    here.page.get_by_label("What to call it").fill("Work laptop")
    here.page.get_by_label("Sign in with it alone").check()
    here.press("Make the passkey")
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    here.follow("Second factors")
    expect(here.page.locator(".govuk-task-list__name-and-hint")).to_contain_text("Work laptop")
    expect(here.page.get_by_text("you can sign in with it alone")).to_be_visible()

    # Alone: no address, no password.
    here.press("Sign out")
    here.page.get_by_role("button", name="Sign in with a passkey").click()
    at_home(here)

    # As the second factor behind the password.
    here.press("Sign out")
    answer_sign_in(here.page, "administrator")
    here.check()
    here.page.get_by_role("button", name="Use your passkey").click()
    at_home(here)

    # Removed, it opens nothing any more.
    here.page.goto(f"http://localhost:{guarded.port}/account/second-factor/")
    here.follow(re.compile("^Remove"))
    here.press("Remove the passkey")
    expect(here.page.get_by_role("heading", name="Recovery codes")).to_have_count(0)
    here.press("Sign out")
    here.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(here.page.get_by_text("No account here knows that passkey")).to_be_visible()


def test_whoever_has_forgotten_their_password_chooses_another_by_a_link(visit: Opener, guarded: Product) -> None:
    here = visit("auditor")
    here.press("Sign out")
    here.follow(re.compile("^You have forgotten your password"))
    here.page.get_by_label("Your e-mail address").fill("auditor@demo.example")
    here.press("Send the link")
    assert heading(here.page) == "Look at your e-mail"
    link = letter_with_link(guarded)
    here.page.goto(link.replace("127.0.0.1", "localhost"))
    here.check()
    assert heading(here.page) == "Choose a password"
    for label in ("New password", "New password, again"):
        here.page.get_by_label(label, exact=True).fill("four words that do not meet")
    here.press("Set this password")
    assert heading(here.page) == "Your password is set"
    here.page.goto(link.replace("127.0.0.1", "localhost"))
    here.check()
    assert heading(here.page) == "This link works no more"


def letter_with_link(product: Product) -> str:
    """Wait for the worker's letter in the demo's mail folder; return the link in it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for letter in product.data_dir.glob("mail/*"):
            found = re.search(r"http://\S+/account/password/new/\S+", letter.read_text(encoding="utf-8"))
            if found:
                return found[0]
        time.sleep(0.5)
    pytest.fail("No letter with a link came within a minute.")
