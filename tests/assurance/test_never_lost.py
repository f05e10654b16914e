"""Whatever several editors do, and in whatever order: what was accepted stands, or a decision says why it does not.

Editors open the page, type, save, send a save again, save from a page that has gone stale, merge two versions; the
statement is completed and reopened, or signed and returned, under their hands. Every keystroke is a word that occurs
nowhere else, so that it can be looked for.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assurance.models import Decision, Entry, MergeDecision, Revision
from assurance.rules import Refused
from assurance.services import statements
from assurance.services.saving import Saved
from organisation.models import User
from organisation.periods import Quarter
from organisation.roles import Role
from records.edits import Edit
from records.merging import propose
from tests.factories import assurance as factories
from tests.factories import maturity
from tests.factories.organisation import make_group, make_person, make_unit

pytestmark = pytest.mark.django_db
Q1 = Quarter(2025, 1)
FIELDS = ("evidence", "no_level_reason")
EDITORS = range(3)
editors = st.sampled_from(EDITORS)
fields = st.sampled_from(FIELDS)


@dataclass
class Sent:
    """A save as it left an editor's browser, and how it was answered."""

    entry: Entry
    edits: dict[str, Edit]
    token: uuid.UUID
    answer: Saved


@dataclass
class Editor:
    """A person with the theme's page open: what the page showed, and what is typed into it by now."""

    person: User
    entry: Entry
    shown: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, tuple[str, int]] = field(default_factory=dict)  # the other version of a field in conflict
    last: Sent | None = None


class Editing(RuleBasedStateMachine):
    """The unit's people at one theme."""

    def __init__(self) -> None:
        super().__init__()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self.now = datetime(2025, 5, 6, 9, tzinfo=UTC)
        self.words = 0
        self.accepted: set[str] = set()
        self.refused: set[str] = set()

    @initialize()
    def open_a_statement(self) -> None:
        edition = maturity.edition("small", starts_on=Q1.first_day, levels=5, themes=1)
        unit = make_unit(group=make_group())
        self.revision = factories.make_statement(unit, Q1, edition=edition)
        factories.fill(self.revision)
        self.slt = make_person(Role.SLT_LEAD, unit)
        self.editors = [Editor(make_person(Role.SPOC, unit), self.entry) for _ in EDITORS]
        self.accepted |= set(self.entry.evidence.split())
        for editor in self.editors:
            self._open(editor)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)

    @property
    def entry(self) -> Entry:
        return self.newest.entries.get(theme__number=1)

    @property
    def newest(self) -> Revision:
        return self.revision.statement.revisions.latest("number")

    def _later(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def _open(self, editor: Editor) -> None:
        editor.entry = self.entry
        editor.shown = {name: getattr(editor.entry, name) for name in FIELDS}
        editor.versions = {name: editor.entry.field_versions.get(name, 0) for name in FIELDS}
        editor.typed, editor.theirs, editor.last = dict(editor.shown), {}, None

    # --- What editors do ------------------------------------------------------------------------------------------

    @rule(who=editors)
    def open_the_page_again(self, who: int) -> None:
        self._open(self.editors[who])

    @rule(who=editors, name=fields, data=st.data())
    def type_a_word(self, who: int, name: str, data: st.DataObject) -> None:
        editor = self.editors[who]
        self.words += 1
        words = editor.typed[name].split()
        at = data.draw(st.integers(0, len(words)))
        editor.typed[name] = " ".join([*words[:at], f"w{self.words}", *words[at:]])

    @rule(who=editors)
    def save_what_was_typed(self, who: int) -> None:
        """Also where the page has gone stale meanwhile: nobody can see that it has."""
        editor = self.editors[who]
        edits = {
            name: Edit(editor.versions[name], editor.typed[name])
            for name in FIELDS
            if name not in editor.theirs and editor.typed[name] != editor.shown[name]
        }
        if edits:
            self._send(editor, edits)

    @precondition(lambda self: any(editor.last for editor in self.editors))
    @rule(data=st.data())
    def send_a_save_again(self, data: st.DataObject) -> None:
        editor = data.draw(st.sampled_from([editor for editor in self.editors if editor.last]))
        sent = editor.last
        assert sent is not None
        before = list(Entry.objects.order_by("pk").values())
        merges = list(MergeDecision.objects.order_by("pk").values())
        again = statements.save_entry(
            entry=sent.entry, edits=sent.edits, token=sent.token, by=editor.person, at=self._later()
        )
        assert again == sent.answer
        assert list(Entry.objects.order_by("pk").values()) == before
        assert list(MergeDecision.objects.order_by("pk").values()) == merges

    @precondition(lambda self: any(editor.theirs for editor in self.editors))
    @rule(data=st.data())
    def decide_between_two_versions(self, data: st.DataObject) -> None:
        editor = data.draw(st.sampled_from([editor for editor in self.editors if editor.theirs]))
        name = data.draw(st.sampled_from(sorted(editor.theirs)))
        theirs, version = editor.theirs.pop(name)
        mine = editor.typed[name]
        editor.typed[name] = data.draw(
            st.sampled_from([mine, propose(editor.shown[name], mine, theirs).text, f"{mine} {theirs}"])
        )
        editor.versions[name], editor.shown[name] = version, theirs
        self._send(editor, {name: Edit(version, editor.typed[name])})

    def _send(self, editor: Editor, edits: dict[str, Edit]) -> None:
        token, at = uuid.uuid4(), self._later()
        try:
            answer = statements.save_entry(entry=editor.entry, edits=edits, token=token, by=editor.person, at=at)
        except Refused:
            assert not Revision.objects.get(pk=editor.entry.revision_id).is_open
            return
        editor.last = Sent(editor.entry, edits, token, answer)
        overtaken = {conflict.field: conflict for conflict in answer.conflicts}
        for name, edit in edits.items():
            if name in overtaken:
                editor.theirs[name] = (overtaken[name].theirs, overtaken[name].their_version)
                self.refused |= set(edit.value.split())
            else:
                self.accepted |= set(edit.value.split())
                editor.shown[name], editor.versions[name] = edit.value, answer.stamps[name]

    # --- What happens to the statement meanwhile ------------------------------------------------------------------

    @precondition(lambda self: self.newest.is_open)
    @rule(reopened=st.booleans())
    def complete(self, reopened: bool) -> None:
        revision = self.newest
        statements.complete(revision=revision, by=self.editors[0].person, at=self._later())
        revision.refresh_from_db()
        if reopened:
            statements.reopen(revision=revision, reason="A word was missing.", by=self.slt, at=self._later())

    @precondition(lambda self: self.newest.state == "completed")
    @rule()
    def sign_and_return(self) -> None:
        signed = factories.sign(self.newest, by=self.slt, at=self._later())
        factories.decide(signed, Decision.RETURNED)

    # --- What must hold -------------------------------------------------------------------------------------------

    @invariant()
    def nothing_accepted_is_lost(self) -> None:
        if not hasattr(self, "revision"):
            return
        entry = self.entry
        stands = set(" ".join(getattr(entry, name) for name in FIELDS).split())
        recorded = set(
            " ".join(
                text or ""
                for merge in MergeDecision.objects.filter(revision__statement=self.revision.statement)
                for text in (merge.mine, merge.theirs, merge.result)
            ).split()
        )
        assert self.accepted <= stands | recorded
        # More than was promised: what was refused is kept as well.
        assert self.refused <= stands | recorded

    @invariant()
    def every_decision_names_what_it_was_between(self) -> None:
        for merge in MergeDecision.objects.exclude(decided_at=None):
            assert merge.result is not None
            assert merge.decided_at is not None
            assert merge.decided_at >= merge.refused_at


def test_every_accepted_keystroke_stands_or_is_in_a_recorded_decision() -> None:
    run_state_machine_as_test(
        Editing,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
