"""Turning what people type into actions and tasks into clean values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from actions.models import DUE_ALL_THE_TIME, Action
from organisation.formfields import NOBODY, DayField, LineField, WordsField
from organisation.models import Unit
from organisation.models.unit import UnitQuerySet
from organisation.versioned import VersionedForm, initial_of
from records.canonical import normal

MEASURE_WORDS, NOTE_WORDS = 150, 300
ONE_WAY = "Say when it is due in one way only: a day, on-going, or words."


def _title() -> LineField:
    return LineField(
        label="What is to be done",
        help_text=NOBODY,
        max_length=300,
        error_messages={"required": "Say what is to be done."},
    )


def _measure(**more: Any) -> WordsField:
    return WordsField(
        label="How you will know that it worked",
        help_text=f"The performance measure, if there is one. {NOBODY}",
        max_words=MEASURE_WORDS,
        rows=3,
        required=False,
        **more,
    )


class StoredTextForm(forms.Form):
    """A form whose texts come out in the form in which they are stored, so that equal texts compare as equal."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned.update({name: normal(value) for name, value in cleaned.items() if isinstance(value, str)})
        return cleaned


class WhenForm(forms.Form):
    """When a task starts and is due: on a day, all the time, or in words. Comes out as `due`, as Task.due has it."""

    starts_on = DayField(label="When it starts", required=False)
    due_on = DayField(label="Due on a day", required=False)
    ongoing = forms.BooleanField(label="It is on-going: it has no end", required=False)
    due_words = LineField(
        label="Due at another time, in words", help_text="For example, Autumn 2027", max_length=100, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        ways = [name for name in ("due_on", "ongoing", "due_words") if cleaned.get(name)]
        starts_on, due_on = cleaned.get("starts_on"), cleaned.get("due_on")
        if len(ways) > 1:
            self.add_error(ways[0], ONE_WAY)
        elif starts_on and due_on and due_on < starts_on:
            self.add_error("due_on", "It cannot be due before it starts. Check both days.")
        if not self.errors.keys() & {"due_on", "ongoing", "due_words"}:
            words = normal(cleaned.get("due_words") or "")
            cleaned["due"] = due_on or (DUE_ALL_THE_TIME if cleaned.get("ongoing") else words) or None
        return cleaned


def when_initial(due: date | str | None) -> dict[str, Any]:
    """Return how a due date, as Task.due has it, stands in the boxes."""
    return {
        "due_on": due if isinstance(due, date) else None,
        "ongoing": due == DUE_ALL_THE_TIME,
        "due_words": due if isinstance(due, str) and due != DUE_ALL_THE_TIME else "",
    }


class RaisedForm(WhenForm, StoredTextForm):
    """An action with its first task, whoever’s it is."""

    title = _title()
    lead = LineField(
        label="Who leads it", help_text="A post rather than a name, if you can.", max_length=200, required=False
    )
    supporters = LineField(label="Who supports it", max_length=300, required=False)
    measure = _measure()
    baseline = LineField(label="Where the measure stands now", max_length=300, required=False)
    target = LineField(label="Where it is to get to", max_length=300, required=False)

    field_order = ["unit", "title", "lead", "supporters", "starts_on", "due_on", "ongoing", "due_words"]


class NewActionForm(RaisedForm):
    """An action of a unit. `units` are those for which the person may raise one."""

    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        to_field_name="slug",
        empty_label="Choose a unit",
        error_messages={
            "required": "Choose the unit that is to do it.",
            "invalid_choice": "Choose one of the units in the list.",
        },
    )

    def __init__(self, *args: Any, units: UnitQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a field with a queryset


class ActionForm(VersionedForm):
    """What an action says, its tasks apart."""

    answers = ("title", "measure", "baseline", "target", "result")

    title = _title()
    measure = _measure()
    baseline = LineField(label="Where the measure stood at the start", max_length=300, required=False)
    target = LineField(label="Where it is to get to", max_length=300, required=False)
    result = LineField(label="Where it stands now", max_length=300, required=False)


class TaskForm(WhenForm, VersionedForm):
    """A task. `due` is one answer: whoever moves a day to words has changed what somebody else may be changing."""

    answers = ("title", "lead", "supporters", "starts_on", "due", "measure")

    title = LineField(
        label="What is to be done",
        help_text=f"Leave it empty where the action has no other task and says it all. {NOBODY}",
        max_length=300,
        required=False,
    )
    lead = LineField(
        label="Who leads it", help_text="A post rather than a name, if you can.", max_length=200, required=False
    )
    supporters = LineField(label="Who supports it", max_length=300, required=False)
    measure = _measure()

    field_order = ["title", "lead", "supporters", "starts_on", "due_on", "ongoing", "due_words", "measure"]

    def __init__(self, *args: Any, needs_title: bool, **kwargs: Any) -> None:
        """`needs_title` where there are several tasks, which have to be told apart."""
        super().__init__(*args, **kwargs)
        if needs_title:
            self.fields["title"].required = True
            self.fields["title"].help_text = NOBODY
            self.fields["title"].error_messages["required"] = "Say what is to be done in this task."

    @staticmethod
    def initial_for(values: Mapping[str, Any], versions: Mapping[str, int]) -> dict[str, Any]:
        """Return the stored task as the form shows it."""
        return initial_of(values, versions) | when_initial(values["due"])


class AchievedForm(StoredTextForm):
    """What is asked when an action is closed."""

    achieved = WordsField(
        label="What was achieved?",
        help_text=f"Say what is different now, with figures if you have them. It is kept with the action. {NOBODY}",
        max_words=NOTE_WORDS,
        rows=5,
        error_messages={"required": "Say what was achieved."},
    )


class ReasonForm(StoredTextForm):
    """Why an action is reopened or withdrawn."""

    reason = WordsField(
        label="Why?",
        help_text=f"It is kept with the action. {NOBODY}",
        max_words=NOTE_WORDS,
        rows=4,
    )

    def __init__(self, *args: Any, label: str, missing: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].error_messages["required"] = missing


class NoteForm(StoredTextForm):
    """How an action stands."""

    text = WordsField(
        label="How the action stands",
        help_text=f"Notes cannot be changed or removed later. {NOBODY}",
        max_words=NOTE_WORDS,
        rows=4,
        error_messages={"required": "Write how the action stands."},
    )


class RelatedForm(forms.Form):
    """Which other actions of the unit an action is related to."""

    related = forms.ModelMultipleChoiceField(
        label="Related actions",
        help_text="They will show this action as related in turn.",
        queryset=Action.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "One of these is not an action of the unit any more. Choose again."},
    )

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["related"].queryset = choices  # type: ignore[attr-defined]  # a field with a queryset
