"""Signing in by a real OpenID Connect provider, in a real browser: canaille, as a process of its own on loopback."""

from __future__ import annotations

import json
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from config.processes import under_launcher
from tests.config.launchers import copy_folder, free_port
from tests.journeys.conftest import ROOT, WIDE, Product, Visit, start_product

PASSWORD = "a password at the provider"
NAME = "Force ID"


def person(user_name: str, email: str, name: str, *, verified: bool = True) -> dict[str, Any]:
    return {
        "user_name": user_name,
        "given_name": name.split()[0],
        "family_name": name.split()[-1],
        "formatted_name": name,
        "emails": [email],
        "password": PASSWORD,
        "organization": "verified" if verified else "unverified",
    }


PEOPLE = [
    person("newcomer", "newcomer@police.example.org", "New Comer"),
    person("head", "head@demo.example", "Head Elsewhere"),
    person("unverified", "shrmt@demo.example", "Un Verified", verified=False),
    person("elsewhere", "somebody@elsewhere.example", "Some Body"),
    person("turncoat", "turncoat@police.example.org", "Turn Coat"),
]


@dataclass
class Provider:
    """The provider's process."""

    settings: dict[str, Any]
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def start_provider(settings: dict[str, Any], folder: Path) -> Provider:
    """Start the provider and wait until it answers."""
    file, log = folder / "provider.json", folder / "provider.log"
    file.write_text(json.dumps(settings), encoding="utf-8")
    with log.open("ab") as out:
        process = subprocess.Popen(
            under_launcher([sys.executable, "tests/journeys/provider.py", str(file)], death_signal=signal.SIGTERM),
            cwd=ROOT,
            stdout=out,
            stderr=out,
        )
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", settings["port"]), 1).close()
            return Provider(settings, process)
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"The provider did not start.\n{log.read_text()[-3000:]}")
            time.sleep(0.2)


@dataclass
class Both:
    """The product, and the provider that it knows."""

    product: Product
    provider: Provider


def known(provider: Provider) -> dict[str, str]:
    """What the product is told of the provider."""
    return {
        "OIDC_NAME": NAME,
        "OIDC_ISSUER": f"http://localhost:{provider.settings['port']}",
        "OIDC_CLIENT_ID": provider.settings["client"]["id"],
        "OIDC_CLIENT_SECRET": provider.settings["client"]["secret"],
    }


@pytest.fixture(scope="module")
def both(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder, port, secret = tmp_path_factory.mktemp("sso"), free_port(), secrets.token_urlsafe(24)
    at = f"http://127.0.0.1:{port}"
    provider = start_provider(
        {
            "port": free_port(),
            "secret_key": secrets.token_urlsafe(24),
            "client": {"id": "truelevel", "secret": secret, "home": at, "redirect": f"{at}/account/sso/answer/"},
            "people": PEOPLE,
        },
        folder,
    )
    try:
        running = Both(
            start_product(
                copy_folder(furnished, folder / "product"),
                port,
                OIDC_ALLOWED_DOMAINS="police.example.org,demo.example",
                **known(provider),
            ),
            provider,
        )
        yield running
        running.product.stop()
    finally:
        provider.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(
        viewport=WIDE,  # type: ignore[arg-type]  # a plain dict will do
        locale="en-GB",
        timezone_id="Europe/London",
    )
    yield opened
    opened.close()


def begin(both: Both, context: BrowserContext, *, at: str = "/account/sign-in/") -> Visit:
    """Open the sign-in page and go to the provider."""
    page = context.new_page()
    page.set_default_timeout(20_000)
    here = Visit(page, both.product, "single-sign-on")
    here.open(at)
    page.get_by_role("button", name=f"Sign in with {NAME}").click()
    return here


def tell_provider(here: Visit, who: str) -> None:
    """Sign in at the provider."""
    page = here.page
    expect(page).to_have_url(re.compile(r"^http://localhost:"))
    page.get_by_label(re.compile("login|username|e-?mail", re.I)).first.fill(who)
    page.get_by_role("button", name=re.compile("continue|sign in|next", re.I)).first.click()
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("continue|sign in|next", re.I)).first.click()


def answer_provider(here: Visit, who: str, *, agree: bool = True) -> None:
    """Sign in at the provider, and agree that it tells us who it was, or not."""
    page = here.page
    tell_provider(here, who)
    # Kept in memory, it asks the first of all whether we may know, and takes that for everybody's word.
    asked = page.get_by_role("button", name="Accept" if agree else "Deny")
    expect(asked.or_(page.locator(".app-marking")).first).to_be_visible()
    if asked.is_visible():
        asked.click()
    expect(page).to_have_url(re.compile(f"^{re.escape(here.product.url)}"))
    here.check()


def facts(both: Both, code: str) -> Any:
    """Ask the running product's database."""
    said = both.product.manage("shell", "--no-imports", "-c", f"import json; {code}")
    return json.loads(said.strip().splitlines()[-1])


ENTRIES = (
    "from records.models import TrailEntry; "
    "found = TrailEntry.objects.filter(act__startswith='account.').order_by('pk'); "
    "print(json.dumps([[entry.act, entry.detail] for entry in found]))"
)


def test_whoever_turns_back_at_the_provider_is_told_that_nothing_happened(both: Both, context: BrowserContext) -> None:
    here = begin(both, context)
    answer_provider(here, "turncoat", agree=False)
    expect(here.page.get_by_role("heading", level=1)).to_have_text("You are not signed in")


def test_a_first_sign_in_gives_an_account_and_no_right_until_there_is_an_appointment(
    both: Both, context: BrowserContext
) -> None:
    here = begin(both, context)
    answer_provider(here, "newcomer")
    expect(here.page.get_by_text("You have no appointment today")).to_be_visible()
    expect(here.page.get_by_text("newcomer@police.example.org")).to_be_visible()
    refused = here.page.goto(f"{both.product.url}/statements/")
    assert refused is not None
    assert refused.status == 404
    assert [act for act, _ in facts(both, ENTRIES)][-3:] == ["account.made", "account.linked", "account.signed_in"]
    assert facts(both, ENTRIES)[-1][1]["how"] == "sso"
    facts(
        both,
        "from datetime import date; from organisation.models import Appointment, User; "
        "Appointment.objects.create(person=User.objects.get(email='newcomer@police.example.org'), role='shrmt', "
        "starts_on=date(2020, 1, 1)); print(json.dumps(True))",
    )
    here.open("/statements/")  # in the session that is open
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Statements")
    assert "account.signed_in" in json.dumps(facts(both, ENTRIES))
    both.product.manage("verify_trail")


def test_an_account_that_is_there_already_is_met_and_leads_where_somebody_wanted_to_go(
    both: Both, context: BrowserContext
) -> None:
    here = begin(both, context, at="/papers/")
    answer_provider(here, "head")
    assert here.page.url == f"{both.product.url}/papers/"
    expect(here.page.locator(".app-account__person")).not_to_contain_text("Head Elsewhere")
    here.press("Sign out")
    here.page.get_by_role("button", name=f"Sign in with {NAME}").click()
    # The provider knows them still: nothing is asked a second time.
    expect(here.page.get_by_role("button", name="Sign out")).to_be_visible()
    links = "from allauth.socialaccount.models import SocialAccount as S; print(json.dumps(list(S.objects.filter("
    found = facts(both, links + "user__email='head@demo.example').values_list('uid', 'extra_data'))))")
    assert found == [["head", {}]]


def test_an_address_that_the_provider_has_not_verified_opens_nothing(both: Both, context: BrowserContext) -> None:
    here = begin(both, context)
    answer_provider(here, "unverified")
    expect(here.page.get_by_text("did not confirm that your e-mail address is yours")).to_be_visible()
    here.page.goto(f"{both.product.url}/")
    assert here.page.url.startswith(f"{both.product.url}/account/sign-in/")
    assert facts(both, ENTRIES)[-1] == ["account.sign_in_failed", {"how": "sso", "why": "unverified"}]


def test_somebody_of_another_organisation_gets_no_account(both: Both, context: BrowserContext) -> None:
    here = begin(both, context)
    answer_provider(here, "elsewhere")
    expect(here.page.get_by_text("not one of those that may be used here")).to_be_visible()
    asked = "from organisation.models import User; print(json.dumps(User.objects.filter(email="
    assert facts(both, f"{asked}'somebody@elsewhere.example').exists()))") is False


def test_an_answer_begun_in_another_browser_signs_nobody_in(
    both: Both, browser: Browser, context: BrowserContext
) -> None:
    """Whoever is made to open the answer to somebody else's sign-in does not end up in that person's account."""
    here = begin(both, context)
    answer_provider(here, "head")
    here.press("Sign out")
    # The provider knows them now, and answers at once: follow its way by hand, and do not open its end.
    out = context.request.get(f"{both.product.url}/account/sso/", max_redirects=0).headers["location"]
    answer = context.request.get(out, max_redirects=0).headers["location"]
    other = browser.new_context()
    victim = Visit(other.new_page(), both.product, "victim")
    opened = victim.page.goto(answer)
    assert opened is not None
    assert opened.status == 401
    victim.check()
    expect(victim.page.get_by_role("heading", level=1)).to_have_text("You could not be signed in")
    other.close()
    here.page.goto(answer)  # where it was begun it is as good as ever, once
    expect(here.page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_provider_that_is_away_is_said_and_passwords_may_be_switched_off(both: Both, context: BrowserContext) -> None:
    both.product.stop()
    both.product = start_product(
        both.product.data_dir,
        both.product.port,
        LOCAL_PASSWORDS="false",
        SECOND_FACTOR_ROLES="head",
        OIDC_SECOND_FACTOR="true",  # so nothing more is asked for here
        **known(both.provider),
    )
    here = begin(both, context)
    answer_provider(here, "head")
    expect(here.page.get_by_role("button", name="Sign out")).to_be_visible()
    here.press("Sign out")
    expect(here.page.locator("input[type=password]")).to_have_count(0)
    both.provider.stop()
    answered = here.page.goto(f"{both.product.url}/account/sso/")
    assert answered is not None
    assert answered.status == 503
    here.check()
    expect(here.page.get_by_role("heading", level=1)).to_have_text("You could not be signed in")
