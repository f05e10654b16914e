"""Turning what is asked of an audit programme into clean values. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assurance.forms.statement import REASON_WORDS
from assurance.sampling import DEFAULT_SHARE, DEFAULT_WEIGHTS, MOST_WEIGHT, Ingredient
from assurance.services.programmes import Wanted
from organisation.formfields import NOBODY, WordsField
from organisation.periods import HalfYear

MOST_AUDITOR_DAYS, MOST_DAYS_OF_ONE = Decimal(9999), Decimal(200)
LEAST_DAYS = Decimal("0.5")
DEFAULT_DAYS_PER_AUDIT, DEFAULT_DAYS_PER_THEME = Decimal(3), Decimal("0.5")
WEIGHT = "weight-"
KEPT_BESIDE_IT = f"It is kept with the programme, and whoever reads the programme reads it. {NOBODY}"
SAY_WHY = "Say why."


def whole(label: str, least: int, most: int, **more: Any) -> forms.IntegerField:
    """Return a box for a whole number, with what to do where it is none."""
    messages = {
        "required": f"Enter a whole number from {least} to {most} for “{label}”.",
        "invalid": f"“{label}” is to be a whole number from {least} to {most}.",
        "min_value": f"“{label}” is to be {least} or more.",
        "max_value": f"“{label}” is to be {most} or less.",
    }
    box = forms.TextInput(attrs={"inputmode": "numeric", "size": "5", "autocomplete": "off"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=box, error_messages=messages, **more)


class DaysField(forms.DecimalField):
    """Days of work, to a tenth of a day."""

    def __init__(self, *, label: str, least: Decimal, most: Decimal, **more: Any) -> None:
        super().__init__(
            label=label,
            min_value=least,
            max_value=most,
            max_digits=6,
            decimal_places=1,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "8", "autocomplete": "off"}),
            error_messages={
                "required": f"Enter how many days for “{label}”.",
                "invalid": f"“{label}” is to be a number of days, such as 4 or 4.5.",
                "min_value": f"“{label}” is to be {least} or more.",
                "max_value": f"“{label}” is to be {most} or less.",
                "max_decimal_places": f"“{label}” is to have one decimal at most, such as 4.5.",
                "max_digits": f"“{label}” is too large.",
                "max_whole_digits": f"“{label}” is too large.",
            },
            **more,
        )


class WantedForm(forms.Form):
    """What a programme is proposed with. Weights stand first, in the order of the ingredients."""

    random_share = whole(
        "Per cent of the places that go by chance, at least",
        1,
        100,
        help_text="From 1 to 100. A part of a place counts as a whole one, so that nobody is ever safe from audit.",
    )
    auditor_days = DaysField(
        label="Auditors’ days in the half-year",
        least=LEAST_DAYS,
        most=MOST_AUDITOR_DAYS,
        help_text="What all audits may take together.",
    )
    days_per_audit = DaysField(label="Days that every audit takes", least=LEAST_DAYS, most=MOST_DAYS_OF_ONE)
    days_per_theme = DaysField(
        label="Days that each scored theme adds",
        least=Decimal(0),
        most=MOST_DAYS_OF_ONE,
        help_text="0 where the number of themes makes no difference.",
    )

    def __init__(self, *args: Any, wanted: Wanted | None = None, **kwargs: Any) -> None:
        """`wanted` is what the programme was last proposed with; without one, the usual values are offered."""
        super().__init__(*args, **{**kwargs, "initial": _initial(wanted)})
        asked = {f"{WEIGHT}{one}": whole(one.label, 0, MOST_WEIGHT) for one in Ingredient}
        self.fields = {**asked, **self.fields}

    @property
    def weights(self) -> list[forms.BoundField]:
        """The boxes for the weights, for the page to put under one heading."""
        return [self[f"{WEIGHT}{one}"] for one in Ingredient]

    def clean(self) -> dict[str, Any]:
        """Refuse weights that are all nought: then nothing would be left to a score."""
        cleaned = super().clean() or self.cleaned_data
        given = [cleaned.get(f"{WEIGHT}{one}") for one in Ingredient]
        if not any(weight is None or weight for weight in given):
            self.add_error(
                f"{WEIGHT}{next(iter(Ingredient))}",
                ValidationError("Give at least one ingredient a weight above 0. Else every unit has the same score."),
            )
        return cleaned

    @property
    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        said = self.cleaned_data
        return Wanted(
            weights={one: said[f"{WEIGHT}{one}"] for one in Ingredient},
            random_share=said["random_share"],
            auditor_days=said["auditor_days"],
            days_per_audit=said["days_per_audit"],
            days_per_theme=said["days_per_theme"],
        )


def _initial(wanted: Wanted | None) -> dict[str, Any]:
    weights = DEFAULT_WEIGHTS if wanted is None else wanted.weights
    rest = (
        {
            "random_share": DEFAULT_SHARE,
            "days_per_audit": DEFAULT_DAYS_PER_AUDIT,
            "days_per_theme": DEFAULT_DAYS_PER_THEME,
        }
        if wanted is None
        else {name: value for name, value in vars(wanted).items() if name != "weights"}
    )
    return rest | {f"{WEIGHT}{one}": weights[one] for one in Ingredient}


class NewProgrammeForm(WantedForm):
    """The same for a half-year that has no programme yet."""

    half = forms.ChoiceField(
        label="Half-year", error_messages={"invalid_choice": "Choose one of the half-years that have no programme yet."}
    )

    def __init__(self, *args: Any, halves: Iterable[HalfYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["half"].choices = [(half.slug, half.name) for half in halves]
        self.order_fields(["half"])

    def clean_half(self) -> HalfYear:
        """Return the half-year itself."""
        return HalfYear.parse(self.cleaned_data["half"])


class DrawAgainForm(forms.Form):
    """Why another seed is drawn."""

    because = WordsField(
        label="Why is another seed drawn?",
        help_text=KEPT_BESIDE_IT,
        max_words=REASON_WORDS,
        rows=4,
        error_messages={"required": "Say why another seed is drawn."},
    )


class AuditDaysForm(forms.Form):
    """How long the audit of one unit takes."""

    days = DaysField(
        label="Days that its audit takes",
        least=LEAST_DAYS,
        most=MOST_DAYS_OF_ONE,
        required=False,
        help_text="Leave it empty where it takes as long as any audit.",
    )


class AdoptForm(forms.Form):
    """Adopting exactly what is on the page."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(
        label="I have read the programme and adopt it as it stands.",
        error_messages={"required": "Tick the box to adopt the programme."},
    )


class ReasonForm(forms.Form):
    """Why a unit is added or removed."""

    reason = WordsField(
        label="Why?",
        help_text=KEPT_BESIDE_IT,
        max_words=REASON_WORDS,
        rows=4,
        error_messages={"required": SAY_WHY},
    )


class MoveForm(ReasonForm):
    """Where a unit goes within the programme, and why."""

    field_order = ("place", "reason")

    def __init__(self, *args: Any, places: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"] = whole("New place", 1, max(places, 1), help_text="Those in between make room.")
        self.order_fields(self.field_order)
