"""The pages of three readings: what they say, to whom, and what they ask the database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_django import DjangoAssertNumQueries

from assurance.models import AuditState, Decision
from insight import reading
from insight.outcomes import Moved, Movement
from organisation.models import BusinessGroup, Unit, User
from organisation.roles import Role
from tests.assurance.pages import html_of, signed_in
from tests.factories import assurance as factories
from tests.factories.audits import make_audit
from tests.factories.climate import make_survey
from tests.factories.forces import Pen, Said, make_units
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db

FORCE = "/three-readings/"
AGREE, DISAGREE, FEW = (1, 2, 3, 8, 6), (9, 5, 4, 1, 1), (1, 1, 1, 1, 1)  # 14 of 20 agree; 2 of 20; five people


@pytest.fixture(autouse=True)
def model() -> None:
    factories.shipped_edition()


@pytest.fixture
def group() -> BusinessGroup:
    return make_group("North")


@pytest.fixture
def quay(group: BusinessGroup) -> Unit:
    """A unit that claims 4 in leadership and 2 in communication; audited at 2 and 4; few of its people answered."""
    unit = make_unit("Quay BCU", group=group)
    claimed = factories.signed(unit, factories.this_quarter(), levels={"leadership": 4, "communication": 2})
    auditor = make_person(Role.SHRMT)
    issued = datetime(2026, 3, 6, 12, tzinfo=UTC)
    verdicts = {"leadership": 2, "communication": 4}
    make_audit(by=auditor, state=AuditState.ISSUED, revision=claimed, verdicts=verdicts, at=issued)
    make_survey({(unit, "leadership"): DISAGREE, (unit, "communication"): AGREE, (unit, "audit"): FEW})
    return unit


@pytest.fixture
def head() -> Client:
    return signed_in(make_person(Role.HEAD))


def words(response: object) -> str:
    [main] = html.document_fromstring(html_of(response)).xpath("//main")
    return " ".join(" ".join(main.itertext()).split())


def row(response: object, theme: str) -> list[str]:
    """The cells of a theme in the table."""
    found = html.document_fromstring(html_of(response)).xpath("//tr[th[@scope='row']]")
    texts = [[" ".join(" ".join(cell.itertext()).split()) for cell in one.xpath("th|td")] for one in found]
    [cells] = [cells for cells in texts if cells[0] == theme]
    return cells[1:]


def test_a_unit_s_page_has_claim_verdict_climate_and_outcomes_of_each_theme(quay: Unit, head: Client) -> None:
    page = head.get(f"{FORCE}{quay.slug}/")
    assert f"Claimed: the statement of {factories.this_quarter().name}, not accepted yet." in words(page)
    assert row(page, "Leadership") == [
        "4 Proactive culture",
        "2 Reactive culture Audit A-0001, issued 6 March 2026",
        "10% of 20 respondents agree",
        "Accidents: not yet recorded",
    ]
    assert row(page, "Assurance and Audit")[1:] == ["No verdict", "Fewer than ten respondents", "None named"]
    assert row(page, "Wellbeing") == [
        "Not scored",
        "Not scored",
        "Not asked",
        "Reportable lost-time injuries: not yet recorded",
    ]


def test_contradictions_are_asked_about_both_ways(quay: Unit, head: Client) -> None:
    said = words(head.get(f"{FORCE}{quay.slug}/"))
    for question in (
        "Claims level 4; auditors validated level 2. Has it improved since the audit, or is the level "
        "read differently?",
        "Claims level 4; 10% of 20 respondents agree. Do staff not see what is in place, or is it not in place "
        "everywhere?",
        "Claims level 2; auditors validated level 4. Has something slipped since the audit, or is the unit stricter "
        "with itself than its auditors?",
        "Claims level 2; 70% of 20 respondents agree. Is more in place than the statement says, or do staff not see "
        "what is missing?",
    ):
        assert question in said


def test_the_chart_and_its_sentence_say_the_same_as_the_table(quay: Unit, head: Client) -> None:
    page = head.get(f"{FORCE}{quay.slug}/")
    [title] = html.document_fromstring(html_of(page)).xpath("//*[@id='three-readings-title']")
    assert "Leadership: claimed, 4; validated, 2; staff who agree, 10%." in title.text
    assert "Assurance and Audit: claimed, 3; validated, no verdict; staff who agree, fewer than ten respondents." in (
        title.text
    )
    assert (
        "Of 2 claims that auditors validated, 0 are the same as the verdict, 1 is above it and 1 is below it. "
        "Beside them stand 2 climate results." in words(page)
    )


def test_what_is_not_issued_or_does_not_stand_is_no_reading(group: BusinessGroup, head: Client) -> None:
    unit = make_unit("Mill", group=group)
    claimed = factories.signed(unit, factories.this_quarter(), levels={"leadership": 4})
    make_audit(by=make_person(Role.SHRMT), state=AuditState.RESPONSE, revision=claimed, verdicts={"leadership": 1})
    factories.decide(claimed, Decision.RETURNED)
    page = head.get(f"{FORCE}{unit.slug}/")
    assert row(page, "Leadership")[:3] == ["Nothing signed", "No verdict", "Not asked"]


def test_the_last_verdict_counts_and_the_accepted_statement_before_one_that_waits(
    group: BusinessGroup, head: Client
) -> None:
    unit, edition = make_unit("Mill", group=group), factories.shipped_edition()
    earlier, now = factories.this_quarter().previous(), factories.this_quarter()
    pen = Pen()
    pen.write(edition, earlier, {unit: [Said("accepted", {"leadership": 1})]})
    pen.write(
        edition, now, {unit: [Said("accepted", {"leadership": 2}), Said("signed", {"leadership": 5}), Said("open", {})]}
    )
    revision = unit.statements.get(quarter=now).revisions.get(number=1)
    auditor = make_person(Role.SHRMT)
    for level, day in ((5, date(2025, 3, 1)), (3, date(2026, 3, 1)), (4, date(2025, 9, 1))):
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        make_audit(by=auditor, state=AuditState.ISSUED, revision=revision, verdicts={"leadership": level}, at=at)
    page = head.get(f"{FORCE}{unit.slug}/")
    assert f"Claimed: the statement of {now.name}, accepted." in words(page)
    assert row(page, "Leadership")[:2] == [
        "2 Reactive culture",
        "3 Compliant culture Audit A-0002, issued 1 March 2026",
    ]


class NearMisses:
    """A room that counts near misses: they fell by two fifths, in the force by a quarter."""

    def moved(self, units: Collection[int], day: date) -> Moved:  # noqa: ARG002  # the protocol's
        each = {"near-misses": Movement(Fraction(6), Fraction(10), "2026", "2025")}
        together = {"near-misses": Movement(Fraction(75), Fraction(100), "2026", "2025")}
        return Moved(dict.fromkeys(units, each), together)


def test_a_room_that_counts_outcomes_shows_on_the_pages_without_another_change(
    group: BusinessGroup, head: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "RECORDERS", (NearMisses(),))
    unit = make_unit("Mill", group=group)
    factories.signed(unit, factories.this_quarter(), levels={"monitoring": 4})
    page = head.get(f"{FORCE}{unit.slug}/")
    assert "Claims level 4; near-miss reports fell by 40%. Fewer events, or fewer reports?" in words(page)
    assert row(page, "Reactive / Proactive Monitoring")[3] == (
        "Near-miss reports: −40% in 2026, compared with 2025 Successful interventions in custody: not yet recorded"
    )
    together = "The median claim is level 4; near-miss reports fell by 25%. Fewer events, or fewer reports?"
    assert together in words(head.get(FORCE))


@pytest.mark.usefixtures("quay")
def test_the_force_is_shown_as_medians_of_how_many_units_with_the_most_questions_first(
    group: BusinessGroup, head: Client
) -> None:
    beside = make_unit("Beside", group=group)
    factories.signed(beside, factories.this_quarter(), levels={"leadership": 3})
    page = head.get(FORCE)
    assert row(page, "Leadership")[:3] == [
        "3–4 median of 2 units",
        "2 Reactive culture median of 1 unit",
        "10% of 20 respondents agree, in 1 unit",
    ]
    assert row(page, "Assurance and Audit")[2] == "Fewer than ten respondents in each unit"
    assert "The claim lies above the verdict in 1 of 1 unit with both readings." in words(page)
    names = html.document_fromstring(html_of(page)).xpath("//main//a[contains(@href, '/three-readings/')]/text()")
    assert names == ["Quay BCU", "Beside"]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.SPOC, {"Quay BCU"}),
        (Role.COG_SUPPORT, {"Quay BCU", "Mill"}),
        (Role.SHRMT, {"Quay BCU", "Mill", "Elsewhere"}),
    ],
)
def test_readers_see_and_add_up_their_own_units_only(
    quay: Unit, group: BusinessGroup, role: Role, seen: set[str]
) -> None:
    make_unit("Mill", group=group)
    elsewhere = make_unit("Elsewhere")
    factories.signed(elsewhere, factories.this_quarter(), levels={"leadership": 1})
    person = {Role.SPOC: {"unit": quay}, Role.COG_SUPPORT: {"group": group}}.get(role, {})
    browser = signed_in(make_person(role, **person))  # type: ignore[arg-type]  # a unit or a group
    page = browser.get(FORCE)
    said = words(page)
    assert {name for name in ("Quay BCU", "Mill", "Elsewhere") if name in said} == seen
    claimed = row(page, "Leadership")[0]
    assert claimed == ("1–4 median of 2 units" if "Elsewhere" in seen else "4 Proactive culture median of 1 unit")
    assert browser.get(f"{FORCE}elsewhere/").status_code == (200 if "Elsewhere" in seen else 404)


def test_the_board_and_whoever_reads_no_statements_are_told_of_no_such_page(quay: Unit) -> None:
    for role in (Role.BOARD_MEMBER, Role.EXTERNAL_AUDITOR, Role.ADMINISTRATOR):
        browser = signed_in(make_person(role))
        assert [browser.get(address).status_code for address in (FORCE, f"{FORCE}{quay.slug}/")] == [404, 404]


def test_the_force_s_page_asks_the_database_no_more_for_more_units(
    group: BusinessGroup, head: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    edition, quarter = factories.shipped_edition(), factories.this_quarter()
    units = make_units(group, 60)
    pen = Pen()
    pen.write(edition, quarter, {unit: [Said("accepted", {"leadership": 4})] for unit in units})
    writer: User = pen.writer
    for unit in units[:20]:
        revision = unit.statements.get().revisions.get()
        make_audit(by=writer, state=AuditState.ISSUED, revision=revision, verdicts={"leadership": 3})
    make_survey({(unit, "leadership"): AGREE for unit in units}, at=timezone.now())
    with django_assert_max_num_queries(22):
        page = head.get(FORCE)
    assert row(page, "Leadership")[:3] == [
        "4 Proactive culture median of 60 units",
        "3 Compliant culture median of 20 units",
        "70% of 1,200 respondents agree, in 60 units",
    ]
