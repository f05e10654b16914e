"""Turning what a custody report says, and which two are compared, into clean values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from injuries.custody_figures import Reported
from injuries.models import (
    CustodyDenominator,
    CustodyExceptionKind,
    CustodyReferral,
    CustodyReport,
    DetaineeInjuryType,
    InterventionCause,
)
from injuries.months import Month, NotMonths, Period
from injuries.services.custody import Said
from organisation.formfields import NOBODY, WordsField

NOTE_WORDS = 200
REASON_WORDS = 200
MOST = 9_999_999
MOST_MONTHS = 240  # that can be chosen: twenty years
LISTED, NONE, NOT_SAID = "listed", "none", "not-said"
EXCEPTIONS = [
    (LISTED, "The report lists exceptions"),
    (NONE, "The report says that there were none"),
    (NOT_SAID, "The report does not say"),
]
BLANK_OR_NONE = "Blank: the report does not say. 0: it says that there were none."
SEEN = f"Whoever reads custody figures sees it. {NOBODY}"
WHY = "why-"  # what the boxes of lists begin with, by list
HOW = "how-"
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+", re.ASCII)
EXCEPTION = "exception-"


class NumberField(forms.IntegerField):
    """A whole number, also with commas between thousands, as reports print it: 59,177."""

    def to_python(self, value: Any) -> int | None:
        """Take the commas out where they stand between thousands; elsewhere they are a slip."""
        if isinstance(value, str) and _THOUSANDS.fullmatch(value.strip()):
            value = value.replace(",", "")
        return super().to_python(value)


def _number(label: str, *, called: str = "", **more: Any) -> NumberField:
    """A box for a number that may be blank; `called` says in messages what it is, where the label is not enough."""
    message = f"“{called or label}” is to be a whole number from 0 to {MOST:,}."
    return NumberField(
        label=label,
        required=False,
        min_value=0,
        max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "8", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), message),
        **more,
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of exceptions on the page: its boxes, one for each body or post that it may be referred to."""

    name: str
    boxes: tuple[BoundField, ...]


class CustodyReportForm(forms.Form):
    """What the custody command reports for whole months. Causes, types, kinds and referrals are data, a box for each.

    `token` is that of the page, so that one sent twice is recorded once.
    """

    token = forms.UUIDField(widget=forms.HiddenInput)
    first = forms.ChoiceField(label="First month")
    last = forms.ChoiceField(label="Last month")
    denominator = forms.ModelChoiceField(
        label="What events are counted among",
        help_text="As the report calls it. Where it differs, a comparison of two reports says so.",
        queryset=CustodyDenominator.objects.all(),
        required=False,
        empty_label="The report does not say",
        to_field_name="code",
        error_messages={"invalid_choice": "Choose one of those that are listed."},
    )
    denominator_number = _number("How many of them")
    interventions = _number("Successful interventions", help_text=f"One for each event. {BLANK_OR_NONE}")
    injuries = _number("Injuries of detainees", help_text=BLANK_OR_NONE)
    exceptions = forms.ChoiceField(
        label="What the report says of exceptions",
        choices=EXCEPTIONS,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Say whether the report lists exceptions.",
            "invalid_choice": "Choose one of the answers that are listed.",
        },
    )
    note = WordsField(
        label="Note",
        help_text=f"Such as what is counted in another way than before. {SEEN}",
        max_words=NOTE_WORDS,
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, latest: Month, **kwargs: Any) -> None:
        """Offer the months up to the `latest` that is over, and a box for each entry of the lists."""
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        for name in ("first", "last"):
            boxes[name].choices = [(str(latest.plus(-back)), latest.plus(-back).name) for back in range(MOST_MONTHS)]
            boxes[name].error_messages |= {
                "required": "Choose a month.",
                "invalid_choice": "Choose one of the months that are listed.",
            }
        self._causes = {f"{WHY}{one.code}": one for one in InterventionCause.objects.all()}
        self._types = {f"{HOW}{one.code}": one for one in DetaineeInjuryType.objects.all()}
        referrals = [None, *CustodyReferral.objects.all()]
        self._exceptions = {
            _exception_box(kind, referral): (kind, referral)
            for kind in CustodyExceptionKind.objects.all()
            for referral in referrals
        }
        for name, one in (*self._causes.items(), *self._types.items()):
            boxes[name] = _number(one.name)
        for name, (kind, referral) in self._exceptions.items():
            to = f"Referred to: {referral}" if referral else "Not referred, or not said"
            boxes[name] = _number(to, called=f"{kind}. {to}")
        self.order_fields(self._in_order())

    def _in_order(self) -> list[str]:
        """The boxes as the page has them, which is the order in which faults are listed."""
        return [
            *("token", "first", "last", "denominator", "denominator_number"),
            *("interventions", *self._causes),
            *("injuries", *self._types),
            *("exceptions", *self._exceptions),
            "note",
        ]

    # --- What the page draws ------------------------------------------------------------------------------------------

    @property
    def causes(self) -> list[BoundField]:
        return [self[name] for name in self._causes]

    @property
    def types(self) -> list[BoundField]:
        return [self[name] for name in self._types]

    @property
    def kinds(self) -> list[Kind]:
        """Exceptions, kind by kind."""
        found: dict[str, list[BoundField]] = {}
        for name, (kind, _) in self._exceptions.items():
            found.setdefault(kind.name, []).append(self[name])
        return [Kind(name, tuple(boxes)) for name, boxes in found.items()]

    # --- What was said ------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        self._check_period()
        self._check_denominator()
        self._check_parts("interventions", self._causes, "causes", "One event has one cause.")
        self._check_parts("injuries", self._types, "types", "One injury has one type.")
        self._check_exceptions()
        nothing = said.get("interventions") is None and said.get("injuries") is None
        if not self.errors and nothing and said["exceptions"] == NOT_SAID:
            raise ValidationError(
                "The report says nothing yet. Enter interventions, injuries or exceptions; 0 where there were none."
            )
        return said

    def _check_period(self) -> None:
        if {"first", "last"} <= self.cleaned_data.keys():
            try:
                self._period()
            except NotMonths as error:
                self.add_error("last", str(error))

    def _check_denominator(self) -> None:
        if {"denominator", "denominator_number"} & self.errors.keys():
            return
        named, number = self.cleaned_data["denominator"], self.cleaned_data["denominator_number"]
        if named and number is None:
            self.add_error("denominator_number", f"Enter how many {named} there were.")
        if number is not None and not named:
            self.add_error("denominator", "Choose what was counted. A number without a name cannot be compared.")

    def _check_parts(self, total: str, parts: Mapping[str, Any], what: str, rule: str) -> None:
        if total in self.errors:
            return
        whole, known = self.cleaned_data[total], sum(self._numbers(parts).values())
        if whole is None and self._numbers(parts):
            self.add_error(total, f"Enter how many there were altogether, since {what} are given.")
        elif whole is not None and known > whole:
            self.add_error(total, f"The {what} come to {known:,}, which is more than {whole:,}. {rule}")

    def _check_exceptions(self) -> None:
        answer, numbers = self.cleaned_data.get("exceptions"), self._numbers(self._exceptions)
        some = any(numbers.values())
        if answer == LISTED and not some and not self.errors:
            self.add_error("exceptions", "Enter how many exceptions of a kind there were, or choose another answer.")
        if answer in (NONE, NOT_SAID) and some:
            self.add_error("exceptions", "Numbers of exceptions are entered below. Choose that the report lists them.")

    def _numbers(self, boxes: Mapping[str, Any]) -> dict[Any, int]:
        """What was entered into boxes, by what they are for; those left blank are not known."""
        entered = ((one, self.cleaned_data.get(name)) for name, one in boxes.items())
        return {one: number for one, number in entered if number is not None}

    def _period(self) -> Period:
        return Period(Month.parse(self.cleaned_data["first"]), Month.parse(self.cleaned_data["last"]))

    @property
    def said(self) -> Said:
        """What the report says, once the form is valid."""
        entered = self.cleaned_data
        exceptions = {of: number for of, number in self._numbers(self._exceptions).items() if number}
        return Said(
            period=self._period(),
            denominator=entered["denominator"],
            denominator_number=entered["denominator_number"],
            interventions=entered["interventions"],
            causes=self._numbers(self._causes),
            injuries=entered["injuries"],
            types=self._numbers(self._types),
            exceptions=None if entered["exceptions"] == NOT_SAID else exceptions,
            note=entered["note"],
        )


class CorrectionForm(CustodyReportForm):
    """What a report should have said, and why it did not."""

    because = WordsField(
        label="Why is the report corrected?",
        help_text=f"It stays with the report as it was. {SEEN}",
        max_words=REASON_WORDS,
        rows=3,
        error_messages={"required": "Say why the report is corrected."},
    )

    def _in_order(self) -> list[str]:
        return [*super()._in_order(), "because"]


class WithdrawForm(forms.Form):
    """Why a report is taken back."""

    because = WordsField(
        label="Why is the report withdrawn?",
        help_text=SEEN,
        max_words=REASON_WORDS,
        rows=3,
        error_messages={"required": "Say why the report is withdrawn."},
    )


class CustodyPairForm(forms.Form):
    """Which two of the reports that stand are compared."""

    later = forms.ChoiceField(label="Later report")
    earlier = forms.ChoiceField(label="Earlier report")

    def __init__(self, *args: Any, reports: Sequence[Reported], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reports = {one.token: one for one in reports}
        boxes: dict[str, Any] = self.fields
        for box in boxes.values():
            box.choices = [(one.token, one.period.name) for one in reports]
            box.error_messages |= {
                "required": "Choose a report.",
                "invalid_choice": "Choose one of the reports that are listed. Another may have taken its place.",
            }

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if self.errors:
            return said
        later, earlier = self.pair
        if later.period.overlaps(earlier.period):
            raise ValidationError("The two periods overlap, so they cannot be compared. Choose reports that do not.")
        if later.period.first < earlier.period.first:
            raise ValidationError("The later report is before the earlier one. Swap the two.")
        return said

    @property
    def pair(self) -> tuple[Reported, Reported]:
        """The later and the earlier report, once both are chosen."""
        return self._reports[self.cleaned_data["later"]], self._reports[self.cleaned_data["earlier"]]


def initial_of(report: CustodyReport) -> dict[str, Any]:
    """What a report says, as its form shows it: three queries."""
    exceptions = {
        _exception_box(one.kind, one.referral): one.number
        for one in report.exceptions.select_related("kind", "referral")
    }
    parts = chain(
        ((f"{WHY}{one.term.code}", one.number) for one in report.causes.select_related("term")),
        ((f"{HOW}{one.term.code}", one.number) for one in report.types.select_related("term")),
    )
    period = report.period
    return {
        "first": str(period.first),
        "last": str(period.last),
        "denominator": report.denominator.code if report.denominator else None,
        "denominator_number": report.denominator_number,
        "interventions": report.interventions,
        "injuries": report.injuries,
        "exceptions": LISTED if exceptions else NONE if report.exceptions_reported else NOT_SAID,
        "note": report.note,
        **dict(parts),
        **exceptions,
    }


def _exception_box(kind: CustodyExceptionKind, referral: CustodyReferral | None) -> str:
    return f"{EXCEPTION}{kind.code}-to-{referral.code if referral else ''}"
