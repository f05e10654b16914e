"""Turning what is typed about a target into clean values. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django import forms
from django.db.models import QuerySet

from maturity.models import Level, Target
from maturity.services.targets import Terms
from organisation.formfields import DayField, LineField, WordsField
from organisation.models import BusinessGroup, RiskBand, Unit

NOTE_WORDS = 200
# What the next target does not take over from the one it supersedes: that has to be found out anew.
AFRESH = {"by_on", "endorsed_by", "endorsed_on", "source", "note"}


class TargetForm(forms.Form):
    """A target as it was endorsed. Whom it is for is one of three boxes, or none of them."""

    level = forms.TypedChoiceField(label="Level to be reached", coerce=int, widget=forms.RadioSelect)
    self_sustaining = forms.BooleanField(
        label="Held without relying on the Safety and Health Risk Management Team (SHRMT)", required=False
    )
    by_on = DayField(label="To be reached by")
    group = forms.ModelChoiceField(
        label="Business group (optional)",
        queryset=BusinessGroup.objects.all(),
        required=False,
        empty_label="Not for one group",
        help_text="A target is for one business group, one unit or some risk bands. Leave all three open where it is "
        "for the whole force",
    )
    unit = forms.ModelChoiceField(
        label="Unit (optional)", queryset=Unit.objects.none(), required=False, empty_label="Not for one unit"
    )
    risk_bands = forms.MultipleChoiceField(
        label="Risk bands (optional)",
        choices=RiskBand.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    theme_identity = forms.ChoiceField(label="Theme", required=False)
    share = forms.IntegerField(
        label="Share of the units, in per cent (optional)",
        min_value=1,
        max_value=100,
        required=False,
        help_text="Leave it empty where every unit is to reach the level",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": "5"}),
    )
    endorsed_by = LineField(
        label="Endorsed by", max_length=200, help_text="A body or a post, such as the Management Board"
    )
    endorsed_on = DayField(label="Endorsed on")
    source = LineField(
        label="Where it is written down (optional)", max_length=400, required=False, help_text="Such as minutes"
    )
    note = WordsField(label="Note (optional)", max_words=NOTE_WORDS, rows=4, required=False)

    def __init__(
        self,
        *args: Any,
        levels: list[Level],
        themes: Mapping[str, str],
        units: QuerySet[Unit],
        like: Target | None = None,
        **kwargs: Any,
    ) -> None:
        if like is not None:
            taken_over = [one.name for one in fields(Terms) if one.name not in AFRESH]
            kwargs.setdefault("initial", {name: getattr(like, name) for name in taken_over})
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["level"].choices = [(level.number, f"{level.number} {level.name}") for level in levels]
        boxes["theme_identity"].choices = [("", "Every theme"), *themes.items()]
        boxes["unit"].queryset = units

    def terms(self) -> Terms:
        """What was typed, as the service takes it."""
        return Terms(**self.cleaned_data)
