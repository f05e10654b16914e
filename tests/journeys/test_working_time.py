"""Working time recorded, held against a target and corrected, with each page looked at wide and narrow."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import expect

from tests.journeys.conftest import SignIn, Visit

DDOS = "Designated Detention Officers (DDOs)"  # of whom the demo force says nothing yet
OVER = "Over the limit, not opted out"


def write(visit: Visit, said: Mapping[str, str]) -> None:
    for label, text in said.items():
        visit.page.get_by_label(label).fill(text)


def test_a_reading_is_recorded_held_against_a_target_and_corrected(sign_in: SignIn) -> None:
    head = sign_in("head")
    main = head.page.locator("main")
    head.open("/injury-figures/")
    head.follow("Working time")
    head.page.get_by_label("Staff group").select_option(DDOS)
    head.press("Show")
    head.follow("Record a reading")
    write(head, {"As at": "30 6 2019", "People in scope": "20", "having opted out": "40", OVER: "25"})
    head.press("Record the reading")
    expect(main).to_contain_text("More people are over the limit, by the two numbers below, than are in scope.")
    write(head, {"People in scope": "1,000"})
    head.press("Record the reading")
    expect(main).to_contain_text(f"On 30 June 2019, 97.5% of 1,000 {DDOS} in scope complied")
    head.follow("Enter a target")
    write(head, {"Share that is to comply": "98", "Applies from": "1 4 2019", "Endorsed by": "the Board"})
    head.press("Enter the target")
    expect(main).to_contain_text("The target is 98% from 1 April 2019, endorsed by the Board.")
    expect(main).to_contain_text("It was not met, by 5 people.")
    expect(main.locator("svg.chart")).to_contain_text("Below the target: 30 June 2019.")
    head.follow("Correct the reading of 30 June 2019")
    write(head, {OVER: "20", "Why is the reading corrected?": "Five were on leave."})
    head.press("Put it in the earlier one’s place")
    expect(main).to_contain_text("It was met.")
    expect(main).to_contain_text("Five were on leave.")
