"""Turning a review into clean values: three answers with a note each, a decision, reasons."""

from __future__ import annotations

from typing import Any

from django import forms

from assurance.models import Decision
from assurance.services.reviews import Answer
from organisation.formfields import NOBODY, OptionLabel, WordsField

YES_NO = (("yes", "Yes"), ("no", "No"))
NOTE_WORDS = 300
REASON_WORDS = 500


def _question(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        error_messages={"required": f"Answer yes or no: {label}"},
    )


def _note(about: str) -> WordsField:
    return WordsField(
        label=f"Note on {about} (optional)", help_text=NOBODY, max_words=NOTE_WORDS, rows=3, required=False
    )


class ReviewForm(forms.Form):
    """The COG lead's review of one revision. The questions are those of the 2019 paper, §1.11."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False)
    appropriately_completed = _question("Has the statement been completed as it should be?")
    appropriately_completed_note = _note("how it has been completed")
    reflects_performance = _question("Does it show the unit’s performance accurately?")
    reflects_performance_note = _note("how it shows performance")
    identifies_improvement = _question("Does it say what the unit will improve?")
    identifies_improvement_note = _note("what the unit will improve")
    decision = forms.TypedChoiceField(
        label="Your decision",
        choices=[
            (Decision.ACCEPTED.value, OptionLabel("Accept", hint="It stands as the unit’s statement for the quarter.")),
            (
                Decision.RETURNED.value,
                OptionLabel("Return", hint="The unit gets a new revision with the same answers, to mend and sign."),
            ),
        ],
        widget=forms.RadioSelect,
        coerce=Decision,
        error_messages={"required": "Choose whether you accept or return the statement."},
    )
    reasons = WordsField(
        label="Reasons",
        help_text=f"Needed if you return it: say what is to be mended. The unit reads this. {NOBODY}",
        max_words=REASON_WORDS,
        rows=6,
        required=False,
    )

    QUESTIONS = ("appropriately_completed", "reflects_performance", "identifies_improvement")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == Decision.RETURNED and not cleaned.get("reasons") and "reasons" not in self.errors:
            self.add_error("reasons", "Say why you return the statement and what is to be mended.")
        return cleaned

    def answers(self) -> dict[str, Answer]:
        """Return the answers to the questions, by their names."""
        return {name: Answer(self.cleaned_data[name], self.cleaned_data[f"{name}_note"]) for name in self.QUESTIONS}


class ReviewNoteForm(forms.Form):
    """A note of COG support for whoever reviews the statement."""

    text = WordsField(
        label="Add a note for the review",
        help_text="The business group’s Chief Officer Group (COG) lead and support staff, the Safety and Health Risk "
        "Management Team (SHRMT) and the Head of Safety, Health and Wellbeing read it; the unit does not. "
        f"It cannot be changed afterwards. {NOBODY}",
        max_words=REASON_WORDS,
        rows=5,
        error_messages={"required": "Write your note."},
    )
    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
