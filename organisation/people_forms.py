"""Turning what administrators type about people and their appointments into clean values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from organisation.formfields import NOBODY, DayField, LineField, OptionLabel, WordsField
from organisation.models import BusinessGroup, QualificationStatus, QualificationType, Unit
from organisation.models.unit import UnitQuerySet
from organisation.roles import Role, Scope

REASON_WORDS = 100
TO_WHAT = {
    Scope.UNIT: "For one unit",
    Scope.GROUP: "For one business group",
    Scope.FORCE: "For the whole force",
    Scope.RISK: "Which risks is said in the register",
    Scope.AUDIT: "Which audits is said where audits are kept",
}
WITHOUT_END = "Leave it empty if no end is set."


def _role(**more: Any) -> Any:
    return forms.ChoiceField(
        label="Role",
        choices=[(role.value, OptionLabel(role.label, hint=TO_WHAT[role.scope])) for role in Role],
        **more,
    )


# --- The list -----------------------------------------------------------------------------------------------------


class PeopleFilterForm(forms.Form):
    """What the list of people may be narrowed to. What cannot be read in the address is left out, not refused."""

    OPEN, CLOSED, WITHOUT = "open", "closed", "without"
    STATES = [(OPEN, "Open"), (WITHOUT, "Open, without any appointment today"), (CLOSED, "Closed")]

    text = forms.CharField(label="Name or e-mail address contains", required=False, max_length=200)
    role = forms.ChoiceField(
        label="Role", required=False, choices=[("", "Any"), *((role.value, role.label) for role in Role)]
    )
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(), to_field_name="slug", required=False, empty_label="Any or none"
    )
    group = forms.ModelChoiceField(
        label="Business group, its units included",
        queryset=BusinessGroup.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label="Any or none",
    )
    state = forms.ChoiceField(label="Account", required=False, choices=[("", "Any"), *STATES])

    def __init__(self, data: Any, *, units: QuerySet[Unit], groups: QuerySet[BusinessGroup]) -> None:
        super().__init__(data)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a field with a queryset
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]

    def in_words(self) -> list[str]:
        """Say what is filtered, for the line above the list."""
        wanted = self.cleaned_data
        said = []
        if wanted.get("text"):
            said.append(f"name or e-mail address contains “{wanted['text']}”")
        if wanted.get("role"):
            said.append(f"role is {Role(wanted['role']).label}")
        if wanted.get("unit"):
            said.append(f"unit is {wanted['unit']}")
        if wanted.get("group"):
            said.append(f"business group is {wanted['group']}")
        if wanted.get("state"):
            said.append(f"account is {dict(self.STATES)[wanted['state']].lower()}")
        return said


# --- Accounts -----------------------------------------------------------------------------------------------------


class AccountForm(forms.Form):
    """How an account is called and signed in to."""

    name = LineField(
        label="Name",
        help_text="As it is to be printed, with rank or grade if the force prints those.",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Write the person’s name."},
    )
    email = forms.EmailField(
        label="E-mail address",
        help_text="The person signs in with it, so nobody else may have it.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Write the person’s e-mail address.",
            "invalid": "This is not an e-mail address. Write it like name@force.example.",
        },
    )


class NewAccountForm(AccountForm):
    """An account to make, and whether its person is told at once. `can_invite`: whether invitations go out at all."""

    invite = forms.BooleanField(
        label="Send them a link to choose a password",
        help_text="The link works once and for some days. You can send another one later.",
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, can_invite: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_invite:
            del self.fields["invite"]


class BecauseForm(forms.Form):
    """Why something is ended or closed."""

    because = WordsField(label="Why?", help_text=NOBODY, max_words=REASON_WORDS, rows=3)

    def __init__(self, *args: Any, label: str, missing: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].label = label
        self.fields["because"].error_messages["required"] = missing


# --- Appointments -------------------------------------------------------------------------------------------------


class AppointmentForm(forms.Form):
    """A role, what it is to, and for how long."""

    role = _role(widget=forms.RadioSelect, error_messages={"required": "Choose the role."})
    unit = forms.ModelChoiceField(
        label="Unit",
        help_text="For a SPOC or an SLT lead.",
        queryset=Unit.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label="No unit",
        error_messages={"invalid_choice": "Choose one of the units in the list."},
    )
    group = forms.ModelChoiceField(
        label="Business group",
        help_text="For a COG lead or COG support.",
        queryset=BusinessGroup.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label="No business group",
        error_messages={"invalid_choice": "Choose one of the business groups in the list."},
    )
    starts_on = DayField(label="First day")
    ends_on = DayField(label="Last day", help_text=WITHOUT_END, required=False)

    def __init__(self, *args: Any, units: UnitQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a field with a queryset

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "role" not in cleaned:
            return cleaned
        scope = Role(cleaned["role"]).scope
        for name, needs, what in (("unit", Scope.UNIT, "unit"), ("group", Scope.GROUP, "business group")):
            if name in cleaned and scope is needs and cleaned[name] is None:
                self.add_error(name, f"Choose the {what} that the person is appointed to.")
            elif cleaned.get(name) and scope is not needs:
                self.add_error(name, f"This role is not to a {what}. Choose “No {what}”, or another role.")
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The last day cannot be before the first. Check both days.")
        return cleaned


class EndForm(forms.Form):
    """When an appointment ends: at the end of a day, or now."""

    AT_ONCE, ON_A_DAY = "at-once", "on-a-day"

    when = forms.ChoiceField(
        label="When does it end?",
        widget=forms.RadioSelect,
        choices=[
            (AT_ONCE, OptionLabel("At once", hint="Also where the person is signed in: the next page is refused.")),
            (ON_A_DAY, OptionLabel("At the end of a day", hint="Today or later")),
        ],
        error_messages={"required": "Choose when it ends."},
    )
    last_day = DayField(label="Last day, unless it ends at once", required=False)
    because = WordsField(label="Why it ends at once", help_text=NOBODY, max_words=REASON_WORDS, rows=3, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") == self.ON_A_DAY and "last_day" in cleaned and cleaned["last_day"] is None:
            self.add_error("last_day", "Write the last day, or choose that it ends at once.")
        if cleaned.get("when") == self.AT_ONCE and "because" in cleaned and not cleaned["because"]:
            self.add_error("because", "Say why it ends at once.")
        return cleaned


class ExtendForm(forms.Form):
    """Until when an appointment lasts from now on."""

    ends_on = DayField(label="New last day", required=False)
    without_end = forms.BooleanField(label="It has no end from now on", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "ends_on" in cleaned and bool(cleaned["ends_on"]) is bool(cleaned.get("without_end")):
            self.add_error("ends_on", "Write the new last day, or tick that there is no end: one of the two.")
        return cleaned


class HandOverForm(forms.Form):
    """Who takes an appointment over, and from when."""

    email = forms.EmailField(
        label="E-mail address of the person who takes it over",
        help_text="They need an account already.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Write the e-mail address of the person who takes it over.",
            "invalid": "This is not an e-mail address. Write it like name@force.example.",
        },
    )
    starts_on = DayField(
        label="Their first day", help_text="The day before is the last one of the person who hands over."
    )


# --- Qualifications -----------------------------------------------------------------------------------------------


class QualificationTypeForm(forms.Form):
    """A qualification that people may hold, and which roles expect it."""

    name = LineField(
        label="Name",
        help_text="As it is to be printed, with who awards it.",
        max_length=200,
        error_messages={"required": "Write the name of the qualification."},
    )
    level = forms.IntegerField(
        label="Level",
        help_text="On the national scale from 1 to 8, where it has one.",
        required=False,
        min_value=1,
        max_value=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "3", "autocomplete": "off"}),
        error_messages={
            "invalid": "Write the level as a number from 1 to 8, or leave it empty.",
            "min_value": "The national scale begins with 1.",
            "max_value": "The national scale ends with 8.",
        },
    )
    expected_of = forms.MultipleChoiceField(
        label="Which roles are to have it?",
        required=False,
        choices=[(role.value, role.label) for role in Role],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_expected_of(self) -> list[Role]:
        return [Role(value) for value in self.cleaned_data["expected_of"]]


class QualificationForm(forms.Form):
    """What somebody holds, studies for or has given up. `types` None: of a line that there is, whose type stays."""

    type = forms.ModelChoiceField(
        label="Qualification",
        queryset=QualificationType.objects.none(),
        to_field_name="code",
        empty_label="Choose a qualification",
        error_messages={
            "required": "Choose the qualification.",
            "invalid_choice": "Choose one of the qualifications in the list.",
        },
    )
    status = forms.ChoiceField(
        label="How does it stand?",
        choices=QualificationStatus.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how it stands."},
    )
    on = DayField(label="Since when?")
    expires_on = DayField(
        label="Last day it is valid", help_text="Leave it empty if it does not run out.", required=False
    )

    def __init__(self, *args: Any, types: QuerySet[QualificationType] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if types is None:
            del self.fields["type"]
        else:
            self.fields["type"].queryset = types  # type: ignore[attr-defined]  # a field with a queryset


# --- The force ----------------------------------------------------------------------------------------------------


# A statement is due on the last day of the quarter's second month: so many days later its quarter still runs.
MOST_DAYS_AFTER_DUE = 28
MOST_DAYS_TO_REVIEW = 90


def _days(label: str, *, most: int, help_text: str) -> forms.IntegerField:
    refusal = f"Write a whole number of days from 1 to {most}."
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=1,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": "3"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), refusal),
    )


class ForceForm(forms.Form):
    """What the force is called, whether one person may complete and sign, and when somebody further up is told."""

    name = LineField(
        label="Name of the force",
        help_text="It stands on every page and document.",
        max_length=200,
        error_messages={"required": "Write the name of the force."},
    )
    short_name = LineField(
        label="Short name",
        help_text="Where there is little room.",
        max_length=50,
        error_messages={"required": "Write a short name of the force."},
    )
    completer_may_sign = forms.BooleanField(
        label="One person may both complete and sign a statement",
        help_text="Leave it unticked unless the force has decided so: otherwise two people answer for each statement.",
        required=False,
    )
    finaliser_may_publish = forms.BooleanField(
        label="One person may both make a panel paper final and publish it",
        help_text="Leave it unticked unless the force has decided so: otherwise two people release each paper.",
        required=False,
    )
    slt_lead_told_after_days = _days(
        "Days until the Senior Leadership Team (SLT) lead is told that a statement is not completed",
        most=MOST_DAYS_AFTER_DUE,
        help_text="Counted from the day on which it is due, signed. The unit’s single point of contact is told before: "
        "14 and 3 days ahead of that day and on the day after it.",
    )
    cog_lead_told_after_days = _days(
        "Days until the Chief Officer Group (COG) lead is told that a statement is not signed",
        most=MOST_DAYS_AFTER_DUE,
        help_text="Counted from the same day; not earlier than the SLT lead.",
    )
    review_within_days = _days(
        "Days within which a signed statement is to be reviewed",
        most=MOST_DAYS_TO_REVIEW,
        help_text="Counted from the day of the signature. When they have passed, the COG lead is told that it waits.",
    )

    def clean(self) -> dict[str, Any]:
        """Keep to the order: unit, SLT lead, COG lead."""
        cleaned: dict[str, Any] = super().clean() or {}
        slt_lead, cog_lead = (cleaned.get(f"{who}_lead_told_after_days") for who in ("slt", "cog"))
        if slt_lead is not None and cog_lead is not None and cog_lead < slt_lead:
            self.add_error(
                "cog_lead_told_after_days",
                f"The SLT lead is told after {slt_lead} days: write {slt_lead} or more, or let the SLT lead be told "
                "earlier.",
            )
        return cleaned


# --- Many at a time -----------------------------------------------------------------------------------------------


class AppointmentFileForm(forms.Form):
    """A file of appointments."""

    file = forms.FileField(
        label="The file that you have filled in",
        help_text="A workbook (.xlsx) or text (CSV). Nothing is done before you have seen every line.",
        max_length=200,
        error_messages={
            "required": "Choose the file that you have filled in.",
            "empty": "The file is empty. Choose the file that you have filled in.",
            "max_length": "The name of the file is too long. Give it a shorter one.",
        },
    )
