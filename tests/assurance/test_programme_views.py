"""Pages of audit programmes: proposing, the scores with their reasons, the draw, adopting, changing, taking away."""

from __future__ import annotations

import csv
import hashlib
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assurance.models import AuditProgramme, ProgrammeItem
from assurance.sampling import DEFAULT_WEIGHTS, Ingredient
from assurance.services import programmes
from assurance.services.programmes import Wanted, parts_of
from organisation.models import Unit, User
from organisation.periods import HalfYear
from organisation.roles import Role
from records.models import TrailEntry
from tests.assurance.pages import form_on, html_of, signed_in, text_of
from tests.factories import assurance, forces
from tests.factories import programmes as factory
from tests.factories.organisation import appoint, make_group, make_person, make_unit
from tests.factories.programmes import WANTED

pytestmark = pytest.mark.django_db


@pytest.fixture
def half() -> HalfYear:
    return HalfYear.of(timezone.localdate()).next()


@pytest.fixture
def units() -> list[Unit]:
    names = [f"{risk_band} {number}".title() for risk_band in ("high", "low") for number in range(6)]
    return [make_unit(name, risk_band=name.split()[0].lower()) for name in names]


@pytest.fixture
def auditor() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


@pytest.fixture
def proposed(half: HalfYear, units: list[Unit], auditor: User) -> AuditProgramme:
    assert units
    return factory.propose(half, by=auditor)


@pytest.fixture
def adopted(proposed: AuditProgramme, head: User) -> AuditProgramme:
    return factory.adopt(proposed, by=head)


def page(name: str, half: HalfYear, *more: object) -> str:
    return reverse(f"assurance:{name}", args=[half, *more])


def places(programme: AuditProgramme) -> list[str]:
    return list(programme.items.exclude(place=None).order_by("place").values_list("unit__slug", flat=True))


def outside(programme: AuditProgramme) -> ProgrammeItem:
    return programme.items.filter(place=None).order_by("rank")[0]


# --- Proposing ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("units")
def test_a_programme_is_proposed_from_the_list_with_the_usual_weights(half: HalfYear, auditor: User) -> None:
    browser = signed_in(auditor)
    assert "No programme is here yet" in html_of(browser.get(reverse("assurance:programmes")))
    form = form_on(browser.get(reverse("assurance:new_programme")))
    assert {one: form[f"weight-{one}"] for one in Ingredient} == {
        one: str(weight) for one, weight in DEFAULT_WEIGHTS.items()
    }
    answer = browser.post(
        reverse("assurance:new_programme"),
        form | {"half": half.slug, "auditor_days": "20", "days_per_audit": "4", "days_per_theme": "0"},
        follow=True,
    )
    assert answer.redirect_chain == [(page("programme", half), 302)]
    text = text_of(html_of(answer))
    assert "5 audits take 20.0 of the auditors’ 20.0 days. 0.0 are left." in text
    assert "Of the audits: 4 by score, 1 by chance." in text
    assert half.name in html_of(browser.get(reverse("assurance:programmes")))
    assert AuditProgramme.objects.get().proposed_by == auditor


@pytest.mark.usefixtures("units")
def test_what_cannot_be_planned_with_is_refused_beside_its_question_and_nothing_typed_is_lost(
    half: HalfYear, auditor: User
) -> None:
    browser = signed_in(auditor)
    form = form_on(browser.get(reverse("assurance:new_programme"))) | {"half": half.slug, "auditor_days": "20"}
    none = {f"weight-{one}": "0" for one in Ingredient}
    for wrong, said in (
        (none, "Give at least one ingredient a weight above 0"),
        ({"weight-jump": "101"}, "“Jumps of two levels or more” is to be 100 or less"),
        ({"random_share": "0"}, "is to be 1 or more"),
        ({"auditor_days": "many"}, "is to be a number of days, such as 4 or 4.5"),
        ({"days_per_audit": "30"}, "chance could draw an audit that does not fit"),
        ({"half": half.next().slug}, "Choose one of the half-years that have no programme yet"),
    ):
        answer = browser.post(reverse("assurance:new_programme"), form | wrong)
        assert (answer.status_code, said in html_of(answer)) == (422, True), said
        sent = form_on(answer)
        assert {name: sent[name] for name in wrong if name != "half"} == {
            name: value for name, value in wrong.items() if name != "half"
        }
    assert not AuditProgramme.objects.exists()


def test_another_auditor_does_not_overwrite_a_programme_by_proposing_it_as_new(
    proposed: AuditProgramme, half: HalfYear, auditor: User
) -> None:
    form = form_on(signed_in(auditor).get(reverse("assurance:new_programme")))
    answer = signed_in(make_person(Role.SHRMT)).post(
        reverse("assurance:new_programme"), form | {"half": half.slug, "auditor_days": "8"}
    )
    assert answer.status_code == 422
    proposed.refresh_from_db()
    assert (proposed.version, proposed.auditor_days) == (1, Decimal(20))


def test_it_is_proposed_anew_with_other_weights_and_the_same_seed(
    proposed: AuditProgramme, half: HalfYear, auditor: User
) -> None:
    browser = signed_in(auditor)
    form = form_on(browser.get(page("propose_again", half)))
    assert (form["auditor_days"], form["random_share"]) == ("20.0", "20")
    assert browser.post(page("propose_again", half), form | {"weight-risk-band": "50"}).status_code == 302
    now = AuditProgramme.objects.get()
    assert (now.version, now.weights["risk-band"], now.seed) == (2, 50, proposed.seed)


def test_another_seed_needs_its_reason_and_the_earlier_one_stays_in_sight(
    proposed: AuditProgramme, half: HalfYear, auditor: User
) -> None:
    browser = signed_in(auditor)
    assert "Say why another seed is drawn." in html_of(browser.post(page("draw_again", half), {"because": " "}))
    shown = browser.post(page("draw_again", half), {"because": "Two <units> were missing."}, follow=True)
    now = AuditProgramme.objects.get()
    assert now.seed != proposed.seed
    text = html_of(shown)
    assert now.seed in text
    assert proposed.seed in text
    assert "Two &lt;units&gt; were missing." in text


def test_the_days_of_one_unit_are_set_and_taken_back(proposed: AuditProgramme, half: HalfYear, auditor: User) -> None:
    browser, item = signed_in(auditor), proposed.items.get(rank=1)
    address = page("audit_days", half, item.unit.slug)
    assert browser.post(address, {"days": "0"}).status_code == 422
    shown = browser.post(address, {"days": "7.5"}, follow=True)
    assert "takes 7.5 of the auditors’ days, which was set for this unit" in text_of(html_of(shown))
    assert form_on(browser.get(address))["days"] == "7.5"
    browser.post(address, {"days": ""})
    assert proposed.items.get(unit=item.unit).days == 4


# --- Reading ------------------------------------------------------------------------------------------------------


def test_the_page_has_every_unit_s_score_with_value_weight_and_points_of_each_ingredient(
    proposed: AuditProgramme, half: HalfYear, auditor: User
) -> None:
    html = html_of(signed_in(auditor).get(page("programme", half)))
    scores = html[html.index('class="govuk-table programme-scores"') :]
    scores = scores[: scores.index("</table>")]
    for ingredient in Ingredient:
        assert f"{ingredient.label} weight {DEFAULT_WEIGHTS[ingredient]}" in text_of(scores)
    rows = {text_of(row).split("Rank")[0]: text_of(row) for row in scores.split("<tr")[2:]}
    assert len(rows) == 12
    for item in proposed.items.select_related("unit"):
        cells = " ".join(f"{part.value * part.weight / 100:.2f} {part.value}%" for part in parts_of(item))
        [row] = [row for row in rows if f"/units/{item.unit.slug}/" in row or item.unit.name in row]
        assert cells in row
        assert f"{item.score:.2f}" in row


def test_a_unit_s_page_says_which_facts_are_behind_its_score(
    proposed: AuditProgramme, half: HalfYear, auditor: User
) -> None:
    first = proposed.items.get(rank=1)
    text = text_of(html_of(signed_in(auditor).get(page("programme_unit", half, first.unit.slug))))
    assert "Its risk band is high. 100% 20 20.00" in text
    assert "It has never been audited. 100% 20 20.00" in text
    assert "Its score: 50.00" in text  # 20 risk, 20 never audited, 10 no evidence
    assert "By score, place 1 of 5" in text


@pytest.mark.usefixtures("proposed")
def test_the_draw_can_be_repeated_from_the_file_alone(half: HalfYear, auditor: User) -> None:
    """With the seed and the numbers that the file has, by the words on the page: seed, “draw” and number, SHA-256."""
    answer = signed_in(auditor).get(page("programme_csv", half))
    said: dict[str, dict[str, dict[str, str]]] = {}
    for table, row, column, value in list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))[1:]:
        said.setdefault(table, {}).setdefault(row, {})[column] = value
    seed = said["Programme"]["Seed"]["Answer"].removeprefix("'")
    rest = {name: unit for name, unit in said["Units"].items() if unit["How chosen"] != "By score"}
    hashed = {
        name: hashlib.sha256(f"{seed}:draw:{unit['Number in the draw']}".encode()).hexdigest()
        for name, unit in rest.items()
    }
    drawn = [name for name, unit in rest.items() if unit["How chosen"] == "By chance"]
    assert len(drawn) == 1
    assert drawn == sorted(hashed, key=lambda name: hashed[name])[:1]
    text = text_of(html_of(signed_in(auditor).get(page("programme", half))))
    assert "had the same chance of a place: 1 of 8 units." in text
    assert "Drawn again from this seed just now: it gives the same units." in text
    assert min(hashed.values()) in text


def test_a_draw_that_its_seed_does_not_give_is_said_to_be_none(
    proposed: AuditProgramme, half: HalfYear, auditor: User
) -> None:
    drawn, other = proposed.items.get(chosen="chance"), outside(proposed)
    place = drawn.place
    proposed.items.filter(pk=drawn.pk).update(chosen="", place=None)
    proposed.items.filter(pk=other.pk).update(chosen="chance", place=place)
    text = text_of(html_of(signed_in(auditor).get(page("programme", half))))
    assert "it does not give the units that are shown as drawn by chance." in text


def test_the_workbook_has_the_programme_as_it_stands_and_the_same_bytes_each_time(
    adopted: AuditProgramme, half: HalfYear, head: User
) -> None:
    reason = "=1+1 was said"
    programmes.remove(item=adopted.items.get(place=2), reason=reason, by=head, at=timezone.now())
    first, again = (signed_in(head).get(page("programme_workbook", half)).content for _ in range(2))
    assert first == again
    book = load_workbook(BytesIO(first))
    assert book.sheetnames == ["Programme", "Units", "The draw", "Seeds", "Changes"]
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    units = list(book["Units"].iter_rows(values_only=True))
    assert len(units) == 13
    assert [row[1] for row in units[1:]] == [1, 2, 3, 4, *[None] * 8]
    assert [row[2] for row in units[1:]].count("Removed (was by score)") == 1
    assert [row[4] for row in units[1:]] == [float(item.score or 0) for item in adopted.items.order_by("place", "rank")]
    assert book["Changes"]["F2"].value == reason
    taken = TrailEntry.objects.filter(act="programme.taken")
    assert [entry.detail["sha256"] for entry in taken] == [hashlib.sha256(first).hexdigest()] * 2


def test_the_page_asks_as_many_questions_of_the_database_for_two_hundred_units_as_for_ten(auditor: User) -> None:
    browser = signed_in(auditor)
    current = HalfYear.of(timezone.localdate())
    many = Wanted(**vars(WANTED) | {"auditor_days": Decimal(400)})

    def asked(number: int, half: HalfYear) -> list[int]:
        forces.make_units(make_group(f"Group of {number}"), number)
        programme = programmes.propose(half=half, wanted=many, by=auditor, at=timezone.now())
        unit = programme.items.get(rank=1).unit.slug
        pages = [
            page("programme", half),
            page("programme_unit", half, unit),
            page("programme_csv", half),
            reverse("assurance:programmes"),
        ]
        counts = []
        for address in pages:
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    make_unit()
    browser.get(reverse("assurance:programmes"))
    few, lots = asked(10, current), asked(190, current.next())
    assert few == lots
    assert max(few) <= 20


# --- Adopting -----------------------------------------------------------------------------------------------------


def test_the_head_adopts_what_is_on_the_screen(
    proposed: AuditProgramme, half: HalfYear, head: User, auditor: User
) -> None:
    browser = signed_in(head)
    form = form_on(browser.get(page("adopt_programme", half)))
    assert form["version"] == "1"
    assert "Tick the box" in html_of(browser.post(page("adopt_programme", half), form))
    factory.propose(half, by=auditor)
    refused = browser.post(page("adopt_programme", half), form | {"confirmed": "on"})
    assert refused.status_code == 422
    assert "proposed anew since you opened this page" in html_of(refused)
    again = form_on(refused)
    assert (again["version"], "confirmed" in again) == ("2", False)
    done = browser.post(page("adopt_programme", half), again | {"confirmed": "on"}, follow=True)
    assert "Nothing has been changed." in html_of(done)
    twice = browser.post(page("adopt_programme", half), again | {"confirmed": "on"})
    assert twice.status_code == 422
    assert "has been adopted already" in html_of(twice)
    proposed.refresh_from_db()
    assert proposed.adopted_by == head


def test_an_auditor_neither_adopts_nor_changes_and_an_administrator_signs_nothing(
    proposed: AuditProgramme, half: HalfYear, auditor: User, head: User
) -> None:
    unit = proposed.items.get(place=1).unit.slug
    for name, more in (
        ("adopt_programme", []),
        ("add_to_programme", [unit]),
        ("remove_from_programme", [unit]),
        ("move_in_programme", [unit]),
    ):
        answer = signed_in(auditor).post(page(name, half, *more))
        assert (answer.status_code, "Only the Head of Safety" in html_of(answer)) == (403, True)
    appoint(head, Role.ADMINISTRATOR)
    assert signed_in(head).get(page("adopt_programme", half)).status_code == 403


@pytest.mark.usefixtures("proposed")
def test_the_board_reads_a_programme_and_does_nothing_with_it(half: HalfYear) -> None:
    browser = signed_in(make_person(Role.BOARD_MEMBER))
    html = html_of(browser.get(page("programme", half)))
    for name in ("adopt_programme", "propose_again", "draw_again"):
        assert page(name, half) not in html
        assert browser.post(page(name, half)).status_code == 403
    assert browser.get(reverse("assurance:new_programme")).status_code == 403


@pytest.mark.usefixtures("proposed")
def test_a_board_member_who_could_be_warned_finds_no_programme_before_its_half(
    half: HalfYear, units: list[Unit]
) -> None:
    member = make_person(Role.BOARD_MEMBER)
    appoint(member, Role.SPOC, units[0])
    browser = signed_in(member)
    assert half.name not in html_of(browser.get(reverse("assurance:programmes")))
    for name in ("programme", "programme_csv", "programme_workbook"):
        assert browser.get(page(name, half)).status_code == 404


def test_from_an_adopted_programme_shrmt_plans_the_audit_of_its_units(
    adopted: AuditProgramme, half: HalfYear, auditor: User
) -> None:
    assurance.shipped_edition()
    browser, first = signed_in(auditor), places(adopted)[0]
    address = f"{reverse('assurance:plan_audit')}?scope=unit-{first}"
    assert f'href="{address}"' in html_of(browser.get(page("programme", half)))
    assert f'<option value="unit-{first}" selected>' in html_of(browser.get(address))
    assert address not in html_of(signed_in(make_person(Role.BOARD_MEMBER)).get(page("programme", half)))


# --- Changing -----------------------------------------------------------------------------------------------------


def test_units_are_removed_moved_and_added_with_reasons_that_the_page_shows(
    adopted: AuditProgramme, half: HalfYear, head: User
) -> None:
    browser, before = signed_in(head), places(adopted)
    out = outside(adopted).unit
    full = browser.post(page("add_to_programme", half, out.slug), {"reason": "An accident"})
    assert full.status_code == 422
    assert "would take 24.0 days, and the auditors have 20.0" in html_of(full)
    assert browser.post(page("remove_from_programme", half, before[1]), {"reason": ""}).status_code == 422
    browser.post(page("remove_from_programme", half, before[1]), {"reason": "It is <being> merged."})
    browser.post(page("add_to_programme", half, out.slug), {"reason": "An accident"})
    wrong = browser.post(page("move_in_programme", half, out.slug), {"place": "6", "reason": "First"})
    assert "“New place” is to be 5 or less" in html_of(wrong)
    shown = browser.post(page("move_in_programme", half, out.slug), {"place": "1", "reason": "First"}, follow=True)
    assert places(adopted) == [out.slug, before[0], *before[2:]]
    text = text_of(html_of(shown))
    assert "Removed from place 2 It is &lt;being&gt; merged." in text
    assert "Added at place 5 An accident" in text
    assert "Moved from place 5 to 1 First" in text


def test_a_unit_that_opened_since_is_offered_and_added_without_a_score(
    adopted: AuditProgramme, half: HalfYear, head: User
) -> None:
    browser, new = signed_in(head), make_unit("Newcomer", opened_on=timezone.localdate() - timedelta(days=1))
    assert page("add_to_programme", half, new.slug) in html_of(browser.get(page("programme", half)))
    browser.post(page("remove_from_programme", half, places(adopted)[0]), {"reason": "It is merged."})
    browser.post(page("add_to_programme", half, new.slug), {"reason": "It is new."})
    html = html_of(browser.get(page("programme", half)))
    assert "Opened since it was proposed" not in html
    assert "it has no score" in html_of(browser.get(page("programme_unit", half, new.slug)))
    assert places(adopted)[-1] == new.slug


@pytest.mark.usefixtures("proposed")
def test_there_is_no_page_of_a_unit_or_half_that_has_no_part_in_it(half: HalfYear, auditor: User) -> None:
    browser: Client = signed_in(auditor)
    assert browser.get(page("programme_unit", half, "nobody")).status_code == 404
    assert browser.get(page("programme", half.next())).status_code == 404
