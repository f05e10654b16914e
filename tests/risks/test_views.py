"""The pages of the Board's risks, as each reader sees them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from organisation.roles import Role
from risks.models import Assessment, BoardMeeting, Risk, RiskProposal, RiskStatus
from tests.factories import risks
from tests.factories.organisation import make_person

pytestmark = pytest.mark.django_db
REGISTER, MAP = "/board/risks/", "/board/risks/heat-map/"


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_person(role))
    return client


def rows(html: str) -> list[list[str]]:
    """The text of the last table of a page, cell by cell."""
    body = html.rpartition("<tbody")[2].partition("</tbody>")[0]
    found = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in found]


def test_the_shipped_risks_are_listed_as_the_source_lists_them() -> None:
    """Reference, trend and lead exactly as in the appendix of the source; the descriptions are in other words."""
    risks.load_risks()
    listed = rows(signed_in(Role.BOARD_MEMBER).get(MAP).content.decode())
    assert [(row[0], row[1][0], row[3]) for row in listed] == [
        ("Risk 2", "↔", "Commander Armed Policing"),
        ("Risk 3a-d", "↔", "Commander Armed Policing"),
        ("Risk 17", "↔", "Director of People and Change, All business COGs"),
        ("Risk 27", "↓", "Director of Commercial Services"),
        ("Risk 28", "↓", "Strategic Lead Occupational Health"),
        ("Risk 32", "↑", "All Business COGs"),
        ("Risk 34", "↔", "All Business COGs"),
    ]
    listed = rows(signed_in(Role.SPOC).get(REGISTER).content.decode())
    assert [row[0] for row in listed if row[5] == "Controlled"] == ["Risk 29"]


def test_the_grid_can_be_rebuilt_from_the_text_of_the_page_alone() -> None:
    risks.load_scale()
    places = {"40": (4, 5), "41": (4, 5), "42": (1, 2), "43": (5, 1)}
    for reference, place in places.items():
        risks.make_assessment(risks.make_risk(reference, title=f"Risk {reference}"), *place)
    controlled = risks.make_risk("44", title="Controlled", status=RiskStatus.OPEN)
    risks.make_assessment(controlled, 3, 3)
    Risk.objects.filter(pk=controlled.pk).update(status=RiskStatus.CONTROLLED)
    html = signed_in(Role.COG_SUPPORT).get(MAP).content.decode()
    grid = html.partition('class="govuk-table risks-grid"')[2].partition("</table>")[0]
    found: dict[str, tuple[int, int]] = {}
    for row in rows(grid):
        likelihood = re.match(r"Likelihood (\d)", row[0])
        assert likelihood is not None
        for impact, cell in enumerate(row[1:], start=1):
            found |= dict.fromkeys(re.findall(r"Risk (\d+)", cell), (int(likelihood[1]), impact))
    assert found == places
    assert "Very high: risks 40 and 41; Medium: risk 43; Low: risk 42." in html


def test_a_risk_that_moved_is_marked_where_it_was() -> None:
    risks.load_scale()
    risk, today = risks.make_risk("40"), timezone.localdate()
    risks.make_assessment(risk, 4, 4, on=today - timedelta(days=90))
    risks.make_assessment(risk, 2, 4, on=today)
    html = signed_in(Role.HEAD).get(MAP).content.decode()
    assert "Moved from here: 40" in html
    assert "↓" in html
    assert rows(html)[0][1] == "↓ Improved"


def test_a_proposal_goes_all_the_way_onto_the_map_and_off_it() -> None:
    """The way of the browser journey, without a browser: each page answers, and says what has become of it."""
    risks.load_scale()
    lead, secretary, head = signed_in(Role.COG_LEAD), signed_in(Role.BOARD_SECRETARY), signed_in(Role.HEAD)
    today = timezone.localdate()
    day = f"{today.day} {today.month} {today.year}"
    assert secretary.post("/board/meetings/new/", {"held_on": day, "name": "Special Board"}).status_code == 302
    meeting = str(BoardMeeting.objects.get().pk)
    assert lead.post("/board/risks/proposed/new/", {"title": "Drones", "description": "They fall."}).status_code == 302
    proposal = RiskProposal.objects.get()
    minute = {"meeting": meeting, "minute": "3.1", "because": "It is new."}
    entry = {"reference": "50", "status": "emerging", "lead": "Commander of drones"}
    answer = secretary.post(f"/board/risks/proposed/{proposal.pk}/accept/", minute | entry)
    assert answer["Location"] == "/board/risks/50/"
    said = {"assessed_on": day, "likelihood_before": "5", "impact_before": "5", "because": "Two fell."}
    for likelihood in ("4", "3"):
        place = {"likelihood": likelihood, "impact": "4"}
        assert head.post("/board/risks/50/assess/", said | place).status_code == 302
    page = lead.get("/board/risks/50/").content.decode()
    assert "↓" in page
    assert "Possible (3) and major (4): 12, high" in page
    controlled = minute | {"decision": "controlled"}
    assert secretary.post("/board/risks/50/decide/", controlled).status_code == 302
    assert "No open or emerging risk." in lead.get(MAP).content.decode()
    assert rows(lead.get(REGISTER).content.decode())[0][5] == "Controlled"
    page = lead.get("/board/risks/50/").content.decode()
    assert "Designated as controlled, Special Board, minute 3.1" in page
    again = secretary.post("/board/risks/50/decide/", controlled)
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reference": "A1"}, "A reference is a number, with letters for its parts if it has any"),
        ({"reference": ""}, "Give the risk a reference."),
        ({"meeting": ""}, "Choose the meeting."),
        ({"minute": " "}, "Say where the minutes have it."),
        ({"because": ""}, "Say why the Board decided so."),
        ({"lead": ""}, "Name the post."),
    ],
)
def test_what_is_missing_of_a_decision_is_said(changed: dict[str, str], said: str) -> None:
    proposal, meeting = risks.make_proposal(), risks.make_meeting(timezone.localdate())
    form = {"reference": "50", "status": "open", "lead": "A post", "meeting": str(meeting.pk), "minute": "1"}
    form |= {"because": "It is new."} | changed
    answer = signed_in(Role.BOARD_SECRETARY).post(f"/board/risks/proposed/{proposal.pk}/accept/", form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Risk.objects.exists()


def test_without_a_scale_nothing_is_assessed_and_the_page_says_so() -> None:
    risk, head = risks.make_risk("40"), signed_in(Role.HEAD)
    answer = head.get("/board/risks/40/assess/", follow=True)
    assert "no risk can be assessed" in answer.content.decode()
    assert "there is no map" in head.get(MAP).content.decode()
    assert not Assessment.objects.filter(risk=risk).exists()


def test_due_reviews_and_risks_that_the_board_hears_nothing_of_are_listed() -> None:
    today = timezone.localdate()
    due, heard = risks.make_risk("40", title="Due"), risks.make_risk("41", title="Heard of")
    Risk.objects.filter(pk=due.pk).update(review_on=today)
    risks.make_meeting(today - timedelta(days=90))
    html = signed_in(Role.HEAD).get(REGISTER).content.decode()
    assert "its review was due by" in html
    assert html.count("heard nothing of it") == 2
    secretary = signed_in(Role.BOARD_SECRETARY)
    meeting = str(risks.make_meeting(today).pk)
    assert secretary.post("/board/risks/41/updates/new/", {"meeting": meeting, "text": "It stands."}).status_code == 302
    html = signed_in(Role.HEAD).get(REGISTER).content.decode()
    assert html.count("heard nothing of it") == 1
    assert heard.updates.count() == 1


def test_what_the_register_says_can_be_changed_and_two_versions_are_shown() -> None:
    risks.make_risk("40")
    first, second = signed_in(Role.HEAD), signed_in(Role.BOARD_SECRETARY)
    html = first.get("/board/risks/40/edit/").content.decode()
    fields = dict(re.findall(r'<input[^>]*name="([^"]*-version)"[^>]*value="([^"]*)"', html))
    fields |= {name: value for value, name in re.findall(r'value="([^"]*)"[^>]*name="([^"]*-version)"', html)}
    fields |= {"title": "Working alone", "description": "Nobody would notice."}
    assert first.post("/board/risks/40/edit/", fields).status_code == 302
    answer = second.post("/board/risks/40/edit/", fields | {"title": "Alone at night"})
    assert answer.status_code == 409
    assert "Working alone" in answer.content.decode()
    assert Risk.objects.get().title == "Working alone"
    answer = first.post("/board/risks/40/edit/", fields | {"target_score": "6"})
    assert "Say by when the target is to be reached." in answer.content.decode()
    assert Risk.objects.get().target_score is None


def test_pages_cost_the_same_queries_however_many_risks_there_are(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    risks.load_risks()
    client = signed_in(Role.BOARD_MEMBER)
    client.get(REGISTER)
    for reference in range(50, 62):
        risks.make_assessment(risks.make_risk(str(reference), title=f"Risk {reference}"), 3, 3)
    with django_assert_max_num_queries(20):
        client.get(REGISTER)
    with django_assert_max_num_queries(18):
        client.get(MAP)
    with django_assert_max_num_queries(34):
        client.get("/board/risks/17/")


def test_a_risk_lead_sees_what_they_lead_and_nothing_else() -> None:
    risk, _ = risks.make_risk("40"), risks.make_risk("41", title="Another")
    person = make_person(Role.RISK_LEAD)
    risks.make_lead(risk, person)
    client = Client()
    client.force_login(person)
    assert [row[0] for row in rows(client.get(REGISTER).content.decode())] == ["Risk 40"]
    assert client.get("/board/risks/41/").status_code == 404
    assert client.get("/board/risks/9999/").status_code == 404
    risk.leads.update(ends_on=date(2020, 1, 1), starts_on=date(2019, 1, 1))
    assert client.get("/board/risks/40/").status_code == 404
