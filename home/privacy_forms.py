"""Turning what is typed about removals and legal holds into clean values. Nothing is saved here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from home.services.removal import Because
from organisation.formfields import LineField, WordsField
from organisation.models import BusinessGroup, Unit, User
from records.models import HoldScope, RecordClass

REASON_WORDS = 300
# Of a request or a decision, in numbers and marks: what stays in the trail must name nobody.
_REFERENCE = RegexValidator(
    r"^(?=.*[0-9])[A-Z0-9/.-]{2,40}\Z",
    "Write the reference in capital letters, digits and / . - without blanks, with at least one digit, such as "
    "SAR-2026/17. It stays in the trail, so it must name nobody.",
)


class RemoveForm(forms.Form):
    """Why a person is removed, and that it is meant."""

    because = forms.ChoiceField(
        label="Why is the data removed?",
        choices=[(one.value, one.label) for one in Because],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why the data is removed."},
    )
    reference = LineField(
        label="Reference of the request or decision",
        max_length=40,
        validators=[_REFERENCE],
        help_text="Such as SAR-2026/17. It stays in the trail, so it must name nobody.",
        error_messages={"required": "Give the reference of the request or decision."},
    )
    understood = forms.BooleanField(
        label="I understand that this cannot be undone",
        error_messages={"required": "Confirm that you understand that this cannot be undone."},
    )


class HoldForm(forms.Form):
    """What is held, whose, on whose authority and why."""

    record_class = forms.ChoiceField(
        label="What is held?",
        choices=RecordClass.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is held."},
    )
    scope = forms.ChoiceField(
        label="Whose is it?",
        choices=HoldScope.choices,
        widget=forms.RadioSelect,
        help_text="Name the group, the unit or the person below",
        error_messages={"required": "Choose whose records are held."},
    )
    group = forms.ModelChoiceField(
        label="Business group", queryset=BusinessGroup.objects.all(), required=False, empty_label="None"
    )
    unit = forms.ModelChoiceField(label="Unit", queryset=Unit.objects.all(), required=False, empty_label="None")
    person = LineField(label="E-mail address of the person", max_length=254, required=False)
    authority = LineField(
        label="On whose authority?",
        max_length=200,
        help_text="The post or body that ordered it, and its reference",
        error_messages={"required": "Say on whose authority the records are held."},
    )
    reason = WordsField(
        label="Why?",
        max_words=REASON_WORDS,
        rows=5,
        help_text="The Head of Safety, Health and Wellbeing reads this, and whoever agrees to lift the hold",
        error_messages={"required": "Say why the records are held."},
    )

    def clean(self) -> dict[str, Any]:
        """Find the group, the unit or the person that the scope needs, and refuse one that it does not."""
        cleaned = super().clean() or {}
        scope = cleaned.get("scope")
        if scope is None:
            return cleaned
        named = {HoldScope.GROUP: "group", HoldScope.UNIT: "unit", HoldScope.PERSON: "person"}
        for one, field in named.items():
            if scope == one and not cleaned.get(field) and field not in self.errors:
                which = {"group": "business group", "unit": "unit", "person": "person"}[field]
                self.add_error(field, f"Say which {which}.")
            if scope != one and cleaned.get(field):
                self.add_error(field, f"You chose “{HoldScope(scope).label}”. Empty this box, or choose again above.")
        if scope == HoldScope.PERSON and cleaned.get("person"):
            person = User.objects.filter(email__iexact=cleaned["person"]).first()
            if person is None:
                self.add_error("person", "There is no account with this address. Look it up under People.")
            cleaned["person"] = person
        return cleaned

    def terms(self) -> dict[str, Any]:
        """Return what the service takes."""
        cleaned = self.cleaned_data
        scope = HoldScope(cleaned["scope"])
        whose = {HoldScope.GROUP: "group", HoldScope.UNIT: "unit", HoldScope.PERSON: "person"}.get(scope)
        return {
            "record_class": RecordClass(cleaned["record_class"]),
            "scope": scope,
            "scope_id": cleaned[whose].pk if whose else None,
            "authority": cleaned["authority"],
            "reason": cleaned["reason"],
        }


class LiftForm(forms.Form):
    """On whose authority a hold is to be lifted, and why."""

    authority = LineField(
        label="On whose authority?",
        max_length=200,
        help_text="The post or body that ended it, and its reference",
        error_messages={"required": "Say on whose authority the hold is lifted."},
    )
    reason = WordsField(
        label="Why?",
        max_words=REASON_WORDS,
        rows=5,
        error_messages={"required": "Say why the hold is lifted."},
    )
