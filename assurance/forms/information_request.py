"""Turning what is decided about a request for information into clean values. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from assurance.disclosure import MARK
from assurance.models import Exemption, Law
from organisation.formfields import DayField, LineField, OptionLabel, WordsField
from organisation.models import Unit
from organisation.periods import Quarter

REASON_WORDS = 200
WHOLE, PASSAGES = "whole", "passages"


class RequestForm(forms.Form):
    """A request that has come in. Who asked stays where the force keeps its requests."""

    reference = LineField(
        label="Reference",
        help_text="The number that the request has where your force keeps them, such as FOI-2026-0117. Do not write "
        "who asked: this service need not know.",
        max_length=60,
        error_messages={"required": "Enter the request’s reference."},
    )
    law = forms.ChoiceField(
        label="What it is asked under",
        choices=Law.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is asked under."},
    )
    subject = LineField(
        label="What is asked for",
        help_text="In one line. It is printed on the answer.",
        max_length=200,
        error_messages={"required": "Say what is asked for."},
    )
    received_on = DayField(label="Received on")

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("A request cannot have been received on a day to come. Check the date.")
        return day


class ChooseForm(forms.Form):
    """Which statements are given out: of which units, for which quarters."""

    units = forms.ModelMultipleChoiceField(
        label="Units",
        queryset=Unit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one unit."},
    )
    first = forms.ChoiceField(label="First quarter", error_messages={"required": "Choose the first quarter."})
    last = forms.ChoiceField(label="Last quarter", error_messages={"required": "Choose the last quarter."})

    def __init__(self, *args: Any, units: QuerySet[Unit], quarters: Sequence[Quarter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["units"].queryset = units
        for name in ("first", "last"):
            boxes[name].choices = [("", "Choose a quarter"), *((str(one), one.name) for one in quarters)]

    def clean(self) -> dict[str, Any]:
        """Read the quarters; the first is not after the last."""
        cleaned = super().clean() or self.cleaned_data
        for name in ("first", "last"):
            if cleaned.get(name):
                cleaned[name] = Quarter.parse(cleaned[name])
        if cleaned.get("first") and cleaned.get("last") and str(cleaned["first"]) > str(cleaned["last"]):
            self.add_error("last", "The last quarter is before the first one. Choose them the other way round.")
        return cleaned


class WithholdForm(forms.Form):
    """What of one text is kept back, and why."""

    how = forms.ChoiceField(
        label="What is kept back",
        choices=[
            (PASSAGES, OptionLabel("Passages of it", hint="Those that you mark in the text below.")),
            (WHOLE, OptionLabel("All of it", hint="What you do to the text below does not matter then.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether all of it is kept back or passages of it."},
    )
    edited = forms.CharField(
        label="The text, as it is to be given out",
        help_text=f"Put {MARK} in the place of each passage to be kept back, and change nothing else.",
        widget=forms.Textarea(attrs={"rows": 10}),
        strip=False,
        required=False,
    )
    exemption = forms.ChoiceField(
        label="Ground",
        choices=[("", "Choose a ground"), *Exemption.choices],
        error_messages={"required": "Choose the ground on which it is kept back."},
    )
    reason = WordsField(
        label="Reason",
        help_text="Whoever asked reads it. Do not repeat what is kept back.",
        max_words=REASON_WORDS,
        rows=4,
        error_messages={"required": "Say why it is kept back."},
    )

    @property
    def marks(self) -> str | None:
        """The text with its marks; None where all of it is kept back."""
        if self.cleaned_data["how"] == WHOLE:
            return None
        edited: str = self.cleaned_data["edited"]
        return edited.replace("\r\n", "\n")


class ConfirmForm(forms.Form):
    """The second look."""

    digest = forms.CharField(widget=forms.HiddenInput)
    looked = forms.BooleanField(
        label="I have read what is given out and the schedule of what is not",
        error_messages={"required": "Read both, then confirm that you have."},
    )
