"""The statements of one unit of an invented force, as rows that are ready to be written.

The rows follow what the services would have written, step by step: the same states, the same frozen content, the
same chain of digests, the same trail. Tests hold both against each other.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from actions.models import Action, ActionStatus, NoteKind, ProgressNote, Task
from actions.reading import action_content
from assurance.models import (
    Decision,
    Entry,
    EntryAction,
    EvidenceFile,
    EvidenceItem,
    Review,
    ReviewComment,
    Revision,
    RevisionState,
    Statement,
)
from assurance.services.content import FORMAT
from home.demo import doing, evidence, words
from home.demo.cast import Cast
from home.demo.plan import DEMO_UNIT, Character, Fate, Plan, PlannedUnit, dice, fate_of
from home.demo.said import Said, entry_content
from maturity.models import Criterion, Edition, Theme
from organisation.models import Unit, User
from organisation.periods import LONDON, Quarter, london_day
from records.canonical import content_digest

# A quarter this young has no finished statement yet: there was no time for a meeting, completing and signing.
DAYS_BEFORE_ANY_IS_FINISHED = 14
FINISHED = frozenset(set(Fate) - {Fate.BLANK, Fate.STARTED})
FROZEN = FINISHED - {Fate.COMPLETED}
AIM = 4  # the highest level that a target of the demo asks for
A_QUARTER_MORE = 92  # days
WRITTEN = {"level_answer": 1, "held_without_shrmt": 1, "evidence": 1}


@dataclass(frozen=True)
class Act:
    """A line of the trail, once the thing it is about has its number."""

    at: datetime
    actor: User
    act: str
    thing: Revision | Action | EvidenceItem
    detail: dict[str, Any] = field(default_factory=dict)  # as `trail.record` takes it, `words` included


@dataclass
class Rows:
    """Rows to write, in the order in which each kind must be written."""

    statements: list[Statement] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    notes: list[ProgressNote] = field(default_factory=list)
    links: list[EntryAction] = field(default_factory=list)
    files: list[EvidenceFile] = field(default_factory=list)
    items: list[EvidenceItem] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    comments: list[ReviewComment] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)


@dataclass(frozen=True)
class EditionInForce:
    """An edition with its themes in order."""

    edition: Edition
    themes: tuple[Theme, ...]
    criteria: Mapping[tuple[int, int], Sequence[Criterion]]  # by theme id and level


@dataclass
class Raised:
    """An action that is still on the unit's list."""

    action: Action
    tasks: list[Task]
    theme: str
    token: uuid.UUID

    def was_due_by(self, day: date) -> bool:
        """Whether the day of one of its tasks comes before `day`."""
        return any(task.due_on is not None and task.due_on < day for task in self.tasks)


@dataclass(frozen=True)
class Dates:
    """When a statement's steps were taken."""

    meeting_on: date
    completed_at: datetime
    signed_at: datetime
    decided_at: datetime


class UnitHistory:
    """Writes a unit's quarters, oldest first, into `rows`."""

    def __init__(
        self,
        rows: Rows,
        *,
        plan: Plan,
        planned: PlannedUnit,
        unit: Unit,
        cast: Cast,
        editions: Mapping[Quarter, EditionInForce],
        samples: Mapping[str, evidence.Sample],
        now: datetime,
    ) -> None:
        self.rows = rows
        self.plan = plan
        self.planned = planned
        self.unit = unit
        self.cast = cast
        self.editions = editions
        self.now = now
        identities = {theme.identity for in_force in editions.values() for theme in in_force.themes}
        self.character = Character(plan.size, planned, sorted(identities))
        self.folder = evidence.Folder(unit, samples)
        self.open_actions: list[Raised] = []
        self.last_signed: dict[int, Entry] = {}  # by theme id
        self.previous_digest: str | None = None

    def write(self) -> None:
        """Write every quarter in which the unit was expected to make a statement."""
        for position, quarter in enumerate(self.plan.quarters):
            if self.planned.expected_in(quarter):
                self._write_quarter(position, quarter)
        self.rows.files += self.folder.files.values()

    def _write_quarter(self, position: int, quarter: Quarter) -> None:
        random = dice(self.plan.size, self.planned.number, str(quarter))
        age = len(self.plan.quarters) - 1 - position
        fate = self._fate(age, quarter, random)
        in_force = self.editions[quarter]
        statement = Statement(
            unit=self.unit,
            quarter=quarter,
            edition=in_force.edition,
            opened_at=_moment(quarter.first_day, time(0, 5)),
        )
        self.rows.statements.append(statement)
        revision = Revision(statement=statement, number=1)
        self.rows.revisions.append(revision)
        if fate not in FINISHED:
            started = fate is Fate.STARTED
            said = self._started(position, in_force, random) if started else [Said(t) for t in in_force.themes]
            self._add_entries(
                revision, said, at=self._typed_at(quarter, random), by=self.cast.spoc(self.planned.number)
            )
            return
        dates = self._dates(quarter, fate, random, current=age == 0)
        said = self._with_last_quarter(
            [self._say(theme, position, random) for theme in in_force.themes], in_force, quarter
        )
        said = [self._with_evidence(one, dates, position) for one in said]
        self._complete(revision, said, dates, position, random)
        self._raise_actions(revision, said, dates, fate, random)
        if fate in FROZEN:
            self._sign_and_review(revision, said, dates, fate, random)

    def _fate(self, age: int, quarter: Quarter, random: Random) -> Fate:
        fate = fate_of(self.planned, self.character, age=age, random=random)
        days = (london_day(self.now) - quarter.first_day).days
        if age == 0 and fate is not Fate.BLANK and days < DAYS_BEFORE_ANY_IS_FINISHED:
            return Fate.STARTED if days else Fate.BLANK
        return fate

    # --- Dates ----------------------------------------------------------------------------------------------------

    def _dates(self, quarter: Quarter, fate: Fate, random: Random, *, current: bool) -> Dates:
        """Return the days on which the steps were taken: all within the quarter, and before now."""
        if current:
            latest = min(40, (london_day(self.now) - quarter.first_day).days - 10)
            meeting_on = quarter.first_day + timedelta(days=random.randint(3, latest))
            longest = 3
        else:
            meeting_on = quarter.first_day + timedelta(days=random.randint(10, 38))
            longest = 5
        completed_on = meeting_on + timedelta(days=random.randint(1, longest))
        signed_on = completed_on + timedelta(days=random.randint(1, longest))
        if fate is Fate.SIGNED_LATE:
            signed_on = quarter.due_on + timedelta(days=random.randint(2, 14))
            completed_on = signed_on - timedelta(days=random.randint(1, 3))
        decided_on = signed_on + timedelta(days=random.randint(1, longest))
        return Dates(
            meeting_on,
            _office_hours(completed_on, random),
            _office_hours(signed_on, random),
            _office_hours(decided_on, random),
        )

    def _typed_at(self, quarter: Quarter, random: Random) -> datetime:
        """When a statement that got no further was last written to."""
        last = min(london_day(self.now) - timedelta(days=1), quarter.due_on)
        days = max(0, (last - quarter.first_day).days)
        return min(_office_hours(quarter.first_day + timedelta(days=random.randint(0, days)), random), self.now)

    def _with_last_quarter(self, said: list[Said], in_force: EditionInForce, quarter: Quarter) -> list[Said]:
        """Let some of it be carried forward from what was last signed, and some levels have their points ticked."""
        random = dice(self.plan.size, self.planned.number, f"{quarter} carried and ticked")
        carried = [one.carried_forward(self.last_signed.get(one.theme.pk), random) for one in said]
        thorough = self.planned.is_thorough
        ticked = [
            one.ticked(in_force.criteria.get((one.theme.pk, one.level or 0), ()), random, all_of_them=thorough)
            for one in carried
        ]
        return [one.in_own_words(random) for one in ticked] if thorough else ticked

    def _with_evidence(self, said: Said, dates: Dates, position: int) -> Said:
        """Let some units give links and files besides what they write; of the day of their meeting."""
        if self.planned.number % evidence.EVERY:
            return said
        spoc = self.cast.spoc(self.planned.number, turn=position)
        at = dates.completed_at - timedelta(minutes=35)
        given = self.folder.given_for(said.theme.identity, of_on=dates.meeting_on, by=spoc, at=at)
        return replace(said, given=given)

    # --- Filling in -----------------------------------------------------------------------------------------------

    def _say(self, theme: Theme, position: int, random: Random) -> Said:
        if not theme.scored:
            text = words.evidence(theme.identity, None, random=random) if random.random() < 0.4 else ""
            return Said(theme, evidence=text)
        if random.random() < 0.004 and self.planned.number != DEMO_UNIT:
            return Said(theme, no_level_reason="The team responsible was being set up and has not judged this yet.")
        level = self.character.level(theme.identity, quarter=position, random=random)
        held = self.character.holds_alone(level, random=random)
        return Said(theme, level, held, words.evidence(theme.identity, level, random=random))

    def _started(self, position: int, in_force: EditionInForce, random: Random) -> list[Said]:
        """Some themes answered, the rest blank."""
        reached = random.randint(2, len(in_force.themes) - 2)
        return [
            self._say(theme, position, random) if number < reached else Said(theme)
            for number, theme in enumerate(in_force.themes)
        ]

    def _add_entries(self, revision: Revision, said: Sequence[Said], *, at: datetime, by: User) -> list[Entry]:
        entries = []
        for words_of in said:
            written = bool(words_of.evidence or words_of.no_level_reason)
            entries.append(
                Entry(
                    revision=revision,
                    theme=words_of.theme,
                    level=words_of.level,
                    held_without_shrmt=words_of.held_without_shrmt,
                    evidence=words_of.evidence,
                    no_level=words_of.no_level,
                    no_level_reason=words_of.no_level_reason,
                    criteria_met=[criterion.pk for criterion in words_of.points_met],
                    criteria_note=words_of.criteria_note,
                    first_opened_at=at if written else None,
                    carried=words_of.carried,
                    carried_from=words_of.carried_from,
                    field_versions=dict(WRITTEN) if written else {},
                    changed_at=at if written else None,
                    changed_by=by if written else None,
                )
            )
        self.rows.entries += entries
        self._add_items(revision, entries, said)
        return entries

    def _add_items(self, revision: Revision, entries: Sequence[Entry], said: Sequence[Said]) -> None:
        for entry, one in zip(entries, said, strict=True):
            for given in one.given:
                item = given.row(entry)
                self.rows.items.append(item)
                if revision.number == 1:  # the next ones begin with a copy, which is no act
                    details = {"theme": one.theme.identity, "statement": str(revision), **given.named()}
                    self.rows.acts.append(Act(given.added_at, given.added_by, "evidence.added", item, details))

    def _complete(self, revision: Revision, said: Sequence[Said], dates: Dates, position: int, random: Random) -> None:
        spoc = self.cast.spoc(self.planned.number, turn=position)
        self._add_entries(revision, said, at=dates.completed_at - timedelta(minutes=30), by=spoc)
        revision.completer_name = spoc.name
        revision.completer_position = words.COMPLETERS[self.planned.number % len(words.COMPLETERS)]
        if random.random() < 0.04 and self.planned.number != DEMO_UNIT:
            revision.no_meeting_reason = random.choice(words.NO_MEETING)
        else:
            revision.meeting_on = dates.meeting_on
        revision.details_changed_at, revision.details_changed_by = dates.completed_at, spoc
        revision.state = RevisionState.COMPLETED
        revision.completed_at, revision.completed_by = dates.completed_at, spoc
        self.rows.acts.append(Act(dates.completed_at, spoc, "statement.completed", revision))

    # --- Actions --------------------------------------------------------------------------------------------------

    def _raise_actions(
        self, revision: Revision, said: Sequence[Said], dates: Dates, fate: Fate, random: Random
    ) -> None:
        """Carry on with what is open, close some of it, and raise new actions where the levels are lowest."""
        if fate in FROZEN:
            for raised in self.open_actions:
                if random.random() < 0.35 or (self.planned.is_thorough and raised.was_due_by(london_day(self.now))):
                    self._close(raised, revision, dates)
                else:
                    self._note(raised, revision, dates)
        lowest = sorted((one for one in said if one.level is not None), key=lambda one: (one.level, one.theme.number))
        for one in lowest[: random.choices((0, 1, 2, 3), weights=(2, 4, 3, 1))[0]]:
            self._raise_action(one.theme.identity, revision, dates, random)
        if self.planned.is_thorough and revision.statement.quarter in self.plan.quarters[-2:]:
            self._raise_what_is_wanting(revision, said, dates)
        self._link(said)

    def _raise_what_is_wanting(self, revision: Revision, said: Sequence[Said], dates: Dates) -> None:
        """Raise an action for each theme that is short of what the force aims for and has none."""
        random = dice(self.plan.size, self.planned.number, f"{revision.statement.quarter} wanting")
        busy = {raised.theme for raised in self.open_actions if raised.action.status == ActionStatus.OPEN}
        for one in said:
            if one.level is not None and one.level < AIM and one.theme.identity not in busy:
                self._raise_action(one.theme.identity, revision, dates, random)

    def _raise_action(self, theme: str, revision: Revision, dates: Dates, random: Random) -> None:
        title = words.action_title(theme, random=random)
        still_open = (raised for raised in self.open_actions if raised.action.status == ActionStatus.OPEN)
        if any(raised.action.title == title for raised in still_open):
            return
        at = dates.completed_at - timedelta(minutes=20)
        action = Action(unit=self.unit, title=title, created_at=at, raised_by=revision.completed_by)
        due_on = revision.statement.quarter.last_day + timedelta(days=random.randint(10, 120))
        if self.planned.is_thorough:
            due_on += timedelta(days=A_QUARTER_MORE)
        tasks = [
            Task(action=action, number=number, lead=random.choice(words.LEADS), due_on=due_on + timedelta(days=later))
            for number, later in enumerate((0, 30)[: 2 if random.random() < 0.25 else 1], start=1)
        ]
        doing.describe(action, tasks, self._dice_of(action, revision))
        self.rows.actions.append(action)
        self.rows.tasks += tasks
        self.open_actions.append(Raised(action, tasks, theme, uuid.UUID(int=random.getrandbits(128), version=4)))
        spoc = revision.completed_by
        if spoc is not None:
            self.rows.acts.append(Act(at, spoc, "action.raised", action))

    def _close(self, raised: Raised, revision: Revision, dates: Dates) -> None:
        action, at, spoc = raised.action, dates.completed_at - timedelta(minutes=25), revision.completed_by
        if spoc is None:
            return
        action.status, action.closed_at, action.closed_by = ActionStatus.CLOSED, at, spoc
        action.changed_at, action.changed_by = at, spoc
        action.achieved = words.achieved(self._dice_of(action, revision))
        doing.finish(raised.tasks, by=spoc, at=at)
        action.field_versions = {"status": 1}
        self.rows.notes.append(ProgressNote(action=action, kind=NoteKind.CLOSED, text=action.achieved, by=spoc, at=at))
        self.rows.acts.append(Act(at, spoc, "action.closed", action, {"words": {"reason": action.achieved}}))

    def _note(self, raised: Raised, revision: Revision, dates: Dates) -> None:
        text, spoc = doing.progress(self._dice_of(raised.action, revision)), revision.completed_by
        if text and spoc is not None:
            at = dates.completed_at - timedelta(minutes=22)
            self.rows.notes.append(ProgressNote(action=raised.action, text=text, by=spoc, at=at))

    def _dice_of(self, action: Action, revision: Revision) -> Random:
        return dice(self.plan.size, self.planned.number, f"{action.title}, {revision.statement.quarter}")

    def _link(self, said: Sequence[Said]) -> None:
        """Let the entries added last, those of `said`, show the actions on the list."""
        for entry, one in zip(self.rows.entries[-len(said) :], said, strict=True):
            self.rows.links += [
                EntryAction(entry=entry, action=raised.action, token=raised.token)
                for raised in self.open_actions
                if raised.theme == one.theme.identity
            ]

    # --- Signing and reviewing ------------------------------------------------------------------------------------

    def _sign_and_review(
        self, revision: Revision, said: Sequence[Said], dates: Dates, fate: Fate, random: Random
    ) -> None:
        self._sign(revision, said, at=dates.signed_at)
        if fate in (Fate.ACCEPTED, Fate.SIGNED_LATE):
            self._accept(revision, at=dates.decided_at, random=random)
        elif fate in (Fate.RETURNED, Fate.RETURNED_AND_SIGNED_AGAIN):
            theme = random.choice([one.theme for one in said if one.level is not None])
            reasons = random.choice(words.REASONS_TO_RETURN).format(theme=theme.name)
            self._return(revision, reasons, theme, at=dates.decided_at)
            self._follow_up(revision, said, theme, reasons, dates, fate, random)
        self.open_actions = [one for one in self.open_actions if one.action.status == ActionStatus.OPEN]

    def _sign(self, revision: Revision, said: Sequence[Said], *, at: datetime) -> None:
        signer = self.cast.slt_lead(self.planned.number)
        positions = words.SIGNERS[self.planned.kind]
        content = self._content(revision, said)
        revision.state = RevisionState.SIGNED
        revision.signed_at, revision.signed_by = at, signer
        revision.signer_name = signer.name
        revision.signer_position = positions[self.planned.number % len(positions)]
        revision.content, revision.content_digest = content, content_digest(content)
        self.previous_digest = revision.content_digest
        self.last_signed = {entry.theme.pk: entry for entry in self.rows.entries[-len(said) :]}
        signature = {
            "content_digest": revision.content_digest,
            "signer_name": revision.signer_name,
            "signer_position": revision.signer_position,
        }
        self.rows.acts.append(Act(at, signer, "statement.signed", revision, signature))

    def _content(self, revision: Revision, said: Sequence[Said]) -> dict[str, Any]:
        """What the signature freezes: the shape of `assurance.services.content.content_of`, without its queries."""
        return {
            "format": FORMAT,
            "unit": self.unit.name,
            "quarter": str(revision.statement.quarter),
            "edition": revision.statement.edition.code,
            "revision": revision.number,
            "completer_name": revision.completer_name,
            "completer_position": revision.completer_position,
            "meeting_on": revision.meeting_on.isoformat() if revision.meeting_on else None,
            "no_meeting_reason": revision.no_meeting_reason,
            "entries": [entry_content(one, self._actions_of(one.theme)) for one in said],
            "previous": self.previous_digest,
        }

    def _actions_of(self, theme: Theme) -> list[dict[str, Any]]:
        return [
            action_content(raised.action, raised.tasks)
            for raised in self.open_actions
            if raised.theme == theme.identity
        ]

    def _accept(self, revision: Revision, *, at: datetime, random: Random) -> None:
        review = self._decide(revision, Decision.ACCEPTED, at=at)
        review.appropriately_completed_note = random.choice(words.ACCEPT_NOTES)

    def _return(self, revision: Revision, reasons: str, theme: Theme, *, at: datetime) -> None:
        review = self._decide(revision, Decision.RETURNED, at=at)
        review.reasons = reasons
        review.appropriately_completed = False
        review.appropriately_completed_note, review.reflects_performance_note = words.RETURN_NOTES
        self.rows.comments.append(ReviewComment(review=review, theme=theme, text=words.COMMENT_ON_RETURN))

    def _decide(self, revision: Revision, decision: Decision, *, at: datetime) -> Review:
        lead = self.cast.cog_lead(self.planned.group_on(london_day(at)))
        review = Review(
            revision=revision,
            decision=decision,
            appropriately_completed=True,
            reflects_performance=True,
            identifies_improvement=True,
            decided_by=lead,
            decider_name=lead.name,
            decided_at=at,
            content_digest=revision.content_digest,
        )
        revision.state = decision.value
        self.rows.reviews.append(review)
        self.rows.acts.append(
            Act(at, lead, f"statement.{decision.value}", revision, {"content_digest": revision.content_digest})
        )
        return review

    def _follow_up(
        self,
        returned: Revision,
        said: Sequence[Said],
        theme: Theme,
        reasons: str,
        dates: Dates,
        fate: Fate,
        random: Random,
    ) -> None:
        """The next revision, prefilled; signed again and accepted where the fate says so."""
        following = Revision(
            statement=returned.statement,
            number=returned.number + 1,
            opened_because=reasons,
            completer_name=returned.completer_name,
            completer_position=returned.completer_position,
            meeting_on=returned.meeting_on,
            no_meeting_reason=returned.no_meeting_reason,
        )
        self.rows.revisions.append(following)
        spoc = returned.completed_by or self.cast.spoc(self.planned.number)
        again_at = dates.decided_at + timedelta(days=random.randint(2, 6))
        mended = list(said)
        if fate is Fate.RETURNED_AND_SIGNED_AGAIN:
            mended = [
                one.revised(words.revised(one.evidence, random=random)) if one.theme is theme else one for one in said
            ]
        entries = self._add_entries(following, mended, at=again_at - timedelta(minutes=30), by=spoc)
        for entry, one in zip(entries, mended, strict=True):
            if one not in said:
                entry.field_versions = {"evidence": 1}
            else:  # copied, not written
                entry.field_versions, entry.changed_at, entry.changed_by = {}, None, None
        self._link(mended)
        if fate is Fate.RETURNED_AND_SIGNED_AGAIN:
            following.state = RevisionState.COMPLETED
            following.completed_at, following.completed_by = again_at, spoc
            self.rows.acts.append(Act(again_at, spoc, "statement.completed", following))
            signed_at = again_at + timedelta(days=random.randint(1, 3))
            self._sign(following, mended, at=signed_at)
            self._accept(following, at=signed_at + timedelta(days=random.randint(1, 5)), random=random)


def _moment(day: date, at: time) -> datetime:
    """The moment of a London day and time."""
    return datetime.combine(day, at, tzinfo=LONDON)


def _office_hours(day: date, random: Random) -> datetime:
    return _moment(day, time(random.randint(9, 16), random.randint(0, 59)))
