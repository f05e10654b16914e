"""Turning what people type into a statement into clean values, each with the version of the field it was typed on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget

from actions.models import ActionStatus
from assurance.forms.choices import LevelField, YesNoField, yes_or_no
from assurance.models import NoLevel, RevisionState
from assurance.models.entry import ENTRY_ANSWERS
from organisation.formfields import NOBODY, DayField, LineField, OptionLabel, WordsField
from organisation.periods import Quarter
from organisation.versioned import VersionedForm

# The views of this room's forms know these from here.
from organisation.versioned import initial_of as initial_of
from organisation.versioned import stamp as stamp
from organisation.versioned import version_name as version_name
from records.edits import Edit

CANNOT_SAY, NOT_SURE = NoLevel.CANNOT_SAY.value, NoLevel.NOT_SURE.value
EVIDENCE_WORDS = 1000
REASON_WORDS = 300
MOST_ACTIONS = 30  # eleven fields each: settings limit how many fields a request may have


@dataclass(frozen=True, slots=True)
class LevelOption:
    """A level as the question offers it: with its criteria (id and text) and what evidence at it usually looks like."""

    number: int
    name: str = ""
    criteria: tuple[tuple[int, str], ...] = ()
    prompt: str = ""
    was_last_quarter: bool = False


@dataclass(frozen=True, slots=True)
class LevelCard:
    """A level's radio button, the boxes to tick under it, and its prompt."""

    level: LevelOption
    radio: BoundWidget
    boxes: tuple[BoundWidget, ...]


def _level(value: str) -> int | str:
    return int(value) if value.isdecimal() else value


class EntryForm(VersionedForm):
    """What the unit says about one theme. All may be left for later; completing the statement asks for the rest."""

    answers: tuple[str, ...] = ENTRY_ANSWERS

    level_answer = LevelField(
        label="Which level is the unit at?",
        help_text="Choose the highest level whose points all describe the unit as it is. The choice is the unit’s: "
        "ticking points is optional and only helps to make it.",
        coerce=_level,
    )
    criteria_met = forms.TypedMultipleChoiceField(
        label="What is true now",
        widget=forms.CheckboxSelectMultiple,
        coerce=int,
        required=False,
        error_messages={"invalid_choice": "One of the ticked points is not of this theme. Reload the page."},
    )
    not_sure_note = WordsField(
        label="What has to be found out before you choose a level?",
        help_text=f"A statement cannot be completed while a level is left as not sure. {NOBODY}",
        max_words=REASON_WORDS,
        rows=3,
        required=False,
    )
    criteria_note = WordsField(
        label="Why is the level right with points left unticked?",
        help_text=f"Only if you have ticked some of its points and not others. Your reviewer sees it. {NOBODY}",
        max_words=REASON_WORDS,
        rows=3,
        required=False,
    )
    held_without_shrmt = YesNoField(
        label="Does the unit hold this level without the help of SHRMT?",
        help_text="SHRMT is the Safety and Health Risk Management Team.",
    )
    evidence = WordsField(
        label="Evidence",
        help_text=f"What shows it: for example records, figures, minutes or visits. {NOBODY}",
        max_words=EVIDENCE_WORDS,
        rows=10,
        required=False,
    )
    no_level_reason = WordsField(
        label="Why there is no level or no evidence",
        help_text=f"Only if you cannot give one of them this quarter. {NOBODY}",
        max_words=REASON_WORDS,
        rows=4,
        required=False,
    )

    def __init__(self, *args: Any, levels: Iterable[LevelOption] | None, **kwargs: Any) -> None:
        """`levels` are those to choose from; None where the edition does not score the theme."""
        if levels is None:
            self.answers = ("evidence",)
        super().__init__(*args, **kwargs)
        self.levels: tuple[LevelOption, ...] = ()
        if levels is not None:
            self.offer(levels)
            return
        for name in ENTRY_ANSWERS:
            if name not in self.answers:
                del self.fields[name]

    def offer(self, levels: Iterable[LevelOption]) -> None:
        """Set which levels and criteria there are to choose from."""
        self.levels = tuple(levels)
        fields: Any = self.fields
        fields["level_answer"].choices = [
            *((str(level.number), f"Level {level.number}: {level.name}") for level in self.levels),
            (NOT_SURE, "Not sure yet"),
            (CANNOT_SAY, OptionLabel("I cannot give a level", hint="Say why, further down this page.")),
        ]
        fields["criteria_met"].choices = [one for level in self.levels for one in level.criteria]

    @property
    def cards(self) -> list[LevelCard]:
        """The levels as the page draws them."""
        radios, boxes = iter(self["level_answer"].subwidgets), iter(self["criteria_met"].subwidgets)
        return [LevelCard(level, next(radios), tuple(islice(boxes, len(level.criteria)))) for level in self.levels]

    @property
    def not_sure(self) -> BoundWidget:
        return self["level_answer"].subwidgets[-2]

    @property
    def cannot_say(self) -> BoundWidget:
        return self["level_answer"].subwidgets[-1]

    @staticmethod
    def initial_for(values: Mapping[str, Any], versions: Mapping[str, int]) -> dict[str, Any]:
        """Return the stored entry as the form shows it."""
        shown = initial_of(values, versions)
        shown["held_without_shrmt"] = yes_or_no(values["held_without_shrmt"])
        return shown

    def clean_criteria_met(self) -> list[int]:
        """In the order in which they are stored, so that the same ticks are the same answer."""
        return sorted(set(self.cleaned_data["criteria_met"]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen = self["level_answer"].value() if "level_answer" in self.fields and not self.partial else None
        if chosen == CANNOT_SAY and cleaned.get("no_level_reason") == "":
            self.add_error("no_level_reason", "Say why you cannot give a level.")
        return cleaned


class ActionForm(VersionedForm):
    """One action of a theme: an existing one (`action` is set) or a new one, known by its token."""

    answers = ("title", "lead", "due_on", "status")

    action = forms.IntegerField(widget=forms.HiddenInput, required=False)
    token = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    # What the page showed: an action that somebody has withdrawn since is not changed in passing.
    status = forms.ChoiceField(
        widget=forms.HiddenInput, required=False, choices=ActionStatus.choices, initial=ActionStatus.OPEN.value
    )
    title = LineField(
        label="What is to be done",
        help_text=NOBODY,
        max_length=300,
        error_messages={"required": "Say what is to be done, or remove the action."},
    )
    lead = LineField(
        label="Who leads it", help_text="A post rather than a name, if you can.", max_length=200, required=False
    )
    due_on = DayField(label="When it is due", required=False)

    def has_changed(self) -> bool:
        """A new row counts once something is written in it; its token and versions are the page's own."""
        if self.is_bound and self.data.get(self.add_prefix("action")):
            return True
        return any((self[name].value() or "").strip() for name in ("title", "lead", "due_on"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("DELETE"):
            self.errors.clear()  # nobody has to mend what is being removed
            cleaned["status"] = ActionStatus.WITHDRAWN.value
        else:
            cleaned["status"] = cleaned.get("status") or ActionStatus.OPEN.value
        return cleaned

    def edits(self) -> dict[str, Edit]:
        """Return what is to be written: all of a new action; of an existing one what was changed, and its status.

        The status goes with every change, so that changing an action that somebody has withdrawn is a conflict.
        """
        given = self.given()
        if self.cleaned_data.get("DELETE"):
            return {"status": given["status"]}
        if not self.cleaned_data.get("action"):
            return given
        changed = super().edits()
        return changed | {"status": given["status"]} if changed else {}


class BaseActions(forms.BaseFormSet[ActionForm]):
    row_name = "Action"
    default_error_messages = {
        "too_many_forms": "A theme takes at most %(num)d actions: none was added. Put some together, or remove some.",
        "missing_management_form": "The page arrived incomplete. Reload it and try again.",
    }


ActionForms = forms.formset_factory(
    ActionForm, formset=BaseActions, extra=0, can_delete=True, max_num=MOST_ACTIONS, validate_max=True
)


class DetailsForm(VersionedForm):
    """Who completes the statement, and which meeting reviewed it."""

    answers = ("completer_name", "completer_position", "meeting_on", "no_meeting_reason")

    completer_name = LineField(label="Name of the person completing the statement", max_length=200, required=False)
    completer_position = LineField(
        label="Their position", help_text="For example their rank or grade, and post.", max_length=200, required=False
    )
    meeting_on = DayField(label="When did the unit’s health and safety meeting review this statement?", required=False)
    no_meeting_reason = WordsField(
        label="Why no meeting has reviewed it",
        help_text=f"Only if there is no date to give. {NOBODY}",
        max_words=REASON_WORDS,
        rows=4,
        required=False,
    )


class CompleteForm(forms.Form):
    """The question asked before a statement is closed to changes."""

    confirmed = forms.BooleanField(
        label="For each level the unit has said whether it is held without SHRMT, and the date of the meeting that "
        "reviewed this statement is right (or the reason why there is none).",
        error_messages={"required": "Tick the box to confirm the levels and the meeting."},
    )


class ReasonForm(forms.Form):
    """Why a statement is reopened."""

    reason = WordsField(
        label="Why are you reopening it?",
        help_text=f"It is kept with the statement. {NOBODY}",
        max_words=REASON_WORDS,
        rows=5,
        error_messages={"required": "Say why the statement is reopened."},
    )


class SignForm(forms.Form):
    """A signature: under which name and post, on exactly which content."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    signer_name = LineField(label="Your name", max_length=200, error_messages={"required": "Enter your name."})
    signer_position = LineField(
        label="Your position",
        help_text="For example your rank or grade, and post.",
        max_length=200,
        error_messages={"required": "Enter your position."},
    )
    confirmed = forms.BooleanField(error_messages={"required": "Tick the box to confirm what you are signing."})

    def __init__(self, *args: Any, unit: str, quarter: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "confirmed"
        ].label = f"I have read this statement. I sign it for and on behalf of {unit}, as its statement for {quarter}."


class FilterForm(forms.Form):
    """Which statements to list. Anything unreadable in the address is left out rather than refused."""

    OVERDUE = "overdue"

    unit = forms.CharField(label="Unit’s name contains", max_length=200, required=False)
    quarter = forms.TypedChoiceField(label="Quarter", required=False, coerce=Quarter.parse, empty_value=None)
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "Any"),
            (OVERDUE, "Overdue"),
            *[(state.value, state.label) for state in RevisionState if state != RevisionState.RETURNED],
        ],
    )

    def __init__(self, *args: Any, quarters: Iterable[Quarter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Any"), *[(str(quarter), quarter.name) for quarter in quarters]]
        self.fields["quarter"].choices = choices  # type: ignore[attr-defined]  # a field with choices
