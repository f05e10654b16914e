"""Turning what is chosen on the pages of this room into clean values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms


class IndicatorsForm(forms.Form):
    """Which injury indicators bear on a risk."""

    indicators = forms.MultipleChoiceField(
        label="Injury indicators that bear on the risk",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose indicators that are listed."},
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["indicators"].choices = choices
