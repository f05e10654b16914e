"""Which audited claims to list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from assurance.agreement import LEVELS
from assurance.agreement_findings import Outcome
from organisation.models import BusinessGroup, Unit, User
from organisation.periods import HalfYear

ANY = ("", "Any")
A_LEVEL = [ANY, *((str(level), f"Level {level}") for level in range(1, LEVELS + 1))]
OUTCOMES = {
    Outcome.COMPARED: "Claim and verdict compared",
    Outcome.CONFIRMED: "Confirmed",
    Outcome.TOO_HIGH: "Too high",
    Outcome.TOO_LOW: "Too low",
    Outcome.NOT_ENOUGH_EVIDENCE: "Not enough evidence to judge",
    Outcome.NO_CLAIM: "No level claimed",
    Outcome.NOT_SCORED: "Not scored",
    Outcome.NO_VERDICT: "No level in the report",
}


class ClaimsFilterForm(forms.Form):
    """Anything unreadable in the address is left out rather than refused.

    Unit, lead auditor and half-year come from the numbers that lead here, and stay while the others are changed.
    """

    theme = forms.ChoiceField(label="Theme", required=False)
    claim = forms.TypedChoiceField(label="Claimed", required=False, choices=A_LEVEL, coerce=int, empty_value=None)
    found = forms.TypedChoiceField(label="Found", required=False, choices=A_LEVEL, coerce=int, empty_value=None)
    outcome = forms.TypedChoiceField(
        label="Outcome", required=False, choices=[ANY, *OUTCOMES.items()], coerce=Outcome, empty_value=None
    )
    group = forms.ModelChoiceField(BusinessGroup.objects.all(), required=False, to_field_name="slug")
    unit = forms.ModelChoiceField(Unit.objects.all(), required=False, to_field_name="slug")
    auditor = forms.ModelChoiceField(User.objects.all(), required=False)
    half = forms.CharField(required=False, max_length=12)
    chosen = ("theme", "claim", "found", "outcome")
    kept = ("group", "unit", "auditor", "half")

    def __init__(self, data: Mapping[str, Any], *, themes: Mapping[str, str], compares_auditors: bool) -> None:
        super().__init__(data)
        self.fields["theme"].choices = [ANY, *themes.items()]  # type: ignore[attr-defined]  # a ChoiceField
        if not compares_auditors:
            del self.fields["auditor"]
        for name in self.kept:
            if name in self.fields:
                self.fields[name].widget = forms.HiddenInput()

    def clean_half(self) -> HalfYear | None:
        text = self.cleaned_data["half"]
        try:
            return HalfYear.parse(text) if text else None
        except ValueError as error:
            raise forms.ValidationError("Name a half-year such as 2025/26-H1.") from error

    def in_words(self) -> list[str]:
        """Say what is filtered, for the line above the list."""
        wanted = self.cleaned_data
        said = {
            "group": "unit was in {}",
            "unit": "unit is {}",
            "theme": "theme is {}",
            "auditor": "audit was led by {}",
            "half": "report was issued in {}",
            "claim": "claim is level {}",
            "found": "level found is {}",
            "outcome": "outcome is: {}",
        }
        return [words.format(self._named(name, wanted[name])) for name, words in said.items() if wanted.get(name)]

    def _named(self, name: str, value: Any) -> str:
        if name == "theme":
            return str(dict(self.fields["theme"].choices)[value])  # type: ignore[attr-defined]  # a ChoiceField
        if name == "outcome":
            return OUTCOMES[value].lower()
        return value.name if isinstance(value, HalfYear | BusinessGroup | Unit | User) else str(value)
