"""Turning a unit's word that a recommendation is done, and the auditor's on that, into clean values."""

from __future__ import annotations

from typing import Any

from django import forms

from assurance.forms.evidence import LIMIT_IN_WORDS, FilesField
from organisation.formfields import NOBODY, OptionLabel, WordsField
from records.filetypes import ENDINGS, IN_WORDS
from records.uploads import MOST_FILES

EVIDENCE_WORDS = 500
CONFIRM, REOPEN = "confirm", "reopen"


class DoneForm(forms.Form):
    """What shows that it is done."""

    evidence = WordsField(
        label="What shows that it is done?",
        help_text=f"What was done and when, and where an auditor can see it. {NOBODY}",
        max_words=EVIDENCE_WORDS,
        rows=8,
        error_messages={"required": "Say what shows that it is done."},
    )
    uploads = FilesField(
        label="Files that show it (optional)",
        help_text=f"{IN_WORDS}. {LIMIT_IN_WORDS} each, {MOST_FILES} at once.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uploads"].widget.attrs["accept"] = ",".join(f".{ending}" for ending in sorted(ENDINGS))


class CheckForm(forms.Form):
    """What the auditor makes of it."""

    decision = forms.ChoiceField(
        label="Is it done?",
        choices=[
            (CONFIRM, OptionLabel("Yes, it is done", hint="The recommendation and its action are closed.")),
            (REOPEN, OptionLabel("No, something is missing", hint="The unit goes on, and says again when it is done.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it is done."},
    )
    reasons = WordsField(
        label="What did you see, or what is still missing?",
        help_text=f"The unit reads it. {NOBODY}",
        max_words=EVIDENCE_WORDS,
        rows=6,
        error_messages={"required": "Say what you saw, or what is still missing."},
    )
