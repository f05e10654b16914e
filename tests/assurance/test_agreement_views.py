"""The pages that set claims beside verdicts: what they show, to whom, in which order, and at what price."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from io import BytesIO, StringIO
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from assurance.models import Revision
from organisation.models import BusinessGroup, Unit
from organisation.periods import Quarter
from organisation.roles import Role
from records.models import TrailEntry
from records.services import trail
from tests.assurance.pages import html_of
from tests.factories.assurance import shipped_edition
from tests.factories.forces import Pen, Said, make_units
from tests.factories.organisation import make_group, make_person, make_unit, make_user, move_unit
from tests.factories.verdicts import issued_audits

pytestmark = pytest.mark.django_db

QUARTER = Quarter(2025, 1)
ISSUED_ON = date(2025, 8, 20)
# Claim, verdict and how often: 24 pairs, of which 15 are confirmed, 7 too high and 2 too low.
FOUND = {(3, 3): 9, (4, 4): 4, (2, 2): 2, (4, 3): 5, (3, 2): 1, (4, 2): 1, (2, 3): 2}


@pytest.fixture
def group() -> BusinessGroup:
    return make_group("North")


def signed_in(role: Role, unit: Unit | None = None, *, group: BusinessGroup | None = None) -> Client:
    client = Client()
    client.force_login(make_person(role, unit, group=group))
    return client


def words(client: Client, address: str) -> str:
    """What a page says to whoever sees it, without its tags."""
    page = client.get(address)
    assert page.status_code == 200
    main = html_of(page).partition("<main")[2]
    main = re.sub(r'<span class="govuk-visually-hidden">[^<]*</span>', "", main)
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def audited(units: list[Unit], pairs: Counter[tuple[int, int]], *, lead: str = "A. Auditor") -> None:
    """Let each unit claim and be given the next two of the pairs, on leadership and communication."""
    edition, left = shipped_edition(), list(pairs.elements())
    claims: dict[Unit, dict[str, int | None]] = {}
    found: dict[Unit, dict[str, int | None]] = {}
    for unit in units:
        both, left = left[:2], left[2:]
        for said, place in ((claims, 0), (found, 1)):
            said[unit] = {
                theme: pair[place] for theme, pair in zip(("leadership", "communication"), both, strict=False)
            }
    Pen().write(edition, QUARTER, {unit: [Said("accepted", levels)] for unit, levels in claims.items()})
    revisions = Revision.objects.filter(statement__unit__in=units).select_related("statement")
    by_unit = {unit.pk: levels for unit, levels in found.items()}
    issued_audits({one: by_unit[one.statement.unit_id] for one in revisions}, on=ISSUED_ON, lead=make_user(name=lead))


def test_the_force_is_shown_in_the_order_that_keeps_kappa_from_standing_alone(group: BusinessGroup) -> None:
    audited(make_units(group, 12), Counter(FOUND))
    said = words(signed_in(Role.SHRMT), "/agreement/")
    assert "Of 24 audited claims 15 were confirmed, 7 were too high and 2 too low." in said
    in_order = (
        "Claims and verdicts Each row",
        "Confirmed: the same level 15 of 24 (63%)",
        "The same level or one beside it 23 of 24 (96%)",
        "Too high and too low 7 and 2 of 24",
        "Mean difference, claim minus verdict (an index)",
        "Kappa, linear weights",
        "AC2 (Gwet), linear weights",
    )
    places = [said.index(part) for part in in_order]
    assert places == sorted(places)
    # 2 × (1 + 9 + 36) ÷ 2⁹ = 0.1797, by hand; the mean difference is (5 + 1 + 2 − 2) ÷ 24.
    assert "a probability of 0.180" in said
    assert "(an index) 0.25" in said
    assert "seed 20190219" in said
    # Wilson's interval of 15 of 24 by hand: (0.625 + 0.080 ± 0.193) ÷ 1.160.
    assert "43% to 79%" in said
    assert "Level 4 0 1 5 4 0 10" in said


def test_of_fewer_than_ten_pairs_counts_are_shown_and_nothing_else(group: BusinessGroup) -> None:
    audited(make_units(group, 4), Counter({(3, 3): 5, (4, 3): 2, (5, 3): 1}))
    said = words(signed_in(Role.HEAD), "/agreement/")
    assert "Of 8 audited claims 5 were confirmed, 3 were too high and 0 too low." in said
    assert (
        "7 of 8 are the same level or one beside it. There are fewer than 10 pairs, so only counts are given." in said
    )
    assert "Kappa" not in said
    assert set(re.findall(r"\d+%", said)) == {"95%"}


def test_before_any_report_is_issued_the_pages_say_so(group: BusinessGroup) -> None:
    unit = make_unit("Harbour", group=group)
    assert "No claim of a level has been audited yet." in words(signed_in(Role.SHRMT), "/agreement/")
    said = words(signed_in(Role.SPOC, unit), f"/agreement/units/{unit.slug}/")
    assert "No report of an audit of Harbour has been issued." in said


def test_a_unit_reads_its_claims_beside_the_verdicts_with_counts_only(group: BusinessGroup) -> None:
    (unit,) = make_units(group, 1)
    audited([unit], Counter([(4, 3), (3, 3)]))
    spoc = signed_in(Role.SPOC, unit)
    assert spoc.get("/agreement/").headers["Location"] == f"/agreement/units/{unit.slug}/"
    said = words(spoc, f"/agreement/units/{unit.slug}/")
    assert "Of 2 audited claims 1 was confirmed, 1 was too high and 0 too low." in said
    assert re.search(
        r"Leadership Level 4 Level 3 Too high by one level V-\d+ , 20 August 2025 2025/26-Q1, revision 1", said
    )
    assert re.search(r"Communication Level 3 Level 3 Confirmed", said)


def test_a_group_reads_its_own_and_leads_only_to_units_it_still_has(group: BusinessGroup) -> None:
    stayed, left = make_units(group, 2)
    audited([stayed, left], Counter([(4, 3), (3, 3), (2, 2), (3, 4)]))
    move_unit(left, to=make_group("South"), on=date(2025, 10, 1), last_day_before=date(2025, 9, 30))
    lead = signed_in(Role.COG_LEAD, group=group)
    assert lead.get("/agreement/").headers["Location"] == "/agreement/groups/north/"
    page = html_of(lead.get("/agreement/groups/north/"))
    assert "Of 4 audited claims 2 were confirmed, 1 was too high and 1 too low." in page
    assert left.name in page
    assert f"/agreement/units/{stayed.slug}/" in page
    assert f"/agreement/units/{left.slug}/" not in page
    assert f"/agreement/units/{left.slug}/" in html_of(signed_in(Role.SHRMT).get("/agreement/groups/north/"))
    assert "/agreement/themes/" not in page


def test_a_number_leads_to_the_claims_that_it_counts(group: BusinessGroup) -> None:
    audited(make_units(group, 12), Counter(FOUND))
    browser = signed_in(Role.SHRMT)
    page = html_of(browser.get("/agreement/"))
    assert 'href="/agreement/claims/?claim=4&amp;found=3&amp;outcome=compared">5<' in page
    said = words(browser, "/agreement/claims/?claim=4&found=3&outcome=compared")
    assert "5 claims where the claim is level 4 and the level found is 3 and the outcome is: claim and verdict" in said
    assert said.count("Too high by one level") == 5
    assert "1 claim where the unit was in North and the claim is level 4" in words(
        browser, "/agreement/claims/?group=north&claim=4&found=2"
    )
    assert "24 claims where the report was issued in H1 2025/26" in words(
        browser, "/agreement/claims/?half=2025/26-H1&outcome=compared"
    )
    assert "No claim fits." in words(browser, "/agreement/claims/?half=2024/25-H1&claim=9")


def test_a_list_of_claims_has_only_audits_that_the_person_may_read(group: BusinessGroup) -> None:
    one, other = make_units(group, 2)
    elsewhere = make_unit("Harbour", group=make_group("South"))
    audited([one, other, elsewhere], Counter({(3, 3): 3, (4, 3): 3}), lead="A. Auditor")
    spoc, lead = signed_in(Role.SPOC, one), signed_in(Role.COG_LEAD, group=group)
    assert "2 claims." in words(spoc, "/agreement/claims/")
    assert "0 claims where the unit was in South." in words(spoc, "/agreement/claims/?group=south")
    assert "4 claims." in words(lead, "/agreement/claims/")
    auditor = make_user(name="A. Auditor again")
    # Only who may compare auditors can ask for one.
    assert "4 claims." in words(lead, f"/agreement/claims/?auditor={auditor.pk}")
    assert "0 claims where the audit was led by" in words(
        signed_in(Role.HEAD), f"/agreement/claims/?auditor={auditor.pk}"
    )


def test_the_claims_that_are_shown_can_be_taken_away_and_the_trail_says_by_whom(group: BusinessGroup) -> None:
    units = make_units(group, 12)
    audited(units, Counter(FOUND))
    head = signed_in(Role.HEAD)
    answer = head.get("/agreement/claims/csv/?outcome=too-low")
    lines = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[0][2:5] == ["Level claimed", "Level found", "Outcome"]
    assert [line[2:5] for line in lines[1:]] == [["2", "3", "Too low by one level"]] * 2
    assert {line[6] for line in lines[1:]} == {"2025-08-20"}
    line = TrailEntry.objects.get(act="agreement.downloaded")
    assert (line.detail["claims"], trail.words_of(line)) == (2, {"where": "outcome is: too low"})
    workbook = load_workbook(BytesIO(head.get("/agreement/claims/xlsx/?outcome=too-low").content))
    rows = list(workbook["Audited claims"].values)
    assert [row[2:5] for row in rows[1:]] == [(2, 3, "Too low by one level")] * 2
    head.head("/agreement/claims/csv/")
    assert TrailEntry.objects.filter(act="agreement.downloaded").count() == 2


def test_auditors_are_compared_with_what_keeps_from_judging_them_by_it(group: BusinessGroup) -> None:
    units = make_units(group, 12)
    audited(units[:6], Counter({(3, 3): 12}), lead="B. Kind")
    audited(units[6:], Counter({(4, 3): 8, (3, 3): 4}), lead="A. Strict")
    said = words(signed_in(Role.HEAD), "/agreement/auditors/")
    assert "Auditors see different units" in said
    assert said.index("A. Strict 12 4 33%") < said.index("B. Kind 12 12 100%")
    # Eight of twelve are a level too high: 0.67. Where all are confirmed there is no interval.
    assert re.search(r"A. Strict 12 4 33% 14% to 61% 12 8 0 0.67 \(0.\d\d to 0.\d\d\)", said)
    assert "B. Kind 12 12 100% 76% to 100% 12 0 0 0.00" in said


def test_over_time_goes_by_the_half_year_of_issue(group: BusinessGroup) -> None:
    audited(make_units(group, 12), Counter(FOUND))
    said = words(signed_in(Role.SHRMT), "/agreement/over-time/")
    assert "H1 2025/26 (April to September 2025) 24 15 63% 43% to 79% 23 7 2 0.25" in said


def test_pages_cost_as_many_queries_for_a_thousand_pairs_as_for_ten(group: BusinessGroup) -> None:
    edition, draw = shipped_edition(), Random(7)  # noqa: S311  # levels of a test
    scored = [theme.identity for theme in edition.themes.filter(scored=True)]
    client, lead = signed_in(Role.SHRMT), make_user(name="A. Auditor")
    addresses = (
        "",
        "claims/",
        "groups/north/",
        "themes/leadership/",
        "auditors/",
        f"auditors/{lead.pk}/",
        "over-time/",
    )

    def write(units: list[Unit]) -> None:
        levels = {unit: [Said("signed", {one: draw.randint(1, 5) for one in scored})] for unit in units}
        Pen().write(edition, QUARTER, levels)
        revisions = Revision.objects.filter(statement__unit__in=units).select_related("statement")
        found = {one: {identity: draw.randint(1, 5) for identity in scored} for one in revisions}
        issued_audits(found, on=ISSUED_ON, lead=lead)

    def price(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/agreement/{address}").status_code == 200
        return len(queries)

    write(make_units(group, 1))
    few = {address: price(address) for address in addresses}
    more = make_group("South")
    write([*make_units(more, 90), make_unit("Harbour", group=group)])
    assert {address: price(address) for address in addresses} == few
    assert max(few.values()) <= 13
