"""Turning a review into clean values: three answers with a note each, a decision, reasons, comments on themes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from assurance.beside import QUESTIONS
from assurance.forms.choices import YesNoField
from assurance.models import Decision
from assurance.services.reviews import Answer
from organisation.formfields import NOBODY, OptionLabel, WordsField

NOTE_WORDS = 300
REASON_WORDS = 500
COMMENT_WORDS = 200
DECIDE = "decide-form"  # the id of the form on the page: comments stand beside their themes, outside it

# Themes as they are asked about: (identity, name), in the order of the statement.
Themes = Iterable[tuple[str, str]]


def _question(label: str) -> YesNoField:
    return YesNoField(label=label, required=True, error_messages={"required": f"Answer yes or no: {label}"})


def _comment(theme: str) -> WordsField:
    field = WordsField(
        label=f"Your comment on {theme} (optional)",
        help_text=f"It goes with your decision. The unit reads it beside the theme. {NOBODY}",
        max_words=COMMENT_WORDS,
        rows=3,
        required=False,
    )
    field.widget.attrs["form"] = DECIDE
    return field


def _note(about: str) -> WordsField:
    return WordsField(
        label=f"Note on {about} (optional)", help_text=NOBODY, max_words=NOTE_WORDS, rows=3, required=False
    )


class QuestionsForm(forms.Form):
    """The three questions of a review. They are those of the 2019 paper, §1.11."""

    appropriately_completed = _question("Has the statement been completed as it should be?")
    appropriately_completed_note = _note("how it has been completed")
    reflects_performance = _question("Does it show the unit’s performance accurately?")
    reflects_performance_note = _note("how it shows performance")
    identifies_improvement = _question("Does it say what the unit will improve?")
    identifies_improvement_note = _note("what the unit will improve")

    def answers(self) -> dict[str, Answer]:
        """Return the answers to the questions, by their names."""
        return {name: Answer(self.cleaned_data[name], self.cleaned_data[f"{name}_note"]) for name in QUESTIONS}


class ReviewForm(QuestionsForm):
    """The COG lead's review of one revision, with a comment on each of its `themes` where there is one to make."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False)
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

    def __init__(self, *args: Any, themes: Themes = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._comment_on = {identity: f"comment_{identity}" for identity, _ in themes}
        for identity, name in themes:
            self.fields[self._comment_on[identity]] = _comment(name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == Decision.RETURNED and not cleaned.get("reasons") and "reasons" not in self.errors:
            self.add_error("reasons", "Say why you return the statement and what is to be mended.")
        return cleaned

    def comment_on(self, identity: str) -> BoundField | None:
        """Return the field for the comment on a theme."""
        name = self._comment_on.get(identity)
        return self[name] if name else None

    def comments(self) -> Mapping[str, str]:
        """Return what is said on themes, by identity; "" where nothing is."""
        return {identity: self.cleaned_data[name] for identity, name in self._comment_on.items()}


class ReviewNoteForm(forms.Form):
    """A note of COG support for whoever reviews the statement, on all of it or on one of its `themes`."""

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

    def __init__(self, *args: Any, themes: Themes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"] = forms.ChoiceField(
            label="What the note is on", choices=[("", "The whole statement"), *themes], required=False
        )


class AcceptTogetherForm(QuestionsForm):
    """The three questions asked once for several statements. Each needs a yes: what needs a no is reviewed singly.

    `seen` says which statements, each as its unit's slug and its digest, as they stood on the page.
    """

    seen = forms.Field(widget=forms.MultipleHiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in QUESTIONS:
            if cleaned.get(name) is False:
                self.add_error(
                    name,
                    "Statements are accepted together only where the answer is yes for all of them. Review the ones "
                    "for which it is no one at a time.",
                )
        return cleaned

    def seen_digests(self) -> Mapping[str, str]:
        """Return the digests of the statements that were on the page, by the slugs of their units."""
        named = (one.partition(" ") for one in self.cleaned_data["seen"] or ())
        return {slug: digest for slug, _, digest in named}
