"""The roll-up pages: what each shows, who may build, and how a build is followed."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assurance.models import Decision, Rollup
from assurance.models.rollup import groups_in_scope
from assurance.permissions import can_build_rollup, can_read_rollup, groups_to_build_for
from assurance.services import rollups
from organisation.models import BusinessGroup, User
from organisation.periods import HalfYear
from organisation.roles import Role
from records.models import Job, JobState, TrailEntry
from records.services import jobs
from tests.factories import assurance as statements
from tests.factories import rollups as factory
from tests.factories.organisation import make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def half() -> HalfYear:
    """The last half-year that is over."""
    return HalfYear.of(timezone.localdate()).previous()


@pytest.fixture
def group() -> BusinessGroup:
    return make_group("Frontline Policing")


@pytest.fixture
def built(group: BusinessGroup, half: HalfYear) -> Rollup:
    """A group of four units with one accepted, one signed, one accepted with a later one signed, one without any."""
    first, second = half.quarters
    statements.decide(
        statements.signed(make_unit("Kiln Hill", group=group), first, level=2, levels={"leadership": 4}),
        Decision.ACCEPTED,
    )
    statements.signed(make_unit("Marsh Lane", group=group), second, level=3)
    both = make_unit("Nether End", group=group)
    statements.decide(statements.signed(both, first, level=1), Decision.ACCEPTED)
    statements.signed(both, second, level=5)
    make_unit("Quay Street", group=group)
    return factory.built(group, half)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def lead_of(group: BusinessGroup | None) -> Client:
    return browser(make_person(Role.COG_LEAD, group=group))


def address(name: str, group: BusinessGroup | None, half: HalfYear) -> str:
    assert group is not None
    return reverse(f"assurance:{name}", args=[group.slug, half])


def main_of(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


def words(html: str) -> str:
    """The page's text, as somebody sees it; the chart's own words apart, and what is only said of links on numbers."""
    body = re.sub(r"<svg.*?</svg>|<span [^>]*>[^<]*: show which</span>", "", main_of(html), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def job_of(group: BusinessGroup | None, half: HalfYear, **fields: object) -> Job:
    """A job in whatever state, as the worker would have left it."""
    rollup, _ = Rollup.objects.get_or_create(group=group, half=half)
    job = rollups.request(rollup=rollup, by=None, at=timezone.now())
    Job.objects.filter(pk=job.pk).update(**fields)
    job.refresh_from_db()
    return job


# --- The page -------------------------------------------------------------------------------------------------------


def test_the_page_shows_coverage_levels_and_the_document(built: Rollup) -> None:
    page = lead_of(built.group).get(address("rollup", built.group, built.half))
    text = words(page.content.decode())
    first, second = built.half.quarters
    assert f"{first.name} 4 2 of 4 (50%) 2 of 4 (50%) 2 of 4 (50%) 2 of 4 (50%)" in text
    assert f"{second.name} 4 2 of 4 (50%) 0 of 4 (0%) 2 of 4 (50%) 2 of 4 (50%)" in text
    assert "Draft, not yet issued by the Chief Officer Group (COG) lead." in text
    assert built.pdf is not None
    assert built.pdf.sha256 in text
    assert f"Q{first.number}, accepted of Kiln Hill 4 4 Proactive culture 2 2 Reactive culture" in text
    assert f"Nether End Q{first.number}, accepted of Nether End ; a later one awaits acceptance 1" in text
    assert f"Marsh Lane Q{second.number}, signed, not yet accepted of Marsh Lane 3" in text
    assert "Quay Street Nothing signed in the half-year" in text
    assert "Leadership 1 0 1 1 0 0 1 3 1 0 Policy / Governance 1 1 1 0 0 0 1 2 1 0" in text
    assert "Wellbeing Not scored in this edition of the model" in text


def test_a_number_leads_to_the_units_behind_it(built: Rollup) -> None:
    page = address("rollup", built.group, built.half)
    client = lead_of(built.group)
    html = client.get(page).content.decode()
    assert '<a class="govuk-link" href="?theme=leadership&amp;level=4#units">1<' in html
    text = words(client.get(f"{page}?theme=leadership&level=4").content.decode())
    assert "Showing 1 of 4 units: those at level 4 Proactive culture in Leadership. Show all units" in text
    assert "accepted of Kiln Hill 4" in text
    assert "of Marsh Lane" not in text
    refused = words(client.get(f"{page}?theme=no-such&level=9").content.decode())
    assert "of Marsh Lane" in refused
    assert "The address asks for units that these figures do not list, so all units are shown." in refused


@pytest.mark.parametrize(
    ("asked", "says", "units"),
    [
        ("show=nothing_signed", "with nothing signed", {"Quay Street"}),
        (
            "show=at_least&level=3&theme=leadership",
            "at level 3 Compliant culture or above",
            {"Kiln Hill", "Marsh Lane"},
        ),
        ("show=new&theme=leadership", "with a level now and none in", {"Kiln Hill", "Marsh Lane", "Nether End"}),
        ("show=improved&theme=leadership", "that improved in Leadership", set()),
    ],
)
def test_every_kind_of_number_names_its_units(built: Rollup, asked: str, says: str, units: set[str]) -> None:
    page = lead_of(built.group).get(f"{address('rollup', built.group, built.half)}?{asked}").content.decode()
    assert f"Showing {len(units)} of 4 units: those {says}" in words(page)
    table = page.partition('id="units"')[2].partition("</table>")[0]
    assert set(re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', table)) == units


def test_numbers_of_nought_lead_nowhere(built: Rollup) -> None:
    html = lead_of(built.group).get(address("rollup", built.group, built.half)).content.decode()
    assert "?show=nothing_signed#units" in html
    assert "?theme=leadership&amp;show=new#units" in html
    assert "?theme=leadership&amp;show=gone#units" not in html


def test_the_half_before_can_be_left_out(built: Rollup) -> None:
    page = address("rollup", built.group, built.half)
    assert "Movement since" in words(lead_of(built.group).get(page).content.decode())
    Rollup.objects.update(shows_comparison=False)
    built.refresh_from_db()
    text = words(lead_of(built.group).get(page).content.decode())
    document = rollups.document_of(built, as_at=built.half.last_day)
    for shown in (text, document):
        assert "Movement since" not in shown
        assert "Most improved" not in shown
        assert built.half.previous().name not in shown


def test_the_chart_says_the_same_as_the_table(built: Rollup) -> None:
    html = lead_of(built.group).get(address("rollup", built.group, built.half)).content.decode()
    (title,) = re.findall(r'<title id="distribution-title">(.*?)</title>', html)
    assert (
        "Leadership, 4 units: level 1, 1; level 2, 0; level 3, 1; level 4, 1; level 5, 0; "
        "nothing signed, 1; no level given, 0." in title
    )


def test_the_page_shows_what_was_built_and_not_what_has_changed_since(built: Rollup) -> None:
    assert built.group is not None
    statements.signed(built.group.memberships.get(unit__name="Quay Street").unit, built.half.quarters[0])
    text = words(lead_of(built.group).get(address("rollup", built.group, built.half)).content.decode())
    assert "Quay Street Nothing signed in the half-year" in text


def test_before_it_is_built_the_page_says_who_builds_it(group: BusinessGroup, half: HalfYear) -> None:
    reader = words(browser(make_person(Role.SHRMT)).get(address("rollup", group, half)).content.decode())
    builder = words(lead_of(group).get(address("rollup", group, half)).content.decode())
    assert "The Chief Officer Group (COG) lead of Frontline Policing, or their support staff, builds it." in reader
    assert "Build the roll-up" not in reader
    assert "Build the roll-up" in builder
    assert "Not built yet" in reader


def test_half_years_without_statements_and_those_to_come_are_no_pages(group: BusinessGroup, half: HalfYear) -> None:
    client = lead_of(group)
    assert client.get(address("rollup", group, half.previous().previous())).status_code == 404
    assert client.get(address("rollup", group, half.next().next())).status_code == 404
    assert client.post(address("build_rollup", group, half.next().next())).status_code == 404


# --- Building -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.COG_LEAD, Role.COG_SUPPORT])
def test_pressing_build_twice_queues_one_job(group: BusinessGroup, half: HalfYear, role: Role) -> None:
    person = make_person(role, group=group)
    client = browser(person)
    for _ in range(2):
        answer = client.post(address("build_rollup", group, half))
        assert (answer.status_code, answer["Location"]) == (302, address("rollup", group, half))
    job = Job.objects.get()
    assert (job.state, job.requested_by, job.task) == (JobState.QUEUED, person, "assurance.build_rollup")
    assert [entry.actor for entry in TrailEntry.objects.filter(act="rollup.requested")] == [person, person]
    assert job.arguments == {"rollup_id": Rollup.objects.get().pk}


def test_from_the_list_one_comes_back_to_its_row(group: BusinessGroup, half: HalfYear) -> None:
    client = lead_of(group)
    answer = client.post(address("build_rollup", group, half), {"back": "list"})
    assert answer["Location"] == f"/roll-ups/?half={half.slug}#{group.slug}-{half.slug}"
    page = client.get(answer["Location"])
    assert f'id="{group.slug}-{half.slug}"' in page.content.decode()
    assert "Waiting for the worker to start" in words(page.content.decode())


@pytest.mark.parametrize("role", [Role.SHRMT, Role.HEAD])
def test_readers_who_do_not_build_are_told_so(group: BusinessGroup, half: HalfYear, role: Role) -> None:
    answer = browser(make_person(role)).post(address("build_rollup", group, half))
    assert answer.status_code == 403
    assert "or their support staff, builds its roll-up" in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "role", [Role.COG_LEAD, Role.SPOC, Role.SLT_LEAD, Role.BOARD_MEMBER, Role.PANEL_MEMBER, Role.ADMINISTRATOR]
)
def test_strangers_find_nothing(built: Rollup, role: Role) -> None:
    client = browser(make_person(role))
    for name in ("rollup", "rollup_progress", "rollup_pdf"):
        assert client.get(address(name, built.group, built.half)).status_code == 404
    assert client.post(address("build_rollup", built.group, built.half)).status_code == 404


def test_building_takes_a_post(group: BusinessGroup, half: HalfYear) -> None:
    assert lead_of(group).get(address("build_rollup", group, half)).status_code == 405


def test_the_filters_agree_with_the_predicates(group: BusinessGroup, half: HalfYear) -> None:
    groups = [group, make_group()]
    people = [make_person(role, group=group if role.scope == "group" else None) for role in Role] + [make_user()]
    for person in people:
        read = {one.pk for one in groups if can_read_rollup(person, Rollup(group=one, half=half))}
        build = {one.pk for one in groups if can_build_rollup(person, Rollup(group=one, half=half))}
        assert {one.pk for one in groups_in_scope(person)} & {one.pk for one in groups} == read
        assert groups_to_build_for(person) & {one.pk for one in groups} == build
    assert sum(can_build_rollup(person, Rollup(group=group, half=half)) for person in people) == 2


# --- Following a build ----------------------------------------------------------------------------------------------


def fragment(
    client: Client, group: BusinessGroup | None, half: HalfYear, page: str = "/roll-ups/"
) -> tuple[str, object]:
    answer = client.get(
        address("rollup_progress", group, half),
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"},
    )
    assert answer.status_code == 200
    return answer.content.decode(), answer.headers.get("HX-Refresh")


def test_a_running_build_shows_per_cent_and_step_and_asks_again(group: BusinessGroup, half: HalfYear) -> None:
    lease = timezone.now() + timedelta(minutes=1)
    job_of(group, half, state=JobState.RUNNING, progress=40, step="Laying out the document", lease_until=lease)
    html, _ = fragment(lead_of(group), group, half)
    assert "Building: 40%. Laying out the document" in html
    assert 'value="40"' in html
    assert 'hx-trigger="load delay:2s"' in html
    assert f'hx-get="{address("rollup_progress", group, half)}"' in html
    assert "<html" not in html


def test_a_failed_build_says_why_and_asks_no_more(group: BusinessGroup, half: HalfYear) -> None:
    job_of(group, half, state=JobState.FAILED, error="Two of the fonts are missing.", finished_at=timezone.now())
    html, _ = fragment(lead_of(group), group, half)
    assert "Failed" in html
    assert "Two of the fonts are missing." in html
    assert "hx-get" not in html


def test_a_failed_rebuild_leaves_the_one_before_in_sight(built: Rollup) -> None:
    job_of(built.group, built.half, state=JobState.FAILED, error="Out of paper.", finished_at=timezone.now())
    text = words(lead_of(built.group).get(address("rollup", built.group, built.half)).content.decode())
    assert "Failed Out of paper. Ready, figures as at" in text
    assert "Kiln Hill" in text


def test_a_finished_build_reloads_its_own_page_and_not_the_list(built: Rollup) -> None:
    client = lead_of(built.group)
    own = address("rollup", built.group, built.half)
    assert fragment(client, built.group, built.half, page=own)[1] == "true"
    html, refresh = fragment(client, built.group, built.half)
    assert refresh is None
    assert "Ready, figures as at" in html


def test_without_htmx_progress_is_the_page_itself(group: BusinessGroup, half: HalfYear) -> None:
    answer = lead_of(group).get(address("rollup_progress", group, half))
    assert (answer.status_code, answer["Location"]) == (302, address("rollup", group, half))


# --- Cancelling -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.COG_LEAD, Role.COG_SUPPORT])
def test_whoever_may_ask_for_it_cancels_it_and_the_result_before_stays(built: Rollup, role: Role) -> None:
    job = job_of(built.group, built.half)
    person = make_person(role, group=built.group)
    client, page = browser(person), address("rollup", built.group, built.half)
    assert "Cancel building" in words(client.get(page).content.decode())
    answer = client.post(address("cancel_rollup", built.group, built.half))
    assert (answer.status_code, answer["Location"]) == (302, page)
    text = words(client.get(page).content.decode())
    assert "The building is cancelled. What was built before is unchanged." in text
    assert "Cancelled The last building was cancelled on" in text
    assert "Ready, figures as at" in text
    assert "Build again" in text
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    entry = TrailEntry.objects.get(act="rollup.cancelled")
    assert (entry.actor, entry.detail) == (person, {"job": job.pk})
    before = built.built_at, built.figures_digest
    built.refresh_from_db()
    assert (built.built_at, built.figures_digest) == before


def test_cancelling_what_is_ready_says_so_and_leaves_no_trail(built: Rollup) -> None:
    client = lead_of(built.group)
    answer = client.post(address("cancel_rollup", built.group, built.half), {"back": "list"})
    assert built.group is not None
    assert answer["Location"] == f"/roll-ups/?half={built.half.slug}#{built.group.slug}-{built.half.slug}"
    assert "Nothing was cancelled" in words(client.get(answer["Location"]).content.decode())
    assert not TrailEntry.objects.filter(act="rollup.cancelled").exists()


def test_who_reads_and_does_not_build_does_not_cancel(group: BusinessGroup, half: HalfYear) -> None:
    job = job_of(group, half)
    client = browser(make_person(Role.SHRMT))
    assert "Cancel" not in words(client.get(address("rollup", group, half)).content.decode())
    assert client.post(address("cancel_rollup", group, half)).status_code == 403
    assert lead_of(group).get(address("cancel_rollup", group, half)).status_code == 405
    assert lead_of(make_group()).post(address("cancel_rollup", group, half)).status_code == 404
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


# --- The document ---------------------------------------------------------------------------------------------------


def test_the_download_is_the_stored_file_and_leaves_a_trail(built: Rollup) -> None:
    person = make_person(Role.HEAD)
    answer = browser(person).get(address("rollup_pdf", built.group, built.half))
    content = answer.getvalue()
    assert built.pdf is not None
    assert hashlib.sha256(content).hexdigest() == built.pdf.sha256
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="roll-up-frontline-policing-{built.half.slug}.pdf"'
    trail = TrailEntry.objects.get(act="rollup.downloaded")
    assert (trail.actor, trail.detail) == (person, {"sha256": built.pdf.sha256})


def test_looking_at_the_headers_is_no_download(built: Rollup) -> None:
    answer: Any = lead_of(built.group).head(address("rollup_pdf", built.group, built.half))
    for close in answer._resource_closers:  # as a server does; closing the answer would end the test's connection too
        close()
    assert answer.status_code == 200
    assert not TrailEntry.objects.filter(act="rollup.downloaded").exists()


def test_before_it_is_built_there_is_no_document(group: BusinessGroup, half: HalfYear) -> None:
    assert lead_of(group).get(address("rollup_pdf", group, half)).status_code == 404


# --- The list -------------------------------------------------------------------------------------------------------


def test_the_list_has_this_half_year_and_the_last_for_ones_own_group(built: Rollup, half: HalfYear) -> None:
    make_group("Somebody else’s")
    page = lead_of(built.group).get(reverse("assurance:rollups"))
    text = words(page.content.decode())
    assert f'href="{reverse("assurance:reviews")}"' in page.content.decode()
    assert text.index(half.next().name + " Issued") < text.index(half.name + " Issued")
    assert text.count("1 draft.") == 2
    assert "Ready, figures as at" in text
    assert "Build again" in text
    assert "Not built yet" in text
    assert "Somebody else’s" not in text


def test_an_earlier_half_year_can_be_chosen(group: BusinessGroup, half: HalfYear) -> None:
    statements.make_statement(make_unit(group=group), half.previous().quarters[0])
    client = browser(make_person(Role.SHRMT))
    page = client.get(reverse("assurance:rollups"), {"half": half.previous().slug})
    headings = re.findall(r"<h2[^>]*id=\"([^\"]+)\"", main_of(page.content.decode()))
    assert headings == [half.previous().slug]
    assert "Build" not in words(page.content.decode())


@pytest.mark.parametrize("asked", ["", "nonsense", "1999-00-h1", "2025/26-Q1"])
def test_an_unknown_half_year_is_left_out(group: BusinessGroup, asked: str) -> None:
    page = lead_of(group).get(reverse("assurance:rollups"), {"half": asked})
    assert page.status_code == 200
    assert len(re.findall("<h2[^>]*id=", main_of(page.content.decode()))) == 2


def test_who_reads_nothing_that_is_issued_finds_no_list() -> None:
    for role in (Role.RISK_LEAD, Role.EXTERNAL_AUDITOR, Role.PANEL_MEMBER, Role.ADMINISTRATOR):
        assert browser(make_person(role)).get(reverse("assurance:rollups")).status_code == 404


def test_the_list_takes_as_many_queries_for_eight_groups_as_for_one(group: BusinessGroup, half: HalfYear) -> None:
    client = browser(make_person(Role.HEAD))
    job_of(group, half)
    client.get(reverse("assurance:rollups"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("assurance:rollups"))
    for _ in range(7):
        job_of(make_group(), half, progress=5)
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("assurance:rollups"))
    assert "9 drafts." in words(page.content.decode())  # the force summary is one of them
    assert len(many) == len(few)


def test_the_page_takes_as_many_queries_for_sixty_units_as_for_four(built: Rollup) -> None:
    client = lead_of(built.group)
    page = address("rollup", built.group, built.half)
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for _ in range(56):
        make_unit(group=built.group)
    job = rollups.request(rollup=built, by=None, at=datetime.now(UTC))
    jobs.perform(job.pk, rollups.build)
    with CaptureQueriesContext(connection) as many:
        assert "60 units." in words(client.get(page).content.decode())
    assert len(many) == len(few)
