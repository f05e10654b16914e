"""Turning what people write on a roll-up into clean values, each with the version of the field it was typed on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms

from assurance.forms.choices import LevelField, YesNoField, level_choices, yes_or_no
from assurance.forms.statement import EVIDENCE_WORDS, REASON_WORDS
from assurance.models.rollup import ASSESSMENT_ANSWERS
from organisation.formfields import NOBODY, DayField, WordsField
from organisation.versioned import VersionedForm, initial_of

NARRATIVE_WORDS = 1500


def _shown(value: Any) -> Any:
    """Return an answer as its controls have it: radio buttons say yes or no."""
    return yes_or_no(value) if isinstance(value, bool) else value


def shown_of(values: Mapping[str, Any], versions: Mapping[str, int]) -> dict[str, Any]:
    """Return stored answers as a form shows them, each with the stamp of what is stored."""
    stamps = initial_of(values, versions)
    return stamps | {name: _shown(value) for name, value in values.items()}


class RollupWordsForm(VersionedForm):
    """What is answered once for the half-year. A business group's has its meeting, the force's the Head's opinion."""

    board_meeting_on = DayField(label="Date of the Board meeting it is for", required=False)
    group_meeting_on = DayField(label="Date of the meeting", required=False)
    reported_at_meeting = YesNoField(label="Were the units’ statements reported at that meeting?")
    reported_at_meeting_note = WordsField(
        label="Note on that",
        help_text=f"If they were not reported, say why. {NOBODY}",
        max_words=REASON_WORDS,
        rows=4,
        required=False,
    )
    opinion_level = LevelField(label="Which level is the force at, in your opinion?")
    opinion = WordsField(
        label="Your opinion in words",
        help_text=f"What it rests on. It is printed with the day on which the summary is issued. {NOBODY}",
        max_words=EVIDENCE_WORDS,
        rows=8,
        required=False,
    )
    narrative = WordsField(
        label="What the figures mean, over all themes",
        help_text=f"Building the figures again leaves it as it is. {NOBODY}",
        max_words=NARRATIVE_WORDS,
        rows=12,
        required=False,
    )
    shows_comparison = YesNoField(
        label="Show the half-year before beside this one?",
        help_text="If not, what is issued leaves the comparison out.",
        required=True,
        error_messages={"required": "Say whether the half-year before is shown."},
    )

    def __init__(
        self,
        *args: Any,
        answers: Sequence[str],
        level_names: Sequence[str] = (),
        decided: Collection[str] = (),
        partial: bool = False,
        **kwargs: Any,
    ) -> None:
        """`answers` are those that this roll-up takes."""
        self.answers = tuple(answers)
        super().__init__(*args, decided=decided, partial=partial, **kwargs)
        for name in [name for name in self.base_fields if name not in self.answers]:
            del self.fields[name]
        if partial:
            self.fields["shows_comparison"].required = "shows_comparison" in self.sent
        self.offer(level_names)

    def offer(self, level_names: Sequence[str]) -> None:
        """Set which levels there are to choose from."""
        if "opinion_level" in self.fields:
            self.fields["opinion_level"].choices = level_choices(level_names)  # type: ignore[attr-defined]  # a field with choices


class AssessmentForm(VersionedForm):
    """What is stated about one theme: never worked out from what the units report."""

    answers = ASSESSMENT_ANSWERS

    level = LevelField(
        label="Which level is it at?", help_text="State it yourself. What the units report is beside it for comparison."
    )
    evidence = WordsField(
        label="Evidence",
        help_text=f"What shows it. If you cannot give a level, say why here. {NOBODY}",
        max_words=EVIDENCE_WORDS,
        rows=8,
        required=False,
    )
    actions = WordsField(
        label="Actions",
        help_text=f"What is being done to hold the level or to improve. {NOBODY}",
        max_words=EVIDENCE_WORDS,
        rows=6,
        required=False,
    )
    narrative = WordsField(
        label="What the units’ figures mean",
        help_text=f"For those who read the figures of this theme. {NOBODY}",
        max_words=EVIDENCE_WORDS,
        rows=6,
        required=False,
    )

    def __init__(self, *args: Any, level_names: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(level_names)

    def offer(self, level_names: Sequence[str]) -> None:
        """Set which levels there are to choose from."""
        self.fields["level"].choices = level_choices(level_names)  # type: ignore[attr-defined]  # a field with choices


class IssueForm(forms.Form):
    """Issuing exactly what is on the page; a later version says why it follows."""

    figures_digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    words_digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    because = WordsField(
        label="Why is another version issued?",
        help_text=f"It is printed in the new version. {NOBODY}",
        max_words=REASON_WORDS,
        rows=4,
        error_messages={"required": "Say why another version is issued."},
    )
    confirmed = forms.BooleanField(
        label="I have read the figures and the words. I issue them as they stand on these pages.",
        error_messages={"required": "Tick the box to confirm what you issue."},
    )

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["because"]
