"""Turning what is decided on the report of an audit into clean values: sending, answering and issuing it."""

from __future__ import annotations

from typing import Any

from django import forms

from assurance.forms.choices import YesNoField
from organisation.formfields import NOBODY, DayField, WordsField

ANSWER_WORDS = 1000


class SendForm(forms.Form):
    """By when what is audited answers on the facts."""

    response_due_on = DayField(label="By which day are they to answer?")


class RespondForm(forms.Form):
    """An answer to a report. While it is a draft, on its facts; `digest` names the draft that was read."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    agrees = YesNoField(required=True)
    text = WordsField(max_words=ANSWER_WORDS, rows=10, required=False)

    def __init__(self, *args: Any, is_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agrees, text = self.fields["agrees"], self.fields["text"]
        if is_draft:
            agrees.label = "Are the facts in the draft report right?"
            agrees.help_text = (
                "You are asked about facts. What you think of the verdicts, you can say once it is issued."
            )
            text.label = "Which facts are not right, or what you want to say about them"
            self.missing = "Say which facts are not right."
        else:
            agrees.label = "Do you accept the report and its recommendations?"
            text.label = "What you will do, or what you do not accept and why"
            self.missing = "Say what is not accepted, and why."
        agrees.error_messages["required"] = "Answer yes or no."
        text.help_text = f"Needed if you answer no. {NOBODY}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("agrees") is False and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", self.missing)
        return cleaned


class IssueForm(forms.Form):
    """Issuing exactly the report that is on the page."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    confirmed = forms.BooleanField(
        label="I have read the report and the answers to it. I issue it as it stands on this page.",
        error_messages={"required": "Tick the box to confirm what you issue."},
    )
