"""The pages of the targets: read by everybody inside the police service, written by the Head."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maturity.models import Target
from organisation.roles import Role
from tests.factories import maturity as make
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db

FILLED = {
    "level": "4",
    "by_on": "31 3 2027",
    "risk_bands": ["medium", "high"],
    "share": "80",
    "endorsed_by": "Management Board",
    "endorsed_on": "1 April 2026",
}


@pytest.fixture
def head(client: Client) -> Client:
    make.shipped("2017", "2019")
    client.force_login(make_person(Role.HEAD))
    return client


def text_of(client: Client, address: str = "/model/targets/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_before_any_target_the_page_says_who_enters_them(client: Client) -> None:
    client.force_login(make_person(Role.SPOC))
    page = text_of(client)
    assert "No target has been entered yet." in page
    assert "once the Head of Safety, Health and Wellbeing enters them" in page
    assert "Enter a target" not in page


def test_the_head_enters_a_target_and_everybody_reads_it(head: Client) -> None:
    response = head.post("/model/targets/new/", FILLED)
    assert (response.status_code, response["Location"]) == (302, "/model/targets/")
    assert [str(message) for message in get_messages(response.wsgi_request)] == ["The target is entered."]
    target = Target.objects.get()
    assert (target.level, target.by_on, target.share, target.risk_bands) == (
        4,
        date(2027, 3, 31),
        80,
        ["medium", "high"],
    )
    reader = Client()
    reader.force_login(make_person(Role.BOARD_MEMBER))
    page = text_of(reader)
    assert "Level 4</strong> by 31 March 2027" in page
    assert "80% of medium- and high-risk units" in page
    assert "by Management Board on 1 April 2026" in page
    assert "Supersede" not in page


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(head: Client) -> None:
    response = head.post("/model/targets/new/", FILLED | {"by_on": "31 4 2027", "endorsed_by": ""})
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Enter a target" in page
    assert "There is no “31 4 2027” in the calendar." in page
    assert "Fill in “Endorsed by”." in page
    assert 'value="1 April 2026"' in page
    assert not Target.objects.exists()


def test_what_the_service_refuses_is_said_on_the_form(head: Client) -> None:
    response = head.post("/model/targets/new/", FILLED | {"endorsed_on": "1 4 2025", "by_on": "31 3 2025"})
    assert response.status_code == 422
    assert "The target was to be reached before it was endorsed." in response.content.decode()


def test_a_target_for_a_group_and_risk_bands_at_once_is_refused(head: Client) -> None:
    response = head.post("/model/targets/new/", FILLED | {"group": make_group().pk})
    assert response.status_code == 422
    assert "Choose one of the three" in response.content.decode()


def test_superseding_starts_from_the_earlier_target_s_scope_and_lists_both(head: Client) -> None:
    earlier = make.target(3, theme_identity="wellbeing", note="For now.", by_on=date(2020, 3, 31))
    page = text_of(head, f"/model/targets/{earlier.pk}/supersede/")
    assert '<option value="wellbeing" selected>Wellbeing</option>' in page
    assert page.count("For now.") == 1  # in what is superseded, not in the new form
    response = head.post(f"/model/targets/{earlier.pk}/supersede/", FILLED | {"theme_identity": "wellbeing"})
    assert response.status_code == 302
    earlier.refresh_from_db()
    assert earlier.superseded_by == Target.objects.current().get()
    page = text_of(head)
    assert page.index("Targets that stand") < page.index("Superseded")
    assert "1 target whose place another has taken." in page
    assert "level 4 by 31 March 2027, for 80% of medium- and high-risk units" in page


def test_superseding_what_has_been_superseded_is_refused(head: Client) -> None:
    earlier = make.target(3)
    head.post(f"/model/targets/{earlier.pk}/supersede/", FILLED)
    response = head.post(f"/model/targets/{earlier.pk}/supersede/", FILLED | {"level": "5"})
    assert response.status_code == 422
    assert "Supersede that one instead." in response.content.decode()
    shown = head.get(f"/model/targets/{earlier.pk}/supersede/")
    assert (shown.status_code, shown["Location"]) == (302, "/model/targets/")


def test_a_target_that_is_not_there_is_404(head: Client) -> None:
    assert head.get("/model/targets/999/supersede/").status_code == 404


def test_the_list_takes_the_same_queries_however_many_targets_there_are(head: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            head.get("/model/targets/")
        return len(captured)

    head.get("/model/targets/")
    make.target(3)
    one = queries()
    for _ in range(10):
        make.target(4, unit=make_unit())
        make.target(4, group=make_group())
    assert queries() == one
    assert "21 targets, the latest day first." in text_of(head)
    assert "Page 1 of 2" in text_of(head)


def test_the_model_leads_to_the_targets(head: Client) -> None:
    assert '<a class="govuk-link" href="/model/targets/">Targets</a>' in text_of(head, "/model/")
