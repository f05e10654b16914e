"""Dealings with the Health and Safety Executive (HSE): what is due when, and what stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from organisation.roles import Role
from records.models import Notice, TrailEntry
from risks import kindsfile
from risks.deadlines import Stage, Stand, last_day, stage, stand
from risks.kindsfile import NotKinds
from risks.models import EnforcementNotice, LiaisonMeeting, NoticeKind, Notification, NotificationKind
from risks.rules import Refused
from risks.services import hse, liaison_notices
from tests.factories import risks
from tests.factories.organisation import make_group, make_person, make_unit, make_user, move_unit

LONDON = ZoneInfo("Europe/London")


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


# --- Days (worked out by hand on a calendar) --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event_on", "days", "expected"),
    [
        (date(2026, 3, 1), 10, date(2026, 3, 11)),
        (date(2026, 2, 20), 10, date(2026, 3, 2)),  # February has 28 days
        (date(2028, 2, 20), 10, date(2028, 3, 1)),  # and 29 in 2028
        (date(2026, 12, 20), 15, date(2027, 1, 4)),  # bank holidays and weekends count
        (date(2026, 3, 25), 10, date(2026, 4, 4)),  # the clocks go forward on 29 March: days, not hours
        (date(2026, 3, 1), 0, date(2026, 3, 1)),
        (date(2026, 3, 1), None, None),
    ],
)
def test_the_day_of_the_event_is_day_0(event_on: date, days: int | None, expected: date | None) -> None:
    assert last_day(event_on, days) == expected


@pytest.mark.parametrize(
    ("due_on", "done_on", "today", "expected"),
    [
        (date(2026, 3, 11), None, date(2026, 3, 11), Stand.WAITING),
        (date(2026, 3, 11), None, date(2026, 3, 12), Stand.OVERDUE),
        (date(2026, 3, 11), date(2026, 3, 11), date(2026, 5, 1), Stand.DONE),
        (date(2026, 3, 11), date(2026, 3, 12), date(2026, 5, 1), Stand.DONE_LATE),
        (None, None, date(2026, 5, 1), Stand.RECORDED),
    ],
)
def test_what_is_done_on_its_last_day_is_in_time(
    due_on: date | None, done_on: date | None, today: date, expected: Stand
) -> None:
    assert stand(due_on, done_on, today) is expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 3, 7), None),
        (date(2026, 3, 8), Stage.SOON),
        (date(2026, 3, 11), Stage.SOON),
        (date(2026, 3, 12), Stage.OVERDUE),
    ],
)
def test_people_are_told_three_days_before_the_last_day_and_the_day_after(today: date, expected: Stage | None) -> None:
    assert stage(date(2026, 3, 11), today) is expected


# --- Kinds are data ---------------------------------------------------------------------------------------------------


def test_the_shipped_kinds_have_the_days_of_the_brief_and_wait_to_be_confirmed() -> None:
    """RIDDOR 2013: death, specified injury and dangerous occurrence 10 days, over 7 days 15, over 3 days recorded."""
    said = kindsfile.read(risks.SHIPPED_KINDS.read_text(encoding="utf-8"))
    days = {kind.code: kind.days for kind in said.notifications}
    assert {code: days[code] for code in ("death", "specified-injury", "dangerous-occurrence")} == {
        "death": 10,
        "specified-injury": 10,
        "dangerous-occurrence": 10,
    }
    assert (days["over-7-day"], days["over-3-day"]) == (15, None)
    assert not any(kind.confirmed for kind in said.notifications)
    assert [kind.code for kind in said.notices] == ["improvement", "prohibition", "other"]


def test_every_fault_of_a_file_of_kinds_is_named() -> None:
    text = """
        format = 1
        [[notifications]]
        code = "Death!"
        days = "ten"
        color = "red"
        [[notifications]]
        code = "death"
        name = "Death"
        confirmed = "yes"
        [[notifications]]
        code = "death"
        name = "Death"
        days = 400
    """
    with pytest.raises(NotKinds) as refusal:
        kindsfile.read(text)
    assert len(refusal.value.faults) == 8
    for words in (
        "notifications, kind 1: “color” is not known here",
        "notifications, kind 1: “Death!” is no code",
        "notifications, kind 1: name is missing",
        "notifications, kind 1: days is a whole number from 0 to 366",
        "notifications, kind 2: confirmed is true or false",
        "notifications, kind 3: days is a whole number from 0 to 366",
        "notifications, kind 3: the code “death” is there twice",
        "notices is no list of kinds",
    ):
        assert words in str(refusal.value)
    for nothing in ("format = 2", "format = "):
        with pytest.raises(NotKinds, match=r"format|no TOML"):
            kindsfile.read(nothing)


@pytest.mark.django_db
def test_a_new_kind_needs_no_code_and_what_was_entered_keeps_its_days(capsys: pytest.CaptureFixture[str]) -> None:
    risks.load_kinds()
    before = risks.make_notification(date(2026, 3, 1), kind="death")
    text = risks.SHIPPED_KINDS.read_text(encoding="utf-8").replace("days = 10", "days = 5")
    text = text.replace('code = "over-3-day"', 'code = "gas-incident"\ndays = 14')
    risks.load_kinds(text)
    after = risks.make_notification(date(2026, 3, 1), kind="gas-incident")
    assert after.due_on == date(2026, 3, 15)
    before.refresh_from_db()
    assert (before.days, before.due_on, before.kind.days) == (10, date(2026, 3, 11), 5)
    assert not NotificationKind.objects.get(code="over-3-day").is_offered
    call_command("load_hse_kinds", str(risks.SHIPPED_KINDS))
    assert "To be confirmed by you, against the regulations: Death," in capsys.readouterr().out
    assert NotificationKind.objects.get(code="over-3-day").is_offered
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_hse_kinds", "nowhere.toml")


# --- Notifications ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_event_is_due_its_days_after_it_and_reported_once() -> None:
    risks.load_kinds()
    by, one = make_person(Role.SHRMT), risks.make_notification(date(2026, 3, 1), kind="over-7-day")
    assert (one.days, one.due_on, one.stand) == (15, date(2026, 3, 16), Stand.OVERDUE)
    said: dict[str, Any] = {"notification": one, "reference": "R1", "by": by, "at": timezone.now()}
    with pytest.raises(Refused, match="not reported before that"):
        hse.report(reported_on=date(2026, 2, 28), **said)
    with pytest.raises(Refused, match="in the future"):
        hse.report(reported_on=timezone.localdate() + timedelta(days=1), **said)
    assert hse.report(reported_on=date(2026, 3, 16), **said).stand is Stand.DONE
    with pytest.raises(Refused, match="reported on 16 March 2026 already"):
        hse.report(reported_on=date(2026, 3, 17), **said)


@pytest.mark.django_db
def test_what_is_recorded_only_is_due_by_no_day_and_not_reported() -> None:
    risks.load_kinds()
    one = risks.make_notification(date(2026, 3, 1), kind="over-3-day")
    assert (one.days, one.due_on, one.stand) == (None, None, Stand.RECORDED)
    with pytest.raises(Refused, match="recorded only"):
        hse.report(
            notification=one, reported_on=date(2026, 3, 2), reference="", by=make_person(Role.HEAD), at=timezone.now()
        )


@pytest.mark.django_db
def test_the_group_that_the_unit_was_in_on_the_day_answers_for_an_event() -> None:
    risks.load_kinds()
    before, after = make_group(), make_group()
    unit = make_unit(group=before)
    move_unit(unit, to=after, on=date(2026, 3, 2), last_day_before=date(2026, 3, 1))
    assert risks.make_notification(date(2026, 3, 1), unit=unit, group=after).group == before
    assert risks.make_notification(date(2026, 3, 2), unit=unit).group == after
    with pytest.raises(Refused, match="did not exist on that day"):
        risks.make_notification(date(2010, 3, 1), unit=unit)
    with pytest.raises(Refused, match="in the future"):
        risks.make_notification(timezone.localdate() + timedelta(days=1))


@pytest.mark.django_db
def test_a_correction_takes_the_place_of_an_entry_and_keeps_its_report_and_files() -> None:
    risks.load_kinds()
    by, now = make_person(Role.SHRMT), timezone.now()
    first = risks.make_notification(date(2026, 3, 2), kind="over-7-day")
    with pytest.raises(Refused, match="entered already"):
        risks.make_notification(date(2026, 3, 2), kind="over-7-day")
    hse.report(notification=first, reported_on=date(2026, 3, 17), reference="R1", by=by, at=now)
    risks.make_liaison_file(first)
    over_7, over_3 = (NotificationKind.objects.get(code=code) for code in ("over-7-day", "over-3-day"))
    said: dict[str, Any] = {"description": "A gate came down.", "unit": None, "group": None, "by": by, "at": now}
    wrong = hse.Instead(first, "The wrong day.")
    with pytest.raises(Refused, match="Choose that kind"):
        hse.keep_notification(kind=over_3, event_on=date(2026, 3, 1), instead=wrong, **said)
    with pytest.raises(Refused, match="did not happen after that"):
        hse.keep_notification(kind=over_7, event_on=date(2026, 3, 18), instead=wrong, **said)
    NotificationKind.objects.filter(pk=over_7.pk).update(days=3)  # the law may change; this event is of before
    over_7.refresh_from_db()
    second = hse.keep_notification(kind=over_7, event_on=date(2026, 3, 1), instead=wrong, **said)
    assert (second.due_on, second.reported_on, second.reference) == (date(2026, 3, 16), date(2026, 3, 17), "R1")
    assert second.stand is Stand.DONE_LATE  # in time after 2 March, late after 1 March
    assert [file.blob_id for file in second.files.all()] == [file.blob_id for file in first.files.all()]
    assert list(Notification.objects.standing()) == [second]
    with pytest.raises(Refused, match="Somebody has corrected this already"):
        hse.keep_notification(kind=over_7, event_on=date(2026, 3, 3), instead=wrong, **said)
    with pytest.raises(Refused, match="Somebody has corrected this already"):
        hse.withdraw(entry=first, because="No need.", by=by, at=now)
    first.refresh_from_db()
    assert (first.description, first.event_on) == ("A barrier came down.", date(2026, 3, 2))
    assert TrailEntry.objects.get(act="hse.corrected").thing_name == f"notification {second.pk} to the HSE"


@pytest.mark.django_db
def test_what_was_withdrawn_stays_with_the_reason() -> None:
    risks.load_kinds()
    by, one = make_person(Role.HEAD), risks.make_notification(date(2026, 3, 1))
    hse.withdraw(entry=one, because="It was no injury.", by=by, at=timezone.now())
    assert not Notification.objects.standing().exists()
    assert Notification.objects.get().withdrawn_because == "It was no injury."
    with pytest.raises(Refused, match="has been withdrawn"):
        hse.withdraw(entry=one, because="Again.", by=by, at=timezone.now())
    with pytest.raises(Refused, match="has been withdrawn"):
        hse.report(notification=one, reported_on=date(2026, 3, 2), reference="", by=by, at=timezone.now())


# --- Notices of the HSE, and meetings ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_notice_is_complied_with_once_and_not_before_it_was_served() -> None:
    risks.load_kinds()
    by, now = make_person(Role.SHRMT), timezone.now()
    with pytest.raises(Refused, match="cannot be due before that"):
        risks.make_notice(date(2026, 3, 1), date(2026, 2, 28))
    notice = risks.make_notice(date(2026, 3, 1), date(2026, 3, 31))
    said: dict[str, Any] = {"notice": notice, "how": "Guarded.", "by": by, "at": now}
    with pytest.raises(Refused, match="not complied with before that"):
        hse.comply(complied_on=date(2026, 2, 28), **said)
    assert hse.comply(complied_on=date(2026, 4, 1), **said).stand is Stand.DONE_LATE
    with pytest.raises(Refused, match="complied with on 1 April 2026 already"):
        hse.comply(complied_on=date(2026, 4, 2), **said)
    kind = NoticeKind.objects.get(code="other")
    mended: dict[str, Any] = {
        "kind": kind,
        "reference": "IN/8",
        "asks": "Guard it.",
        "unit": None,
        "group": None,
        "by": by,
        "at": now,
    }
    wrong = hse.Instead(notice, "The wrong days.")
    with pytest.raises(Refused, match="not served after that"):
        hse.keep_notice(served_on=date(2026, 4, 2), comply_by=date(2026, 4, 3), instead=wrong, **mended)
    other = hse.keep_notice(served_on=date(2026, 3, 1), comply_by=date(2026, 4, 1), instead=wrong, **mended)
    assert (other.stand, other.complied_how) == (Stand.DONE, "Guarded.")


@pytest.mark.django_db
def test_a_meeting_with_the_hse_was_held() -> None:
    with pytest.raises(Refused, match="in the future"):
        risks.make_liaison_meeting(timezone.localdate() + timedelta(days=1))
    one = risks.make_liaison_meeting(date(2019, 5, 9))
    assert str(one) == "Meeting with HSE national lead"


# --- What the database does not let happen ----------------------------------------------------------------------------


def make_settled() -> None:
    risks.load_kinds()
    done = risks.make_notification(date(2026, 3, 1))
    by, now = make_person(Role.HEAD), timezone.now()
    hse.report(notification=done, reported_on=date(2026, 3, 2), reference="R1", by=by, at=now)
    served = risks.make_notice(date(2026, 3, 1), date(2026, 3, 31))
    hse.comply(notice=served, complied_on=date(2026, 3, 2), how="Guarded.", by=by, at=now)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda: Notification.objects.update(description="Another."),
        lambda: Notification.objects.update(event_on=date(2026, 3, 3), due_on=date(2026, 3, 13)),
        lambda: Notification.objects.update(reported_on=date(2026, 3, 3)),
        lambda: Notification.objects.all().delete(),
        lambda: EnforcementNotice.objects.update(asks="Nothing."),
        lambda: EnforcementNotice.objects.update(complied_how="Otherwise."),
    ],
)
def test_nothing_that_was_entered_is_overwritten(act: Callable[[], object]) -> None:
    make_settled()
    with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"), transaction.atomic():
        act()


@pytest.mark.django_db
def test_the_database_holds_entries_to_what_belongs_together() -> None:
    risks.load_kinds()
    by, now, day = make_user(), timezone.now(), date(2026, 3, 1)
    kind, served = NotificationKind.objects.get(code="death"), NoticeKind.objects.get(code="other")
    event: dict[str, Any] = {
        "kind": kind,
        "event_on": day,
        "description": "Somebody fell.",
        "entered_at": now,
        "entered_by": by,
    }
    notice: dict[str, Any] = {"kind": served, "served_on": day, "comply_by": day, "reference": "1", "asks": "All."}
    notice |= {"entered_at": now, "entered_by": by}
    meeting: dict[str, Any] = {"held_on": day, "office": "HSE", "about": "All", "entered_at": now, "entered_by": by}
    wrong: list[tuple[str, Callable[[], object]]] = [
        (
            "a_notification_is_due_its_days_after_the_event",
            lambda: Notification.objects.create(**event, days=10, due_on=date(2026, 3, 12)),
        ),
        ("a_notification_is_due_its_days_after_the_event", lambda: Notification.objects.create(**event, days=10)),
        ("a_notification_is_reported_by_somebody", lambda: Notification.objects.create(**event, reported_on=day)),
        ("a_notification_says_what_happened", lambda: Notification.objects.create(**event | {"description": ""})),
        ("notification_is_withdrawn_with_a_reason", lambda: Notification.objects.create(**event, withdrawn_at=now)),
        ("notification_replaces_with_a_reason", lambda: Notification.objects.create(**event, replaces_because="So")),
        (
            "a_notice_is_due_after_it_is_served",
            lambda: EnforcementNotice.objects.create(**notice | {"comply_by": date(2026, 2, 28)}),
        ),
        ("a_notice_is_complied_with_somehow", lambda: EnforcementNotice.objects.create(**notice, complied_on=day)),
        ("a_notice_asks_for_something", lambda: EnforcementNotice.objects.create(**notice | {"asks": ""})),
        ("a_liaison_meeting_is_about_something", lambda: LiaisonMeeting.objects.create(**meeting | {"about": ""})),
    ]
    for name, act in wrong:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            act()


# --- Telling people ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_head_and_shrmt_are_told_once_when_a_report_is_near_and_once_when_it_is_late() -> None:
    risks.load_kinds()
    head, shrmt, member = (make_person(role) for role in (Role.HEAD, Role.SHRMT, Role.BOARD_MEMBER))
    one = risks.make_notification(date(2026, 3, 1), by=shrmt)  # by 11 March
    assert liaison_notices.remind(now=at(date(2026, 3, 7), 23)) == 0
    assert liaison_notices.remind(now=at(date(2026, 3, 8), 0)) == 2
    assert liaison_notices.remind(now=at(date(2026, 3, 11), 23)) == 0
    assert liaison_notices.remind(now=at(date(2026, 3, 12), 0)) == 2
    assert liaison_notices.remind(now=at(date(2026, 3, 20))) == 0
    lines = Notice.objects.filter(person=head).order_by("at").values_list("line", flat=True)
    assert "is to be reported to the Health and Safety Executive (HSE) by 11 March 2026" in lines[0]
    assert "was to be reported" in lines[1]
    assert not any(one.description in line for line in lines)  # letters leave the product
    assert Notice.objects.filter(person=shrmt).count() == 2
    assert not Notice.objects.filter(person=member).exists()


@pytest.mark.django_db
def test_what_is_settled_is_not_told_any_more() -> None:
    risks.load_kinds()
    head, now = make_person(Role.HEAD), at(date(2026, 3, 12))
    reported = risks.make_notification(date(2026, 3, 1), by=head)
    withdrawn = risks.make_notification(date(2026, 3, 1), kind="death", by=head)
    complied = risks.make_notice(date(2026, 3, 1), date(2026, 3, 10), by=head)
    far_off = risks.make_notification(date(2025, 11, 1), by=head)  # overdue for longer than anybody is told
    assert liaison_notices.remind(now=now) == 3
    hse.report(notification=reported, reported_on=date(2026, 3, 12), reference="", by=head, at=now)
    hse.withdraw(entry=withdrawn, because="It was no accident.", by=head, at=now)
    hse.comply(notice=complied, complied_on=date(2026, 3, 12), how="Guarded.", by=head, at=now)
    assert Notice.objects.filter(withdrawn_at=None).count() == 0
    assert liaison_notices.remind(now=now) == 0
    assert far_off.stand is Stand.OVERDUE
