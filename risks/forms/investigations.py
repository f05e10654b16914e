"""Turning what people say of investigations, and of what is learnt of them, into values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from organisation.formfields import NOBODY, DayField, LineField, WordsField
from organisation.models import BusinessGroup, Unit
from organisation.versioned import VersionedForm
from risks.forms.board import CHOOSE
from risks.forms.hse import OF_A_UNIT
from risks.forms.risks import A_POST, DESCRIPTION_WORDS, UPDATE_WORDS
from risks.models.investigation import INVESTIGATION_WRITTEN

FINDINGS_WORDS = 1000


class InvestigationForm(VersionedForm):
    """An investigation: what happened, who had it investigated, what was found, and what can be learnt."""

    answers = INVESTIGATION_WRITTEN

    title = LineField(
        label="What is investigated, in a line",
        max_length=200,
        error_messages={"required": "Say what is investigated."},
    )
    event_on = DayField(label="Day of the event")
    unit_id = forms.TypedChoiceField(
        label="Unit", help_text=OF_A_UNIT, coerce=int, empty_value=None, required=False, error_messages=CHOOSE
    )
    group_id = forms.TypedChoiceField(
        label="Business group",
        help_text="Only where you choose no unit.",
        coerce=int,
        empty_value=None,
        required=False,
        error_messages=CHOOSE,
    )
    happened = WordsField(
        label="What happened",
        max_words=DESCRIPTION_WORDS,
        help_text=NOBODY,
        error_messages={"required": "Say what happened."},
    )
    commissioned_on = DayField(label="Commissioned on")
    commissioned_by = LineField(
        label="Commissioned by", help_text=A_POST, max_length=120, error_messages={"required": "Name the post."}
    )
    findings = WordsField(label="What was found", max_words=FINDINGS_WORDS, required=False, help_text=NOBODY)
    learning = WordsField(
        label="What others can learn of it",
        max_words=UPDATE_WORDS,
        required=False,
        help_text=f"Units read this, and not what was found. {NOBODY}",
    )
    theme = forms.ChoiceField(
        label="Theme of the model that it bears on",
        help_text="Units find what is shared under it.",
        required=False,
        error_messages=CHOOSE,
    )

    def __init__(self, *args: Any, themes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["theme"].choices = [("", "None in particular"), *themes]
        units = Unit.objects.order_by("name").values_list("pk", "name")
        boxes["unit_id"].choices = [("", "None in particular"), *units]
        groups = BusinessGroup.objects.order_by("name").values_list("pk", "name")
        boxes["group_id"].choices = [("", "The force as a whole"), *groups]


class CompletedForm(forms.Form):
    """On which day an investigation was completed."""

    completed_on = DayField(label="Completed on", initial=timezone.localdate)


class ShareForm(forms.Form):
    """With whom learning is shared."""

    groups = forms.ModelMultipleChoiceField(
        label="All units of these business groups",
        help_text="As they are today.",
        queryset=BusinessGroup.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose some of those that are listed."},
    )
    units = forms.ModelMultipleChoiceField(
        label="These units besides",
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose some of those that are listed."},
    )

    low_in_theme = forms.ModelMultipleChoiceField(
        label="Units that state less than level 3 in the theme, or no level",
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose some of those that are listed."},
    )
    field_order = ["groups", "low_in_theme", "units"]

    def __init__(self, *args: Any, today: date, low: Collection[int] = (), theme: str = "", **kwargs: Any) -> None:
        """Offer groups and units; `low` are the units that lie low in the `theme`, named as people say it."""
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        if low:
            boxes["low_in_theme"].queryset = Unit.objects.open_on(today).filter(pk__in=low).order_by("name")
            boxes["low_in_theme"].label = f"Units that state less than level 3 in {theme}, or no level"
        else:
            del boxes["low_in_theme"]
        boxes["groups"].queryset = BusinessGroup.objects.order_by("name")
        boxes["units"].queryset = Unit.objects.open_on(today).order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            cleaned["units"] = {*cleaned["units"], *cleaned.pop("low_in_theme", ())}
            if not cleaned["groups"] and not cleaned["units"]:
                self.add_error("groups", "Choose at least one business group or unit.")
        return cleaned


class AcknowledgeForm(forms.Form):
    """That a unit has taken note of learning."""

    note = WordsField(
        label="What the unit does with it",
        max_words=DESCRIPTION_WORDS,
        rows=4,
        required=False,
        help_text=f"May be left out. {NOBODY}",
    )
