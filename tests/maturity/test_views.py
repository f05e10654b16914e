"""The model's pages: who may read them, what they show, and how many questions they ask the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from maturity import matrix, modelfile
from maturity.models import Edition
from maturity.permissions import can_read_model
from maturity.services import editions
from organisation.models import Appointment, BusinessGroup, RiskBand, Unit, UnitKind, User
from organisation.roles import Role, Scope
from tests.factories import maturity as make

pytestmark = pytest.mark.django_db

PAGES = ["/model/", "/model/2017/", "/model/2019/", "/model/2019/leadership/", "/model/themes/audit/"]
# domain.md, “Who may do what”: the row “Model, matrix, targets”.
READERS = [role for role in Role if role is not Role.PANEL_MEMBER]

SignIn = Callable[[Role], Client]


def person_with(role: Role, *, starts_on: date = date(2020, 1, 1), ends_on: date | None = None) -> User:
    user = User.objects.create_user(email=f"{role}@demo.example", name=role.label)
    group = unit = None
    if role.scope is Scope.GROUP:
        group = BusinessGroup.objects.create(name="A group", slug="a-group")
    if role.scope is Scope.UNIT:
        unit = Unit.objects.create(
            name="A unit", slug="a-unit", kind=UnitKind.BCU, risk_band=RiskBand.LOW, opened_on=starts_on
        )
    Appointment.objects.create(person=user, role=role, group=group, unit=unit, starts_on=starts_on, ends_on=ends_on)
    return user


@pytest.fixture
def signed_in(client: Client) -> SignIn:
    def sign_in(role: Role) -> Client:
        client.force_login(person_with(role))
        return client

    return sign_in


class Outline(HTMLParser):
    """A page's headings in order, as (level, text), and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[tuple[int, str]] = []
        self.text = ""
        self._open: int | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parser's signature
        if re.fullmatch("h[1-6]", tag):
            self._open = int(tag[1])
            self.headings.append((self._open, ""))

    def handle_endtag(self, tag: str) -> None:
        if re.fullmatch("h[1-6]", tag):
            self._open = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open is not None:
            level, text = self.headings[-1]
            self.headings[-1] = level, f"{text} {data}".strip()


def outline(client: Client, url: str) -> Outline:
    response = client.get(url)
    assert response.status_code == 200, url
    return Outline(response.content.decode())


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", READERS)
def test_everybody_inside_the_force_reads_the_model(role: Role, signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    client = signed_in(role)
    assert [client.get(url).status_code for url in PAGES] == [200] * len(PAGES)


def test_for_the_panel_there_is_no_such_page(signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    client = signed_in(Role.PANEL_MEMBER)
    assert [client.get(url).status_code for url in PAGES] == [404] * len(PAGES)


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    make.shipped("2017", "2019")
    for url in PAGES:
        response = client.get(url)
        assert (response.status_code, response.headers["Location"]) == (302, f"/account/sign-in/?next={url}")


def test_a_role_gives_the_right_only_while_it_lasts() -> None:
    today = timezone.localdate()
    former = person_with(Role.HEAD, ends_on=date(2020, 12, 31))
    future = person_with(Role.SHRMT, starts_on=date(today.year + 1, 1, 1))
    assert not can_read_model(former)
    assert not can_read_model(future)
    assert can_read_model(person_with(Role.SPOC, ends_on=today))


@pytest.mark.parametrize(
    "url", ["/model/1999/", "/model/2019/nonsense/", "/model/1999/audit/", "/model/themes/nonsense/"]
)
def test_what_the_model_does_not_have_is_not_found(url: str, signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    assert signed_in(Role.HEAD).get(url).status_code == 404


def test_the_pages_are_for_reading_only(signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    client = signed_in(Role.HEAD)
    assert [client.post(url).status_code for url in PAGES] == [405] * len(PAGES)


# --- what they show --------------------------------------------------------------------------------------------------


def test_before_an_edition_is_loaded_the_page_says_who_loads_one(signed_in: SignIn) -> None:
    page = outline(signed_in(Role.HEAD), "/model/")
    assert "No edition of the model has been loaded yet" in page.text
    assert "administrator" in page.text


def test_the_first_page_shows_the_newest_edition_and_links_to_the_other(signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    client = signed_in(Role.SPOC)
    assert outline(client, "/model/").headings[0] == (1, "Self-assurance template, 2019")
    assert 'href="/model/2017/"' in client.get("/model/").content.decode()


@pytest.mark.parametrize("code", ["2017", "2019"])
def test_the_matrix_holds_every_criterion_once_under_its_theme(code: str, signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    page = outline(signed_in(Role.SPOC), f"/model/{code}/")
    model = modelfile.read(make.FIXTURES / f"maturity-{code}.toml")
    themes = page.text.split("Short forms used here")[0]
    position = 0
    for theme in model.themes:
        for cell in theme.cells:
            for text in cell:
                position = themes.index(text, position) + 1
    assert [text for level, text in page.headings if level == 3 and text[0].isdigit()] == [
        f"{theme.number} {theme.name}" for theme in model.themes
    ]


def test_every_cell_says_its_level_by_number_and_name(signed_in: SignIn) -> None:
    make.shipped("2017")
    html = signed_in(Role.SPOC).get("/model/2017/").content.decode()
    table = html[html.index("<tbody") : html.index("</tbody>")]
    assert len(re.findall(r'<td role="cell"><div class="model-matrix__level"><strong[^>]*>[1-5] \w+', table)) == 60


def test_a_theme_that_is_not_scored_says_why(signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    client = signed_in(Role.SPOC)
    for url in ("/model/2019/", "/model/2019/wellbeing/", "/model/themes/wellbeing/"):
        page = outline(client, url)
        assert "Not scored" in page.text, url
        assert "have not been released yet" in page.text, url


def test_a_theme_has_a_heading_for_each_level(signed_in: SignIn) -> None:
    make.shipped("2017")
    headings = outline(signed_in(Role.SPOC), "/model/2017/audit/").headings
    assert headings[0] == (1, "Audit")
    assert [text for level, text in headings if level == 2][:5] == [
        "Level 1 Negative culture and failing",
        "Level 2 Reactive culture",
        "Level 3 Compliant culture",
        "Level 4 Proactive culture",
        "Level 5 Resilient and self-driven culture",
    ]


def test_both_editions_of_a_theme_stand_side_by_side(signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    html = signed_in(Role.SPOC).get("/model/themes/leadership/").content.decode()
    assert html.index("Maturity matrix, 2017") < html.index("Self-assurance template, 2019")
    assert html.count('<td role="cell">') == 10
    assert "runs on from one to the next" in html
    assert "not comparable" not in html


@pytest.mark.parametrize("identity", ["audit", "performance-benchmarking"])
def test_a_theme_whose_meaning_changed_is_marked_as_not_comparable(identity: str, signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    text = outline(signed_in(Role.SPOC), f"/model/themes/{identity}/").text
    assert "not comparable between Maturity matrix, 2017 and Self-assurance template, 2019" in text
    assert "moved to audit (theme 12) in 2019" in text
    assert "runs on from one to the next" not in text


def test_a_theme_of_one_edition_says_so(signed_in: SignIn) -> None:
    make.shipped("2017")
    assert "Only one edition has this theme" in outline(signed_in(Role.SPOC), "/model/themes/audit/").text


def test_editions_with_scales_of_their_own_stand_side_by_side(signed_in: SignIn) -> None:
    make.edition("2025", starts_on=date(2025, 4, 1), levels=2)
    make.edition("2030", starts_on=date(2030, 4, 1), levels=3)
    html = signed_in(Role.SPOC).get("/model/themes/theme-1/").content.decode()
    assert html.count("This edition has no such level") == 1
    assert html.count("Asks for 1.3.1.") == 1


def test_the_bands_of_2017_are_shown_over_their_levels(signed_in: SignIn) -> None:
    make.shipped("2017")
    headings = [text for _, text in outline(signed_in(Role.SPOC), "/model/2017/").headings]
    at = headings.index("5 levels")
    assert headings[at + 1 : at + 4] == [
        "Legal compliance, policies, processes and safe systems are being developed",
        "Corporate governance standards are applied and met",
        "Behaviours: Safety behaviours change for the better at every level",
    ]


@pytest.mark.parametrize("url", PAGES)
def test_headings_skip_no_level(url: str, signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    levels = [level for level, _ in outline(signed_in(Role.SPOC), url).headings]
    assert levels.count(1) == 1
    content = levels[levels.index(1) :]
    assert all(later - earlier <= 1 for earlier, later in pairwise(content))


def test_short_forms_are_spelled_out_where_they_are_used(signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    text = " ".join(outline(signed_in(Role.SPOC), "/model/2019/").text.split())
    assert "SHRMT Safety and Health Risk Management Team" in text.replace("SHRMTSafety", "SHRMT Safety")
    assert not matrix.short_forms_in(["Nothing is shortened here, not even SHRMTs."])


def test_markup_in_a_file_is_shown_and_not_run(signed_in: SignIn) -> None:
    sly = '<script>alert("1")</script>'
    text = modelfile.write(make.model()).replace("Asks for 1.1.1.", sly.replace('"', '\\"'))
    text = text.replace('source = "', f'notes = "{sly.replace(chr(34), chr(92) + chr(34))}"\nsource = "')
    editions.load(modelfile.parse(text, filename="x"), at=make.LOADED_AT)
    client = signed_in(Role.SPOC)
    for url in ("/model/", "/model/2030/theme-1/", "/model/themes/theme-1/"):
        html = client.get(url).content.decode()
        assert sly not in html
        assert "&lt;script&gt;alert" in html


# --- how many questions ----------------------------------------------------------------------------------------------


def test_a_matrix_takes_three_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    edition = make.shipped("2017")[0]
    with django_assert_num_queries(3):
        whole = matrix.matrix_of(edition)
    assert (len(whole.levels), len(whole.rows)) == (5, 12)


def test_a_theme_takes_two_queries_and_all_its_editions_three(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make.shipped("2017", "2019")
    theme = Edition.objects.get(code="2017").themes.get(identity="audit")
    with django_assert_num_queries(2):
        assert len(matrix.row_of(theme).cells) == 5
    with django_assert_num_queries(3):
        assert len(matrix.rows_across_editions("audit")) == 2


@pytest.mark.parametrize("path", ["", "2030/", "2030/theme-1/", "themes/theme-1/"])
def test_a_page_takes_as_many_queries_for_a_large_edition_as_for_a_small_one(path: str, signed_in: SignIn) -> None:
    client = signed_in(Role.SPOC)

    def queries(model: modelfile.ModelFile) -> int:
        editions.load(model, at=make.LOADED_AT)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/model/{path}").status_code == 200
        return len(captured)

    small = queries(make.model())
    assert queries(make.model(levels=6, themes=25, criteria=6)) == small


def test_a_theme_s_page_says_what_evidence_at_each_level_usually_looks_like(signed_in: SignIn) -> None:
    make.shipped("2017", "2019")
    said = modelfile.read(make.FIXTURES / "maturity-2019.toml").themes[0].evidence
    page = signed_in(Role.SPOC).get("/model/2019/leadership/").content.decode()
    assert page.count("What evidence usually looks like:") == len(said) == 5
    assert all(text in page for text in said)
    unscored = signed_in(Role.HEAD).get("/model/2019/wellbeing/").content.decode()
    assert "What evidence usually looks like:" not in unscored
