"""Turning questions, advice and who advises whom into clean values. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet

from organisation.formfields import NOBODY, DayField, WordsField
from organisation.models import Unit, User

QUESTION_WORDS = 300
ADVICE_WORDS = 600


class QuestionForm(forms.Form):
    """What a unit wants to know about a theme."""

    question = WordsField(label="Your question", max_words=QUESTION_WORDS, rows=6)


class AdviceForm(forms.Form):
    """The adviser's answer."""

    advice = WordsField(label="Your advice", max_words=ADVICE_WORDS, rows=10, help_text=NOBODY)


class NoteForm(forms.Form):
    """Advice that was given without a question: to which unit, on which theme."""

    unit = forms.ModelChoiceField(label="Unit", queryset=Unit.objects.none(), empty_label="Choose a unit")
    theme = forms.ChoiceField(label="Theme")
    advice = WordsField(label="The advice", max_words=ADVICE_WORDS, rows=10, help_text=NOBODY)

    def __init__(self, *args: Any, units: QuerySet[Unit], themes: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["unit"].queryset = units
        boxes["theme"].choices = [("", "Choose a theme"), *themes.items()]


class AdviserForm(forms.Form):
    """Who is to advise a unit, and from when."""

    unit = forms.ModelChoiceField(label="Unit", queryset=Unit.objects.none(), empty_label="Choose a unit")
    adviser = forms.ModelChoiceField(label="Adviser", queryset=User.objects.none(), empty_label="Choose an adviser")
    starts_on = DayField(label="From")

    def __init__(self, *args: Any, units: QuerySet[Unit], advisers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["unit"].queryset = units
        boxes["adviser"].queryset = advisers


class MentoringFilterForm(forms.Form):
    """Which records to list. Anything unreadable in the address is left out rather than refused."""

    WAITING, ANSWERED = "waiting", "answered"

    unit = forms.CharField(label="Unit’s name contains", max_length=200, required=False)
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Any"), (WAITING, "Waiting for an answer"), (ANSWERED, "Answered or advised")],
    )
    whose = forms.ChoiceField(
        label="Units", required=False, choices=[("", "All you may read"), ("mine", "Those you advise")]
    )
