"""Who is told what about a statement, and when: by acts, and by the days before and after it is due."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assurance import notices as words
from assurance.models import Decision, EvidenceItem, Revision, Statement
from assurance.notices import About, Stage, stage_of
from assurance.services import notices, opening, statements
from config.retention import SHORTEST_FOR_NOTICES
from organisation.missing import missing
from organisation.models import Force, Unit, User
from organisation.periods import Quarter
from organisation.roles import Role
from records.models import Notice, Verdict
from records.services import scanning
from records.services.scanning import Scan
from tests.factories import assurance, evidence, files, maturity
from tests.factories.organisation import appoint, make_group, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db

Q3 = Quarter(2026, 3)  # October to December 2026: due on Monday 30 November
DUE = date(2026, 11, 30)
OPENED_AT = datetime(2026, 10, 1, 7, tzinfo=UTC)
ABOUT = About("Harbour", Q3)


def noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.fixture
def unit() -> Unit:
    assurance.shipped_edition()
    return make_unit("Harbour")


@pytest.fixture
def spoc(unit: Unit) -> User:
    return make_person(Role.SPOC, unit)


@pytest.fixture
def slt_lead(unit: Unit) -> User:
    return make_person(Role.SLT_LEAD, unit)


def open_statement(unit: Unit) -> Revision:
    opening.open_quarter(quarter=Q3, at=OPENED_AT)
    return Revision.objects.get(statement__unit=unit)


def told(person: User) -> list[tuple[str, str]]:
    """What waits for the person: (kind, the page it links to)."""
    return list(Notice.objects.filter(person=person, withdrawn_at=None, sent_at=None).values_list("kind", "address"))


def filled(revision: Revision) -> Revision:
    return assurance.fill(revision, by=make_user(name="Filler"))


def mail_goes_out() -> None:
    Notice.objects.filter(withdrawn_at=None).update(sent_at=noon(12, 1))


def lines(person: User) -> list[str]:
    return list(Notice.objects.filter(person=person, withdrawn_at=None, sent_at=None).values_list("line", flat=True))


PAGE = "/statements/harbour/2026-27-q3/"

# --- The days -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2026, 10, 1), None),
        (date(2026, 11, 15), None),
        (date(2026, 11, 16), Stage.DUE_IN_14_DAYS),
        (date(2026, 11, 26), Stage.DUE_IN_14_DAYS),
        (date(2026, 11, 27), Stage.DUE_IN_3_DAYS),
        (date(2026, 11, 30), Stage.DUE_IN_3_DAYS),
        (date(2026, 12, 1), Stage.OVERDUE),
        (date(2026, 12, 31), Stage.OVERDUE),
        (date(2027, 1, 1), None),
    ],
)
def test_stages_of_the_third_quarter(today: date, stage: Stage | None) -> None:
    assert stage_of(Q3, today) == stage


@pytest.mark.parametrize(
    ("quarter", "fourteen", "three", "overdue"),
    [
        (Quarter(2026, 1), date(2026, 5, 17), date(2026, 5, 28), date(2026, 6, 1)),
        (Quarter(2026, 2), date(2026, 8, 17), date(2026, 8, 28), date(2026, 9, 1)),
        (Quarter(2026, 4), date(2027, 2, 14), date(2027, 2, 25), date(2027, 3, 1)),
        (Quarter(2027, 4), date(2028, 2, 15), date(2028, 2, 26), date(2028, 3, 1)),  # 29 February
    ],
)
def test_stages_begin_on_the_calendars_days(quarter: Quarter, fourteen: date, three: date, overdue: date) -> None:
    assert [stage.begins_on(quarter) for stage in Stage] == [fourteen, three, overdue]


# --- The words ------------------------------------------------------------------------------------------------------


def test_lines_say_what_to_do_and_by_when() -> None:
    assert words.opened_for_spoc(ABOUT) == (
        "The statement of Harbour for Q3 2026/27 (October to December 2026) is open. Fill in each theme and complete "
        "it; it is due, signed, by 30 November 2026."
    )
    assert "was due, signed, by 30 November 2026 and waits for your signature" in words.to_sign(ABOUT, Stage.OVERDUE)
    assert "is due, signed, by 30 November 2026 and is not complete" in words.to_complete(ABOUT, Stage.DUE_IN_3_DAYS)
    assert words.completed(ABOUT, by="Sam", today=DUE).startswith("Sam has completed the statement of Harbour")
    assert words.completed(ABOUT, by="Sam", today=DUE).endswith("Read it and sign it by 30 November 2026.")
    assert words.completed(ABOUT, by="Sam", today=date(2026, 12, 1)).endswith(
        "sign it: it was due, signed, by 30 November 2026."
    )


def test_reasons_come_whole_or_say_that_there_is_more() -> None:
    assert words.returned(ABOUT, by="Cog", reasons=" First.\nSecond. ").endswith("again.\nFirst.\nSecond.")
    long = words.returned(ABOUT, by="Cog", reasons="x" * 5000)
    assert long.endswith("x … (the rest is there)")
    assert len(long) < 2000


# --- Acts -----------------------------------------------------------------------------------------------------------


def test_opening_tells_spocs_and_slt_leads(unit: Unit, spoc: User, slt_lead: User) -> None:
    deputy = make_person(Role.SPOC, unit)
    away = make_user(is_active=False)
    appoint(away, Role.SPOC, unit)
    former, other = make_user(), make_person(Role.SPOC, make_unit())
    appoint(former, Role.SPOC, unit, ends_on=date(2026, 9, 30))
    adviser = make_person(Role.SHRMT)
    open_statement(unit)
    assert told(spoc) == told(deputy) == told(slt_lead) == [("statement.opened", PAGE)]
    assert [kind for kind, _ in told(other)] == ["statement.opened"]  # of their own unit
    assert told(away) == told(former) == told(adviser) == []
    assert "Fill in each theme" in lines(spoc)[0]
    assert "(SPOC) fills it in" in lines(slt_lead)[0]


def test_a_quarter_that_is_over_is_opened_without_a_word(unit: Unit, spoc: User) -> None:
    opening.open_quarter(quarter=Q3, at=datetime(2027, 1, 1, 0, 30, tzinfo=UTC))
    assert Statement.objects.filter(unit=unit).exists()
    assert told(spoc) == []


def test_opening_costs_the_same_for_one_unit_and_for_fifty(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    maturity.shipped("2017", "2019")

    def told_of(units: int) -> None:
        for _ in range(units):
            unit = make_unit()
            make_person(Role.SPOC, unit)
            make_person(Role.SLT_LEAD, unit)

    told_of(1)
    opening.open_quarter(quarter=Q3, at=OPENED_AT)  # the first also fixes the edition
    quarter = Q3.plus(1)
    opened = []
    for units in (1, 49):
        told_of(units)
        opening.open_quarter(quarter=quarter, at=OPENED_AT)  # without a word: not today's
        opened.append(list(Statement.objects.filter(quarter=quarter)))
    for listed in opened:
        with django_assert_num_queries(4):  # the statements; who holds the roles; who was told; what is new
            notices.opened(listed, at=datetime(2027, 1, 4, 9, tzinfo=UTC))
    assert Notice.objects.filter(kind="statement.opened", at__year=2027).count() == 2 * 51


def test_completing_tells_the_slt_lead_and_takes_back_what_is_settled(unit: Unit, spoc: User, slt_lead: User) -> None:
    revision = filled(open_statement(unit))
    statements.complete(revision=revision, by=spoc, at=noon(11, 20))
    assert told(slt_lead) == [("statement.completed", f"{PAGE}sign/")]
    assert told(spoc) == []
    assert f"{spoc.name} has completed" in lines(slt_lead)[0]


def test_an_slt_lead_who_completes_it_is_not_asked_to_sign_it(unit: Unit, slt_lead: User) -> None:
    other = make_person(Role.SLT_LEAD, unit)
    revision = filled(open_statement(unit))
    statements.complete(revision=revision, by=slt_lead, at=noon(11, 20))
    assert told(slt_lead) == []
    assert told(other) == [("statement.completed", f"{PAGE}sign/")]


def test_reopening_tells_the_unit_why_and_completing_again_is_news_again(
    unit: Unit, spoc: User, slt_lead: User
) -> None:
    revision = filled(open_statement(unit))
    revision = statements.complete(revision=revision, by=spoc, at=noon(11, 20))
    mail_goes_out()
    revision = statements.reopen(revision=revision, reason="Figures are missing.", by=slt_lead, at=noon(11, 21))
    assert told(spoc) == [("statement.reopened", PAGE)]
    assert lines(spoc)[0].endswith("\nFigures are missing.")
    assert told(slt_lead) == []
    statements.complete(revision=revision, by=spoc, at=noon(11, 22))
    assert told(slt_lead) == [("statement.completed", f"{PAGE}sign/")]
    assert told(spoc) == []


def test_signing_takes_back_what_asked_for_it(unit: Unit, spoc: User, slt_lead: User) -> None:
    revision = filled(open_statement(unit))
    revision = statements.complete(revision=revision, by=spoc, at=noon(11, 28))
    notices.remind(now=noon(11, 28))
    assurance.sign(revision, by=slt_lead, at=noon(11, 29))
    assert told(spoc) == told(slt_lead) == []


def test_returning_tells_unit_and_completer_the_reasons(unit: Unit, spoc: User, slt_lead: User) -> None:
    revision = filled(open_statement(unit))
    completer = make_user()
    revision = statements.complete(revision=revision, by=completer, at=noon(11, 20))
    revision = assurance.sign(revision, by=slt_lead, at=noon(11, 21))
    lead = make_person(Role.COG_LEAD)
    assurance.decide(revision, Decision.RETURNED, by=lead, reasons="Give figures for leadership.")
    for person in (spoc, slt_lead, completer):
        assert told(person) == [("statement.returned", PAGE)]
        assert lines(person)[0].endswith("\nGive figures for leadership.")
        assert f"{lead.name} has returned the statement of Harbour" in lines(person)[0]
    assert told(lead) == []


def test_accepting_tells_unit_and_completer(unit: Unit, spoc: User, slt_lead: User) -> None:
    revision = filled(open_statement(unit))
    revision = statements.complete(revision=revision, by=spoc, at=noon(11, 20))
    revision = assurance.sign(revision, by=slt_lead, at=noon(11, 21))
    assurance.decide(revision, Decision.ACCEPTED)
    for person in (spoc, slt_lead):
        assert told(person) == [("statement.accepted", PAGE)]
        assert "nothing left to do" in lines(person)[0]


def test_reopening_a_signed_statement_takes_back_that_nothing_is_left_to_do(
    unit: Unit, spoc: User, slt_lead: User
) -> None:
    revision = filled(open_statement(unit))
    revision = statements.complete(revision=revision, by=spoc, at=noon(11, 20))
    revision = assurance.sign(revision, by=slt_lead, at=noon(11, 21))
    assurance.decide(revision, Decision.ACCEPTED)
    revision.refresh_from_db()
    statements.reopen(revision=revision, reason="A building burnt down.", by=slt_lead, at=noon(11, 22))
    assert told(spoc) == [("statement.reopened", PAGE)]
    assert told(slt_lead) == []


# --- Reminders ------------------------------------------------------------------------------------------------------


def test_the_spoc_is_reminded_of_an_open_statement_and_the_slt_lead_of_a_completed_one(
    unit: Unit, spoc: User, slt_lead: User
) -> None:
    second = make_unit("Quay")
    their_spoc, their_lead = make_person(Role.SPOC, second), make_person(Role.SLT_LEAD, second)
    open_statement(unit)
    revision = filled(Revision.objects.get(statement__unit=second))
    statements.complete(revision=revision, by=their_spoc, at=noon(10, 20))
    mail_goes_out()
    assert notices.remind(now=noon(11, 15)) == 0
    assert notices.remind(now=noon(11, 16)) == 2
    assert told(spoc) == [("statement.reminder", PAGE)]
    assert told(their_lead) == [("statement.reminder", "/statements/quay/2026-27-q3/sign/")]
    assert told(slt_lead) == told(their_spoc) == []
    assert notices.remind(now=noon(11, 17)) == 0


@pytest.mark.usefixtures("spoc")
def test_each_stage_reminds_once_whenever_the_worker_comes_back(unit: Unit) -> None:
    open_statement(unit)
    mail_goes_out()
    written = []
    for today in (date(2026, 11, 1) + timedelta(days=number) for number in range(75)):
        if today.day in (16, 27, 1):  # the worker is away on the first day of each stage
            continue
        written += [today] * notices.remind(now=datetime(today.year, today.month, today.day, 0, 10, tzinfo=UTC))
        mail_goes_out()
    assert written == [date(2026, 11, 17), date(2026, 11, 28), date(2026, 12, 2)]


def test_a_worker_away_for_weeks_writes_only_the_stage_of_today(unit: Unit, spoc: User) -> None:
    open_statement(unit)
    mail_goes_out()
    assert notices.remind(now=noon(12, 20)) == 1
    assert "was due, signed, by 30 November 2026" in lines(spoc)[0]


@pytest.mark.usefixtures("spoc")
def test_reminders_follow_londons_days() -> None:
    """The statement of the first quarter is due on 31 May: the stage begins at London's midnight, 23:00 UTC."""
    opening.open_quarter(quarter=Quarter(2026, 1), at=datetime(2026, 4, 1, 7, tzinfo=UTC))
    mail_goes_out()
    assert notices.remind(now=datetime(2026, 5, 16, 22, 59, tzinfo=UTC)) == 0
    assert notices.remind(now=datetime(2026, 5, 16, 23, 0, tzinfo=UTC)) == 1


def test_whoever_was_told_within_a_stage_is_not_reminded_in_it(unit: Unit, spoc: User, slt_lead: User) -> None:
    revision = filled(open_statement(unit))
    mail_goes_out()
    assert notices.remind(now=noon(11, 27)) == 1
    statements.complete(revision=revision, by=spoc, at=noon(11, 28))
    assert told(spoc) == []  # the reminder had not gone out yet
    assert notices.remind(now=noon(11, 28)) == 0
    assert told(slt_lead) == [("statement.completed", f"{PAGE}sign/")]
    mail_goes_out()
    assert notices.remind(now=noon(12, 1)) == 1
    assert told(slt_lead) == [("statement.reminder", f"{PAGE}sign/")]


def test_a_reminder_taken_back_becomes_true_again_when_the_statement_is_reopened_later(unit: Unit, spoc: User) -> None:
    revision = filled(open_statement(unit))
    mail_goes_out()
    notices.remind(now=noon(11, 16))
    revision = statements.complete(revision=revision, by=spoc, at=noon(11, 16) + timedelta(hours=1))
    statements.reopen(revision=revision, reason="Not yet.", by=spoc, at=noon(11, 16) + timedelta(hours=2))
    assert told(spoc) == []  # they reopened it themselves
    assert notices.remind(now=noon(11, 17)) == 1
    assert told(spoc) == [("statement.reminder", PAGE)]


def test_where_a_role_is_vacant_the_other_one_is_told(unit: Unit) -> None:
    slt_lead = make_person(Role.SLT_LEAD, unit)
    second = make_unit("Quay")
    spoc = make_person(Role.SPOC, second)
    open_statement(unit)
    statements.complete(revision=filled(Revision.objects.get(statement__unit=second)), by=make_user(), at=noon(10, 20))
    mail_goes_out()
    assert notices.remind(now=noon(11, 16)) == 2
    assert "Nobody is the unit’s single point of contact" in lines(slt_lead)[0]
    assert told(slt_lead) == [("statement.reminder", PAGE)]
    assert "nobody is there to sign it" in lines(spoc)[0]
    assert told(spoc) == [("statement.reminder", "/statements/quay/2026-27-q3/")]


def test_nobody_is_reminded_of_what_is_signed_even_while_it_is_changed(unit: Unit, spoc: User, slt_lead: User) -> None:
    revision = filled(open_statement(unit))
    revision = statements.complete(revision=revision, by=spoc, at=noon(10, 20))
    revision = assurance.sign(revision, by=slt_lead, at=noon(10, 21))
    statements.reopen(revision=revision, reason="A figure was wrong.", by=slt_lead, at=noon(10, 22))
    mail_goes_out()
    assert notices.remind(now=noon(12, 5)) == 0


@pytest.mark.usefixtures("spoc")
def test_nobody_is_reminded_of_an_earlier_quarter(unit: Unit) -> None:
    open_statement(unit)
    mail_goes_out()
    assert notices.remind(now=datetime(2027, 1, 1, 12, tzinfo=UTC)) == 0
    assert notices.remind(now=datetime(2027, 3, 5, 12, tzinfo=UTC)) == 0


def test_reminding_costs_the_same_whatever_the_force(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    assurance.shipped_edition()
    for _ in range(25):
        make_person(Role.SPOC, make_unit())
    opening.open_quarter(quarter=Q3, at=OPENED_AT)
    # A savepoint and its release; drafts; who holds the roles; who was told since; who was told ever; what is new.
    with django_assert_num_queries(7):
        assert notices.remind(now=noon(11, 16)) == 25


@pytest.mark.django_db(transaction=True)
def test_two_reminders_at_once_leave_one_line_each() -> None:
    assurance.shipped_edition()
    people = [make_person(Role.SPOC, make_unit()) for _ in range(10)]
    opening.open_quarter(quarter=Q3, at=OPENED_AT)
    mail_goes_out()
    together = threading.Barrier(2)

    def remind(_: int) -> None:
        try:
            together.wait(timeout=30)
            notices.remind(now=noon(11, 16))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(remind, range(2)))
    assert Notice.objects.filter(kind="statement.reminder").count() == len(people)


# --- Further up -----------------------------------------------------------------------------------------------------
# The force's own days, as a new installation has them: 7 and 14 after 30 November, and 14 to review.


@pytest.fixture
def cog_lead(unit: Unit) -> User:
    return make_person(Role.COG_LEAD, group=unit.memberships.get().group)


def days_on_which_somebody_is_told(first: date, days: int, *, away: frozenset[date] = frozenset()) -> list[date]:
    written: list[date] = []
    for today in (first + timedelta(days=number) for number in range(days)):
        if today not in away:
            written += [today] * notices.escalate(now=datetime(today.year, today.month, today.day, 0, 10, tzinfo=UTC))
    return written


def test_first_the_slt_lead_is_told_and_then_the_cog_lead_each_once(
    unit: Unit, spoc: User, slt_lead: User, cog_lead: User
) -> None:
    others = [make_person(Role.COG_LEAD), make_person(Role.COG_SUPPORT, group=unit.memberships.get().group)]
    open_statement(unit)
    mail_goes_out()
    written = days_on_which_somebody_is_told(date(2026, 11, 20), 60)
    assert written == [date(2026, 12, 7), date(2026, 12, 14)]
    assert told(slt_lead) == [("statement.escalated", PAGE)]
    assert told(cog_lead) == [("statement.escalated", PAGE)]
    assert [told(person) for person in (spoc, *others)] == [[], [], []]
    assert "(SPOC) has not completed it. Find out what holds it up" in lines(slt_lead)[0]
    assert lines(cog_lead) == [
        "The statement of Harbour for Q3 2026/27 (October to December 2026) was due, signed, by 30 November 2026 and "
        "is not signed. Ask the unit’s Senior Leadership Team (SLT) lead when it will be."
    ]


@pytest.mark.usefixtures("spoc", "slt_lead", "cog_lead")
def test_a_worker_that_was_away_tells_when_it_is_back(unit: Unit) -> None:
    open_statement(unit)
    mail_goes_out()
    away = frozenset(date(2026, 12, day) for day in (7, 8, 14, 15, 16))
    assert days_on_which_somebody_is_told(date(2026, 11, 20), 41, away=away) == [date(2026, 12, 9), date(2026, 12, 17)]


@pytest.mark.usefixtures("spoc", "slt_lead", "cog_lead")
def test_the_force_sets_the_days(unit: Unit) -> None:
    Force.objects.create(
        name="Northmoor Police", short_name="Northmoor", slt_lead_told_after_days=1, cog_lead_told_after_days=28
    )
    open_statement(unit)
    mail_goes_out()
    assert days_on_which_somebody_is_told(date(2026, 11, 20), 60) == [date(2026, 12, 1), date(2026, 12, 28)]


def test_of_a_completed_statement_the_slt_lead_was_told_and_the_cog_lead_is(
    unit: Unit, spoc: User, slt_lead: User, cog_lead: User
) -> None:
    statements.complete(revision=filled(open_statement(unit)), by=spoc, at=noon(11, 20))
    mail_goes_out()
    notices.escalate(now=noon(12, 14))
    assert told(slt_lead) == []
    assert told(cog_lead) == [("statement.escalated", PAGE)]


def test_what_is_done_takes_it_back_and_what_is_undone_says_it_again(
    unit: Unit, spoc: User, slt_lead: User, cog_lead: User
) -> None:
    revision = open_statement(unit)
    mail_goes_out()
    notices.escalate(now=noon(12, 14))
    revision = statements.complete(revision=filled(revision), by=spoc, at=noon(12, 14))
    assert told(cog_lead) == []
    notices.escalate(now=noon(12, 15))
    assert told(cog_lead) == [("statement.escalated", PAGE)]  # completed, and still not signed
    assert told(slt_lead) == [("statement.completed", f"{PAGE}sign/")]
    assurance.sign(revision, by=slt_lead, at=noon(12, 16))
    notices.escalate(now=noon(12, 17))
    assert told(cog_lead) == told(slt_lead) == []


def test_a_returned_statement_is_not_signed_any_more(unit: Unit, spoc: User, slt_lead: User, cog_lead: User) -> None:
    revision = statements.complete(revision=filled(open_statement(unit)), by=spoc, at=noon(11, 20))
    assurance.decide(assurance.sign(revision, by=slt_lead, at=noon(11, 21)), Decision.RETURNED, by=cog_lead)
    mail_goes_out()
    assert notices.escalate(now=noon(12, 14)) == 2
    assert told(slt_lead) == told(cog_lead) == [("statement.escalated", PAGE)]


def test_where_nobody_leads_the_group_nobody_is_told(unit: Unit, spoc: User) -> None:
    away = make_person(Role.COG_LEAD, group=unit.memberships.get().group)
    User.objects.filter(pk=away.pk).update(is_active=False)
    open_statement(unit)
    mail_goes_out()
    assert notices.escalate(now=noon(12, 20)) == 0
    assert told(spoc) == told(away) == []
    (section,) = (section for section in missing(date(2026, 12, 20)) if section.key == "cog-lead")
    assert unit.memberships.get().group.name in [gap.place for gap in section.gaps]


def test_where_a_post_is_vacant_the_line_says_whom_to_ask_for(unit: Unit, cog_lead: User) -> None:
    second = make_unit("Quay")
    slt_lead = make_person(Role.SLT_LEAD, second)
    open_statement(unit)
    mail_goes_out()
    assert notices.escalate(now=noon(12, 14)) == 2
    assert "Nobody is the unit’s Senior Leadership Team (SLT) lead today" in lines(cog_lead)[0]
    assert "Nobody is the unit’s single point of contact (SPOC) today" in lines(slt_lead)[0]


def test_a_signed_statement_that_waits_for_its_review_is_told_after_the_forces_days(
    unit: Unit, spoc: User, slt_lead: User, cog_lead: User
) -> None:
    """Signed on 25 November, 14 days to review: told from 9 December, and again only for the next revision."""
    revision = statements.complete(revision=filled(open_statement(unit)), by=spoc, at=noon(11, 20))
    revision = assurance.sign(revision, by=slt_lead, at=noon(11, 25))
    mail_goes_out()
    assert days_on_which_somebody_is_told(date(2026, 11, 25), 40) == [date(2026, 12, 9)]
    assert told(cog_lead) == [("statement.review_waits", f"{PAGE}review/")]
    assert "was signed on 25 November 2026 and still waits for your review" in lines(cog_lead)[0]
    assurance.decide(revision, Decision.ACCEPTED, by=cog_lead)
    assert told(cog_lead) == []
    assert notices.escalate(now=noon(12, 30)) == 0


def test_a_review_of_the_last_quarter_is_told_in_the_next(
    unit: Unit, spoc: User, slt_lead: User, cog_lead: User
) -> None:
    revision = statements.complete(revision=filled(open_statement(unit)), by=spoc, at=noon(12, 20))
    assurance.sign(revision, by=slt_lead, at=noon(12, 20))
    mail_goes_out()
    assert days_on_which_somebody_is_told(date(2026, 12, 21), 60) == [date(2027, 1, 3)]
    assert told(cog_lead) == [("statement.review_waits", f"{PAGE}review/")]


def test_a_review_that_nobody_told_of_for_three_months_is_no_news(
    unit: Unit, spoc: User, slt_lead: User, cog_lead: User
) -> None:
    """Signed on 25 November: 14 days later, and so long that what was said is still known, it is told; then no more."""
    revision = statements.complete(revision=filled(open_statement(unit)), by=spoc, at=noon(11, 20))
    assurance.sign(revision, by=slt_lead, at=noon(11, 25))
    mail_goes_out()
    kept = timedelta(days=SHORTEST_FOR_NOTICES)
    assert notices.escalate(now=noon(12, 9) + kept) == 0
    assert notices.escalate(now=noon(12, 9) + timedelta(days=91)) == 1
    assert told(cog_lead) == [("statement.review_waits", f"{PAGE}review/")]


def test_nobody_is_told_to_review_what_they_signed_or_what_the_unit_is_changing(
    unit: Unit, spoc: User, slt_lead: User, cog_lead: User
) -> None:
    appoint(slt_lead, Role.COG_LEAD, group=unit.memberships.get().group)
    revision = statements.complete(revision=filled(open_statement(unit)), by=spoc, at=noon(11, 20))
    revision = assurance.sign(revision, by=slt_lead, at=noon(11, 25))
    mail_goes_out()
    assert notices.escalate(now=noon(12, 9)) == 1
    assert told(slt_lead) == []
    statements.reopen(revision=revision, reason="A figure was wrong.", by=slt_lead, at=noon(12, 10))
    assert told(cog_lead) == []
    assert notices.escalate(now=noon(12, 20)) == 0


def test_escalating_costs_the_same_for_one_unit_and_for_twenty_five(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    assurance.shipped_edition()

    def with_people(units: int) -> None:
        for _ in range(units):
            unit = make_unit(group=make_group())
            make_person(Role.SLT_LEAD, unit)
            make_person(Role.COG_LEAD, group=unit.memberships.get().group)

    with_people(1)
    opening.open_quarter(quarter=Q3, at=OPENED_AT)
    # A savepoint and its release; the days; drafts; reviews; who holds the roles; who leads which group; the groups of
    # the units; who was told; what is new.
    with django_assert_num_queries(10):
        assert notices.escalate(now=noon(12, 14)) == 2
    with_people(24)
    opening.open_quarter(quarter=Q3, at=OPENED_AT)
    with django_assert_num_queries(10):
        assert notices.escalate(now=noon(12, 14)) == 48


@pytest.mark.django_db(transaction=True)
def test_two_escalations_at_once_leave_one_line_each() -> None:
    assurance.shipped_edition()
    for _ in range(5):
        unit = make_unit(group=make_group())
        make_person(Role.SLT_LEAD, unit)
        make_person(Role.COG_LEAD, group=unit.memberships.get().group)
    opening.open_quarter(quarter=Q3, at=OPENED_AT)
    mail_goes_out()
    together = threading.Barrier(2)

    def escalate(_: int) -> None:
        try:
            together.wait(timeout=30)
            notices.escalate(now=noon(12, 14))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(escalate, range(2)))
    assert Notice.objects.filter(kind="statement.escalated").count() == 10


# --- Files ----------------------------------------------------------------------------------------------------------


def condemn(item: EvidenceItem, *, at: datetime) -> None:
    assert item.file is not None
    scanning.settle(item.file.blob, Scan(Verdict.INFECTED, at, "Eicar-Test-Signature"), at=at)


def test_who_gave_a_file_is_told_once_that_it_was_found_infected(unit: Unit, spoc: User, slt_lead: User) -> None:
    now = timezone.now()
    revision = assurance.make_statement(unit)
    file = evidence.make_file(unit, by=spoc, verdict=Verdict.WAITING)
    item = evidence.give_file(revision, file=file, by=spoc)
    evidence.give_file(revision, "communication", file=file, by=spoc)
    other = evidence.give_file(
        revision, file=evidence.make_file(unit, files.pdf("Other minutes"), verdict=Verdict.CLEAN)
    )
    assert notices.tell_of_infected_files(now=now) == 0
    condemn(item, at=now)
    assert notices.tell_of_infected_files(now=now) == 1
    assert notices.tell_of_infected_files(now=now) == 0
    page = f"/statements/harbour/{revision.statement.quarter.slug}/themes/leadership/evidence/"
    assert told(spoc) == [("evidence.infected", page)]
    assert "Remove it from the theme" in lines(spoc)[0]
    assert lines(spoc)[0].endswith("\nminutes.pdf")
    assert told(slt_lead) == told(other.added_by) == []


def test_of_a_statement_that_is_signed_the_unit_is_told_what_can_be_done(
    unit: Unit, spoc: User, slt_lead: User
) -> None:
    revision = assurance.make_statement(unit)
    left = make_user()
    item = evidence.give_file(revision, file=evidence.make_file(unit, by=left, verdict=Verdict.WAITING), by=left)
    assurance.sign(assurance.complete(assurance.fill(revision, by=spoc), by=spoc), by=slt_lead)
    condemn(item, at=timezone.now())
    assert notices.tell_of_infected_files(now=timezone.now()) == 2
    assert notices.tell_of_infected_files(now=timezone.now()) == 0
    page = f"/statements/harbour/{revision.statement.quarter.slug}/revisions/1/"
    for person in (spoc, slt_lead):
        assert ("evidence.infected", page) in told(person)
        assert any("can reopen the statement" in line for line in lines(person))
    assert told(left) == []


def test_an_old_finding_is_no_news(unit: Unit, spoc: User) -> None:
    revision = assurance.make_statement(unit)
    item = evidence.give_file(revision, file=evidence.make_file(unit, by=spoc, verdict=Verdict.WAITING), by=spoc)
    condemn(item, at=timezone.now() - timedelta(days=8))
    assert notices.tell_of_infected_files(now=timezone.now()) == 0
