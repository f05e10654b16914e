"""Every number of a roll-up leads to as many units, levels or actions as it says: over a force of awkward cases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.paginator import Page
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.models import Action
from assurance import rollup_exports
from assurance.models import Rollup
from assurance.rollup_units import behind
from assurance.services.rollups import figures_of
from assurance.views.rollup_units import Shown, shown_behind
from organisation.models import BusinessGroup, Unit, UnitMembership, User
from organisation.periods import HalfYear
from organisation.roles import Role
from tests.assurance.pages import signed_in
from tests.assurance.test_rollup_force import AFTER, CHANGE, NOW, force, on_the_old_edition  # noqa: F401  # fixtures
from tests.factories import assurance as statements
from tests.factories import maturity, papers, rollups
from tests.factories.actions import make_action
from tests.factories.forces import Pen, Said, make_units
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db

LINK = re.compile(r'<a class="govuk-link" href="\?([^"]*)#units">([\d,]+)[^<]*<span')
ROW = re.compile(r'<th scope="row"[^>]*>(.*?)</th>', re.DOTALL)
# What is no count of anything: a level, or what lies in the middle of levels.
NO_COUNTS = {"Target level", "Median", "Lowest", "95% interval"}


@pytest.fixture
def actions_of_the_force(on_the_old_edition: object) -> list[Action]:  # noqa: ARG001, F811  # its units have to be there
    """Open, overdue and closed ones of several units; one begun too late to be counted."""
    days = [datetime(2019, 11, day, 12, tzinfo=UTC) for day in range(4, 9)]
    units = list(Unit.objects.filter(name__in=["Always at three", "Moved", "No statement", "Carries everything"]))
    found = [
        make_action(unit, due=date(2020, 1, 10) if number % 2 else date(2021, 1, 10), at=days[number])
        for unit in units
        for number in range(3)
    ]
    closed = {"status": "closed", "closed_at": datetime(2020, 2, 3, 9, tzinfo=UTC), "closed_by": make_person(Role.HEAD)}
    Action.objects.filter(pk=found[0].pk).update(**closed)
    make_action(units[0], at=datetime(2020, 4, 9, 12, tzinfo=UTC))
    return found


def built(group: BusinessGroup | None, half: HalfYear, *, as_at: date = NOW) -> Rollup:
    """A roll-up as a build leaves it, with a document that nobody reads here."""
    figures = json.loads(json.dumps(asdict(figures_of(group, half, as_at=as_at))))
    return Rollup.objects.create(
        group=group,
        half=half,
        figures=figures,
        figures_digest="0" * 64,
        built_at=datetime(2020, 4, 20, 12, tzinfo=UTC),
        pdf=papers.make_blob(),
    )


def page_of(rollup: Rollup) -> str:
    return reverse("assurance:rollup", args=[rollup.slug, rollup.half])


def links_on(html: str) -> dict[str, set[int]]:
    """Where the numbers of the page lead: the numbers by the address."""
    found: dict[str, set[int]] = {}
    for address, number in LINK.findall(html):
        found.setdefault(unescape(address), set()).add(int(number.replace(",", "")))
    return found


def listed(figures: Any, address: str, reader: User) -> list[Any]:
    """Everything that stands behind the address, page by page."""
    asked = dict(parse_qsl(address))
    first = shown_behind(figures, asked, reader=reader)
    assert not first.refused, address
    others = list(first.page.paginator.page_range)[1:]
    pages = [first, *(shown_behind(figures, {**asked, "page": str(number)}, reader=reader) for number in others)]
    return [row for shown in pages for row in shown.page.object_list]


def rows_listed(html: str) -> list[str]:
    table = html.partition('id="units"')[2].partition("</table>")[0]
    return [re.sub(r"<[^>]+>", "", row).strip() for row in ROW.findall(table)]


@pytest.mark.usefixtures("actions_of_the_force")
@pytest.mark.parametrize(
    ("half", "names"), [(CHANGE, ["Operations", "Services"]), (AFTER, ["Frontline", "Operations"])], ids=str
)
def test_every_number_leads_to_as_many_as_it_says(half: HalfYear, names: list[str]) -> None:
    reader = make_person(Role.HEAD)
    client = signed_in(reader)
    for group in [*BusinessGroup.objects.filter(name__in=names), None]:
        rollup = built(group, half)
        html = client.get(page_of(rollup)).content.decode()
        links = links_on(html)
        assert len(links) > 70
        wrong = {
            address: (numbers, found)
            for address, numbers in links.items()
            if numbers != {found := len(listed(rollup.figures, address, reader))}
        }
        assert wrong == {}
        assert numbers_without_a_link(html) <= NO_COUNTS | set(_themes(rollup))
        if half == AFTER and rollup.name in ("Operations", "The whole force"):
            pages_are_as_long_as_the_numbers(client, rollup, links)


def pages_are_as_long_as_the_numbers(client: Client, rollup: Rollup, links: dict[str, set[int]]) -> None:
    """One page of each kind is asked for as people do, and its rows are counted."""
    kinds: dict[str, str] = {}
    for address, numbers in links.items():
        asked = dict(parse_qsl(address))
        if max(numbers) <= 100:
            kinds[asked.get("show", "")] = address
    assert len(kinds) > 20
    for address in kinds.values():
        html = client.get(f"{page_of(rollup)}?{address}").content.decode()
        (number,) = links[address]
        assert len(rows_listed(html)) == number, address
        assert re.search(rf"Showing {number:,} ?(of [\d,]+ units|units?|levels?|actions?): those", html), address


def numbers_without_a_link(html: str) -> set[str]:
    """The columns in which a table has a count that is not nought and leads nowhere."""
    return {
        column
        for table in re.findall(r"<table.*?</table>", html, re.DOTALL)
        for column, cell in _cells(table)
        if re.match(r"[1-9][\d,]*( of |$)", re.sub(r"<[^>]+>", "", cell).strip()) and "<a " not in cell
    }


def _cells(table: str) -> Iterator[tuple[str, str]]:
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table)
    for row in re.findall(r"<tr.*?</tr>", table.partition("<tbody")[2], re.DOTALL):
        cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        yield from zip(heads, cells, strict=False)


def _themes(rollup: Rollup) -> list[str]:
    """In the table of units a theme's column has levels, not counts."""
    return [] if rollup.is_of_the_force else [theme["name"] for theme in rollup.figures["themes"]]


# --- Which ones -------------------------------------------------------------------------------------------------------


def shown(rollup: Rollup, reader: User, **asked: str) -> Shown:
    return shown_behind(rollup.figures, asked, reader=reader)


def named(page: Page[Any]) -> set[str]:
    return {row.name for row in page.object_list}


@pytest.mark.usefixtures("on_the_old_edition")
def test_the_awkward_units_are_behind_the_numbers_they_are_counted_in() -> None:
    """The same over a group and over the force, which keeps no levels of its own."""
    reader, second = make_person(Role.HEAD), AFTER.quarters[1]
    change_first = str(CHANGE.quarters[0])
    for half, group, asked, units in (
        (AFTER, "Frontline", {"show": "nothing_signed"}, {"No statement", "Draft only", "Returned twice"}),
        (AFTER, "Frontline", {"show": "late"}, {"Returned, then signed late"}),
        (AFTER, "Frontline", {"show": "not_reviewed"}, {"Signed not accepted"}),
        (AFTER, "Frontline", {"show": "signed_late", "quarter": str(second)}, {"Returned, then signed late"}),
        (AFTER, "Services", {"show": "other_edition", "theme": "audit"}, {"Still on the old edition"}),
        (AFTER, "Services", {"show": "carried", "theme": "leadership"}, {"Carries everything"}),
        (AFTER, "Operations", {"show": "no_level", "theme": "leadership"}, {"No level in leadership"}),
        (AFTER, "Operations", {"show": "sustained"}, {"Always at three"}),
        (AFTER, "Operations", {"show": "gone", "theme": "leadership"}, {"Ended before the half after"}),
        (CHANGE, "Services", {"show": "excluded"}, {"Never there", "Opened too late for the change"}),
        (CHANGE, "Operations", {"show": "expected", "quarter": change_first}, {"Merged in the change"}),
    ):
        whole = Rollup.objects.filter(group=None, half=half).first() or built(None, half)
        of_group = BusinessGroup.objects.get(name=group)
        own = Rollup.objects.filter(group=of_group, half=half).first() or built(of_group, half)
        found = named(shown(own, reader, **asked).page)
        assert units <= found, (group, asked)
        over_the_force = named(shown(whole, reader, **asked, group=of_group.slug).page)
        if asked["show"] != "excluded":
            assert over_the_force == found, (group, asked)
    assert "Opened in the change" not in named(shown(own, reader, show="expected", quarter=change_first).page)


@pytest.mark.usefixtures("force")
def test_units_that_share_a_name_or_change_it_are_told_apart() -> None:
    """What sustains itself, or is short of a target, was once looked up by its name."""
    group, reader = BusinessGroup.objects.get(name="Split evenly"), make_person(Role.HEAD)
    Unit.objects.filter(slug="split-evenly-0003").update(name="Split evenly 0000")
    rollup = built(group, AFTER)
    short = listed(rollup.figures, "show=sustained", reader)
    assert {row.slug for row in short} == {f"split-evenly-000{number}" for number in range(4)}
    assert len(short) == rollup.figures["self_sustaining"]["in_every_theme"] == 4
    for number, target in enumerate(rollup.figures["targets"], start=1):
        at_target = listed(rollup.figures, f"show=at_target&target={number}", reader)
        assert len(at_target) == target["history"][-1]["at_target"]


def test_the_moves_of_a_unit_are_listed_level_by_level_at_their_place_in_the_statement(
    force: dict[str, BusinessGroup],  # noqa: F811
) -> None:
    rollup = built(force["Frontline"], AFTER)
    row = next(one for one in rollup.figures["movement"]["units"] if one["improved"])
    improved = sorted(identity for identity, move in row["themes"].items() if move == "improved")
    html = signed_in(make_person(Role.HEAD)).get(f"{page_of(rollup)}?unit={row['slug']}&show=improved")
    found = re.findall(r'href="[^"]*/#theme-([\w-]+)"', html.content.decode())
    assert sorted(found) == improved
    assert len(improved) == row["improved"] > 0


def test_levels_that_audits_validated_are_listed_beside_what_they_found(
    force: dict[str, BusinessGroup],  # noqa: F811
) -> None:
    rollup = built(force["Split evenly"], AFTER)
    rollup.figures["units"][0]["validated"] = {"leadership": 3, "audit": 4}
    rollup.figures["validated"] = {"cells": 2, "agree": 1, "reported_higher": 0, "reported_lower": 1}
    rollup.save()
    client = signed_in(make_person(Role.HEAD))
    assert {"show=agree", "show=reported_lower"} <= links_on(client.get(page_of(rollup)).content.decode()).keys()
    for show, theme, found in (("agree", "Leadership", 3), ("reported_lower", "Assurance and Audit", 4)):
        html = client.get(f"{page_of(rollup)}?show={show}").content.decode()
        assert rows_listed(html) == ["Split evenly 0000"]
        row = html.partition('id="units"')[2].partition("<tbody")[2].partition("</tr>")[0]
        assert re.findall(r"<td[^>]*>([^<]+)</td>", row) == [theme, "3 Compliant culture", str(found)]
    assert "that were reported too high" not in client.get(f"{page_of(rollup)}?show=agree").content.decode()


def test_a_link_from_a_theme_opens_the_statement_at_the_theme() -> None:
    group, half = make_group("Frontline Policing"), rollups.last_half()
    statements.signed(make_unit("Kiln Hill", group=group), half.quarters[0], level=3)
    client, rollup = signed_in(make_person(Role.HEAD)), built(group, half, as_at=timezone.localdate())
    html = client.get(f"{page_of(rollup)}?theme=leadership&level=3").content.decode()
    (link,) = re.findall(r'href="([^"]*#theme-[^"]*)"', html)
    address, _, anchor = link.partition("#")
    assert anchor == "theme-leadership"
    assert f'id="{anchor}"' in client.get(address).content.decode()


def test_figures_of_before_it_was_kept_lead_as_far_as_they_can(force: dict[str, BusinessGroup]) -> None:  # noqa: F811
    """They name the units that sustain themselves or are short of a target, and say nothing of a single quarter."""
    rollup, reader = built(force["Operations"], AFTER), make_person(Role.HEAD)
    for unit in rollup.figures["units"]:
        for name in ("quarters", "answers", "sustained", "at_targets", "short_of", "validated"):
            del unit[name]
    rollup.save()
    links = links_on(signed_in(reader).get(page_of(rollup)).content.decode())
    assert {"show=late", "show=sustained", "theme=leadership&show=improved"} <= links.keys()
    assert not [address for address in links if "quarter=" in address or "question=" in address]
    for address, numbers in links.items():
        assert numbers == {len(listed(rollup.figures, address, reader))}, address


# --- Who ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.COG_LEAD])
def test_a_reader_of_the_force_summary_is_told_of_no_units_whose_statements_they_do_not_read(
    force: dict[str, BusinessGroup],  # noqa: F811
    role: Role,
) -> None:
    group = force["Split evenly"] if role == Role.COG_LEAD else None
    client: Client = signed_in(make_person(role, group=group))
    whole = built(None, AFTER)
    issued = rollups.issue(rollups.write(whole))
    page = reverse("assurance:issued_rollup", args=[issued.rollup.slug, AFTER, issued.number])
    html = client.get(f"{page}?theme=leadership&show=at_least&level=1").content.decode()
    own = [f"Split evenly 000{number}" for number in range(4)] if group else []
    behind = html[html.index('id="units"') :].partition("<h2")[0]
    assert ("<table" in behind) == bool(own)
    assert not own or rows_listed(html) == own
    assert set(re.findall(r'href="/statements/([\w-]+)/', html)) == {name.lower().replace(" ", "-") for name in own}
    row = next(one for one in whole.figures["distribution"] if one["identity"] == "leadership")
    counted = sum(row["counts"])
    assert f"Showing {counted}" in html
    said = f"{counted - 4} more are of other units." if group else "so none is listed"
    assert said in html


@pytest.mark.usefixtures("force")
def test_the_force_summary_says_that_it_sums_up_statements_and_not_reports() -> None:
    says = (
        "These figures sum up the units’ statements of H2 2019/20 (October 2019 to March 2020), as they stood on "
        "20 April 2020. They do not sum up the business groups’ roll-ups"
    )
    whole, group = built(None, AFTER), built(BusinessGroup.objects.get(name="Operations"), AFTER)
    client = signed_in(make_person(Role.HEAD))
    assert says in client.get(page_of(whole)).content.decode()
    assert "These figures sum up" not in client.get(page_of(group)).content.decode()
    issued = rollups.issue(rollups.write(whole))
    (found,) = (
        row[1] for row in rollup_exports.tables_in(issued.content, "")[0].rows if row[0] == "What the figures sum up"
    )
    assert str(found).startswith(says)


def test_actions_that_a_reader_of_the_force_summary_does_not_read_are_not_listed(
    actions_of_the_force: list[Action],
) -> None:
    client = signed_in(make_person(Role.BOARD_MEMBER))
    issued = rollups.issue(rollups.write(built(None, AFTER)))
    page = reverse("assurance:issued_rollup", args=[issued.rollup.slug, AFTER, issued.number])
    html = client.get(f"{page}?show=open").content.decode()
    assert f"Showing {len(actions_of_the_force) - 1} actions" in html
    assert "so none is listed" in html
    assert [action.title for action in actions_of_the_force if action.title in html] == []


# --- The size of it -------------------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow_from_ten_units_to_a_thousand() -> None:
    edition = maturity.shipped("2017", "2019")[-1]
    scored = [theme.identity for theme in edition.themes.all() if theme.scored]
    maturity.target(3)
    group, pen, reader = make_group("Large"), Pen(), make_person(Role.HEAD)
    taken: list[list[int]] = []
    for number in (10, 990):
        units = make_units(group if number == 990 else make_group("Small"), number)
        UnitMembership.objects.filter(unit__in=units).update(group=group)
        pen.write(edition, AFTER.quarters[0], {unit: [Said("accepted", dict.fromkeys(scored, 3))] for unit in units})
        figures = json.loads(json.dumps(asdict(figures_of(None, AFTER, as_at=NOW))))
        counts = []
        for asked in (
            {"theme": "leadership", "level": "3"},
            {"show": "late"},
            {"show": "short", "target": "1"},
            {"show": "accepted", "quarter": str(AFTER.quarters[0])},
            {"show": "new", "group": "large"},
            {"show": "open"},
        ):
            with CaptureQueriesContext(connection) as queries:
                page = shown_behind(figures, asked, reader=reader).page
            counts.append(len(queries))
        assert page.paginator.per_page == 100
        taken.append(counts)
    assert taken[0] == taken[1]


def test_an_address_that_asks_for_what_is_not_there_is_refused(force: dict[str, BusinessGroup]) -> None:  # noqa: F811
    figures = built(force["Operations"], AFTER).figures
    for asked in (
        {"theme": "leadership", "level": "9"},
        {"theme": "no-such", "level": "3"},
        {"theme": "wellbeing", "level": "3"},
        {"show": "accepted", "quarter": "2001/02-Q1"},
        {"show": "yes", "question": "no-such"},
        {"show": "perhaps", "question": "reflects_performance"},
        {"show": "short", "target": "99"},
        {"show": "short", "target": "²"},
        {"show": "improved", "unit": "no-such"},
        {"show": "late", "group": "no-such"},
        {"show": "everything"},
    ):
        assert behind(figures, asked) is None, asked
