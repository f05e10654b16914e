"""What changed between two texts of a unit's statements. The texts are written out here, as they are frozen."""

from __future__ import annotations

from typing import Any

import pytest

from assurance.changes import Changes, Standing, Step, ThemeChanges, between
from assurance.reading import read
from rendering.differences import Kind, Segment

NAMES = {1: "Failing", 2: "Reactive", 3: "Compliant", 4: "Proactive", 5: "Resilient"}


def action(title: str = "Brief every supervisor", *, status: str = "open", **more: Any) -> dict[str, Any]:
    return {"title": title, "status": status, "tasks": [], **more}


def entry(identity: str = "leadership", **answers: Any) -> dict[str, Any]:
    return {
        "theme": identity,
        "name": identity.replace("-", " ").capitalize(),
        "scored": True,
        "level": 3,
        "held_without_shrmt": True,
        "evidence": "The rota is checked weekly.",
        "no_level_reason": "",
        "actions": [],
        **answers,
    }


def content(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "unit": "Harbour OCU",
        "quarter": "2026/27-Q1",
        "edition": "2019",
        "revision": 1,
        "completer_name": "Ada",
        "completer_position": "Safety manager",
        "meeting_on": "2026-05-04",
        "no_meeting_reason": "",
        "entries": list(entries),
        "previous": None,
        **more,
    }


def compare(before: dict[str, Any], after: dict[str, Any], **not_comparable: str) -> Changes:
    reasons = {identity.replace("_", "-"): why for identity, why in not_comparable.items()}
    return between(read(before, NAMES), read(after, NAMES), not_comparable=reasons)


def theme(before: dict[str, Any], after: dict[str, Any]) -> ThemeChanges:
    """The one theme of two texts that differ in nothing else."""
    return compare(content(before), content(after)).themes[0]


def marked(segments: tuple[Segment, ...]) -> str:
    """A difference as a line: [-gone-] {+new+}."""
    signs = {Kind.SAME: ("", ""), Kind.GONE: ("[-", "-]"), Kind.NEW: ("{+", "+}")}
    return "".join(f"{signs[one.kind][0]}{one.text}{signs[one.kind][1]}" for one in segments)


def test_two_equal_texts_differ_in_nothing() -> None:
    found = compare(content(entry(), entry("communication")), content(entry(), entry("communication")))
    assert (found.changed, found.details, found.incomparable) == ((), (), ())
    assert [one.identity for one in found.unchanged] == ["leadership", "communication"]
    assert found.in_words == ()


@pytest.mark.parametrize(
    ("before", "after", "step", "words"),
    [
        ({"level": 3}, {"level": 4}, Step.RAISED, ("3 Compliant", "4 Proactive")),
        ({"level": 3}, {"level": 1}, Step.LOWERED, ("3 Compliant", "1 Failing")),
        ({"level": None}, {"level": 2}, Step.GIVEN, ("No level", "2 Reactive")),
        (
            {"level": 2},
            {"level": None, "no_level": "cannot-say"},
            Step.TAKEN_BACK,
            ("2 Reactive", "Cannot give a level"),
        ),
        (
            {"level": None, "no_level": "not-sure"},
            {"level": None, "no_level": "cannot-say"},
            Step.CHANGED,
            ("Not sure yet", "Cannot give a level"),
        ),
        ({"level": None, "scored": False}, {"level": 2}, Step.GIVEN, ("Not scored", "2 Reactive")),
    ],
)
def test_a_level_says_which_way_it_went(
    before: dict[str, Any], after: dict[str, Any], step: Step, words: tuple[str, str]
) -> None:
    level = theme(entry(**before), entry(**after)).level
    assert level is not None
    assert level.step is step
    assert (level.before_in_words, level.after_in_words) == words


def test_a_text_shows_what_is_gone_and_what_is_new() -> None:
    (change,) = theme(entry(), entry(evidence="The rota is checked daily, and noted.")).texts
    assert change.label == "Evidence"
    assert marked(change.segments) == "The rota is checked [-weekly-]{+daily, and noted+}."


def test_blanks_and_line_ends_are_no_change() -> None:
    assert not theme(entry(evidence="One.\r\nTwo. "), entry(evidence="One.\n\nTwo.")).is_changed


def test_every_text_of_a_theme_is_compared() -> None:
    texts = {
        "no_level_reason": "Why no level or evidence",
        "not_sure_note": "What is not sure",
        "criteria_note": "Why criteria are not ticked",
    }
    found = theme(entry(), entry(**dict.fromkeys(texts, "New words."))).texts
    assert [(change.label, marked(change.segments)) for change in found] == [
        (label, "{+New words.+}") for label in texts.values()
    ]


def test_whether_it_is_held_without_shrmt_is_said_before_and_after() -> None:
    (change,) = theme(entry(held_without_shrmt=None), entry(held_without_shrmt=False)).values
    assert (change.label, change.before, change.after) == ("Held without SHRMT", "Not said", "No")
    assert theme(entry(held_without_shrmt=None), entry()).in_words == ("held without SHRMT changed",)


def criteria(level: int, **met: bool) -> list[dict[str, Any]]:
    return [{"level": level, "text": text, "met": is_met} for text, is_met in met.items()]


def test_criteria_of_one_level_are_compared_one_by_one() -> None:
    before, after = (
        criteria(3, Plans=True, Records=True, Talks=False),
        criteria(3, Plans=True, Records=False, Talks=True),
    )
    found = theme(entry(criteria=before), entry(criteria=after))
    (change,) = found.lists
    assert (change.label, change.added, change.removed) == ("Criteria ticked", ("Talks",), ("Records",))
    assert found.in_words == ("criteria ticked: 1 added", "criteria ticked: 1 removed")


def test_criteria_of_two_levels_are_counted() -> None:
    before, after = criteria(3, Plans=True, Records=True), criteria(4, Reviews=True, Drills=False)
    found = theme(entry(criteria=before), entry(level=4, criteria=after))
    assert found.lists == ()
    (change,) = found.values
    assert (change.label, change.before, change.after) == ("Criteria ticked", "2 of 2 of level 3", "1 of 2 of level 4")


def test_links_and_files_that_came_and_went_are_named() -> None:
    before = entry(
        links=[{"title": "Minutes", "url": "https://example.org/a", "of_on": None}],
        files=[{"title": "Rota", "name": "rota.pdf", "size": 1, "sha256": "a" * 64, "media_type": "x", "of_on": None}],
    )
    after = entry(
        links=[{"title": "Minutes", "url": "https://example.org/b", "of_on": "2026-05-04"}],
        files=[{"title": "Rota", "name": "rota.pdf", "size": 1, "sha256": "b" * 64, "media_type": "x", "of_on": None}],
    )
    links, files = theme(before, after).lists
    assert links.added == ("Minutes (https://example.org/b), of 4 May 2026",)
    assert links.removed == ("Minutes (https://example.org/a)",)
    assert files.added == ("Rota (rota.pdf, digest bbbbbbbb…)",)
    assert files.removed == ("Rota (rota.pdf, digest aaaaaaaa…)",)


# --- Actions ------------------------------------------------------------------------------------------------------


def actions_of(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    found = theme(entry(actions=before), entry(actions=after)).actions
    return [(change.what, change.title, marked(change.segments)) for change in found]


def test_an_action_that_is_new_and_one_that_is_listed_no_more() -> None:
    assert actions_of([action("Check the stairs")], [action("Train new supervisors")]) == [
        ("added", "Train new supervisors", "{+Train new supervisors\nStatus: open+}"),
        ("no longer listed", "Check the stairs", "[-Check the stairs\nStatus: open-]"),
    ]


def test_an_action_that_was_closed_says_what_was_achieved() -> None:
    after = action(status="closed", achieved="All were briefed.")
    assert actions_of([action()], [after]) == [
        (
            "closed",
            "Brief every supervisor",
            "Brief every supervisor\nStatus: [-open-]{+closed\nAchieved: All were briefed.+}",
        )
    ]


def test_an_action_under_another_title_is_followed_where_most_words_stay() -> None:
    assert actions_of([action()], [action("Brief every new supervisor")]) == [
        ("changed", "Brief every new supervisor", "Brief every {+new +}supervisor\nStatus: open")
    ]


def test_an_action_whose_title_stays_is_not_taken_for_another() -> None:
    before = [action("Brief every supervisor"), action("Brief every new supervisor")]
    after = [action("Brief every new supervisor", measure="Share briefed")]
    assert [(what, title) for what, title, _ in actions_of(before, after)] == [
        ("changed", "Brief every new supervisor"),
        ("no longer listed", "Brief every supervisor"),
    ]


def test_a_task_is_compared_with_all_it_says() -> None:
    task = {"title": "Write the plan", "leads": "Chief inspector", "supporters": "SPOC", "starts_on": "2026-04-01"}
    before = action(tasks=[{**task, "due_on": "2026-06-30", "measure": "Plan agreed"}])
    after = action(tasks=[{**task, "due_on": None, "ongoing": True, "measure": "Plan agreed"}])
    ((what, _, said),) = actions_of([before], [after])
    assert what == "changed"
    assert said.endswith(
        "Task: Write the plan, led by Chief inspector, supported by SPOC, from 1 April 2026, "
        "due [-30 June 2026-]{+on-going+}, measured by Plan agreed"
    )


def test_a_task_of_the_first_format_is_the_same_task_today() -> None:
    before = action(tasks=[{"lead": "Chief inspector", "due_on": "2026-06-30"}])
    after = action(tasks=[{"leads": "Chief inspector", "due_on": "2026-06-30"}])
    assert actions_of([before], [after]) == []


# --- Themes and details -------------------------------------------------------------------------------------------


def test_a_theme_that_is_new_or_gone_says_so_and_shows_all_of_it() -> None:
    found = compare(content(entry("audit")), content(entry("wellbeing", evidence="Visits.")))
    new, gone = found.themes
    assert (new.identity, new.standing, gone.identity, gone.standing) == (
        "wellbeing",
        Standing.NEW,
        "audit",
        Standing.GONE,
    )
    assert [marked(change.segments) for change in new.texts] == ["{+Visits.+}"]
    assert [marked(change.segments) for change in gone.texts] == ["[-The rota is checked weekly.-]"]
    assert new.in_words[0] == "theme is new"
    assert len(found.changed) == 2


def test_a_theme_whose_meaning_changed_is_not_compared() -> None:
    why = "Assurance moved to another theme."
    found = compare(
        content(entry("audit"), entry(), edition="2017"),
        content(entry("audit", level=5, evidence="Other."), entry()),
        audit=why,
    )
    (audit,) = found.incomparable
    assert (audit.why_not, audit.level, audit.texts, audit.is_changed) == (why, None, (), False)
    assert audit.in_words == ("not comparable",)
    assert found.changed == ()
    assert [one.identity for one in found.unchanged] == ["leadership"]


def test_criteria_of_two_editions_are_counted_not_compared() -> None:
    before = content(entry(criteria=criteria(3, Plans=True, Records=True)), edition="2017")
    after = content(entry(criteria=criteria(3, Planning=True)))
    found = compare(before, after).themes[0]
    assert found.lists == ()
    assert [(one.before, one.after) for one in found.values] == [("2 of 2 of level 3", "1 of 1 of level 3")]


def test_the_details_are_compared_too() -> None:
    before = content(entry())
    after = content(
        entry(), completer_name="Grace", meeting_on=None, no_meeting_reason="None was held.", edition="2017"
    )
    found = compare(before, after).details
    assert [getattr(one, "before", None) for one in found] == ["2019", "Ada", "4 May 2026", None]
    assert [getattr(one, "after", None) for one in found] == ["2017", "Grace", "Not said", None]


@pytest.mark.parametrize(
    ("carried", "words"),
    [
        ("confirmed", "Carried forward from 2026/27-Q1 and confirmed without a change"),
        ("changed", "Carried forward from 2026/27-Q1 and changed"),
        ("unconfirmed", "Carried forward from 2026/27-Q1 and not confirmed"),
        ("", ""),
    ],
)
def test_what_was_carried_forward_is_said_and_is_no_change(carried: str, words: str) -> None:
    found = theme(entry(), entry(carried=carried, carried_from="2026/27-Q1" if carried else None))
    assert found.carried == words
    assert not found.is_changed


def test_the_sum_of_it_is_said_in_words() -> None:
    before = content(entry("a"), entry("b"), entry("c", actions=[action("Train new people")]), entry("d"))
    after = content(
        entry("a", level=4),
        entry("b", level=4),
        entry("c", level=2, actions=[action("Train new people", status="closed"), action(), action("Walk the yard")]),
        entry("d"),
    )
    found = compare(before, after)
    assert found.in_words == ("2 levels raised", "1 level lowered", "1 action closed", "2 actions added")
    assert len(found.changed) == 3
