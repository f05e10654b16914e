"""Filling in a statement in real browsers: bad connections, ended sessions, two people at once, no scripts, no mouse.

Each journey has a unit, people and a statement of its own, so that none finds what another has written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from organisation.periods import Quarter, london_day
from tests.factories import files
from tests.journeys.conftest import Product, SignIn, Visit, answer_sign_in

THEMES = [
    "leadership",
    "policy-governance",
    "capability-competence",
    "communication",
    "risk-management",
    "wellbeing",
    "monitoring",
    "infrastructure-assets",
    "partnerships-contracts",
    "change-management",
    "performance-benchmarking",
    "audit",
]
NOT_SCORED = "wellbeing"

READY = "Your answers are saved as you give them."
SAVED = re.compile(r"^Saved at \d{1,2}:\d\d[ap]m$")
TRYING_AGAIN = "Not saved – trying again"
SIGNED_OUT = re.compile("^Not saved – you are signed out")
OTHER_PERSON = re.compile("^Not saved – somebody else is signed in")

# Units with two SPOCs, an SLT lead and an open statement; those with a history have signed the quarter before.
SCENES = {
    "words": False,
    "expired": False,
    "together": False,
    "plain": True,
    "keyboard": True,
    "missing": True,
    "looks": True,
}
SCRIPT = """
from organisation.models import Unit
from organisation.roles import Role
from tests.factories import assurance, organisation
from tests.journeys.conftest import PASSWORD
PARTS = ("first", "First SPOC", Role.SPOC), ("second", "Second SPOC", Role.SPOC), ("lead", "SLT lead", Role.SLT_LEAD)
group = organisation.make_group(f"Group {Unit.objects.count()}")
cog = organisation.make_user(f"cog-{group.slug}@demo.example", name="COG lead", password=PASSWORD)
organisation.appoint(cog, Role.COG_LEAD, group=group)
for key, has_history in SCENES.items():
    unit = organisation.make_unit(f"Unit {Unit.objects.count()} {key}", group=group)
    people = {}
    for part, name, role in PARTS:
        people[part] = organisation.make_user(f"{part}-{unit.slug}@demo.example", name=name, password=PASSWORD)
        organisation.appoint(people[part], role, unit)
    if has_history:
        last = assurance.make_statement(unit, assurance.this_quarter().plus(-1))
        assurance.fill(last, by=people["first"])
        assurance.sign(assurance.complete(last, by=people["first"]), by=people["lead"])
    statement = assurance.make_statement(unit).statement
    print(key, unit.slug, statement.quarter.slug, group.slug)
"""


@dataclass(frozen=True)
class Scene:
    """A unit with people and an open statement."""

    unit: str
    quarter: str
    group: str

    @property
    def statement(self) -> str:
        return f"/statements/{self.unit}/{self.quarter}/"

    def theme(self, identity: str) -> str:
        return f"{self.statement}themes/{identity}/"

    def person(self, part: str) -> str:
        """The account of its `first` or `second` SPOC, or of its `lead`."""
        return f"{part}-{self.unit}"


@pytest.fixture(scope="module")
def scenes(product: Product) -> dict[str, Scene]:
    printed = product.manage("shell", "--no-imports", "-c", f"SCENES = {SCENES!r}\n{SCRIPT}")
    rows = [line.split() for line in printed.splitlines()]
    return {key: Scene(unit, quarter, group) for key, unit, quarter, group in rows}


# --- What stands on a theme's page --------------------------------------------------------------------------------


def evidence_box(page: Page) -> Locator:
    return page.get_by_label("Evidence", exact=True)


def state(page: Page) -> Locator:
    """The line that says whether what is on the page has been saved."""
    return page.locator("#save-state")


def write(page: Page, text: str) -> None:
    """Type a text as the evidence, in place of what stands there."""
    evidence_box(page).fill("")
    evidence_box(page).press_sequentially(text)


def in_another_tab(visit: Visit, address: str) -> Page:
    page = visit.page.context.new_page()
    page.goto(visit.product.url + address)
    return page


def stored_evidence(visit: Visit, address: str) -> str:
    """What the server has: read from a page that nobody has typed on."""
    page = in_another_tab(visit, address)
    text = evidence_box(page).input_value()
    page.close()
    return text


def kept_here(page: Page) -> dict[str, object]:
    """Everything that the browser keeps for the service, apart from cookies and the address that htmx notes."""
    kept: dict[str, object] = page.evaluate(
        """async () => ({
            local: {...localStorage},
            session: Object.keys(sessionStorage).filter((key) => key !== "htmx-current-path-for-history"),
            databases: await indexedDB.databases(),
            caches: await caches.keys(),
        })"""
    )
    return kept


NOTHING_KEPT: dict[str, object] = {"local": {}, "session": [], "databases": [], "caches": []}


# --- A bad connection ---------------------------------------------------------------------------------------------


def test_a_cut_connection_costs_no_word(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    address = scenes["words"].theme("leadership")
    spoc = sign_in(scenes["words"].person("first"), checks=False)
    spoc.open(address)
    page = spoc.page
    expect(state(page)).to_have_text(READY)
    write(page, "Walks are recorded.")
    expect(state(page)).to_have_text(SAVED)

    page.context.set_offline(True)
    evidence_box(page).press_sequentially(" All of them.")
    expect(state(page)).to_have_text(TRYING_AGAIN)
    expect(page.locator("#save-state-spoken")).to_have_text(TRYING_AGAIN)  # a screen reader is told too
    evidence_box(page).press_sequentially(" Even at night.")
    expect(state(page)).to_have_text(TRYING_AGAIN)
    # Pressing the button must not put the browser's own page in the place of the text.
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(evidence_box(page)).to_have_value("Walks are recorded. All of them. Even at night.")

    page.context.set_offline(False)
    expect(state(page)).to_have_text(SAVED)
    assert stored_evidence(spoc, address) == "Walks are recorded. All of them. Even at night."


def test_a_save_whose_answer_is_lost_is_made_once(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    address = scenes["words"].theme("policy-governance")
    spoc = sign_in(scenes["words"].person("first"), checks=False)
    spoc.open(address)
    page = spoc.page
    arrived: list[int] = []

    def lose_the_answer(route: Route) -> None:
        arrived.append(route.fetch().status)
        route.abort()

    page.route("**/autosave/", lose_the_answer, times=1)
    page.get_by_label("What is to be done").press_sequentially("Rewrite the policy")
    expect(state(page)).to_have_text(TRYING_AGAIN)
    expect(state(page)).to_have_text(SAVED)
    assert arrived == [200]
    # What is typed on goes to the same action.
    page.get_by_label("Who leads it").press_sequentially("Superintendent")
    page.get_by_label("Who leads it").blur()
    expect(state(page)).to_have_text(SAVED)

    again = in_another_tab(spoc, address)
    expect(again.get_by_label("What is to be done")).to_have_count(1)
    expect(again.get_by_label("What is to be done")).to_have_value("Rewrite the policy")
    expect(again.get_by_label("Who leads it")).to_have_value("Superintendent")
    again.goto(f"{spoc.product.url}/actions/")
    expect(again.get_by_role("link", name="Rewrite the policy")).to_have_count(1)


# --- An ended session ---------------------------------------------------------------------------------------------


def end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def test_an_ended_session_goes_on_after_signing_in_in_another_tab(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    address = scenes["expired"].theme("leadership")
    who = scenes["expired"].person("first")
    spoc = sign_in(who, checks=False)
    spoc.open(address)
    page = spoc.page
    write(page, "Before")
    expect(state(page)).to_have_text(SAVED)
    end_session(page)
    evidence_box(page).press_sequentially(" and after the session ended")
    expect(state(page)).to_have_text(SIGNED_OUT)

    other = in_another_tab(spoc, "/account/sign-in/")
    answer_sign_in(other, scenes["expired"].person("second"))
    expect(other.get_by_role("button", name="Sign out")).to_be_visible()
    expect(state(page)).to_have_text(OTHER_PERSON)  # nothing is saved under a colleague's name
    other.get_by_role("button", name="Sign out").click()
    answer_sign_in(other, who)
    expect(other.get_by_role("button", name="Sign out")).to_be_visible()
    other.close()
    expect(state(page)).to_have_text(SAVED)
    assert stored_evidence(spoc, address) == "Before and after the session ended"

    # The page itself goes on working: its own form is sent with what belongs to the new session.
    spoc.press("Save and continue")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Leadership")


def test_text_of_an_ended_session_is_offered_on_an_own_device(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    address = scenes["expired"].theme("communication")
    who = scenes["expired"].person("first")
    spoc = sign_in(who, checks=False, own_device=True)
    spoc.open(address)
    end_session(spoc.page)
    write(spoc.page, "Typed into a session that was over")
    expect(state(spoc.page)).to_have_text(SIGNED_OUT)
    spoc.page.close()

    page = in_another_tab(spoc, address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    answer_sign_in(page, who, own_device=True)
    offer = page.get_by_role("region", name=re.compile("^You had unsaved text here"))
    expect(offer).to_contain_text("Typed into a session that was over")
    expect(evidence_box(page)).to_have_value("")  # nothing is put in without asking
    offer.get_by_role("button", name="Put it back").click()
    expect(evidence_box(page)).to_have_value("Typed into a session that was over")
    expect(state(page)).to_have_text(SAVED)
    assert stored_evidence(spoc, address) == "Typed into a session that was over"
    assert kept_here(page) == NOTHING_KEPT


def test_nothing_is_kept_on_a_device_of_others(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    address = scenes["expired"].theme("audit")
    spoc = sign_in(scenes["expired"].person("first"), checks=False)
    spoc.open(address)
    page = spoc.page
    write(page, "Saved at once")
    expect(state(page)).to_have_text(SAVED)
    assert kept_here(page) == NOTHING_KEPT
    end_session(page)
    evidence_box(page).press_sequentially(" and never kept here")
    expect(state(page)).to_have_text(SIGNED_OUT)
    assert kept_here(page) == NOTHING_KEPT
    # Instead, whoever goes is asked first.
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(evidence_box(page)).to_have_value("Saved at once and never kept here")
    page.close()

    page = in_another_tab(spoc, address)
    answer_sign_in(page, spoc.who)
    expect(evidence_box(page)).to_have_value("Saved at once")
    expect(page.get_by_text("You had unsaved text here")).to_have_count(0)
    assert kept_here(page) == NOTHING_KEPT


# --- A closed tab -------------------------------------------------------------------------------------------------


def offer_on(page: Page) -> Locator:
    return page.get_by_role("region", name=re.compile("^You had unsaved text here"))


def type_offline_and_close(visit: Visit, address: str, text: str) -> None:
    """Type on a page whose connection is cut, and close it: nothing of it has reached the server."""
    page = in_another_tab(visit, address)
    page.context.set_offline(True)
    write(page, text)
    expect(state(page)).to_have_text(TRYING_AGAIN)
    page.close()
    visit.page.context.set_offline(False)


def test_a_closed_tab_gives_its_text_back(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    address = scenes["words"].theme("capability-competence")
    spoc = sign_in(scenes["words"].person("first"), checks=False, own_device=True)
    type_offline_and_close(spoc, address, "Written on a train")
    assert stored_evidence(spoc, address) == ""

    spoc.open(address)
    page = spoc.page
    expect(offer_on(page)).to_contain_text("Written on a train")
    offer_on(page).get_by_role("button", name="Put it back").click()
    expect(state(page)).to_have_text(SAVED)
    assert stored_evidence(spoc, address) == "Written on a train"
    spoc.open(address)
    expect(offer_on(page)).to_have_count(0)  # once it is saved nothing is offered any more

    type_offline_and_close(spoc, address, "Written and thought better of")
    spoc.open(address)
    offer_on(page).get_by_role("button", name="Discard it").click()
    spoc.open(address)
    expect(offer_on(page)).to_have_count(0)
    assert stored_evidence(spoc, address) == "Written on a train"
    assert kept_here(page) == NOTHING_KEPT


def test_an_action_in_a_closed_tab_comes_back_once(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    address = scenes["words"].theme("risk-management")
    spoc = sign_in(scenes["words"].person("first"), checks=False, own_device=True)
    page = in_another_tab(spoc, address)
    page.route("**/autosave/", lambda route: (route.fetch(), route.abort()))  # it arrives, and nobody hears of it
    page.get_by_label("What is to be done").press_sequentially("Check every ladder")
    expect(state(page)).to_have_text(TRYING_AGAIN)
    page.context.set_offline(True)  # and what follows does not even arrive, what a closing tab hands over included
    page.unroute("**/autosave/")
    page.get_by_label("Who leads it").press_sequentially("Inspector")
    page.close()
    spoc.page.context.set_offline(False)

    spoc.open(address)
    offer_on(spoc.page).get_by_role("button", name="Put it back").click()
    expect(state(spoc.page)).to_have_text(SAVED)
    spoc.open(address)
    expect(spoc.page.get_by_label("What is to be done")).to_have_count(1)
    expect(spoc.page.get_by_label("What is to be done")).to_have_value("Check every ladder")
    expect(spoc.page.get_by_label("Who leads it")).to_have_value("Inspector")


def test_signing_out_forgets_what_was_kept(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    spoc = sign_in(scenes["words"].person("first"), checks=False, own_device=True)
    type_offline_and_close(spoc, scenes["words"].theme("monitoring"), "Kept for a while")
    # On the page that is open something is unsaved too while its person signs out.
    address = scenes["words"].theme("communication")
    spoc.open(address)
    page = spoc.page
    page.route("**/autosave/", lambda route: route.abort())
    write(page, "Not to be kept")
    expect(state(page)).to_have_text(TRYING_AGAIN)
    assert len(kept_here(page)["local"]) == 2  # type: ignore[arg-type]  # a dict
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert kept_here(page) == NOTHING_KEPT


def test_nobody_else_sees_what_was_kept(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    scene = scenes["words"]
    address = scene.theme("infrastructure-assets")
    spoc = sign_in(scene.person("first"), checks=False, own_device=True)
    type_offline_and_close(spoc, address, "Only for whoever wrote it")
    end_session(spoc.page)

    page = spoc.page
    page.goto(spoc.product.url + address)
    answer_sign_in(page, scene.person("second"), own_device=True)
    expect(evidence_box(page)).to_have_value("")
    expect(page.get_by_text("Only for whoever wrote it")).to_have_count(0)
    expect(offer_on(page)).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert kept_here(page) == NOTHING_KEPT  # whoever signs out leaves nothing of anybody


def test_kept_text_meets_newer_text_as_two_versions(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    scene = scenes["words"]
    address = scene.theme("change-management")
    spoc = sign_in(scene.person("first"), checks=False, own_device=True)
    type_offline_and_close(spoc, address, "Mine, from the closed tab")
    colleague = sign_in(scene.person("second"), checks=False)
    colleague.open(address)
    write(colleague.page, "Theirs, saved meanwhile")
    expect(state(colleague.page)).to_have_text(SAVED)

    spoc.open(address)
    page = spoc.page
    expect(evidence_box(page)).to_have_value("Theirs, saved meanwhile")
    offer_on(page).get_by_role("button", name="Put it back").click()
    panel = page.get_by_role("region", name=re.compile("Somebody else changed this answer too"))
    expect(panel).to_contain_text("Theirs, saved meanwhile")
    expect(panel).to_contain_text("Mine, from the closed tab")
    expect(panel).to_contain_text("Second SPOC")
    assert stored_evidence(colleague, address) == "Theirs, saved meanwhile"
    panel.get_by_role("button", name="Keep mine").click()
    expect(state(page)).to_have_text(SAVED)
    assert stored_evidence(colleague, address) == "Mine, from the closed tab"


# --- Two people at once -------------------------------------------------------------------------------------------


def test_two_people_in_one_answer_decide_in_place(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    scene = scenes["together"]
    address = scene.theme("leadership")
    one, two = (sign_in(scene.person(part), checks=False) for part in ("first", "second"))
    one.open(address)
    write(one.page, "Walks took place.")
    expect(state(one.page)).to_have_text(SAVED)
    two.open(address)
    one.open(address)
    evidence_box(one.page).press("ControlOrMeta+Home")
    evidence_box(one.page).press_sequentially("Every inspector briefed. ")
    expect(state(one.page)).to_have_text(SAVED)
    evidence_box(two.page).press("ControlOrMeta+End")
    evidence_box(two.page).press_sequentially(" Minutes are kept.")

    expect(state(two.page)).to_have_text(re.compile("^Not saved: somebody else changed “Evidence” too"))
    panel = two.page.get_by_role("region", name=re.compile("Somebody else changed this answer too"))
    expect(panel).to_be_focused()
    expect(panel).to_contain_text("Every inspector briefed. Walks took place.")  # theirs
    expect(panel).to_contain_text("Walks took place. Minutes are kept.")  # mine
    expect(evidence_box(two.page)).to_have_value("Walks took place. Minutes are kept.")  # the page stays as it was
    both = panel.get_by_label("Both put together")
    expect(both).to_have_value("Every inspector briefed. Walks took place. Minutes are kept.")
    both.fill(f"{both.input_value()} Agreed by both.")
    panel.get_by_role("button", name="Use the text above").click()
    expect(state(two.page)).to_have_text(SAVED)
    merged = "Every inspector briefed. Walks took place. Minutes are kept. Agreed by both."
    assert stored_evidence(one, address) == merged

    # The first one's page does not know it yet: what is typed there now is not saved over it.
    evidence_box(one.page).press_sequentially("In Q1: ")
    again = one.page.get_by_role("region", name=re.compile("Somebody else changed this answer too"))
    expect(again).to_contain_text("Agreed by both.")
    assert stored_evidence(two, address) == merged
    again.get_by_role("button", name="Keep their version").click()
    expect(evidence_box(one.page)).to_have_value(merged)
    expect(state(one.page)).to_have_text(SAVED)
    assert stored_evidence(two, address) == merged


def test_two_people_on_different_answers_do_not_collide(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    scene = scenes["together"]
    address = scene.theme("audit")
    one, two = (sign_in(scene.person(part), checks=False) for part in ("first", "second"))
    one.page.clock.install()
    one.open(address)
    two.open(address)
    expect(two.page.locator("#presence")).to_contain_text("First SPOC, in Assurance and Audit")
    # The first one's page asks every twenty seconds.
    expect(one.page.locator("#presence")).not_to_contain_text("Second SPOC, in Assurance and Audit")
    one.page.clock.run_for(21_000)
    expect(one.page.locator("#presence")).to_contain_text("Second SPOC, in Assurance and Audit")

    write(two.page, "Two audits were closed.")
    expect(state(two.page)).to_have_text(SAVED)
    one.page.get_by_label(re.compile("^Level 3:")).check()
    one.page.clock.run_for(1_000)
    expect(state(one.page)).to_have_text(SAVED)
    two.page.get_by_role("radio", name="Yes", exact=True).check()
    expect(state(two.page)).to_have_text(SAVED)
    for visit in (one, two):
        expect(visit.page.locator("[data-panel]")).to_have_count(0)
    two.open(address)
    expect(evidence_box(two.page)).to_have_value("Two audits were closed.")
    expect(two.page.get_by_label(re.compile("^Level 3:"))).to_be_checked()
    expect(two.page.get_by_role("radio", name="Yes", exact=True)).to_be_checked()


# --- Without scripts ----------------------------------------------------------------------------------------------

NOTE = "Why is the level right with points left unticked?"
CARRIED = re.compile("^Carried forward from .* and confirmed")


def confirm_and_go_on(page: Page) -> None:
    """Say of a theme that was carried forward that it is still true, and go on without changing it."""
    page.get_by_role("button", name="It is still true").click()
    expect(page.get_by_text(CARRIED)).to_be_visible()
    page.locator("a[rel=next]").click()


def give_details(page: Page) -> None:
    page.get_by_label("Name of the person completing the statement").fill("First SPOC")
    page.get_by_label("Their position").fill("Safety manager")
    page.get_by_label("When did the unit’s health and safety meeting").fill(f"{london_day(datetime.now(UTC)):%d %m %Y}")
    page.get_by_role("button", name="Save and continue").click()


def add_evidence(visit: Visit, folder: Path) -> None:
    """Add a link and a file to the theme that is open, and come back."""
    page = visit.page
    page.get_by_role("link", name="Add links or files").click()
    page.get_by_label("Address").fill("intranet.example/safety")
    page.get_by_label("What it shows").fill("Safety pages")
    page.get_by_role("button", name="Add the link").click()
    expect(page.get_by_role("link", name="Safety pages", exact=True)).to_be_visible()
    minutes = folder / "minutes.pdf"
    minutes.write_bytes(files.pdf())
    page.get_by_label("Files", exact=True).set_input_files(minutes)
    page.get_by_label("What they show").fill("Minutes of October")
    page.get_by_role("button", name="Add the files").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Minutes of October", exact=True).click()
    assert download.value.path().read_bytes() == files.pdf()
    page.get_by_role("link", name=re.compile("^Back to ")).click()


def test_the_whole_statement_without_scripts(scenes: dict[str, Scene], sign_in: SignIn, tmp_path: Path) -> None:
    """Each theme was carried forward: every second one is confirmed as it is, the others are answered afresh."""
    scene = scenes["plain"]
    spoc = sign_in(scene.person("first"), checks=False, scripts=False)
    page = spoc.page
    page.locator("main").get_by_role("link", name=re.compile("Q[1-4] ")).first.click()
    page.get_by_role("link", name="Leadership").first.click()
    for number, identity in enumerate(THEMES):
        expect(page).to_have_url(spoc.product.url + scene.theme(identity))
        if identity == NOT_SCORED:
            page.locator("a[rel=next]").click()
            continue
        if number % 2:
            confirm_and_go_on(page)
            continue
        if identity == "leadership":
            add_evidence(spoc, tmp_path)
            page.get_by_label("What is to be done").first.fill("Brief every shift")
            page.get_by_label("When it is due").first.fill("31 March 2031")
        page.get_by_label(re.compile("^Level 4:")).check()
        page.get_by_role("group", name=re.compile("^Points of level 4")).get_by_role("checkbox").first.check()
        page.get_by_label(NOTE).fill("The rest comes next year.")
        page.get_by_role("radio", name="No", exact=True).check()
        evidence_box(page).fill(f"What was seen of {identity}.")
        page.get_by_role("button", name="Save and continue").click()
    expect(page).to_have_url(f"{spoc.product.url}{scene.statement}details/")
    give_details(page)
    for text in (
        "What was seen of risk-management.",
        "The rest comes next year.",
        "Minutes of October",
        "Safety pages",
    ):
        expect(page.locator("main")).to_contain_text(text)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Complete statement").click()
    expect(page.get_by_text("Statement completed.")).to_be_visible()


def test_two_versions_without_scripts(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    scene = scenes["together"]
    address = scene.theme("communication")
    one, two = (sign_in(scene.person(part), checks=False, scripts=False) for part in ("first", "second"))
    one.open(address)
    two.open(address)
    evidence_box(one.page).fill("Posters went up.")
    one.press("Save and continue")
    evidence_box(two.page).fill("Briefings were given.")
    two.page.get_by_label(re.compile("^Level 2:")).check()
    two.press("Save and continue")

    page = two.page
    expect(page).to_have_title(re.compile("^Error: "))
    versions = page.get_by_role("region", name="Somebody else changed this answer while you were writing")
    expect(versions).to_contain_text("Posters went up.")
    expect(versions).to_contain_text("Briefings were given.")
    expect(versions).to_contain_text("First SPOC")
    for button in ("Use the text above", "Keep their version", "Keep mine"):  # they would do nothing
        expect(page.get_by_role("button", name=button)).to_have_count(0)
    expect(page.get_by_label(re.compile("^Level 2:"))).to_be_checked()
    assert stored_evidence(one, address) == "Posters went up."
    # The box holds both texts, to be edited.
    for text in ("Posters went up.", "Briefings were given."):
        expect(evidence_box(page)).to_have_value(re.compile(re.escape(text)))
    evidence_box(page).fill("Posters went up and briefings were given.")
    two.press("Save and continue")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Communication")
    assert stored_evidence(one, address) == "Posters went up and briefings were given."

    # Who leaves a refused text undecided is told of it on coming back, and it can be put in without scripts too.
    one.open(address)
    two.open(address)
    evidence_box(one.page).fill("Posters went up in May.")
    one.press("Save and continue")
    evidence_box(two.page).fill("Posters went up in June.")
    two.press("Save and continue")
    two.open("/")
    two.open(address)
    expect(page.get_by_role("region", name="An answer of yours was not saved")).to_contain_text("in June.")
    expect(evidence_box(page)).to_have_value("Posters went up in May.")
    page.get_by_role("link", name=re.compile("^Put both together into the box")).click()
    expect(evidence_box(page)).to_have_value(re.compile("in June."))
    evidence_box(page).fill("Posters went up in May and June.")
    two.press("Save and continue")
    assert stored_evidence(one, address) == "Posters went up in May and June."


# --- With the keyboard alone --------------------------------------------------------------------------------------

# What has the focus, whether that can be seen, and whether the line at the bottom covers it.
FOCUS = """() => {
    const it = document.activeElement;
    if (!it || it === document.body) return null;
    const label = it.matches("[type=radio], [type=checkbox]") && it.labels.length ? it.labels[0] : null;
    const shows = (style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
        || style.boxShadow !== "none";
    const box = (label ?? it).getBoundingClientRect();
    const bar = document.querySelector(".app-save-state:not([hidden])")?.getBoundingClientRect();
    window.numbers ??= new Map();
    if (!window.numbers.has(it)) window.numbers.set(it, window.numbers.size);
    return {
        number: window.numbers.get(it),
        what: it.outerHTML.slice(0, 200),
        isSeen: shows(getComputedStyle(it)) || (label !== null && shows(getComputedStyle(label, "::before"))),
        isInView: box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0,
        isCovered: bar !== undefined && box.top >= bar.top && box.bottom <= bar.bottom,
    };
}"""
MOST_STOPS = 250


@dataclass
class Keyboard:
    """A person without a mouse."""

    page: Page

    def step(self, key: str) -> int | None:
        """Press Tab or Shift+Tab; return the number of what has the focus then, None where it has left the page."""
        self.page.keyboard.press(key)
        focus = self.page.evaluate(FOCUS)
        if focus is None:
            return None
        assert focus["isSeen"], f"the focus cannot be seen on {focus['what']}"
        assert focus["isInView"], f"out of view with the focus: {focus['what']}"
        assert not focus["isCovered"], f"covered with the focus: {focus['what']}"
        return int(focus["number"])

    def go_to(self, wanted: Locator, key: str = "Tab") -> None:
        """Press Tab until `wanted` has the focus."""
        expect(wanted).to_have_count(1)
        for _ in range(MOST_STOPS):
            self.step(key)
            if wanted.evaluate("it => it === document.activeElement"):
                return
        pytest.fail(f"{key} never leads to {wanted}")

    def press(self, wanted: Locator, key: str = "Tab") -> None:
        """Go to a link or button and press Enter on it."""
        self.go_to(wanted, key)
        self.page.keyboard.press("Enter")

    def back_to(self, wanted: Locator) -> None:
        """Go to it backwards."""
        self.go_to(wanted, "Shift+Tab")

    def type(self, wanted: Locator, text: str) -> None:
        """Go to a box and type in place of what is in it."""
        self.go_to(wanted)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def round(self, key: str) -> list[int]:
        """Go through the whole page until the focus leaves it or begins again; return the stops in their order."""
        stops: list[int] = []
        while (number := self.step(key)) is not None and number not in stops[:1]:
            assert number not in stops, f"the focus is trapped: {self.page.evaluate(FOCUS)['what']}"
            stops.append(number)
            assert len(stops) < MOST_STOPS
        return stops


def test_the_focus_goes_through_a_theme_and_out_again(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    spoc = sign_in(scenes["keyboard"].person("second"), checks=False)
    spoc.open(scenes["keyboard"].theme("audit"))
    expect(state(spoc.page)).to_have_text(READY)
    keyboard = Keyboard(spoc.page)
    forwards = keyboard.round("Tab")
    assert len(forwards) > 20
    assert keyboard.round("Shift+Tab") == forwards[::-1]


def test_the_whole_statement_with_the_keyboard(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    scene = scenes["keyboard"]
    spoc = sign_in(scene.person("first"), checks=False)
    page, keyboard = spoc.page, Keyboard(spoc.page)
    keyboard.press(page.locator("main").get_by_role("link", name=re.compile("Q[1-4] ")).first)
    expect(page).to_have_url(spoc.product.url + scene.statement)
    keyboard.press(page.get_by_role("link", name="Skip to main content"))
    keyboard.press(page.locator("main").get_by_role("link", name="Leadership").first)

    # The first theme is changed: another level, a point, evidence, an action.
    expect(page).to_have_url(spoc.product.url + scene.theme("leadership"))
    expect(state(page)).to_have_text(READY)
    keyboard.go_to(page.get_by_label(re.compile("^Level 3:")))  # the one that was carried forward
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label(re.compile("^Level 4:"))).to_be_checked()
    keyboard.go_to(page.get_by_role("group", name=re.compile("^Points of level 4")).get_by_role("checkbox").first)
    page.keyboard.press("Space")
    keyboard.type(page.get_by_label(NOTE), "The rest comes next year.")
    keyboard.go_to(page.get_by_role("radio", name="Yes", exact=True))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="No", exact=True)).to_be_checked()
    keyboard.type(evidence_box(page), "Typed without a mouse.")
    keyboard.type(page.get_by_label("What is to be done").first, "Train the trainers")
    expect(state(page)).to_have_text(SAVED)
    keyboard.press(page.get_by_role("button", name="Add another action"))
    expect(page.get_by_role("group", name="Action 2")).to_be_focused()
    keyboard.type(page.get_by_role("group", name="Action 2").get_by_label("What is to be done"), "Mend the lift")
    keyboard.press(page.get_by_role("button", name="Save and continue"))

    for identity in THEMES[1:]:
        expect(page).to_have_url(spoc.product.url + scene.theme(identity))
        if identity != NOT_SCORED:
            keyboard.press(page.get_by_role("button", name="It is still true"))
            expect(page.get_by_text(CARRIED)).to_be_visible()
        keyboard.press(page.locator("a[rel=next]"), "Shift+Tab")  # it is near the end of the page

    expect(page).to_have_url(f"{spoc.product.url}{scene.statement}details/")
    expect(state(page)).to_have_text(READY)
    keyboard.type(page.get_by_label("Name of the person completing the statement"), "First SPOC")
    keyboard.type(page.get_by_label("Their position"), "Safety manager")
    meeting = page.get_by_label("When did the unit’s health and safety meeting")
    keyboard.type(meeting, f"{london_day(datetime.now(UTC)):%d %m %Y}")
    keyboard.press(page.get_by_role("button", name="Save and continue"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    for text in ("Typed without a mouse.", "Train the trainers", "Mend the lift", "The rest comes next year."):
        expect(page.locator("main")).to_contain_text(text)
    keyboard.back_to(page.get_by_role("button", name="Complete statement"))
    keyboard.back_to(page.get_by_role("checkbox"))
    page.keyboard.press("Space")
    keyboard.press(page.get_by_role("button", name="Complete statement"))
    expect(page.get_by_text("Statement completed.")).to_be_visible()


# --- What is wrong, and where -------------------------------------------------------------------------------------


def focused_id(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def follow_each_problem(page: Page) -> list[str]:
    """Follow each link of the error summary; return the controls they lead to. Each has to take the focus."""
    links = page.locator(".govuk-error-summary a")
    expect(links.first).to_be_visible()
    expect(page.locator(".govuk-error-summary li")).to_have_count(links.count())  # none leads nowhere
    reached = []
    for link in links.all():
        target = (link.get_attribute("href") or "").removeprefix("#")
        link.click()
        control = page.locator(f"[id='{target}']")
        expect(control).to_be_focused()
        assert control.evaluate("it => it.matches('input:not([type=hidden]), textarea, select')"), target
        reached.append(target)
    return reached


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_error_summary_leads_to_each_answer_at_fault(
    scripts: bool, scenes: dict[str, Scene], sign_in: SignIn
) -> None:
    spoc = sign_in(scenes["words"].person("second"), checks=False, scripts=scripts)
    page = spoc.page
    spoc.open(scenes["words"].theme("performance-benchmarking"))
    # Radio buttons and ticks are never wrong by themselves: the page was out of date, or tampered with.
    for name in ("level_answer", "held_without_shrmt", "criteria_met"):
        page.locator(f"[name={name}]").first.evaluate("it => { it.value = '0'; it.checked = true; }")
    evidence_box(page).fill("word " * 1001)
    page.get_by_label("Who leads it").first.fill("Inspector")
    page.get_by_label("When it is due").first.fill("31 June 2031")
    page.get_by_role("button", name="Save and continue").click()
    expect(page).to_have_title(re.compile("^Error: "))
    if scripts:
        expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert follow_each_problem(page) == [
        "id_level_answer_0",
        "id_criteria_met_0",
        "id_held_without_shrmt_0",
        "id_evidence",
        "id_actions-0-title",
        "id_actions-0-due_on",
    ]


def test_problems_of_other_pages_lead_to_their_answers(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    """A single tick, a group of radio buttons, a group of ticks with a file, a box: one page for each."""
    spoc = sign_in(scenes["words"].person("second"), checks=False)
    spoc.open(f"{scenes['words'].theme('audit')}evidence/")
    spoc.press("Add the link")
    assert follow_each_problem(spoc.page) == ["id_uploads"]
    spoc.open(f"{scenes['words'].theme('audit')}ask/")
    spoc.press("Send the question")
    assert follow_each_problem(spoc.page) == ["id_question"]
    head = sign_in("head", checks=False)
    head.open("/model/targets/new/")
    head.page.get_by_label("Medium").evaluate("it => { it.value = 'none'; it.checked = true; }")
    head.press("Enter the target")
    reached = follow_each_problem(head.page)
    assert {"id_level_0", "id_risk_bands_0", "id_by_on", "id_endorsed_by"} <= set(reached)


def test_what_is_missing_leads_to_its_question(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    """The lines of the page that a statement is completed on lead to other pages, and to the answer on them."""
    scene = scenes["missing"]
    spoc = sign_in(scene.person("first"), checks=False)
    page = spoc.page
    spoc.open(scene.theme("leadership"))  # opening it is what carries it forward
    spoc.open(scene.theme("audit"))
    evidence_box(page).fill("")
    page.get_by_label(re.compile("^Level 2:")).check()
    expect(state(page)).to_have_text(SAVED)
    spoc.open(f"{scene.statement}check/")
    found = [link.get_attribute("href") or "" for link in page.locator(".app-blockers a").all()]
    wanted = {address.partition("#")[2]: address for address in found}
    assert set(wanted) == {"id_level_answer_0", "id_evidence", "carried", "id_meeting_on"} | {
        "id_completer_name",
        "id_completer_position",
    }
    for fragment in ("id_level_answer_0", "id_evidence", "carried", "id_meeting_on"):
        spoc.open(f"{scene.statement}check/")
        page.locator(f'.app-blockers a[href="{wanted[fragment]}"]').click()
        expect(page.locator(f"[id='{fragment}']")).to_be_focused()


# --- How the pages look -------------------------------------------------------------------------------------------


def looking(sign_in: SignIn, who: str, *, own_device: bool = False) -> Visit:
    """Sign somebody in whose pages are checked from then on: other journeys look at what comes before."""
    visit = sign_in(who, checks=False, own_device=own_device)
    visit.checks = True
    return visit


def address_of(page: Page, product: Product) -> str:
    return page.url.removeprefix(product.url)


def test_pages_of_a_theme_have_no_fault(scenes: dict[str, Scene], sign_in: SignIn, tmp_path: Path) -> None:
    scene = scenes["looks"]
    spoc, colleague = (
        looking(sign_in, scene.person("first"), own_device=True),
        sign_in(scene.person("second"), checks=False),
    )
    page, theme = spoc.page, scene.theme("leadership")
    spoc.open(theme)  # carried forward
    colleague.open(theme)
    colleague.page.get_by_label(re.compile("^Level 4:")).check()
    expect(state(colleague.page)).to_have_text(SAVED)
    write(colleague.page, "Theirs")
    expect(state(colleague.page)).to_have_text(SAVED)
    page.get_by_label(re.compile("^Level 2:")).check()
    write(page, "Mine")
    expect(page.locator("[data-panel]")).to_have_count(2)
    page.get_by_label("When it is due").first.fill("31 June 2031")
    page.get_by_label("Who leads it").first.fill("Inspector")
    page.get_by_label("Who leads it").first.blur()
    expect(page.locator(".govuk-error-message").first).to_be_visible()
    spoc.check()  # two versions in place, and what is wrong said in place
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page).to_have_title(re.compile("^Error: "))
    spoc.check()  # the same from the server
    spoc.open(theme)  # an answer of yours was not saved

    type_offline_and_close(spoc, scene.theme("audit"), "Kept here")
    spoc.open(scene.theme("audit"))
    expect(offer_on(page)).to_be_visible()
    spoc.check()
    spoc.open(scene.theme(NOT_SCORED))
    for part in ("", "details/", "check/", "changes/"):
        spoc.open(scene.statement + part)

    spoc.open(f"{scene.theme('audit')}evidence/")
    spoc.press("Add the link")
    spoc.open(scene.theme("audit"))
    add_evidence(spoc, tmp_path)
    spoc.check()
    spoc.open(f"{scene.theme('audit')}evidence/")
    spoc.follow(re.compile("^Remove *Minutes of October"))


def test_pages_of_a_statement_have_no_fault(scenes: dict[str, Scene], sign_in: SignIn, tmp_path: Path) -> None:
    scene = scenes["looks"]
    spoc = looking(sign_in, scene.person("first"))
    page = spoc.page
    last_quarter = f"/statements/{scene.unit}/{Quarter.parse(scene.quarter).plus(-1).slug}/"
    spoc.open(last_quarter)
    digest = page.locator("code.app-digest").first.inner_text()
    spoc.follow("Verify it")
    expect(page.locator("main")).to_contain_text(digest)
    spoc.open("/verify/")
    spoc.open(f"/verify/{'0' * 64}/")
    for part in ("print/", "pdf/", "changes/"):
        spoc.open(last_quarter + part)
    for part in ("print/", "pdf/", "blank/"):
        spoc.open(scene.statement + part)
    spoc.open("/calendar/")
    spoc.press("Make a link")

    spoc.open(f"{scene.statement}workbook/in/")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download the workbook")).click()
    download.value.save_as(tmp_path / "taken.xlsx")
    for value, heading in ((7, "Fill in the statement in a workbook"), (5, "What the workbook changes")):
        path = tmp_path / f"level-{value}.xlsx"
        book = openpyxl.load_workbook(tmp_path / "taken.xlsx")
        book["Themes"]["C2"] = value
        book.save(path)
        page.locator("input[type=file]").set_input_files(path)
        spoc.press("Upload and see the changes")
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_pages_of_actions_have_no_fault(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    spoc = looking(sign_in, scenes["looks"].person("second"))
    page = spoc.page
    spoc.open("/actions/")
    spoc.follow("Raise an action")
    spoc.press("Raise the action")  # and what is missing
    page.get_by_label("What is to be done").fill("Walk the yard")
    spoc.press("Raise the action")
    action = address_of(page, spoc.product)
    for part in ("edit/", "tasks/new/", "related/", "note/", "withdraw/", "close/"):
        spoc.open(action + part)
    page.get_by_label("What was achieved?").fill("The yard was walked twice.")
    spoc.press("Close the action")
    spoc.open("/actions/")


def test_pages_of_advice_and_targets_have_no_fault(scenes: dict[str, Scene], sign_in: SignIn) -> None:
    scene = scenes["looks"]
    spoc = looking(sign_in, scene.person("second"))
    spoc.open(f"{scene.theme('monitoring')}ask/")
    spoc.press("Send the question")  # and what is missing
    spoc.page.get_by_label("Your question").fill("Is a toolbox talk enough?")
    spoc.press("Send the question")
    spoc.open(f"{scene.theme('monitoring')}ask/")
    spoc.open("/mentoring/")
    spoc.page.locator("main h2 a, main h3 a").first.click()
    spoc.check()
    record = address_of(spoc.page, spoc.product)

    adviser = looking(sign_in, "adviser")
    adviser.open("/mentoring/")
    adviser.open("/mentoring/new/")
    adviser.open(record)
    adviser.page.get_by_label("Your advice").fill("It is a beginning.")
    adviser.press("Record the answer")

    head = looking(sign_in, "head")
    head.open("/mentoring/advisers/")
    head.open("/model/targets/")
    head.open("/model/targets/new/")
    head.press("Enter the target")
