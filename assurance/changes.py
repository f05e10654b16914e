"""What changed between two texts of a unit's statements, theme by theme. Pure: two readings in, differences out.

Either text may be signed or a draft, of one quarter or of two, of one revision or of two, on one edition of the model
or on two. A theme whose meaning changed between the editions is not compared: it says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from assurance.reading import ReadAction, ReadEntry, ReadFile, ReadLevel, ReadLink, ReadStatement, ReadTask
from rendering import formats
from rendering.differences import Segment, pieces, segments

# Two actions whose titles share at least so much of their words are one that was reworded (difflib's ratio, 0 to 1).
ALIKE = 0.6
NOT_SAID = "Not said"
NO_LEVEL = {"not-sure": "Not sure yet", "cannot-say": "Cannot give a level"}


class Standing(StrEnum):
    """Whether a theme is in both texts, and if so whether it can be compared."""

    COMPARED = "compared"
    NEW = "new"
    GONE = "gone"
    NOT_COMPARABLE = "not comparable"


class Step(StrEnum):
    """Which way a level went."""

    RAISED = "raised"
    LOWERED = "lowered"
    GIVEN = "given"
    TAKEN_BACK = "taken back"
    CHANGED = "changed"  # from one reason for having none to another


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A level that is another one now. Where there is none, the words say what stands in its place."""

    step: Step
    before: ReadLevel | None
    after: ReadLevel | None
    before_in_words: str
    after_in_words: str


@dataclass(frozen=True, slots=True)
class ValueChange:
    """An answer that was chosen, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TextChange:
    """An answer that was written, with what is gone and what is new marked in it."""

    label: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class ListChange:
    """Things that were added to a list and taken from it."""

    label: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActionChange:
    """What became of an action: "added", "closed", "reopened", "changed" or "no longer listed"."""

    what: str
    title: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class ThemeChanges:
    """A theme in the two texts. `before` and `after` are what each says of it, None where it has no such theme."""

    identity: str
    name: str
    standing: Standing
    before: ReadEntry | None
    after: ReadEntry | None
    why_not: str = ""
    level: LevelChange | None = None
    values: tuple[ValueChange, ...] = ()
    texts: tuple[TextChange, ...] = ()
    lists: tuple[ListChange, ...] = ()
    actions: tuple[ActionChange, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether anything differs; of a theme that cannot be compared that is not said."""
        if self.standing is Standing.NOT_COMPARABLE:
            return False
        given = (self.level, self.values, self.texts, self.lists, self.actions)
        return self.standing is not Standing.COMPARED or any(given)

    @property
    def carried(self) -> str:
        """What became of an entry that began as a copy of an earlier quarter's; "" where it did not."""
        if self.after is None or not self.after.carried:
            return ""
        became = {"confirmed": "confirmed without a change", "changed": "changed"}
        return f"Carried forward from {self.after.carried_from} and {became.get(self.after.carried, 'not confirmed')}"

    @property
    def in_words(self) -> tuple[str, ...]:
        """What changed, in a few words each, for a table of all themes."""
        if self.standing is Standing.NOT_COMPARABLE:
            return ("not comparable",)
        said = [] if self.standing is Standing.COMPARED else [f"theme is {self.standing}"]
        said += [f"level {self.level.step}"] if self.level else []
        answers: tuple[ValueChange | TextChange, ...] = (*self.values, *self.texts)
        said += [f"{_within(change.label)} changed" for change in answers]
        for change in self.lists:
            counts = ((len(change.added), "added"), (len(change.removed), "removed"))
            said += [f"{_within(change.label)}: {number} {what}" for number, what in counts if number]
        return (*said, *_counted(self.actions))


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs between two texts. `details` is who completed it and the meeting."""

    themes: tuple[ThemeChanges, ...]
    details: tuple[ValueChange | TextChange, ...]

    @property
    def changed(self) -> tuple[ThemeChanges, ...]:
        return tuple(theme for theme in self.themes if theme.is_changed)

    @property
    def unchanged(self) -> tuple[ThemeChanges, ...]:
        return tuple(theme for theme in self.themes if not theme.is_changed and not self._is_incomparable(theme))

    @property
    def incomparable(self) -> tuple[ThemeChanges, ...]:
        return tuple(theme for theme in self.themes if self._is_incomparable(theme))

    def steps(self, step: Step) -> int:
        """Return how many levels took that step."""
        return sum(theme.level is not None and theme.level.step is step for theme in self.themes)

    @property
    def in_words(self) -> tuple[str, ...]:
        """The sum of it: how many levels took which step, and what became of actions."""
        steps = [(self.steps(step), step.value) for step in Step]
        levels = [f"{number} {'level' if number == 1 else 'levels'} {what}" for number, what in steps if number]
        return (*levels, *_counted([action for theme in self.themes for action in theme.actions]))

    @staticmethod
    def _is_incomparable(theme: ThemeChanges) -> bool:
        return theme.standing is Standing.NOT_COMPARABLE


def between(before: ReadStatement, after: ReadStatement, *, not_comparable: Mapping[str, str]) -> Changes:
    """Return what changed from one text to another; `not_comparable` are {theme identity: why} between their editions.

    Themes come in the order of the later text, those that it no longer has after them.
    """
    earlier = {entry.identity: entry for entry in before.entries}
    there_now = {entry.identity for entry in after.entries}
    pairs = [(earlier.get(entry.identity), entry) for entry in after.entries]
    gone = [(entry, None) for entry in before.entries if entry.identity not in there_now]
    of_one_edition = before.edition == after.edition
    return Changes(
        themes=tuple(
            _theme(old, new, why_not=not_comparable, of_one_edition=of_one_edition) for old, new in [*pairs, *gone]
        ),
        details=tuple(_details(before, after)),
    )


def _theme(
    before: ReadEntry | None, after: ReadEntry | None, *, why_not: Mapping[str, str], of_one_edition: bool
) -> ThemeChanges:
    entry = after or before
    assert entry is not None  # noqa: S101  # one of the two texts has the theme
    found = ThemeChanges(entry.identity, entry.name, _standing(before, after, why_not), before, after)
    if found.standing is Standing.NOT_COMPARABLE:
        return replace(found, why_not=why_not[entry.identity])
    old, new = before or _blank(entry), after or _blank(entry)
    return replace(
        found,
        level=_level(old, new),
        values=tuple(_values(old, new, of_one_edition=of_one_edition)),
        texts=tuple(_texts(old, new)),
        lists=tuple(_lists(old, new, of_one_edition=of_one_edition)),
        actions=tuple(_actions(old.actions, new.actions)),
    )


def _standing(before: ReadEntry | None, after: ReadEntry | None, why_not: Mapping[str, str]) -> Standing:
    if before is None:
        return Standing.NEW
    if after is None:
        return Standing.GONE
    return Standing.NOT_COMPARABLE if after.identity in why_not else Standing.COMPARED


def _blank(entry: ReadEntry) -> ReadEntry:
    """The theme as it is where nothing has been said of it."""
    return ReadEntry(entry.identity, entry.name, entry.scored, None, None, "", "", ())


# --- Levels and what is chosen ------------------------------------------------------------------------------------


def _level(before: ReadEntry, after: ReadEntry) -> LevelChange | None:
    old, new = before.level, after.level
    if (old.number if old else before.no_level) == (new.number if new else after.no_level):
        return None
    if old and new:
        step = Step.RAISED if new.number > old.number else Step.LOWERED
    else:
        step = Step.GIVEN if new else Step.TAKEN_BACK if old else Step.CHANGED
    return LevelChange(step, old, new, level_in_words(before), level_in_words(after))


def level_in_words(entry: ReadEntry) -> str:
    """Return the level by number and name, or what stands in its place."""
    if entry.level:
        return f"{entry.level.number} {entry.level.name}".strip()
    return NO_LEVEL.get(entry.no_level, "No level" if entry.scored else "Not scored")


def _values(before: ReadEntry, after: ReadEntry, *, of_one_edition: bool) -> Iterator[ValueChange]:
    if before.scored != after.scored:
        yield ValueChange("Scored", _yes_or_no(before.scored), _yes_or_no(after.scored))
    if before.held_without_shrmt != after.held_without_shrmt:
        held = _yes_or_no(before.held_without_shrmt), _yes_or_no(after.held_without_shrmt)
        yield ValueChange("Held without SHRMT", *held)
    ticked = _ticked(before), _ticked(after)
    if not _same_criteria(before, after, of_one_edition=of_one_edition) and ticked[0] != ticked[1]:
        yield ValueChange("Criteria ticked", *ticked)


def _yes_or_no(answer: bool | None) -> str:
    return NOT_SAID if answer is None else "Yes" if answer else "No"


def _ticked(entry: ReadEntry) -> str:
    if not entry.criteria:
        return "None"
    return f"{entry.criteria_met} of {len(entry.criteria)} of level {entry.level.number if entry.level else ''}".strip()


def _same_criteria(before: ReadEntry, after: ReadEntry, *, of_one_edition: bool) -> bool:
    """Whether what could be ticked was the same: it is that of the level that is claimed."""
    return of_one_edition and before.level == after.level


# --- What is written ----------------------------------------------------------------------------------------------


def _texts(before: ReadEntry, after: ReadEntry) -> Iterator[TextChange]:
    yield from _text("Evidence", before.evidence, after.evidence)
    yield from _text("Why no level or evidence", before.no_level_reason, after.no_level_reason)
    yield from _text("What is not sure", before.not_sure_note, after.not_sure_note)
    yield from _text("Why criteria are not ticked", before.criteria_note, after.criteria_note)


def _text(label: str, before: str, after: str) -> Iterator[TextChange]:
    """Compare two texts; blanks alone make no difference."""
    if before.split() != after.split():
        yield TextChange(label, tuple(segments(before, after)))


def _details(before: ReadStatement, after: ReadStatement) -> Iterator[ValueChange | TextChange]:
    chosen: list[tuple[str, Callable[[ReadStatement], str]]] = [
        ("Unit", lambda text: text.unit),
        ("Edition of the maturity model", lambda text: text.edition),
        ("Person completing", lambda text: text.completer_name or NOT_SAID),
        ("Their position", lambda text: text.completer_position or NOT_SAID),
        ("Meeting that reviewed it", lambda text: formats.day(text.meeting_on) if text.meeting_on else NOT_SAID),
    ]
    for label, of in chosen:
        if of(before) != of(after):
            yield ValueChange(label, of(before), of(after))
    yield from _text("Why no meeting has reviewed it", before.no_meeting_reason, after.no_meeting_reason)


# --- Lists --------------------------------------------------------------------------------------------------------


def _lists(before: ReadEntry, after: ReadEntry, *, of_one_edition: bool) -> Iterator[ListChange]:
    if _same_criteria(before, after, of_one_edition=of_one_edition):
        ticked = [[one.text for one in entry.criteria if one.met] for entry in (before, after)]
        yield from _list("Criteria ticked", *ticked)
    yield from _list("Links", [_link(link) for link in before.links], [_link(link) for link in after.links])
    yield from _list("Files", [_file(file) for file in before.files], [_file(file) for file in after.files])


def _list(label: str, before: Sequence[str], after: Sequence[str]) -> Iterator[ListChange]:
    added = tuple(item for item in after if item not in before)
    removed = tuple(item for item in before if item not in after)
    if added or removed:
        yield ListChange(label, added, removed)


def _link(link: ReadLink) -> str:
    return f"{link.title} ({link.url}){_of(link.of_on)}"


def _file(file: ReadFile) -> str:
    """Two files of one name are told apart by the first figures of their digests."""
    return f"{file.title} ({file.name}, digest {file.sha256[:8]}…){_of(file.of_on)}"


def _of(day: date | None) -> str:
    return f", of {formats.day(day)}" if day else ""


# --- Actions ------------------------------------------------------------------------------------------------------


def _actions(before: Sequence[ReadAction], after: Sequence[ReadAction]) -> Iterator[ActionChange]:
    """Follow each action by its title: the same, or else the likest that is left."""
    left = list(before)
    for new in after:
        old = _same(new, left, after)
        if old is None:
            yield ActionChange("added", new.title, tuple(segments("", action_in_words(new))))
            continue
        left.remove(old)
        if (changed := _action(old, new)) is not None:
            yield changed
    for old in left:
        yield ActionChange("no longer listed", old.title, tuple(segments(action_in_words(old), "")))


def _same(action: ReadAction, earlier: Sequence[ReadAction], later: Sequence[ReadAction]) -> ReadAction | None:
    """Return what the action was in the earlier text; one whose title has stayed is nobody else's."""
    for old in earlier:
        if old.title == action.title:
            return old
    titles = {one.title for one in later}
    free = [old for old in earlier if old.title not in titles]
    likest = max(free, key=lambda old: _likeness(old.title, action.title), default=None)
    return likest if likest and _likeness(likest.title, action.title) >= ALIKE else None


def _likeness(one: str, other: str) -> float:
    words, others = ([piece.casefold() for piece in pieces(text) if not piece.isspace()] for text in (one, other))
    return SequenceMatcher(None, words, others, autojunk=False).ratio()


def _action(before: ReadAction, after: ReadAction) -> ActionChange | None:
    old, new = action_in_words(before), action_in_words(after)
    if old.split() == new.split():
        return None
    what = "changed"
    if before.status != after.status:
        what = {"closed": "closed", "open": "reopened"}.get(after.status, after.status)
    return ActionChange(what, after.title, tuple(segments(old, new)))


def action_in_words(action: ReadAction) -> str:
    """Return all an action says, a line for each thing, so that it can be compared as a text."""
    figures = (
        ("Measure", action.measure),
        ("Baseline", action.baseline),
        ("Target", action.target),
        ("Result", action.result),
        ("Achieved", action.achieved),
    )
    lines = [action.title, f"Status: {action.status}"]
    lines += [f"{label}: {text}" for label, text in figures if text]
    return "\n".join([*lines, *(line for task in action.tasks if (line := _task(task)))])


def _task(task: ReadTask) -> str:
    due = "on-going" if task.ongoing else formats.day(task.due_on) if task.due_on else task.due_words
    parts = (
        task.title,
        f"led by {task.leads}" if task.leads else "",
        f"supported by {task.supporters}" if task.supporters else "",
        f"from {formats.day(task.starts_on)}" if task.starts_on else "",
        f"due {due}" if due else "",
        f"measured by {task.measure}" if task.measure else "",
    )
    said = ", ".join(part for part in parts if part)
    return f"Task: {said}" if said else ""


def _within(label: str) -> str:
    """Return a label as it stands within a sentence; SHRMT stays SHRMT."""
    return label[:1].lower() + label[1:]


def _counted(actions: Iterable[ActionChange]) -> tuple[str, ...]:
    """Return `2 actions added`, `1 action closed` and so on."""
    counts: dict[str, int] = {}
    for action in actions:
        counts[action.what] = counts.get(action.what, 0) + 1
    return tuple(f"{number} {'action' if number == 1 else 'actions'} {what}" for what, number in counts.items())
