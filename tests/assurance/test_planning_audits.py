"""Planning an audit and saying who does it: references without gaps, and nobody who is not independent."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from assurance.audit_permissions import (
    Bar,
    bars_to_auditing_group,
    can_allow_auditor,
    can_do_audit,
    can_plan_audits,
    leads_audit,
)
from assurance.models import Audit, AuditKind, AuditState
from assurance.models.audit import OUT
from assurance.rules import Refused
from assurance.services import planning_audits as services
from assurance.services.planning_audits import Plan
from organisation.models import BusinessGroup, Unit, User
from organisation.roles import Role
from records.models import TrailEntry
from tests.factories import assurance as statements
from tests.factories import audits as factory
from tests.factories.organisation import (
    appoint,
    make_group,
    make_person,
    make_unit,
    make_user,
    move_unit,
)

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def group() -> BusinessGroup:
    return make_group("Frontline Policing")


@pytest.fixture
def unit(group: BusinessGroup) -> Unit:
    return make_unit("Harbour OCU", group=group)


@pytest.fixture
def planner() -> User:
    return make_person(Role.SHRMT)


@pytest.fixture
def head() -> User:
    return make_person(Role.HEAD)


def wanted(unit: Unit | None, /, **more: Any) -> Plan:
    statements.shipped_edition()
    today = timezone.localdate()
    given = {
        "kind": AuditKind.SHRMT,
        "unit": unit,
        "themes": ["leadership", "audit"],
        "planned_from": today,
        "planned_to": today + timedelta(days=13),
    }
    return Plan(**(given | more))


def test_a_repeat_names_the_audit_of_the_same_that_it_repeats(unit: Unit, planner: User) -> None:
    first = factory.make_audit(by=planner, state=AuditState.ISSUED, revision=statements.signed(unit))
    again = services.plan(wanted=wanted(unit, repeat_of=first), by=planner, at=timezone.now())
    assert again.repeat_of == first
    with pytest.raises(Refused, match=r"was of Harbour OCU\. A repeat of it is of the same\."):
        services.plan(wanted=wanted(make_unit("Canal OCU"), repeat_of=first), by=planner, at=timezone.now())


def plan(unit: Unit | None, by: User, /, **more: Any) -> Audit:
    return services.plan(wanted=wanted(unit, **more), by=by, at=timezone.now())


def assign(audit: Audit, auditor: User, by: User) -> Any:
    return services.assign(audit=audit, auditor=auditor, by=by, at=timezone.now())


def mentor_of(unit: Unit) -> User:
    """Somebody of SHRMT who advises the unit, and is nothing else to it."""
    adviser = statements.make_adviser(unit).adviser
    assert adviser is not None
    return adviser


# --- Planning -----------------------------------------------------------------------------------------------------


def test_a_plan_has_room_for_a_verdict_on_each_of_its_themes_and_on_no_other(unit: Unit, planner: User) -> None:
    audit = plan(unit, planner, purpose="  The claim rose by two levels. ")
    assert audit.state == AuditState.PLANNED
    assert (audit.scope, audit.purpose, audit.revision) == (unit, "The claim rose by two levels.", None)
    assert [one.theme.identity for one in audit.verdicts.all()] == ["leadership", "audit"]
    assert {one.level_answer for one in audit.verdicts.all()} == {None}
    assert audit.edition.in_use_since is not None
    assert TrailEntry.objects.get(act="audit.planned").detail["themes"] == ["audit", "leadership"]


def test_references_count_up_within_a_year_and_begin_anew_with_the_next(unit: Unit, planner: User) -> None:
    at = [
        datetime(2026, 12, 31, 12, tzinfo=LONDON),
        datetime(2026, 12, 31, 23, 59, tzinfo=LONDON),
        datetime(2027, 1, 1, 0, 0, tzinfo=LONDON),
    ]
    made = [services.plan(wanted=wanted(unit), by=planner, at=moment) for moment in at]
    assert [one.reference for one in made] == ["A-2026-001", "A-2026-002", "A-2027-001"]
    Audit.objects.filter(pk=made[1].pk).update(reference="A-2026-999")
    assert services.plan(wanted=wanted(unit), by=planner, at=at[0]).reference == "A-2026-1000"


@pytest.mark.django_db(transaction=True)
def test_two_who_plan_at_once_get_references_that_follow_each_other() -> None:
    unit, planner, made = make_unit("Harbour OCU"), make_person(Role.SHRMT), list[str]()
    together, what = threading.Barrier(4), wanted(unit)

    def work() -> None:
        try:
            together.wait()
            made.append(services.plan(wanted=what, by=planner, at=timezone.now()).reference)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    year = timezone.localdate().year
    assert sorted(made) == [f"A-{year}-{number:03}" for number in range(1, 5)]


def test_a_plan_that_cannot_be_done_is_refused_and_says_why(unit: Unit, group: BusinessGroup, planner: User) -> None:
    today = timezone.localdate()
    closed = make_unit("Old Town", closed_on=today - timedelta(days=1))
    unscored = [one.identity for one in statements.shipped_edition().themes.filter(scored=False)]
    assert unscored
    for more, why in (
        ({"group": group}, "one of them"),
        ({"unit": None}, "one of them"),
        ({"themes": []}, "at least one theme"),
        ({"themes": unscored}, "no levels"),
        ({"planned_to": today - timedelta(days=1)}, "before the first"),
        ({"unit": closed}, "Audit the unit that followed it"),
        ({"planned_from": date(2001, 1, 1)}, "No edition"),
    ):
        with pytest.raises(Refused, match=why):
            plan(unit, planner, **more)
    assert not Audit.objects.exists()


def test_withdrawing_asks_for_a_reason_and_is_possible_until_the_report_is_out(unit: Unit, planner: User) -> None:
    audit = plan(unit, planner)
    with pytest.raises(Refused, match="Say why"):
        services.withdraw(audit=audit, because=" ", by=planner, at=timezone.now())
    withdrawn = services.withdraw(audit=audit, because="The unit is merged.", by=planner, at=timezone.now())
    assert (withdrawn.state, withdrawn.withdrawn_because) == (AuditState.WITHDRAWN, "The unit is merged.")
    with pytest.raises(Refused, match="Withdrawn"):
        services.withdraw(audit=audit, because="Again.", by=planner, at=timezone.now())
    revision = statements.signed(unit)
    for state in (AuditState(one) for one in OUT):
        issued = factory.make_audit(by=planner, state=state, revision=revision)
        with pytest.raises(Refused, match=issued.get_state_display()):
            services.withdraw(audit=issued, because="Too late.", by=planner, at=timezone.now())


# --- Who does it --------------------------------------------------------------------------------------------------


def test_whoever_is_assigned_first_leads_until_somebody_else_is_named(unit: Unit, planner: User) -> None:
    audit, one, other = plan(unit, planner), make_person(Role.SHRMT), make_person(Role.EXTERNAL_AUDITOR)
    first, second = assign(audit, one, planner), assign(audit, other, planner)
    assert (leads_audit(one, audit), leads_audit(other, audit)) == (True, False)
    assert all(can_do_audit(person, audit) for person in (one, other))
    assert not can_do_audit(planner, audit)
    services.name_lead(assignment=second, by=planner, at=timezone.now())
    assert (leads_audit(one, audit), leads_audit(other, audit)) == (False, True)
    services.end_assignment(assignment=second, by=planner, at=timezone.now())
    assert leads_audit(one, audit)
    assert not can_do_audit(other, audit)
    with pytest.raises(Refused, match="any more"):
        services.name_lead(assignment=second, by=planner, at=timezone.now())
    with pytest.raises(Refused, match="does this audit already"):
        assign(audit, one, planner)
    assert first.pk is not None


def test_only_an_independent_auditor_is_assigned_and_the_refusal_says_why(
    unit: Unit, group: BusinessGroup, planner: User
) -> None:
    audit = plan(unit, planner)
    spoc, support = make_person(Role.SHRMT), make_person(Role.SHRMT)
    appoint(spoc, Role.SPOC, unit)
    appoint(support, Role.COG_SUPPORT, group=group)
    for person, why in (
        (make_person(Role.BOARD_MEMBER), "does not audit"),
        (spoc, "held an appointment there"),
        (support, "held an appointment there"),
        (mentor_of(unit), "mentored it in the last 12 months. The Head"),
    ):
        with pytest.raises(Refused, match=why):
            assign(audit, person, planner)
    assert not audit.assignments.exists()


def test_the_head_allows_only_one_who_mentored_with_a_reason_beside_an_independent_auditor(
    unit: Unit, planner: User, head: User
) -> None:
    audit, mentor, other = plan(unit, planner), mentor_of(unit), make_person(Role.SHRMT)

    def allow(person: User, because: str = "Nobody else knows boats.") -> Any:
        return services.allow(audit=audit, auditor=person, because=because, by=head, at=timezone.now())

    with pytest.raises(Refused, match="only beside another auditor"):
        allow(mentor)
    second = assign(audit, other, planner)
    with pytest.raises(Refused, match="Say why"):
        allow(mentor, " ")
    with pytest.raises(Refused, match="nothing to allow"):
        allow(make_person(Role.SHRMT))
    both = mentor_of(unit)
    appoint(both, Role.SPOC, unit)
    with pytest.raises(Refused, match="Only that somebody mentored it can be set aside"):
        allow(both)
    allowed = allow(mentor)
    assert (allowed.allowed_because, allowed.allowed_by, allowed.leads) == ("Nobody else knows boats.", head, False)
    with pytest.raises(Refused, match="only beside another auditor"):
        services.end_assignment(assignment=second, by=planner, at=timezone.now())
    services.end_assignment(assignment=allowed, by=planner, at=timezone.now())
    services.end_assignment(assignment=second, by=planner, at=timezone.now())
    assert not audit.assignments.standing().exists()


def test_a_group_is_audited_by_nobody_who_was_anything_to_it_or_to_a_unit_in_it(
    unit: Unit, group: BusinessGroup, planner: User
) -> None:
    today, other = timezone.localdate(), make_group("Met Operations")
    lead, spoc, elsewhere = (make_person(Role.SHRMT) for _ in range(3))
    appoint(lead, Role.COG_LEAD, group=group)
    appoint(spoc, Role.SPOC, unit)
    appoint(elsewhere, Role.COG_LEAD, group=other)
    said = {
        "lead": bars_to_auditing_group(lead, group, today),
        "spoc": bars_to_auditing_group(spoc, group, today),
        "mentor": bars_to_auditing_group(mentor_of(unit), group, today),
        "elsewhere": bars_to_auditing_group(elsewhere, group, today),
    }
    assert said == {
        "lead": {Bar.APPOINTED},
        "spoc": {Bar.APPOINTED},
        "mentor": {Bar.MENTORED},
        "elsewhere": frozenset(),
    }
    audit = plan(None, planner, group=group)
    with pytest.raises(Refused, match="not independent of Frontline Policing"):
        assign(audit, spoc, planner)
    assert assign(audit, elsewhere, planner).leads
    move_unit(unit, to=other, on=today, last_day_before=today - timedelta(days=1))
    assert bars_to_auditing_group(spoc, group, today) == frozenset()
    assert bars_to_auditing_group(spoc, other, today) == {Bar.APPOINTED}


def test_nobody_comes_to_an_audit_that_is_over(unit: Unit, planner: User) -> None:
    revision = statements.signed(unit)
    for state in (AuditState.ISSUED, AuditState.CLOSED, AuditState.WITHDRAWN):
        audit = factory.make_audit(by=planner, state=state, revision=revision)
        with pytest.raises(Refused, match="nothing of it can be changed"):
            assign(audit, make_person(Role.SHRMT), planner)


# --- Who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_shrmt_plans_and_the_head_allows(role: Role) -> None:
    person = make_person(role)
    assert can_plan_audits(person) is (role == Role.SHRMT)
    assert can_allow_auditor(person) is (role == Role.HEAD)


def test_an_administrator_plans_allows_and_audits_nothing(unit: Unit, planner: User) -> None:
    audit, person = plan(unit, planner), make_user()
    for role in (Role.SHRMT, Role.HEAD):
        appoint(person, role)
    services.assign(audit=audit, auditor=person, by=planner, at=timezone.now())
    assert can_do_audit(person, audit)
    appoint(person, Role.ADMINISTRATOR)
    assert not can_plan_audits(person)
    assert not can_allow_auditor(person)
    assert not can_do_audit(person, audit)
