"""Turning a proposal to redact, and the decision on it, into clean values."""

from __future__ import annotations

from typing import Any

from django import forms

from assurance import redaction as rules
from assurance.redaction import MARK
from organisation.formfields import OptionLabel, WordsField

REASON_WORDS = 500
CARRY_OUT, REFUSE = "carry-out", "refuse"


class GroundsForm(forms.Form):
    """Why something signed has to be taken out, and on whose authority: of a file, which goes whole."""

    authority = forms.CharField(
        label="Authority",
        help_text="The law, court order or decision that asks for it, with its reference. Whoever reads the statement "
        "sees it.",
        max_length=200,
        error_messages={"required": "Say on whose authority, with the reference."},
    )
    reason = WordsField(
        label="Reason",
        help_text="Why it has to go. Do not repeat what is to be taken out.",
        max_words=REASON_WORDS,
        rows=4,
        error_messages={"required": "Say why it has to be taken out."},
    )


class PassagesForm(GroundsForm):
    """The same of a text, from which passages are taken out."""

    redacted = forms.CharField(
        label="The text as it is to stand",
        help_text=f"Put {MARK} in the place of each passage that has to go, and change nothing else.",
        widget=forms.Textarea(attrs={"rows": 12}),
        strip=False,
        error_messages={"required": f"Put {MARK} in the place of what has to go."},
    )
    field_order = ["redacted", "authority", "reason"]

    def __init__(self, *args: Any, original: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.original = original

    def clean_redacted(self) -> str:
        """Refuse whatever takes out nothing, or does more than take out."""
        text: str = self.cleaned_data["redacted"].replace("\r\n", "\n")
        if rules.passages(self.original, text) is None:
            raise forms.ValidationError(
                f"Put {MARK} in the place of at least one passage and leave every other letter as it was signed. To "
                "start again, open this page anew."
            )
        return text


class DecisionForm(forms.Form):
    """What the second person decides."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[
            (CARRY_OUT, OptionLabel("Take it out for good", hint="It cannot be brought back.")),
            (REFUSE, OptionLabel("Refuse", hint="The statement stays as it was signed.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it is taken out."},
    )
    because = WordsField(
        label="Why you refuse",
        help_text="Needed if you refuse.",
        max_words=REASON_WORDS,
        rows=3,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == REFUSE and not cleaned.get("because"):
            self.add_error("because", "Say why you refuse.")
        return cleaned
