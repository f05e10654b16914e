"""Turning the choice of periods and staff groups into clean values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from injuries.models import StaffGroup
from injuries.months import Month, NotMonths, Period
from injuries.over_time import Step

Choices = Sequence[tuple[str, str]]


class PeriodsForm(forms.Form):
    """The later and the earlier period of a comparison, by their first and last months."""

    later_from = forms.ChoiceField(label="Later period: first month")
    later_to = forms.ChoiceField(label="Later period: last month")
    earlier_from = forms.ChoiceField(label="Earlier period: first month")
    earlier_to = forms.ChoiceField(label="Earlier period: last month")

    def __init__(self, *args: Any, months: Sequence[Month], **kwargs: Any) -> None:
        """Offer the months, of which the last is the latest that was counted."""
        super().__init__(*args, **kwargs)
        self.latest = months[-1]
        choices: Choices = [(str(month), month.name) for month in reversed(months)]
        for field in self.fields.values():
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  # as declared above
            field.choices = choices
            field.error_messages |= {
                "required": "Choose a month.",
                "invalid_choice": "Choose one of the months that are listed.",
            }

    def clean_later_to(self) -> str:
        return self._in_order("later")

    def clean_earlier_to(self) -> str:
        return self._in_order("earlier")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and self.later.overlaps(self.earlier):
            raise ValidationError("The two periods overlap, so they cannot be compared. Choose periods that do not.")
        if not self.errors and self.later.first < self.earlier.first:
            raise ValidationError("The later period is before the earlier one. Swap the two.")
        return said

    @property
    def later(self) -> Period:
        """The later period, once the form is valid."""
        return self._period("later")

    @property
    def earlier(self) -> Period:
        """The earlier period, once the form is valid."""
        return self._period("earlier")

    def _period(self, which: str) -> Period:
        said = self.cleaned_data
        return Period(Month.parse(said[f"{which}_from"]), Month.parse(said[f"{which}_to"]))

    def _in_order(self, which: str) -> str:
        last: str = self.cleaned_data[f"{which}_to"]
        if f"{which}_from" in self.cleaned_data:
            try:
                self._period(which)
            except NotMonths as error:
                raise ValidationError(str(error)) from error
        return last


class OverTimeForm(forms.Form):
    """Which staff group is shown over time, and by months or quarters."""

    group = forms.ModelChoiceField(
        label="Staff group",
        queryset=StaffGroup.objects.all(),
        required=False,
        empty_label="Everybody",
        to_field_name="code",
        error_messages={"invalid_choice": "Choose one of the staff groups that are listed."},
    )
    step = forms.ChoiceField(
        label="By",
        choices=[
            ("", "Quarters if there are fewer than three a month"),
            (Step.MONTH, "Months"),
            (Step.QUARTER, "Quarters"),
        ],
        required=False,
        error_messages={"invalid_choice": "Choose months or quarters."},
    )

    def chosen_group(self) -> StaffGroup | None:
        """The staff group that is chosen; None: everybody."""
        return self.cleaned_data.get("group") if self.is_valid() else None

    def chosen_step(self) -> Step | None:
        """Months or quarters; None: as the numbers have it."""
        said = self.cleaned_data.get("step") if self.is_valid() else ""
        return Step(said) if said else None
