"""*My half*: what its page shows of a group, to whom, and at which price."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from assurance.models import Decision, IssuedRollup, Rollup
from home.half_reading import read_half
from organisation.models import BusinessGroup, User
from organisation.periods import HalfYear, Quarter
from organisation.roles import Role
from tests.factories import actions, maturity
from tests.factories import assurance as statements
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db

H1 = HalfYear(2026, 1)  # April to September 2026; the half before it is H2 2025/26
TODAY = date(2026, 12, 1)  # in the third quarter, the day after its statements were due


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def group() -> BusinessGroup:
    """Three units: one that fell and is reviewed, one that waits for a review, one with nothing signed since spring."""
    statements.shipped_edition()
    group = make_group("Frontline Policing")
    kiln, marsh, quay = (make_unit(name, group=group) for name in ("Kiln Hill", "Marsh Lane", "Quay Street"))
    before, first, third = Quarter(2025, 4), Quarter(2026, 1), Quarter(2026, 3)
    statements.decide(statements.signed(kiln, before, level=4), Decision.ACCEPTED)
    statements.decide(statements.signed(kiln, first, level=4, levels={"leadership": 2}), Decision.ACCEPTED)
    statements.signed(marsh, before, level=3)
    statements.signed(marsh, first, level=3)
    statements.signed(marsh, third, level=4)
    statements.signed(quay, before, level=1)
    statements.make_statement(kiln, third)
    statements.make_statement(quay, third)
    return group


@pytest.fixture
def lead(group: BusinessGroup) -> User:
    return make_person(Role.COG_LEAD, group=group)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, address: str = "/my-half/") -> str:
    answer = browser(user).get(address)
    assert answer.status_code == 200
    html = answer.content.decode()
    return " ".join(unescape(strip_tags(html[html.index("<main") : html.index("</main>")])).split())


def test_what_is_due_stands_first(lead: User) -> None:
    text = page(lead)
    assert "H1 2026/27 (April to September 2026) My half: Frontline Policing" in text
    assert "2 of 3 are not signed. Overdue They were due, signed, by 30 November 2026." in text
    assert "Kiln Hill: open Quay Street: open" in text
    assert "1 signed statement waits for the decision of the Chief Officer Group (COG) lead." in text
    assert "Marsh Lane, Q3 2026/27" in text
    assert "Overdue It was due by 28 October 2026. No draft is built yet. No date of a Board meeting is set." in text
    assert "It is due by 28 April 2027; the half-year ends on 31 March 2027." in text


def test_board_date_draft_and_issue_are_said(group: BusinessGroup, lead: User) -> None:
    rollup = Rollup.objects.create(group=group, half=H1, board_meeting_on=date(2026, 12, 15))
    assert "For the Health, Safety and Wellbeing Board on 15 December 2026." in page(lead)
    IssuedRollup.objects.create(
        rollup=rollup,
        number=1,
        content={},
        content_digest="0" * 64,
        figures_digest="0" * 64,
        as_at=date(2026, 9, 30),
        issued_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
        issued_by=lead,
        issuer_name=lead.name,
    )
    text = page(lead)
    assert "Issued Version 1, on 2 November 2026." in text
    # Its lead is asked about the half-year that runs, from now on.
    assert text.startswith("H2 2026/27")


def test_units_short_of_target_stand_theme_by_theme_by_their_newest_statement(group: BusinessGroup, lead: User) -> None:
    maturity.target(3, by_on=date(2026, 3, 31))
    maturity.target(4, by_on=date(2027, 3, 31), risk_bands=["medium", "high"], theme_identity="audit")
    half = read_half(group, lead, today=TODAY)
    found = {one.theme.identity: one for one in half.standings}
    assert "wellbeing" not in found
    assert [(one.unit.name, one.level, one.target.level) for one in found["leadership"].short] == [("Kiln Hill", 2, 3)]
    # Marsh Lane's third quarter counts, Quay Street's spring does not.
    assert (found["leadership"].reached, found["leadership"].nothing_signed) == (1, 1)
    assert (len(found["audit"].short), found["audit"].reached) == (0, 2)
    text = page(lead)
    assert "Kiln Hill: 2, target 3 by 31 March 2026" in text
    assert (
        "Level 3 was to be reached by 31 March 2026, and 1 unit is short of it in at least one theme: Kiln Hill."
        in text
    )


def test_without_targets_the_page_says_so(lead: User) -> None:
    assert "No target applies to the units of Frontline Policing." in page(lead)


def test_what_fell_since_the_half_before_and_what_was_not_signed_is_asked(lead: User) -> None:
    text = page(lead)
    assert (
        "1 of 3 units has signed nothing in H1 2026/27 (April to September 2026): Quay Street. Why, and what do you"
        in text
    )
    assert (
        "Leadership is lower than in H2 2025/26 (October 2025 to March 2026) at 1 unit: Kiln Hill (from 4 to 2). What"
        in text
    )
    assert "Leadership: Kiln Hill, from 4 to 2" in text


def test_overdue_actions_are_listed_the_longest_first(group: BusinessGroup, lead: User) -> None:
    unit = group.memberships.get(unit__name="Kiln Hill").unit
    early = datetime(2026, 4, 6, tzinfo=UTC)
    for title, due in (("Newer", date(2026, 10, 31)), ("Older", date(2026, 5, 3)), ("In time", date(2027, 1, 31))):
        actions.make_action(unit, title, due=due, at=early)
    actions.make_action(make_unit(), "Somebody else’s", due=date(2026, 5, 1), at=early)
    text = page(lead)
    assert "3 open, 2 overdue." in text
    assert "OlderKiln Hill3 May 2026 NewerKiln Hill31 October 2026" in text
    assert "2 actions are overdue, the oldest since 3 May 2026. What holds them up?" in text
    assert "Somebody else’s" not in text


def test_a_group_without_units_has_an_empty_half() -> None:
    group = make_group("Empty")
    assert "Empty has no units today" in page(make_person(Role.COG_SUPPORT, group=group))


def test_those_who_follow_every_group_choose_one(group: BusinessGroup) -> None:
    make_group("Met Operations")
    for role in (Role.SHRMT, Role.HEAD):
        person = make_person(role)
        assert "Frontline Policing Met Operations" in page(person)
        assert "All business groups" not in page(person, f"/my-half/{group.slug}/")
        assert "My half: Frontline Policing" in page(person, f"/my-half/{group.slug}/")


def test_whoever_follows_no_group_finds_no_page(group: BusinessGroup) -> None:
    other = make_person(Role.COG_LEAD, group=make_group())
    assert browser(other).get(f"/my-half/{group.slug}/").status_code == 404
    for role in (Role.SPOC, Role.BOARD_MEMBER, Role.ADMINISTRATOR):
        assert browser(make_person(role)).get("/my-half/").status_code == 404
        assert browser(make_person(role)).get(f"/my-half/{group.slug}/").status_code == 404


def test_the_front_page_leads_to_it(group: BusinessGroup, lead: User) -> None:
    html = browser(lead).get("/").content.decode()
    assert f'href="/my-half/{group.slug}/"' in html
    assert 'href="/my-half/"' in html


def test_the_page_takes_as_many_queries_for_thirty_units_as_for_three(group: BusinessGroup, lead: User) -> None:
    maturity.target(5)
    client = browser(lead)
    client.get("/my-half/")
    with CaptureQueriesContext(connection) as few:
        client.get("/my-half/")
    for _ in range(27):
        unit = make_unit(group=group)
        statements.signed(unit, Quarter(2026, 1))
        actions.make_action(unit, due=date(2026, 5, 3), at=datetime(2026, 4, 6, tzinfo=UTC))
    with CaptureQueriesContext(connection) as many:
        answer = client.get("/my-half/")
    assert "27 open, 27 overdue." in answer.content.decode()
    assert len(many) == len(few)
