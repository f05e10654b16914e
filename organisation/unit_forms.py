"""Turning what is typed about units and business groups into clean values. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from organisation.formfields import DayField, LineField
from organisation.models import BusinessGroup, RiskBand, Unit, UnitKind
from organisation.services.units import NewUnit

MOST_IN_A_MERGER = 20
MOST_OF_A_SPLIT = 12
MOST_SUGGESTED = 3


class NameField(LineField):
    """A name on one line: single blanks, no blank around it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class NewUnitForm(forms.Form):
    """A unit that is to be opened, and what it is."""

    name = NameField(label="Name", error_messages={"required": "Enter the unit’s name."})
    kind = forms.ChoiceField(
        label="Kind",
        choices=UnitKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what kind of unit it is."},
    )
    risk_band = forms.ChoiceField(
        label="Risk band",
        choices=RiskBand.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose its risk band."},
    )
    group = forms.ModelChoiceField(
        label="Business group",
        queryset=BusinessGroup.objects.all(),
        empty_label="Choose a group",
        error_messages={"required": "Choose the business group that it belongs to."},
    )

    def unit(self) -> NewUnit:
        """What was typed, as the services take it."""
        cleaned = self.cleaned_data
        return NewUnit(cleaned["name"], cleaned["kind"], cleaned["risk_band"], cleaned["group"])


class OpenUnitForm(NewUnitForm):
    on = DayField(label="First day")


class RenameUnitForm(forms.Form):
    name = NameField(label="New name", error_messages={"required": "Enter the new name."})
    on = DayField(label="First day under the new name")
    appoint_again = forms.BooleanField(
        label="Appoint the same people to the unit under its new name",
        help_text="The check page names them before anything is done",
        required=False,
        initial=True,
    )


class MergeUnitForm(forms.Form):
    """Which units end, and what they become."""

    NEW, EXISTING = "new", "existing"

    others = forms.CharField(
        label="Other units that end with it (optional)",
        help_text="Their names as they stand in the list of units, one a line",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=MOST_IN_A_MERGER * 220,
    )
    into = forms.ChoiceField(
        label="What they become",
        choices=[(NEW, "A new unit"), (EXISTING, "A unit that exists and goes on")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they become."},
    )
    name = NameField(
        label="Name of that unit", error_messages={"required": "Enter the name of the unit that they become."}
    )
    kind = forms.ChoiceField(
        label="Kind, of a new unit", choices=UnitKind.choices, widget=forms.RadioSelect, required=False
    )
    risk_band = forms.ChoiceField(
        label="Risk band, of a new unit", choices=RiskBand.choices, widget=forms.RadioSelect, required=False
    )
    group = forms.ModelChoiceField(
        label="Business group, of a new unit",
        queryset=BusinessGroup.objects.all(),
        required=False,
        empty_label="Choose a group",
    )
    on = DayField(label="First day as one unit")
    appoint_again = forms.BooleanField(
        label="Appoint the same people to the unit that they become",
        help_text="The check page names them before anything is done",
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.units = [unit]
        self.goes_on: Unit | None = None

    def clean(self) -> dict[str, Any]:
        """Find the units that are named, on the day before they become one."""
        cleaned = super().clean() or {}
        on = cleaned.get("on")
        if cleaned.get("into") == self.NEW:
            for name, what in {"kind": "kind", "risk_band": "risk band", "group": "business group"}.items():
                if not cleaned.get(name):
                    self.add_error(name, f"Choose the new unit’s {what}.")
        if on is not None and "others" in cleaned:
            self.units = [self.unit, *self._named(cleaned["others"].splitlines(), on)]
        if on is not None and cleaned.get("into") == self.EXISTING and cleaned.get("name"):
            self.goes_on = self._found("name", cleaned["name"], on)
        return cleaned

    def _named(self, lines: Sequence[str], on: date) -> list[Unit]:
        names = list(dict.fromkeys(filter(None, (" ".join(line.split()) for line in lines))))
        if len(names) > MOST_IN_A_MERGER:
            self.add_error("others", f"Name at most {MOST_IN_A_MERGER} units at a time.")
            return []
        found = [self._found("others", name, on) for name in names]
        return [unit for unit in found if unit is not None]

    def _found(self, field: str, name: str, on: date) -> Unit | None:
        existing = Unit.objects.filter(Q(closed_on=None) | Q(closed_on__gte=on), opened_on__lte=on)
        unit = existing.filter(name__iexact=name).first()
        if unit is None:
            alike = list(existing.filter(name__icontains=name).values_list("name", flat=True)[:MOST_SUGGESTED])
            suggestion = f" Units with this in their names: {', '.join(alike)}." if alike else ""
            self.add_error(field, f"No unit that exists on that day is called “{name[:200]}”.{suggestion}")
        return unit

    def becomes(self) -> Unit | NewUnit:
        """The unit that they become, as the services take it."""
        cleaned = self.cleaned_data
        if cleaned["into"] == self.EXISTING:
            assert self.goes_on is not None  # noqa: S101  # else there was an error
            return self.goes_on
        return NewUnit(cleaned["name"], cleaned["kind"], cleaned["risk_band"], cleaned["group"])


class SplitDayForm(forms.Form):
    on = DayField(label="First day of the new units")


class CloseUnitForm(forms.Form):
    last_day = DayField(label="Last day")


class MoveUnitForm(forms.Form):
    to = forms.ModelChoiceField(
        label="Business group that it moves to",
        queryset=BusinessGroup.objects.all(),
        empty_label="Choose a group",
        error_messages={"required": "Choose the business group that it moves to."},
    )
    on = DayField(label="First day in that group")


class ChangeUnitForm(forms.Form):
    kind = forms.ChoiceField(label="Kind", choices=UnitKind.choices, widget=forms.RadioSelect)
    risk_band = forms.ChoiceField(label="Risk band", choices=RiskBand.choices, widget=forms.RadioSelect)


class GroupForm(forms.Form):
    name = NameField(label="Name", error_messages={"required": "Enter the group’s name."})


class UnitFilterForm(forms.Form):
    """What the list of units is narrowed to. Anything unreadable in the address is left out."""

    OPEN, CLOSED, PLANNED = "open", "closed", "planned"

    text = forms.CharField(label="Name contains", required=False, max_length=200)
    group = forms.ModelChoiceField(
        label="Business group", queryset=BusinessGroup.objects.none(), required=False, empty_label="Any",
        to_field_name="slug",
    )  # fmt: skip
    kind = forms.ChoiceField(label="Kind", choices=[("", "Any"), *UnitKind.choices], required=False)
    risk_band = forms.ChoiceField(label="Risk band", choices=[("", "Any"), *RiskBand.choices], required=False)
    state = forms.ChoiceField(
        label="Existence",
        choices=[("", "Any"), (OPEN, "Exists today"), (CLOSED, "Has ended"), (PLANNED, "Not open yet")],
        required=False,
    )
