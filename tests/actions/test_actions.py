"""Raising, changing, closing and reopening actions, and what the database holds of them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from actions.models import Action, NoteKind, Plan, ProgressNote, Task
from actions.reading import action_content, due_in_words, row_versions
from actions.services import actions, plans, tasks
from actions.services.actions import Refused
from organisation.models import Unit, User
from organisation.roles import Role
from records.edits import Edit
from records.models import TrailEntry
from records.services import trail
from tests.factories.actions import add_task, make_action
from tests.factories.organisation import make_person, make_unit

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture
def unit() -> Unit:
    return make_unit("Harbour OCU")


@pytest.fixture
def spoc(unit: Unit) -> User:
    return make_person(Role.SPOC, unit)


@pytest.fixture
def action(unit: Unit, spoc: User) -> Action:
    return make_action(unit, "Brief every supervisor", lead="Inspector", due=date(2026, 12, 1), by=spoc)


def change(action: Action, by: User, **edits: Edit) -> tuple[str, ...]:
    found = actions.change(action_id=action.pk, edits=edits, by=by, at=NOW)
    action.refresh_from_db()
    return tuple(one.field for one in found)


# --- Raising and changing -----------------------------------------------------------------------------------------


def test_an_action_is_raised_with_one_task_and_says_by_whom(unit: Unit, spoc: User) -> None:
    raised = actions.raise_action(
        unit=unit,
        title="Walk the sites",
        lead="Sergeant",
        due_on="Autumn 2027",
        supporters="Business manager",
        measure="Walks a month",
        baseline="1",
        target="4",
        by=spoc,
        at=NOW,
    )
    task = raised.tasks.get()
    assert (task.number, task.lead, task.supporters, task.due) == (1, "Sergeant", "Business manager", "Autumn 2027")
    assert (raised.measure, raised.baseline, raised.target) == ("Walks a month", "1", "4")
    assert (raised.raised_by, raised.created_at, raised.status) == (spoc, NOW, "open")
    assert [line.act for line in TrailEntry.objects.filter(thing_id=raised.pk)] == ["action.raised"]


def test_the_row_of_a_theme_changes_the_action_and_its_first_task(action: Action, spoc: User) -> None:
    day = date(2027, 1, 31)
    assert change(action, spoc, title=Edit(0, "Brief all"), lead=Edit(0, "Sergeant"), due_on=Edit(0, day)) == ()
    task = action.tasks.get()
    assert (action.title, task.lead, task.due_on) == ("Brief all", "Sergeant", day)
    assert row_versions(action.field_versions, task.field_versions) == {
        "title": 1,
        "status": 0,
        "lead": 1,
        "due_on": 1,
    }
    assert (action.changed_by, action.changed_at) == (spoc, NOW)


def test_what_somebody_has_overtaken_is_not_written_and_the_rest_is(action: Action, spoc: User) -> None:
    change(action, spoc, title=Edit(0, "Theirs"))
    assert change(action, spoc, title=Edit(0, "Mine"), lead=Edit(0, "Mine too"), measure=Edit(0, "Mine")) == ("title",)
    assert (action.title, action.tasks.get().lead, action.measure) == ("Theirs", "Mine too", "Mine")


def test_a_day_takes_the_place_of_words_and_leaving_the_day_empty_keeps_them(unit: Unit, spoc: User) -> None:
    action = make_action(unit, due="Autumn 2027")
    assert change(action, spoc, due_on=Edit(0, None)) == ()
    assert action.tasks.get().due == "Autumn 2027"
    change(action, spoc, due_on=Edit(0, TODAY))
    task = action.tasks.get()
    assert (task.due, task.due_words, task.ongoing) == (TODAY, "", False)


def test_the_page_of_a_theme_does_not_close_an_action_past_the_question_what_was_achieved(
    action: Action, spoc: User
) -> None:
    assert change(action, spoc, status=Edit(0, "closed"), title=Edit(0, "Changed")) == ()
    assert (action.status, action.title) == ("open", "Changed")


def test_an_action_that_was_withdrawn_on_a_themes_page_can_be_kept_after_all(action: Action, spoc: User) -> None:
    change(action, spoc, status=Edit(0, "withdrawn"))
    assert action.status == "withdrawn"
    assert change(action, spoc, status=Edit(0, "open")) == ("status",)
    assert change(action, spoc, status=Edit(1, "open")) == ()
    assert action.status == "open"
    assert action.notes.get().kind == NoteKind.REOPENED


def test_only_what_an_action_says_can_be_changed(action: Action, spoc: User) -> None:
    with pytest.raises(ValueError, match="no field achieved"):
        change(action, spoc, achieved=Edit(0, "Everything"))


def test_what_a_change_overwrites_is_kept(action: Action, spoc: User) -> None:
    change(action, spoc, title=Edit(0, "Second"))
    change(action, spoc, title=Edit(1, "Third"), lead=Edit(0, "Sergeant"))
    titles = Action.objects.filter(pk=action.pk).order_by("events").values_list("events__title", flat=True)
    assert list(titles) == ["Brief every supervisor", "Second"]
    assert list(Task.objects.filter(action=action).values_list("events__lead", flat=True)) == ["Inspector"]


# --- Closing, reopening, withdrawing ------------------------------------------------------------------------------


def test_closing_keeps_what_was_achieved_when_and_by_whom(action: Action, spoc: User) -> None:
    closed = actions.close(action=action, achieved=" 14 of 14 briefed. ", by=spoc, at=NOW)
    assert (closed.status, closed.achieved, closed.closed_at, closed.closed_by) == (
        "closed",
        "14 of 14 briefed.",
        NOW,
        spoc,
    )
    note = action.notes.get()
    assert (note.kind, note.text) == (NoteKind.CLOSED, "14 of 14 briefed.")
    line = TrailEntry.objects.get(act="action.closed")
    assert (line.actor, trail.words_of(line)) == (spoc, {"reason": "14 of 14 briefed."})


@pytest.mark.parametrize("text", ["", "  \n "])
@pytest.mark.parametrize(
    ("act", "asked"),
    [("close", "achieved"), ("reopen", "reason"), ("withdraw", "reason"), ("note", "text")],
)
def test_nothing_is_done_without_a_word(action: Action, spoc: User, act: str, asked: str, text: str) -> None:
    with pytest.raises(Refused, match=r"^(Say|Write) "):
        getattr(actions, act)(action=action, **{asked: text}, by=spoc, at=NOW)
    assert not ProgressNote.objects.exists()


def test_reopening_needs_a_reason_and_keeps_what_was_said_at_the_closing(action: Action, spoc: User) -> None:
    actions.close(action=action, achieved="All briefed.", by=spoc, at=NOW)
    reopened = actions.reopen(action=action, reason="Two were missed.", by=spoc, at=LATER)
    assert (reopened.status, reopened.achieved, reopened.closed_at, reopened.closed_by) == ("open", "", None, None)
    assert [(note.kind, note.text) for note in action.notes.all()] == [
        ("reopened", "Two were missed."),
        ("closed", "All briefed."),
    ]
    assert [line.act for line in TrailEntry.objects.filter(thing_id=action.pk)] == [
        "action.raised",
        "action.closed",
        "action.reopened",
    ]


def test_of_two_who_close_an_action_the_second_is_told_who_was_first(action: Action, spoc: User) -> None:
    other = make_person(Role.SLT_LEAD, action.unit)
    actions.close(action=action, achieved="Theirs", by=other, at=NOW)
    with pytest.raises(Refused, match=re.escape(f"closed now ({other} changed it last)")):
        actions.close(action=action, achieved="Mine", by=spoc, at=LATER)
    action.refresh_from_db()
    assert action.achieved == "Theirs"


def test_a_closed_action_is_not_withdrawn_and_an_open_one_not_reopened(action: Action, spoc: User) -> None:
    with pytest.raises(Refused, match="is open now"):
        actions.reopen(action=action, reason="Why not", by=spoc, at=NOW)
    actions.close(action=action, achieved="Done", by=spoc, at=NOW)
    with pytest.raises(Refused, match="is closed now"):
        actions.withdraw(action=action, reason="Why not", by=spoc, at=NOW)


def test_notes_are_added_and_never_changed_or_removed(action: Action, spoc: User) -> None:
    written = actions.note(action=action, text="Half of them are briefed.", by=spoc, at=NOW)
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        ProgressNote.objects.filter(pk=written.pk).update(text="All of them")
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        written.delete()


# --- Tasks --------------------------------------------------------------------------------------------------------


def test_two_people_change_different_answers_of_one_task(action: Action, spoc: User) -> None:
    task = action.tasks.get()
    tasks.change(task=task, edits={"lead": Edit(0, "Theirs")}, by=make_person(Role.SLT_LEAD, action.unit), at=NOW)
    changed = tasks.change(task=task, edits={"due": Edit(0, "on-going"), "lead": Edit(0, "Mine")}, by=spoc, at=LATER)
    assert [(one.field, one.mine, one.theirs) for one in changed.conflicts] == [("lead", "Mine", "Theirs")]
    assert str(changed.by) == "Senior Leadership Team (SLT) lead"
    task.refresh_from_db()
    assert (task.lead, task.due, task.ongoing) == ("Theirs", "on-going", True)
    action.refresh_from_db()
    assert (action.changed_by, action.changed_at) == (spoc, LATER)


def test_a_day_and_words_for_one_due_date_are_a_conflict(action: Action, spoc: User) -> None:
    task = action.tasks.get()
    assert tasks.change(task=task, edits={"due": Edit(0, "Autumn 2027")}, by=spoc, at=NOW).conflicts == ()
    (conflict,) = tasks.change(task=task, edits={"due": Edit(0, TODAY)}, by=spoc, at=LATER).conflicts
    assert (conflict.field, conflict.mine, conflict.theirs) == ("due", TODAY, "Autumn 2027")
    assert change(action, spoc, due_on=Edit(0, TODAY)) == ("due_on",)  # from the page of the theme as well


def test_tasks_are_numbered_on_and_move_up_when_one_is_removed(action: Action, spoc: User) -> None:
    first, second, third = action.tasks.get(), add_task(action, "Second"), add_task(action, "Third")
    assert (second.number, third.number) == (2, 3)
    tasks.remove(task=first, by=spoc, at=NOW)
    assert list(action.tasks.values_list("number", "title")) == [(1, "Second"), (2, "Third")]
    line = TrailEntry.objects.get(act="action.task_removed")
    assert (line.detail["task"], trail.words_of(line)) == (1, {"title": ""})
    # A theme's page finds the first of those that are left; one that was opened before writes nothing onto it.
    assert change(action, spoc, lead=Edit(0, "Typed for the one that is gone")) == ("lead",)
    seen = action.tasks.get(number=1).field_versions["lead"]
    change(action, spoc, lead=Edit(seen, "Sergeant"))
    assert action.tasks.get(number=1).lead == "Sergeant"


def test_an_action_keeps_one_task_and_a_removed_one_is_gone_for_everybody(action: Action, spoc: User) -> None:
    only = action.tasks.get()
    with pytest.raises(Refused, match="at least one task"):
        tasks.remove(task=only, by=spoc, at=NOW)
    second = add_task(action)
    tasks.remove(task=second, by=spoc, at=NOW)
    with pytest.raises(Refused, match="removed meanwhile"):
        tasks.change(task=Task(pk=10**9, action=action), edits={}, by=spoc, at=NOW)


def test_an_action_takes_thirty_tasks(action: Action) -> None:
    Task.objects.bulk_create([Task(action=action, number=number) for number in range(2, 31)])
    with pytest.raises(Refused, match="at most 30 tasks"):
        add_task(action)


def test_a_task_is_done_once_and_can_be_taken_up_again(action: Action, spoc: User) -> None:
    task = action.tasks.get()
    other = make_person(Role.SLT_LEAD, action.unit)
    tasks.finish(task=task, by=spoc, at=NOW)
    tasks.finish(task=task, by=other, at=LATER)
    task.refresh_from_db()
    assert (task.done_at, task.done_by) == (NOW, spoc)
    tasks.take_up(task=task, by=other, at=LATER)
    task.refresh_from_db()
    assert (task.done_at, task.done_by) == (None, None)


def test_tasks_of_a_closed_action_stay_as_they_are(action: Action, spoc: User) -> None:
    task = action.tasks.get()
    actions.close(action=action, achieved="Done", by=spoc, at=NOW)
    for act in (tasks.finish, tasks.take_up, tasks.remove):
        with pytest.raises(Refused, match="is closed now"):
            act(task=task, by=spoc, at=LATER)
    with pytest.raises(Refused, match="is closed now"):
        tasks.change(task=task, edits={"lead": Edit(0, "Sergeant")}, by=spoc, at=LATER)
    with pytest.raises(Refused, match="is closed now"):
        add_task(action)


# --- Overdue, related, plans --------------------------------------------------------------------------------------


def test_an_action_is_overdue_from_the_day_after_while_it_is_open_and_the_task_not_done(
    action: Action, spoc: User
) -> None:
    def overdue(today: date) -> bool:
        marked: Any = Action.objects.with_overdue(today).get(pk=action.pk)
        assert Action.objects.overdue(today).filter(pk=action.pk).exists() is marked.overdue
        return bool(marked.overdue)

    assert not overdue(date(2026, 12, 1))
    assert overdue(date(2026, 12, 2))
    task = add_task(action, due=date(2026, 12, 5))
    tasks.finish(task=action.tasks.get(number=1), by=spoc, at=NOW)
    assert not overdue(date(2026, 12, 5))
    assert overdue(date(2026, 12, 6))
    tasks.finish(task=task, by=spoc, at=NOW)
    assert not overdue(date(2030, 1, 1))
    tasks.take_up(task=task, by=spoc, at=NOW)
    actions.close(action=action, achieved="Done", by=spoc, at=NOW)
    assert not overdue(date(2030, 1, 1))


@pytest.mark.parametrize("due", ["Autumn 2019", "on-going", None])
def test_what_has_no_day_is_never_overdue(due: str | None) -> None:
    make_action(due=due)
    assert not Action.objects.overdue(date(2100, 1, 1)).exists()


def test_related_actions_are_related_both_ways_and_of_one_unit(action: Action, spoc: User) -> None:
    other = make_action(action.unit)
    actions.relate(action=action, to=[other], by=spoc, at=NOW)
    assert list(other.related.all()) == [action]
    actions.relate(action=other, to=[], by=spoc, at=NOW)
    assert not action.related.exists()
    for wrong in (make_action(), action):
        with pytest.raises(Refused, match="its own unit"):
            actions.relate(action=action, to=[wrong], by=spoc, at=NOW)


def test_a_plan_gathers_actions_of_any_unit_in_order_and_each_once(action: Action, spoc: User) -> None:
    other = make_action()
    plans.gather(name="Safer sites", actions=[action], by=spoc, at=NOW)
    plans.gather(name="Safer sites", actions=[action, other, other], by=spoc, at=NOW)
    plan = Plan.objects.get()
    assert list(plan.items.values_list("number", "action")) == [(1, action.pk), (2, other.pk)]
    assert TrailEntry.objects.filter(act="plan.made").count() == 1


# --- What the database holds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"status": "closed"}, "closed_at_and_by_with_the_status"),
        ({"closed_at": NOW}, "closed_at_and_by_with_the_status"),
        ({"achieved": "Much"}, "achieved_once_it_is_closed"),
    ],
)
def test_an_action_is_closed_with_when_and_by_whom_or_not_at_all(
    action: Action, columns: dict[str, object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(**columns)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"ongoing": True}, "due_on_a_day_or_always_or_in_words"),
        ({"due_words": "Autumn"}, "due_on_a_day_or_always_or_in_words"),
        ({"due_on": None, "ongoing": True, "due_words": "Autumn"}, "due_on_a_day_or_always_or_in_words"),
        ({"done_at": NOW}, "done_at_and_by_together"),
        ({"number": 0}, "tasks_count_from_one"),
    ],
)
def test_a_task_is_due_in_one_way_and_done_by_somebody(
    action: Action, columns: dict[str, object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Task.objects.filter(action=action).update(**columns)


# --- As others read it --------------------------------------------------------------------------------------------


def test_all_the_text_of_an_action_is_what_a_signature_freezes(action: Action, spoc: User) -> None:
    add_task(
        action,
        "Repeat it",
        due="on-going",
        lead="Trainer",
        supporters="Two sergeants",
        starts_on=date(2026, 12, 24),
        measure="Repeats",
    )
    change(action, spoc, measure=Edit(0, "Briefed"), baseline=Edit(0, "2 of 14"), target=Edit(0, "14 of 14"))
    action = actions.close(action=action, achieved="All", by=spoc, at=NOW)
    assert action_content(Action.objects.prefetch_related("tasks").get(pk=action.pk)) == {
        "title": "Brief every supervisor",
        "status": "closed",
        "measure": "Briefed",
        "baseline": "2 of 14",
        "target": "14 of 14",
        "result": "",
        "achieved": "All",
        "tasks": [
            {
                "title": "",
                "leads": "Inspector",
                "supporters": "",
                "starts_on": None,
                "due_on": "2026-12-01",
                "ongoing": False,
                "due_words": "",
                "measure": "",
            },
            {
                "title": "Repeat it",
                "leads": "Trainer",
                "supporters": "Two sergeants",
                "starts_on": "2026-12-24",
                "due_on": None,
                "ongoing": True,
                "due_words": "",
                "measure": "Repeats",
            },
        ],
    }


@pytest.mark.parametrize(
    ("due", "words"),
    [(date(2026, 3, 6), "6 March 2026"), ("on-going", "On-going"), ("Autumn 2019", "Autumn 2019"), (None, "")],
)
def test_a_due_date_in_words(due: date | str | None, words: str) -> None:
    task = Task()
    task.due = due
    assert (due_in_words(task), task.due) == (words, due)
