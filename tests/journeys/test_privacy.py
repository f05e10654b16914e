"""Somebody takes what is held about them, leaves, and is removed, once a legal hold lets them: real browsers."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Product, SignIn, Visit

NAME = "Philippa Leaver"
# They completed a statement that somebody signed, and their appointment has ended: the account is all that is left.
SCRIPT = f"""
from datetime import date
from tests.factories import assurance, organisation
from tests.journeys.conftest import PASSWORD
from organisation.roles import Role
person = organisation.make_user("leaver@demo.example", name="{NAME}", password=PASSWORD)
unit = organisation.make_unit("Millrace OCU", group=organisation.make_group("Group of Millrace OCU"))
draft = assurance.fill(assurance.make_statement(unit), by=person)
signed = assurance.sign(assurance.complete(draft, by=person))
organisation.appoint(person, Role.SPOC, unit, starts_on=date(2019, 4, 1), ends_on=date(2019, 6, 30))
print(person.pk, unit.slug, signed.statement.quarter.slug)
"""


@pytest.fixture
def left(product: Product) -> tuple[str, str]:
    """Return the addresses of their page and of the statement."""
    number, unit, quarter = product.manage("shell", "--no-imports", "-c", SCRIPT).split()[-3:]
    return f"/people/{number}/", f"/statements/{unit}/{quarter}/"


def test_what_is_held_about_somebody_is_theirs_to_take_and_goes_when_they_are_removed(
    sign_in: SignIn, left: tuple[str, str], tmp_path: Path
) -> None:
    person, statement = left
    leaver, head, administrator = sign_in("leaver"), sign_in("head", checks=False), sign_in("administrator")
    take_ones_own(leaver, tmp_path)

    hold(head)
    administrator.open(person)
    administrator.follow("Remove the personal data")
    expect(administrator.page.locator("main")).to_contain_text(re.compile(r"Legal hold \d+ covers"))
    expect(administrator.page.get_by_role("button", name="Remove")).to_have_count(0)
    lift(head, administrator)

    remove(administrator, person)
    leaver.page.reload()
    expect(leaver.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    head.open(person)
    expect(head.page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Removed account \d+$"))
    expect(head.page.locator("main")).not_to_contain_text(NAME)
    head.open(statement)
    expect(head.page.locator("main")).to_contain_text(NAME)


def take_ones_own(leaver: Visit, folder: Path) -> None:
    leaver.open("/account/")
    leaver.follow("What is held about you")
    leaver.press("Gather the data")
    download = leaver.page.get_by_role("link", name="Download the file")
    expect(download).to_be_visible(timeout=60_000)  # the worker makes it, and the page says so by itself
    leaver.check()
    with leaver.page.expect_download() as taken:
        download.click()
    taken.value.save_as(folder / "own.zip")
    with zipfile.ZipFile(folder / "own.zip") as archive:
        table = archive.read("tables/statements.csv").decode("utf-8-sig")
    line = next(csv.DictReader(io.StringIO(table)))
    assert (line["unit"], line["completed by"]) == ("Millrace OCU", NAME)


def hold(head: Visit) -> None:
    head.checks = True
    head.open("/retention/")
    head.follow("Legal holds")
    head.follow("Place a hold")
    head.press("Place the hold")
    expect(head.page.get_by_role("alert").get_by_role("link")).to_have_count(4)
    head.page.get_by_label("Everything").check()
    head.page.get_by_label("A person", exact=True).check()
    head.page.get_by_label("E-mail address of the person").fill("leaver@demo.example")
    head.page.get_by_label("On whose authority?").fill("The coroner, 12/34")
    head.page.get_by_label("Why?").fill("An inquest")
    head.press("Place the hold")
    expect(head.page.locator("main")).to_contain_text(NAME)


def lift(head: Visit, administrator: Visit) -> None:
    head.page.get_by_label("On whose authority?").fill("The coroner, 12/35")
    head.page.get_by_label("Why?").fill("The inquest is over")
    head.press("Ask to lift the hold")
    expect(head.page.get_by_role("button", name="Agree")).to_have_count(0)
    administrator.open("/retention/")
    administrator.follow("Legal holds")
    administrator.follow(re.compile(r"^Hold \d+$"))
    administrator.press("Agree, and lift the hold")
    expect(administrator.page.locator("main")).to_contain_text("The hold is lifted.")


def remove(administrator: Visit, person: str) -> None:
    administrator.open(f"{person}remove/")
    administrator.press("Remove the personal data")
    expect(administrator.page.get_by_role("alert").get_by_role("link")).to_have_count(3)
    administrator.page.get_by_label("They asked for it").check()
    administrator.page.get_by_label("Reference of the request").fill("SAR-2026/17")
    administrator.page.get_by_label("I understand").check()
    administrator.press("Remove the personal data")
    expect(administrator.page.locator("main")).to_contain_text("has been removed")
