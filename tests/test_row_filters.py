"""Every row filter against its predicate, object by object, and both against the table, over a small generated force.

Units move between groups, close and are not open yet; appointments have ended, have not begun or overlap; accounts are
closed. What a person may read is worked out a third time below, in plain Python, from the table of the domain page.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from actions.models import Action
from actions.permissions import (
    can_list_actions,
    can_raise_actions,
    can_read_action,
    can_write_action,
    units_to_raise_for,
)
from assurance.audit_permissions import (
    can_audit_unit,
    can_list_audits,
    can_list_programmes,
    can_list_recommendations,
    can_read_audit,
    can_read_programme,
    can_read_recommendation,
    units_to_audit,
)
from assurance.models import (
    Audit,
    AuditorAssignment,
    AuditProgramme,
    AuditState,
    ClimateResult,
    InformationRequest,
    IssuedRollup,
    MentoringRecord,
    Recommendation,
    Redaction,
    ReviewNote,
    Rollup,
    Statement,
    UnitAdviser,
)
from assurance.models.rollup import groups_in_scope
from assurance.permissions import (
    can_accept_together,
    can_advise,
    can_appoint_advisers,
    can_ask_adviser,
    can_build_rollup,
    can_import_climate,
    can_list_issued_rollups,
    can_list_mentoring,
    can_list_rollups,
    can_list_statements,
    can_read_climate,
    can_read_climate_result,
    can_read_information_request,
    can_read_issued_rollup,
    can_read_mentoring,
    can_read_note,
    can_read_notes,
    can_read_redactions,
    can_read_reviews,
    can_read_rollup,
    can_read_statement,
    can_review,
    groups_to_build_for,
)
from home.permissions import (
    can_list_trail,
    can_read_entry,
    can_read_hold,
    can_read_whole_trail,
    can_take_export,
    exports_visible_to,
    holds_visible_to,
    trail_visible_to,
)
from injuries.permissions import (
    can_bring_figures,
    can_list_unit_figures,
    can_read_figures,
    can_read_unit_figures,
    can_set_working_time_target,
    units_with_figures,
)
from insight.permissions import (
    can_list_three_readings,
    can_read_three_readings,
    reads_all_three_readings,
    units_with_three_readings,
)
from organisation.models import Appointment, BusinessGroup, Unit, UnitMembership, User
from organisation.periods import HalfYear
from organisation.permissions import (
    can_list_groups,
    can_list_people,
    can_list_units,
    can_manage_people,
    can_read_appointment,
    can_read_everybody,
    can_read_group,
    can_read_person,
    can_read_unit,
    can_reorganise,
    can_see_who_is_missing,
    visible_groups,
    visible_units,
)
from organisation.roles import Role, Scope
from papers.models import BoardPack, Paper, PublicVersion
from papers.permissions import can_read_packs, can_read_paper, can_read_public_version
from records.canonical import content_digest
from records.models import PersonalExport, TrailEntry
from records.services import trail
from risks.models import (
    EnforcementNotice,
    GroupRisk,
    Investigation,
    LearningShare,
    LiaisonMeeting,
    Notification,
    Risk,
    RiskProposal,
    UnitLearning,
)
from risks.permissions import (
    can_acknowledge,
    can_list_investigations,
    can_list_liaison,
    can_list_liaison_meetings,
    can_list_risks,
    can_read_answer,
    can_read_group_risk,
    can_read_investigation,
    can_read_learning,
    can_read_liaison,
    can_read_proposal,
    can_read_risk,
)
from tests.factories import actions, assurance, audits, climate, holds, information_requests, packs, papers, risks
from tests.factories.organisation import LONG_AGO, appoint, end_at_once, make_group, make_unit, make_user, move_unit

pytestmark = pytest.mark.django_db

PEOPLE = 40
READS_EVERY_STATEMENT = {Role.SHRMT, Role.HEAD}
READS_OWN_UNITS = {Role.SPOC, Role.SLT_LEAD}
READS_OWN_GROUPS = {Role.COG_LEAD, Role.COG_SUPPORT}


@dataclass(frozen=True)
class Force:
    """Everybody and everything there is."""

    groups: list[BusinessGroup]
    units: list[Unit]
    people: list[User]


@pytest.fixture
def force() -> Force:
    choose = random.Random("row filters")  # noqa: S311  # the same force each time
    today = timezone.localdate()
    groups = [make_group() for _ in range(4)]
    units = []
    for number in range(16):
        ended = today - timedelta(days=choose.choice([0, 1, 200])) if number % 4 == 1 else None
        units.append(make_unit(group=choose.choice(groups), closed_on=ended))
        if number % 4 == 2:  # moved yesterday, today, or only tomorrow
            on = today + timedelta(days=choose.choice([-1, 0, 1]))
            move_unit(units[-1], to=choose.choice(groups), on=on, last_day_before=on - timedelta(days=1))
        if number % 4 == 3:  # moved, and closed since
            move_unit(units[-1], to=choose.choice(groups), on=date(2024, 1, 1), last_day_before=date(2023, 12, 31))
            units[-1].memberships.filter(ends_on=None).update(ends_on=today - timedelta(days=30))
            Unit.objects.filter(pk=units[-1].pk).update(closed_on=today - timedelta(days=30))
    for unit in units:
        assurance.make_statement(unit)
        assurance.make_statement(unit, assurance.this_quarter().previous())
    half = assurance.this_quarter().half
    Rollup.objects.bulk_create([Rollup(group=group, half=half) for group in groups])
    papers.make_rollup("North", papers.north())
    for make in (papers.make_published, papers.make_superseded, papers.make_draft, papers.make_final):
        make()
    for closed in (1, 5, 9):  # each became the next, some days or years ago
        units[closed].successors.add(units[closed + 1])
    units[9].predecessors.add(units[5])
    people = [make_user(is_active=number % 10 != 9) for number in range(PEOPLE)]
    for number, person in enumerate(people):
        for _ in range(number % 4):
            role = choose.choice(list(Role))
            appoint(
                person,
                role,
                choose.choice(units) if role.scope is Scope.UNIT else None,
                choose.choice(groups) if role.scope is Scope.GROUP else None,
                starts_on=choose.choice([LONG_AGO, LONG_AGO, today, today + timedelta(days=1)]),
                ends_on=choose.choice([None, None, today + timedelta(days=1)]),
            )
        if number % 3 == 0:
            appoint(person, choose.choice([Role.SHRMT, Role.HEAD]), ends_on=today - timedelta(days=1))
        if number % 5 == 0:  # ended at once, today or a year ago, whatever was said of its end before
            role = choose.choice([Role.SHRMT, Role.HEAD, Role.ADMINISTRATOR, Role.SPOC])
            made = appoint(person, role, choose.choice(units) if role is Role.SPOC else None)
            end_at_once(made, by=people[0], at=timezone.now() - timedelta(days=choose.choice([0, 1, 364, 366])))
        if number % 7 == 0:  # has moved on from a unit, or a group, within the year or before it
            on = today - timedelta(days=choose.choice([1, 300, 364, 367, 500]))
            appoint(person, Role.SLT_LEAD, choose.choice(units), ends_on=on)
            appoint(person, Role.COG_LEAD, group=choose.choice(groups), ends_on=on)
    return Force(groups, units, people)


def held(person: User) -> list[Appointment]:
    today = timezone.localdate()
    return [one for one in Appointment.objects.filter(person=person) if person.is_active and gives_rights(one, today)]


def gives_rights(one: Appointment, day: date) -> bool:
    ended = one.ended_at is not None and timezone.localdate(one.ended_at) <= day
    return one.starts_on <= day and (one.ends_on is None or one.ends_on >= day) and not ended


def group_of(unit: Unit) -> int | None:
    """The group the unit is in today, or was in on its own last day."""
    unit.refresh_from_db()
    today = timezone.localdate()
    day = min(today, unit.closed_on) if unit.closed_on else today
    for membership in unit.memberships.all():
        if membership.starts_on <= day and (membership.ends_on is None or membership.ends_on >= day):
            return membership.group_id
    return None


def reads_statements_of(unit: int, of_group: int | None, appointments: list[Appointment]) -> bool:
    return any(
        one.role in READS_EVERY_STATEMENT
        or (one.role in READS_OWN_UNITS and one.unit_id == unit)
        or (one.role in READS_OWN_GROUPS and one.group_id == of_group)
        for one in appointments
    )


def test_statements_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    statements = list(Statement.objects.select_related("unit"))
    group = {unit.pk: group_of(unit) for unit in force.units}
    seen = set()
    for person in force.people:
        appointments = held(person)
        readable = {one.pk for one in statements if reads_statements_of(one.unit_id, group[one.unit_id], appointments)}
        assert set(Statement.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in statements if can_read_statement(person, one)} == readable
        roles = {one.role for one in appointments}
        led = {one.group_id for one in appointments if one.role == Role.COG_LEAD and Role.ADMINISTRATOR not in roles}
        reviewed = {one.pk for one in statements if group[one.unit_id] in led}
        assert set(Statement.objects.reviewable_by(person).values_list("pk", flat=True)) == reviewed
        assert {one.pk for one in statements if can_review(person, one)} == reviewed
        assert {group.pk for group in force.groups if can_accept_together(person, group)} == led
        assert can_list_statements(person) or not readable
        seen.add(len(readable))
    assert {0, len(statements)} < seen  # the force has people who read none, all, and some


def test_roll_ups_and_reviews_are_listed_exactly_where_they_may_be_read_and_built(force: Force) -> None:
    rollups = list(Rollup.objects.filter(group__in=force.groups).select_related("group"))
    for person in force.people:
        appointments = held(person)
        own = {one.group_id for one in appointments if one.role in READS_OWN_GROUPS}
        everything = any(one.role in READS_EVERY_STATEMENT for one in appointments)
        readable = {one.group_id for one in rollups if everything or one.group_id in own}
        visible = Rollup.objects.visible_to(person).filter(pk__in=[one.pk for one in rollups])
        assert set(visible.values_list("group", flat=True)) == readable
        assert {one.group_id for one in rollups if can_read_rollup(person, one)} == readable
        assert set(groups_in_scope(person).filter(rollups__in=rollups).values_list("pk", flat=True)) == readable
        assert {group.pk for group in force.groups if can_read_reviews(person, group)} == readable
        assert can_list_rollups(person) is bool(readable)
        assert {one.group_id for one in rollups if can_build_rollup(person, one)} == own
        assert groups_to_build_for(person) == own


def issue_as_it_is(rollup: Rollup, *, by: User) -> IssuedRollup:
    """A version of the roll-up, whatever is in it."""
    content = {"number": 1}
    return IssuedRollup.objects.create(
        rollup=rollup,
        number=1,
        content=content,
        content_digest=content_digest(content),
        figures_digest="f" * 64,
        as_at=date(2025, 10, 6),
        issued_at=timezone.now(),
        issued_by=by,
        issuer_name=by.name,
    )


def test_issued_roll_ups_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    """domain.md: issued ones of the own group, all of them, or (a COG lead) besides the own group's the summary."""
    head = force.people[0]
    Rollup.objects.create(group=None, half=papers.HALF)
    for rollup in Rollup.objects.filter(Q(group__in=force.groups) | Q(group=None)):
        issue_as_it_is(rollup, by=head)
    versions = list(IssuedRollup.objects.select_related("rollup__group"))
    group = {unit.pk: group_of(unit) for unit in force.units}
    readers = set()
    for person in force.people:
        appointments = held(person)
        every = any(one.role in {*READS_EVERY_STATEMENT, "board-member", "board-secretary"} for one in appointments)
        own = {one.group_id for one in appointments if one.role in READS_OWN_GROUPS}
        own |= {group[one.unit_id] for one in appointments if one.role in READS_OWN_UNITS and one.unit_id}
        summary = any(one.role == Role.COG_LEAD for one in appointments)
        readable = {
            one.pk
            for one in versions
            if every or (summary if one.rollup.group_id is None else one.rollup.group_id in own)
        }
        assert set(IssuedRollup.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in versions if can_read_issued_rollup(person, one)} == readable
        assert can_list_issued_rollups(person) or not readable
        readers.add(len(readable))
    assert {0, len(versions)} < readers


def test_notes_for_a_review_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    for unit in force.units:
        ReviewNote.objects.create(
            revision=Statement.objects.filter(unit=unit).latest("quarter").revisions.get(),
            text="Thin",
            by=force.people[0],
            at=timezone.now(),
        )
    notes = list(ReviewNote.objects.select_related("revision__statement__unit"))
    group = {unit.pk: group_of(unit) for unit in force.units}
    readers = set()
    for person in force.people:
        appointments = held(person)
        readable = {
            one.pk
            for one in notes
            for of in appointments
            if of.role in READS_EVERY_STATEMENT
            or (of.role in READS_OWN_GROUPS and of.group_id == group[one.revision.statement.unit_id])
        }
        assert set(ReviewNote.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in notes if can_read_note(person, one)} == readable
        assert {one.pk for one in notes if can_read_notes(person, one.revision.statement)} == readable
        readers.add(len(readable))
    assert {0, len(notes)} < readers


def line_of(unit: Unit) -> set[int]:
    """The unit, and every unit that it came of."""
    return {unit.pk}.union(*(line_of(one) for one in unit.predecessors.all()))


def days_in(first: date, last: date, *spans: tuple[date, date | None]) -> bool:
    """Whether there is a day from `first` to `last` that lies in all the spans."""
    number = (last - first).days + 1
    days = (first + timedelta(days=one) for one in range(number))
    return any(all(begins <= day and (ends is None or day <= ends) for begins, ends in spans) for day in days)


def was_appointed_to(line: set[int], person: User, first: date, last: date) -> bool:
    """Whether they held an appointment in one of the units, or over the group it was in, on a day of that time."""
    for one in Appointment.objects.filter(person=person):
        own = [(one.starts_on, one.ends_on)]
        if one.ended_at is not None:
            own.append((one.starts_on, timezone.localdate(one.ended_at)))
        if one.unit_id in line and days_in(first, last, *own):
            return True
        for membership in UnitMembership.objects.filter(unit__in=line, group=one.group_id or 0):
            if days_in(first, last, *own, (membership.starts_on, membership.ends_on)):
                return True
    return False


def test_units_are_audited_by_those_who_were_nothing_to_them_for_a_year(force: Force) -> None:
    today = timezone.localdate()
    a_year_ago = today.replace(year=today.year - 1)
    auditors = [person for person in force.people if person.is_active][:24]
    for number, person in enumerate(auditors):
        appoint(person, Role.EXTERNAL_AUDITOR if number % 2 else Role.SHRMT)
    for unit, person in zip(force.units, auditors, strict=False):
        assurance.make_adviser(unit, adviser=person)
    UnitAdviser.objects.filter(unit__in=force.units[:4]).update(ends_on=a_year_ago)
    UnitAdviser.objects.filter(unit__in=force.units[4:8]).update(ends_on=a_year_ago - timedelta(days=1))
    numbers = set()
    lines = {unit.pk: line_of(unit) for unit in force.units}
    for person in force.people:
        roles = {one.role for one in held(person)}
        audits = bool(roles & {Role.SHRMT, Role.EXTERNAL_AUDITOR}) and Role.ADMINISTRATOR not in roles
        mentored = set(
            UnitAdviser.objects.filter(adviser=person).exclude(ends_on__lt=a_year_ago).values_list("unit", flat=True)
        )
        independent_of = {
            unit.pk
            for unit in force.units
            if audits
            and not lines[unit.pk] & mentored
            and not was_appointed_to(lines[unit.pk], person, a_year_ago, today)
        }
        ours = Unit.objects.filter(pk__in=[unit.pk for unit in force.units])
        assert set((units_to_audit(person, today) & ours).values_list("pk", flat=True)) == independent_of
        assert {unit.pk for unit in force.units if can_audit_unit(person, unit, today)} == independent_of
        numbers.add(len(independent_of))
    assert {0, len(force.units)} < numbers


def test_mentoring_records_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    for unit in force.units:
        assurance.ask(unit)
    records = list(MentoringRecord.objects.select_related("unit"))
    group = {unit.pk: group_of(unit) for unit in force.units}
    for person in force.people:
        appointments = held(person)
        readable = {one.pk for one in records if reads_statements_of(one.unit_id, group[one.unit_id], appointments)}
        assert set(MentoringRecord.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in records if can_read_mentoring(person, one)} == readable
        assert can_list_mentoring(person) or not readable
        own = {one.unit_id for one in appointments if one.role in READS_OWN_UNITS}
        assert {unit.pk for unit in force.units if can_ask_adviser(person, unit)} == own
        assert can_advise(person) is any(one.role == Role.SHRMT for one in appointments)
        assert can_appoint_advisers(person) is any(one.role in READS_EVERY_STATEMENT for one in appointments)


def test_climate_results_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    survey = climate.make_survey({(unit, "leadership"): (2, 3, 5, 8, 4) for unit in force.units})
    results = list(survey.results.select_related("unit"))
    group = {unit.pk: group_of(unit) for unit in force.units}
    seen = set()
    for person in force.people:
        appointments = held(person)
        roles = {one.role for one in appointments}
        everything = bool(roles & {Role.BOARD_MEMBER, Role.BOARD_SECRETARY})
        readable = {
            one.pk
            for one in results
            if everything or reads_statements_of(one.unit_id, group[one.unit_id], appointments)
        }
        assert set(ClimateResult.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in results if can_read_climate_result(person, one)} == readable
        assert can_read_climate(person) or not readable
        assert can_import_climate(person) is (Role.SHRMT in roles and Role.ADMINISTRATOR not in roles)
        seen.add(len(readable))
    assert {0, len(results)} < seen


def test_injury_figures_are_imported_by_exactly_those_who_may(force: Force) -> None:
    seen = set()
    for person in force.people:
        roles = {one.role for one in held(person)}
        may = bool(roles & {Role.SHRMT, Role.HEAD}) and Role.ADMINISTRATOR not in roles
        assert can_bring_figures(person) is may
        assert can_set_working_time_target(person) is (may and Role.HEAD in roles)
        assert can_read_figures(person) or not may
        seen.add(may)
    assert seen == {True, False}


def test_a_units_injury_figures_are_shown_exactly_where_they_may_be_read(force: Force) -> None:
    """domain.md: R force, and besides of the own unit or group; SHRMT and the Head read every unit's."""
    group = {unit.pk: group_of(unit) for unit in force.units}
    ours = Unit.objects.filter(pk__in=list(group))
    seen = set()
    for person in force.people:
        appointments = held(person)
        readable = {unit.pk for unit in force.units if reads_statements_of(unit.pk, group[unit.pk], appointments)}
        assert set((units_with_figures(person) & ours).values_list("pk", flat=True)) == readable
        assert {unit.pk for unit in force.units if can_read_unit_figures(person, unit)} == readable
        assert can_list_unit_figures(person) or not readable
        seen.add(len(readable))
    assert {0, len(force.units)} < seen


def test_risks_proposals_and_groups_own_risks_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    """domain.md: the register by everybody with a part in assurance or the Board, and by a risk lead what they lead."""
    board = {Role.BOARD_MEMBER, Role.BOARD_SECRETARY}
    leading = next(one for one in force.people if Role.RISK_LEAD in {each.role for each in held(one)})
    led, other = risks.make_risk("40", by=force.people[0]), risks.make_risk("41", by=force.people[0])
    risks.make_lead(led, leading)
    risks.make_lead(other, next(one for one in force.people if one != leading), post="Another post")
    proposals = [
        risks.make_proposal(by=person, title=f"Of {person.pk}", groups=[force.groups[number % 4]] if number % 3 else [])
        for number, person in enumerate(force.people[:12])
    ]
    own = [risks.make_group_risk(group, by=force.people[0]) for group in force.groups]
    of_risk = risks.make_action(led, by=force.people[0])
    seen = set()
    for person in force.people:
        appointments = held(person)
        roles = {one.role for one in appointments}
        reads_all = bool(roles & (READS_EVERY_STATEMENT | READS_OWN_UNITS | READS_OWN_GROUPS | board))
        leads = Role.RISK_LEAD in roles and led.leads.filter(person=person).exists()
        readable = {led.pk, other.pk} if reads_all else {led.pk} if leads else set()
        if Role.RISK_LEAD in roles and not reads_all and other.leads.filter(person=person).exists():
            readable.add(other.pk)
        assert set(Risk.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in (led, other) if can_read_risk(person, one)} == readable
        assert can_list_risks(person) or not readable
        proposed = {
            one.pk
            for one in proposals
            if roles & (READS_EVERY_STATEMENT | board)
            or (Role.COG_LEAD in roles and one.proposed_by_id == person.pk)
            or {group.pk for group in one.groups.all()}
            & {each.group_id for each in appointments if each.role == Role.COG_LEAD}
        }
        mine = RiskProposal.objects.visible_to(person).filter(pk__in=[one.pk for one in proposals])
        assert set(mine.values_list("pk", flat=True)) == proposed
        assert {one.pk for one in proposals if can_read_proposal(person, one)} == proposed
        groups = {one.group_id for one in appointments if one.role in READS_OWN_GROUPS}
        of_groups = {one.pk for one in own if roles & (READS_EVERY_STATEMENT | board) or one.group_id in groups}
        assert set(GroupRisk.objects.visible_to(person).values_list("pk", flat=True)) == of_groups
        assert {one.pk for one in own if can_read_group_risk(person, one)} == of_groups
        reads_action = bool(roles & (READS_EVERY_STATEMENT | board)) or leads
        assert Action.objects.visible_to(person).filter(pk=of_risk.pk).exists() is reads_action
        assert can_read_action(person, of_risk) is reads_action
        seen.add((len(readable), len(of_groups)))
    assert {(0, 0), (2, len(own))} < seen


def test_packs_of_the_board_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    """domain.md, meetings and Board packs: COG leads, SHRMT, the Head, Board members and the secretary."""
    pack = packs.make_pack(risks.make_meeting(timezone.localdate(), by=force.people[0]), by=force.people[0])
    readers = {Role.COG_LEAD, Role.SHRMT, Role.HEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY}
    seen = set()
    for person in force.people:
        may = bool({one.role for one in held(person)} & readers)
        assert BoardPack.objects.visible_to(person).filter(pk=pack.pk).exists() is may
        assert can_read_packs(person) is may
        seen.add(may)
    assert seen == {True, False}


def test_three_readings_are_shown_exactly_where_all_three_may_be_read(force: Force) -> None:
    group = {unit.pk: group_of(unit) for unit in force.units}
    ours = Unit.objects.filter(pk__in=list(group))
    seen = set()
    for person in force.people:
        appointments = held(person)
        readable = {unit.pk for unit in force.units if reads_statements_of(unit.pk, group[unit.pk], appointments)}
        assert set((units_with_three_readings(person) & ours).values_list("pk", flat=True)) == readable
        assert {unit.pk for unit in force.units if can_read_three_readings(person, unit)} == readable
        assert can_list_three_readings(person) or not readable
        assert reads_all_three_readings(person) is any(one.role in READS_EVERY_STATEMENT for one in appointments)
        seen.add(len(readable))
    assert {0, len(force.units)} < seen


def test_people_and_appointments_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    appointments = list(Appointment.objects.select_related("unit", "group", "person"))
    group = {unit.pk: group_of(unit) for unit in force.units}
    everybody = list(User.objects.all())
    seen = set()
    for person in force.people:
        mine = held(person)
        everything = any(one.role in READS_EVERY_STATEMENT | {Role.ADMINISTRATOR} for one in mine)
        units = {one.unit_id for one in mine if one.role in READS_OWN_UNITS}
        groups = {one.group_id for one in mine if one.role in READS_OWN_GROUPS}
        readable = [
            one
            for one in appointments
            if everything
            or one.unit_id in units - {None}
            or one.group_id in groups - {None}
            or (one.unit_id is not None and group.get(one.unit_id) in groups - {None})
        ]
        numbers = {one.pk for one in readable}
        assert set(Appointment.objects.visible_to(person).values_list("pk", flat=True)) == numbers
        assert {one.pk for one in appointments if can_read_appointment(person, one)} == numbers
        people = {one.pk for one in everybody} if everything else {one.person_id for one in readable}
        assert set(User.objects.visible_to(person).values_list("pk", flat=True)) == people
        assert {one.pk for one in everybody if can_read_person(person, one)} == people
        assert can_list_people(person) or not people
        assert can_read_everybody(person) is everything
        assert can_manage_people(person) is any(one.role == Role.ADMINISTRATOR for one in mine)
        seen.add(len(people))
    assert {0, len(everybody)} < seen  # the force has people who see nobody, everybody, and some


def test_units_and_groups_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    group = {unit.pk: group_of(unit) for unit in force.units}
    ours, our_groups = {unit.pk for unit in force.units}, {one.pk for one in force.groups}
    seen = set()
    for person in force.people:
        mine = held(person)
        administers = any(one.role == Role.ADMINISTRATOR for one in mine)
        everything = administers or any(one.role in READS_EVERY_STATEMENT for one in mine)
        own_units = {one.unit_id for one in mine if one.role in READS_OWN_UNITS}
        own_groups = {one.group_id for one in mine if one.role in READS_OWN_GROUPS}
        units = {one for one in ours if everything or one in own_units or group[one] in own_groups - {None}}
        groups = {one for one in our_groups if everything or one in own_groups}
        assert set(visible_units(person).filter(pk__in=ours).values_list("pk", flat=True)) == units
        assert {unit.pk for unit in force.units if can_read_unit(person, unit)} == units
        assert set(visible_groups(person).filter(pk__in=our_groups).values_list("pk", flat=True)) == groups
        assert {one.pk for one in force.groups if can_read_group(person, one)} == groups
        assert can_list_units(person) or not units
        assert can_list_groups(person) or not groups
        assert can_reorganise(person) is administers
        assert can_see_who_is_missing(person) is everything
        seen.add(len(units))
    assert {0, len(ours)} < seen


def test_papers_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    everything = list(Paper.objects.all())
    for person in force.people:
        roles = {one.role for one in held(person)}
        readable = {
            one.pk
            for one in everything
            if roles and (one.state in ("published", "superseded") or roles & READS_EVERY_STATEMENT)
        }
        assert set(Paper.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in everything if can_read_paper(person, one)} == readable


def test_public_versions_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    """They come with their paper; while they are not published, to whoever prepares papers."""
    published, withdrawn = papers.make_published(), papers.make_published()
    for paper in (published, withdrawn):
        papers.make_public_version(paper)
        papers.publish_public_version(papers.make_public_version(paper))
    papers.withdraw(withdrawn)
    everything = list(PublicVersion.objects.select_related("paper"))
    for person in force.people:
        roles = {one.role for one in held(person)}
        readable = {
            one.pk
            for one in everything
            if roles
            and (roles & READS_EVERY_STATEMENT or (one.published_at is not None and one.paper.state == "published"))
        }
        assert set(PublicVersion.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in everything if can_read_public_version(person, one)} == readable


def test_actions_are_listed_and_raised_exactly_where_the_table_says(force: Force) -> None:
    everything = [actions.make_action(unit, by=force.people[number]) for number, unit in enumerate(force.units)]
    group = {unit.pk: group_of(unit) for unit in force.units}
    for person in force.people:
        appointments = held(person)
        readable = {
            one.pk
            for one, unit in zip(everything, force.units, strict=True)
            if reads_statements_of(unit.pk, group[unit.pk], appointments)
        }
        assert set(Action.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in everything if can_read_action(person, one)} == readable
        assert can_list_actions(person) or not readable
        raises_for = {
            unit.pk
            for unit in force.units
            if any(
                one.role in READS_EVERY_STATEMENT
                or (one.role in READS_OWN_UNITS and one.unit_id == unit.pk)
                or (one.role == Role.COG_LEAD and one.group_id == group[unit.pk])
                for one in appointments
            )
        }
        assert set(units_to_raise_for(person).filter(pk__in=group).values_list("pk", flat=True)) == raises_for
        assert can_raise_actions(person) or not raises_for
        own = {one.unit_id for one in appointments if one.role in READS_OWN_UNITS}
        writable = {
            one.pk
            for one in everything
            if one.unit_id in own or (one.raised_by_id == person.pk and one.unit_id in raises_for)
        }
        assert {one.pk for one in everything if can_write_action(person, one)} == writable


def test_the_trail_is_listed_exactly_where_it_may_be_read(force: Force) -> None:
    acts = ["account.signed_in", "session.revoked", "unit.renamed", "statement.signed", "accounts.counted"]
    for act in acts:
        trail.record(act=act, thing=force.units[0], by=None, at=timezone.now())
    entries = list(TrailEntry.objects.filter(act__in=acts))
    for person in force.people:
        roles = {one.role for one in held(person)}
        everything = bool(roles & READS_EVERY_STATEMENT)
        sign_ins = {"account.signed_in", "session.revoked"} if Role.ADMINISTRATOR in roles else set()
        readable = {one.pk for one in entries if everything or one.act in sign_ins}
        visible = trail_visible_to(person).filter(pk__in=[one.pk for one in entries])
        assert set(visible.values_list("pk", flat=True)) == readable
        assert {one.pk for one in entries if can_read_entry(person, one)} == readable
        assert can_list_trail(person) is bool(readable)
        assert can_read_whole_trail(person) is everything


def test_information_requests_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    asked = [information_requests.make_request() for _ in range(3)]
    everything = {one.pk for one in asked}
    for person in force.people:
        readable = everything if {one.role for one in held(person)} & READS_EVERY_STATEMENT else set()
        assert set(InformationRequest.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in asked if can_read_information_request(person, one)} == readable


def test_redactions_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    proposed = Redaction.objects.create(
        revision=Statement.objects.all()[0].revisions.get(),
        path="entries.0.evidence",
        label="Evidence of Leadership",
        redacted="Taken out",
        reason="It names a person.",
        authority="Legal services",
        proposed_at=timezone.now(),
        proposed_by=force.people[0],
    )
    for person in force.people:
        reads = bool({one.role for one in held(person)} & READS_EVERY_STATEMENT)
        assert list(Redaction.objects.visible_to(person)) == [proposed] * reads
        assert can_read_redactions(person) is reads


def test_legal_holds_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    in_force, waiting = holds.make_hold(), holds.to_be_lifted()
    for person in force.people:
        roles = {one.role for one in held(person)}
        readable = {in_force, waiting} if Role.HEAD in roles else {waiting} if Role.ADMINISTRATOR in roles else set()
        assert set(holds_visible_to(person)) == readable
        assert {one for one in (in_force, waiting) if can_read_hold(person, one)} == readable


def test_files_about_people_are_listed_exactly_where_they_may_be_taken(force: Force) -> None:
    files = PersonalExport.objects.bulk_create(
        PersonalExport(person=of, requested_by=by, requested_at=timezone.now(), complete=complete)
        for of in force.people[:2]
        for by in force.people
        for complete in (True, False)
    )
    for person in force.people:
        roles = {one.role for one in held(person)}
        takeable = {
            one.pk
            for one in files
            if one.requested_by_id == person.pk
            and (one.person_id == person.pk or Role.HEAD in roles or (Role.ADMINISTRATOR in roles and not one.complete))
        }
        assert set(exports_visible_to(person).values_list("pk", flat=True)) == takeable
        assert {one.pk for one in files if can_take_export(person, one)} == takeable


def test_audits_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    """domain.md: in progress SHRMT, the Head and its external auditor; the audited once asked; then the group's."""
    shrmt = force.people[0]
    made = []
    for unit in force.units:
        revision = Statement.objects.filter(unit=unit).latest("quarter").revisions.get()
        made += [audits.make_audit(revision=revision, state=state, by=shrmt) for state in AuditState]
    for rollup in Rollup.objects.filter(group__in=force.groups, half=assurance.this_quarter().half):
        issued = issue_as_it_is(rollup, by=shrmt)
        made += [
            audits.make_audit(group=rollup.group, claimed_in=issued, state=state, by=shrmt) for state in AuditState
        ]
    for number, person in enumerate(force.people):  # some do, or did, one audit or another
        now = timezone.now()
        ended = {"ended_at": now, "ended_by": shrmt} if number % 3 == 2 else {}
        AuditorAssignment.objects.create(
            audit=made[number * 3], auditor=person, assigned_at=now, assigned_by=shrmt, **ended
        )
    doing = {(one.auditor_id, one.audit_id) for one in AuditorAssignment.objects.filter(ended_at=None)}
    for person in force.people[::4]:
        appoint(person, Role.EXTERNAL_AUDITOR)
    group = {unit.pk: group_of(unit) for unit in force.units}
    out, asked = {"issued", "closed"}, {"response", "issued", "closed"}
    readers = set()
    for person in force.people:
        readable = set()
        for one in made:
            for role in held(person):
                of_group = role.role in READS_OWN_GROUPS and role.group_id
                if (
                    role.role in {Role.SHRMT, Role.HEAD}
                    or (role.role == Role.EXTERNAL_AUDITOR and (person.pk, one.pk) in doing)
                    or (role.role in READS_OWN_UNITS and one.unit_id == role.unit_id and one.state in asked)
                    or (of_group and one.group_id == of_group and one.state in asked)
                    or (of_group and one.unit_id and group[one.unit_id] == of_group and one.state in out)
                ):
                    readable.add(one.pk)
        assert set(Audit.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in made if can_read_audit(person, one)} == readable
        assert can_list_audits(person) or not readable
        readers.add(len(readable))
    assert {0, len(made)} < readers


def test_recommendations_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    """domain.md, *Audit issued*: its readers, the unit that is to do it, and those of that unit's group."""
    shrmt, today = force.people[0], timezone.localdate()

    def recommend(audit: Audit, *units: Unit) -> Audit:
        for number, unit in enumerate(units, start=1):
            more = {"priority": "high", "due_on": today, "text": "Brief them."}
            Recommendation.objects.create(audit=audit, unit=unit, number=number, **more)
        return audit

    issued = []
    for number, unit in enumerate(force.units):
        revision = Statement.objects.filter(unit=unit).latest("quarter").revisions.get()
        for state in (AuditState.DRAFT, AuditState.RESPONSE):
            recommend(audits.make_audit(revision=revision, state=state, by=shrmt), unit)
        out = audits.make_audit(revision=revision, state=AuditState.RESPONSE, by=shrmt)
        recommend(out, unit, force.units[number - 1])  # to another unit, too, perhaps of another group
        Audit.objects.filter(pk=out.pk).update(**audits.issue_columns(shrmt))
        issued.append(out.pk)
    external = force.people[5]
    appoint(external, Role.EXTERNAL_AUDITOR)
    AuditorAssignment.objects.create(
        audit_id=issued[0], auditor=external, assigned_at=timezone.now(), assigned_by=shrmt
    )
    group = {unit.pk: group_of(unit) for unit in force.units}
    made = list(Recommendation.objects.select_related("audit__unit", "unit"))
    readers = set()
    for person in force.people:
        readable = set()
        for one in made:
            touched = {one.unit_id, one.audit.unit_id}
            groups = {group[unit] for unit in touched if unit}
            for role in held(person):
                if one.audit_id in issued and (
                    role.role in {Role.SHRMT, Role.HEAD}
                    or (role.role == Role.EXTERNAL_AUDITOR and person == external and one.audit_id == issued[0])
                    or (role.role in READS_OWN_UNITS and role.unit_id in touched)
                    or (role.role in READS_OWN_GROUPS and role.group_id and role.group_id in groups)
                ):
                    readable.add(one.pk)
        assert set(Recommendation.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in made if can_read_recommendation(person, one)} == readable
        assert can_list_recommendations(person) or not readable
        readers.add(len(readable))
    assert {0, 2 * len(issued)} < readers


def test_audit_programmes_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    """domain.md, and decision 0021: whom a programme could warn reads it for the Board only once its half begins."""
    this_half = HalfYear.of(timezone.localdate())
    begun, ahead = (
        AuditProgramme.objects.create(
            half=half,
            as_at=timezone.localdate(),
            weights={},
            random_share=20,
            auditor_days=10,
            days_per_audit=2,
            days_per_theme=0,
            seed="a",
            proposed_at=timezone.now(),
            proposed_by=force.people[0],
        )
        for half in (this_half, this_half.next())
    )
    readers = set()
    for person in force.people:
        roles = {one.role for one in held(person)}
        readable = set()
        if roles & {Role.SHRMT, Role.HEAD}:
            readable = {begun, ahead}
        elif roles & {Role.BOARD_MEMBER, Role.BOARD_SECRETARY}:
            readable = {begun} if roles & (READS_OWN_UNITS | READS_OWN_GROUPS) else {begun, ahead}
        assert set(AuditProgramme.objects.visible_to(person)) == readable
        assert {one for one in (begun, ahead) if can_read_programme(person, one)} == readable
        assert can_list_programmes(person) is bool(readable)
        readers.add(len(readable))
    assert {0, 2} <= readers


def test_every_row_filter_that_there_is_stands_in_this_file() -> None:
    filtered = [model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")]
    assert [model for model in filtered if not any(model is one for one in globals().values())] == []


READS_ALL_OF_THE_BOARDS = {Role.SHRMT, Role.HEAD, Role.BOARD_MEMBER, Role.BOARD_SECRETARY}


def test_what_there_is_with_the_hse_and_investigations_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    """domain.md: all of it for SHRMT, the Head and the Board; for a COG lead what is of their own group."""
    risks.load_kinds()
    today, by = timezone.localdate(), force.people[0]
    for group in (*force.groups, None):
        risks.make_notice(today, today, group=group, by=by)
        risks.make_notification(today, group=group, by=by)
        risks.make_investigation(title=f"In {group}", group=group, by=by)
    risks.make_liaison_meeting(by=by)
    seen = set()
    for person in force.people:
        appointments = held(person)
        everything = any(one.role in READS_ALL_OF_THE_BOARDS for one in appointments)
        own = {one.group_id for one in appointments if one.role == Role.COG_LEAD}
        for model in (EnforcementNotice, Notification):
            entries: list[Any] = list(model._default_manager.select_related("group"))
            readable = {one.pk for one in entries if everything or one.group_id in own}
            assert set(model.objects.visible_to(person).values_list("pk", flat=True)) == readable
            assert {one.pk for one in entries if can_read_liaison(person, one)} == readable
            assert can_list_liaison(person) or not readable
        investigations = list(Investigation.objects.select_related("group"))
        readable = {one.pk for one in investigations if everything or one.group_id in own}
        assert set(Investigation.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in investigations if can_read_investigation(person, one)} == readable
        assert can_list_investigations(person) or not readable
        meeting = LiaisonMeeting.objects.get()
        assert LiaisonMeeting.objects.visible_to(person).exists() is everything
        assert can_read_liaison(person, meeting) is everything
        assert can_list_liaison_meetings(person) is everything
        seen.add(len(readable))
    assert {0, 1, len(force.groups) + 1} <= seen


def test_learning_and_who_acknowledged_it_are_listed_exactly_where_they_may_be_read(force: Force) -> None:
    """All that is shared for whoever reads learning; whether a unit acknowledged it, for the unit and its group."""
    shared = risks.complete(risks.make_investigation())
    share = LearningShare.objects.create(
        investigation=shared, title="All", text="Look.", by=force.people[0], at=timezone.now()
    )
    UnitLearning.objects.bulk_create(UnitLearning(share=share, unit=unit) for unit in force.units)
    answers = list(UnitLearning.objects.select_related("unit"))
    group = {unit.pk: group_of(unit) for unit in force.units}
    seen = set()
    for person in force.people:
        appointments = held(person)
        everything = any(one.role in READS_ALL_OF_THE_BOARDS for one in appointments)
        units = {one.unit_id for one in appointments if one.role == Role.SLT_LEAD}
        groups = {one.group_id for one in appointments if one.role in READS_OWN_GROUPS}
        readable = {one.pk for one in answers if everything or one.unit_id in units or group[one.unit_id] in groups}
        assert set(UnitLearning.objects.visible_to(person).values_list("pk", flat=True)) == readable
        assert {one.pk for one in answers if can_read_answer(person, one)} == readable
        reads = everything or bool(units or groups)
        assert can_read_learning(person) is reads
        assert LearningShare.objects.visible_to(person).exists() is reads
        administers = any(one.role == Role.ADMINISTRATOR for one in appointments)
        own = {one.pk for one in answers if one.unit_id in units and not administers}
        assert {one.pk for one in answers if can_acknowledge(person, one)} == own
        seen.add(len(readable))
    assert {0, len(answers)} < seen
