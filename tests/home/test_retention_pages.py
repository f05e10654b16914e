"""The pages about retention: what is past its period, legal holds by two people, and removing a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions.models import Action
from assurance.models import Rollup
from home import past_period
from home.past_period import Past
from home.permissions import can_read_hold, can_take_export, exports_visible_to, holds_visible_to
from organisation.models import Appointment, User
from organisation.periods import HalfYear, Quarter
from organisation.roles import Role
from records.models import HoldScope, LegalHold, PersonalExport, RecordClass, TrailEntry
from records.services import holds
from tests.factories import actions, papers
from tests.factories import assurance as statements
from tests.factories.holds import make_export, make_hold, to_be_lifted
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=366 * 12)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


@pytest.fixture
def administrator() -> User:
    return make_person(Role.ADMINISTRATOR)


# --- Past their period --------------------------------------------------------------------------------------------


def old_account() -> User:
    person = make_user(name="Long Gone", is_active=False)
    User.objects.filter(pk=person.pk).update(joined_at=LONG_AGO)
    return person


def names(past: Past) -> list[str]:
    return [line.name for line in past.lines]


def test_an_account_is_past_its_period_once_nothing_has_happened_in_it_for_its_years() -> None:
    gone, open_one = old_account(), make_user(name="Open")
    lately_closed, lately_used, appointed = old_account(), old_account(), old_account()
    now = timezone.now()
    from_two_years = now - timedelta(days=700)
    TrailEntry.objects.create(
        at=from_two_years,
        act="account.closed",
        thing_type="organisation.User",
        thing_id=lately_closed.pk,
        thing_name="x",
    )
    TrailEntry.objects.create(at=from_two_years, act="account.signed_in", actor=lately_used)
    appoint(appointed, Role.SPOC, make_unit(), ends_on=timezone.localdate() - timedelta(days=700))
    User.objects.filter(pk=open_one.pk).update(joined_at=LONG_AGO)
    past = past_period.accounts(now)
    assert (past.count, [line.address for line in past.lines]) == (1, [reverse("person", args=[gone.pk])])
    assert past_period.accounts(now + timedelta(days=40)).count == 4


@pytest.mark.parametrize(
    ("title", "make"),
    [
        ("Statements", lambda: statements.make_statement(quarter=Quarter.of(LONG_AGO.date())).statement.unit),
        ("Closed actions", lambda: _closed_action(LONG_AGO)),
        ("Roll-ups", lambda: _rollup(LONG_AGO)),
        ("Panel papers", lambda: _paper(LONG_AGO)),
    ],
)
def test_records_are_listed_once_their_years_are_over(title: str, make: Callable[[], Any]) -> None:
    make()
    found = {past.title: past for past in past_period.records(timezone.now())}
    assert {one: past.count for one, past in found.items() if past.count} == {title: 1}
    assert not found[title].lines[0].held
    earlier = {past.title: past.count for past in past_period.records(LONG_AGO + timedelta(days=366 * 5))}
    assert set(earlier.values()) == {0}
    make_hold(RecordClass.EVERYTHING)
    assert {past.title: past for past in past_period.records(timezone.now())}[title].lines[0].held


def _closed_action(at: Any) -> Action:
    action = actions.make_action(make_unit(), by=make_user())
    closed = {"status": "closed", "closed_at": at, "closed_by": action.raised_by, "achieved": "It holds."}
    Action.objects.filter(pk=action.pk).update(**closed)
    return action


def _rollup(at: Any) -> Rollup:
    return Rollup.objects.create(group=make_group(), half=Quarter.of(at.date()).half)


def _paper(at: Any) -> Any:
    paper = papers.make_draft()
    type(paper).objects.filter(pk=paper.pk).update(meeting_on=at.date())
    return paper


def test_a_hold_of_a_unit_marks_what_is_its_own_and_its_groups() -> None:
    group = make_group()
    held, other = make_unit("Held", group=group), make_unit("Other")
    for unit in (held, other):
        statements.make_statement(unit, Quarter.of(LONG_AGO.date()))
    Rollup.objects.create(group=group, half=HalfYear.parse("2010/11-H1"))
    make_hold(RecordClass.EVERYTHING, HoldScope.UNIT, held.pk)
    found = {past.title: past for past in past_period.records(timezone.now())}
    assert {line.name.partition(",")[0]: line.held for line in found["Statements"].lines} == {
        "Held": True,
        "Other": False,
    }
    assert [line.held for line in found["Roll-ups"].lines] == [True]


def test_a_hold_of_any_group_s_reports_is_on_the_force_summary() -> None:
    unit = make_unit("Held", group=make_group())
    Rollup.objects.create(group=None, half=HalfYear.parse("2010/11-H1"))
    assert [line.held for line in past_period.records(timezone.now())[2].lines] == [False]
    make_hold(RecordClass.REPORTS, HoldScope.UNIT, unit.pk)
    assert [line.held for line in past_period.records(timezone.now())[2].lines] == [True]


def test_a_hold_of_a_person_marks_what_their_units_have() -> None:
    unit, person = make_unit(), make_user()
    appoint(person, Role.SPOC, unit, ends_on=timezone.localdate() - timedelta(days=100))
    statements.make_statement(unit, Quarter.of(LONG_AGO.date()))
    make_hold(RecordClass.STATEMENTS, HoldScope.PERSON, person.pk)
    assert past_period.records(timezone.now())[0].lines[0].held


def test_administrators_see_accounts_and_no_records(head: User, administrator: User) -> None:
    old_account()
    statements.make_statement(make_unit("Harbour OCU"), Quarter.of(LONG_AGO.date()))
    seen = signed_in(administrator).get(reverse("retention")).content.decode()
    assert "Long Gone" in seen
    assert "Harbour OCU" not in seen
    assert "KEEP_NOTICES_DAYS" in seen
    assert "Harbour OCU" in signed_in(head).get(reverse("retention")).content.decode()


# --- Legal holds --------------------------------------------------------------------------------------------------


def typed(**changed: str) -> dict[str, str]:
    return {
        "record_class": "statements",
        "scope": "force",
        "authority": "The coroner, 12/34",
        "reason": "An inquest",
    } | changed


def test_the_head_places_a_hold_of_a_person_by_their_address(head: User) -> None:
    person = make_user("somebody@example.org")
    answer = signed_in(head).post(reverse("new_hold"), typed(scope="person", person="Somebody@example.org"))
    hold = LegalHold.objects.get()
    assert answer["Location"] == reverse("hold", args=[hold.pk])
    assert (hold.scope, hold.scope_id, hold.placed_by) == ("person", person.pk, head)
    assert (hold.authority, hold.reason) == ("The coroner, 12/34", "An inquest")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"scope": "person"}, "Say which person."),
        ({"scope": "person", "person": "nobody@example.org"}, "There is no account with this address"),
        ({"scope": "unit"}, "Say which unit."),
        ({"scope": "group"}, "Say which business group."),
        ({"scope": "force", "person": "a@example.org"}, "Empty this box, or choose again above"),
        ({"record_class": ""}, "Choose what is held."),
        ({"authority": " "}, "Say on whose authority the records are held."),
        ({"reason": ""}, "Say why the records are held."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(head: User, changed: dict[str, str], message: str) -> None:
    answer = signed_in(head).post(reverse("new_hold"), typed(**changed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert changed.get("reason", "An inquest") in page
    assert not LegalHold.objects.exists()


def test_a_hold_is_lifted_by_two_people_in_their_own_browsers(head: User, administrator: User) -> None:
    hold = make_hold(by=head)
    address = reverse("hold", args=[hold.pk])
    heads, administrators = signed_in(head), signed_in(administrator)
    assert administrators.get(address).status_code == 404
    wrong = heads.post(reverse("ask_to_lift_hold", args=[hold.pk]), {"authority": "", "reason": "Over and done"})
    assert (wrong.status_code, "Over and done" in wrong.content.decode()) == (422, True)
    heads.post(reverse("ask_to_lift_hold", args=[hold.pk]), {"authority": "The court", "reason": "Over"})
    twice = heads.post(reverse("ask_to_lift_hold", args=[hold.pk]), {"authority": "The court", "reason": "Twice"})
    assert (twice.status_code, "asked already" in twice.content.decode()) == (409, True)
    assert heads.post(reverse("decide_on_hold", args=[hold.pk]), {"decision": "lift"}).status_code == 403
    assert "Agree, and lift the hold" not in heads.get(address).content.decode()
    assert "Agree, and lift the hold" in administrators.get(address).content.decode()
    done = administrators.post(reverse("decide_on_hold", args=[hold.pk]), {"decision": "lift"})
    assert done["Location"] == reverse("holds")
    hold.refresh_from_db()
    assert (hold.lift_asked_by, hold.lifted_by) == (head, administrator)
    assert administrators.get(address).status_code == 404


def test_a_second_person_may_keep_it(head: User, administrator: User) -> None:
    hold = to_be_lifted(make_hold(by=head), by=head)
    signed_in(administrator).post(reverse("decide_on_hold", args=[hold.pk]), {"decision": "anything else"})
    hold.refresh_from_db()
    assert (hold.is_in_force, hold.waits_for_a_second_person) == (True, False)


def test_holds_are_listed_with_those_in_force_first(head: User) -> None:
    lifted = to_be_lifted()
    holds.lift(hold=lifted, by=head, at=timezone.now())
    unit, group, person = make_unit("Kiln OCU"), make_group("Kiln Group"), make_user(name="Kiln Person")
    for scope, number in ((HoldScope.UNIT, unit.pk), (HoldScope.GROUP, group.pk), (HoldScope.PERSON, person.pk)):
        make_hold(scope=scope, scope_id=number)
    page = signed_in(head).get(reverse("holds")).content.decode()
    places = [page.index(name) for name in ("Kiln Person", "Kiln Group", "Kiln OCU", "The whole force")]
    assert places == sorted(places)


def test_the_row_filters_grant_what_the_predicates_grant(head: User, administrator: User) -> None:
    lifted = to_be_lifted()
    holds.lift(hold=lifted, by=administrator, at=timezone.now())
    make_hold()
    to_be_lifted()
    both = make_person(Role.HEAD)
    appoint(both, Role.ADMINISTRATOR)
    former = make_user()
    appoint(former, Role.HEAD, ends_on=timezone.localdate() - timedelta(days=1))
    people = [head, administrator, both, former, make_user(), *(make_person(role) for role in Role)]
    subject = make_user()
    for person in people:
        make_export(person)
        for complete in (True, False):
            PersonalExport.objects.create(
                person=subject, requested_by=person, requested_at=timezone.now(), complete=complete
            )
    seen = set()
    for person in people:
        readable = [hold for hold in LegalHold.objects.all() if can_read_hold(person, hold)]
        assert list(holds_visible_to(person)) == readable
        taken = [export for export in PersonalExport.objects.all() if can_take_export(person, export)]
        assert list(exports_visible_to(person)) == taken
        seen.add((len(readable), len(taken)))
    assert seen == {(3, 3), (1, 2), (0, 1)}


# --- Removing a person ------------------------------------------------------------------------------------------


def test_an_administrator_removes_somebody_who_left(administrator: User) -> None:
    person, client = make_user(name="Gone Soon"), signed_in(administrator)
    address = reverse("remove_person", args=[person.pk])
    assert "Remove the personal data of Gone Soon" in client.get(address).content.decode()
    answer = client.post(address, {"because": "asked", "reference": "SAR-2026/17", "understood": "on"}, follow=True)
    page = answer.content.decode()
    assert f"Removed account {person.pk}" in page
    assert "Gone Soon" not in page
    assert client.get(address).status_code == 200
    assert "was removed already" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"because": ""}, "Choose why the data is removed."),
        ({"reference": ""}, "Give the reference of the request or decision."),
        ({"reference": "Gone Soon asked"}, "such as SAR-2026/17"),
        ({"reference": "GONE-SOON"}, "with at least one digit"),
        ({"understood": ""}, "Confirm that you understand"),
    ],
)
def test_nobody_is_removed_by_a_form_that_is_not_whole(
    administrator: User, changed: dict[str, str], message: str
) -> None:
    person = make_user(name="Gone Soon")
    filled = {"because": "asked", "reference": "SAR-2026/17", "understood": "on"} | changed
    answer = signed_in(administrator).post(reverse("remove_person", args=[person.pk]), filled)
    assert (answer.status_code, message in answer.content.decode()) == (422, True)
    person.refresh_from_db()
    assert person.name == "Gone Soon"


def test_what_came_in_the_way_meanwhile_is_said(administrator: User) -> None:
    person = make_user(name="Gone Soon")
    make_hold(RecordClass.PEOPLE, HoldScope.PERSON, person.pk)
    filled = {"because": "asked", "reference": "SAR-2026/17", "understood": "on"}
    answer = signed_in(administrator).post(reverse("remove_person", args=[person.pk]), filled)
    assert answer.status_code == 409
    assert "covers what would be deleted" in answer.content.decode()
    assert User.objects.get(pk=person.pk).removed_at is None


def test_the_page_of_a_person_leads_to_it_for_whoever_may(head: User, administrator: User) -> None:
    person = make_user()
    seen = {
        who: signed_in(reader).get(reverse("person", args=[person.pk])).content.decode()
        for who, reader in (("head", head), ("administrator", administrator), ("shrmt", make_person(Role.SHRMT)))
    }
    data, remove = reverse("person_data", args=[person.pk]), reverse("remove_person", args=[person.pk])
    assert {who: (data in page, remove in page) for who, page in seen.items()} == {
        "head": (True, False),
        "administrator": (True, True),
        "shrmt": (False, False),
    }
    Appointment.objects.filter(person=head).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert signed_in(head).get(data).status_code == 404
