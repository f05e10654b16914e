"""Turning what is said of a climate survey into clean values. Nothing is saved here; its file is read elsewhere."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from assurance.climate import FEWEST_POINTS, MOST_POINTS
from assurance.services.climate import About
from organisation.formfields import NOBODY, DayField, LineField, WordsField
from organisation.models import BusinessGroup
from records.spreadsheets import MOST_BYTES

SOURCE_WORDS = 150
REASON_WORDS = 200
NO_SCALE = f"Write a whole number from {FEWEST_POINTS} to {MOST_POINTS}."


class SurveyForm(forms.Form):
    """A survey’s name, days and scale, and the file of its results."""

    name = LineField(
        label="Name of the survey",
        help_text="With its year, such as Safety climate survey 2026. A file under a name that there is already takes "
        "the place of the earlier one.",
        max_length=120,
        error_messages={"required": "Enter the survey’s name."},
    )
    held_from = DayField(label="First day on which people could answer")
    held_to = DayField(label="Last day on which people could answer")
    points = forms.IntegerField(
        label="How many points the scale of agreement has",
        help_text="From 1, for no agreement at all, up to this number, for full agreement.",
        initial=5,
        min_value=FEWEST_POINTS,
        max_value=MOST_POINTS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NO_SCALE),
    )
    source = WordsField(
        label="Where the results come from",
        help_text=f"Who asked whom, and what the questions were. {NOBODY}",
        max_words=SOURCE_WORDS,
        rows=3,
        required=False,
    )
    file = forms.FileField(
        label="The file of results that you have filled in",
        help_text="A workbook (.xlsx) or text (CSV). Nothing counts before you have seen what it comes to.",
        max_length=200,
        error_messages={
            "required": "Choose the file that you have filled in.",
            "empty": "The file is empty. Choose the file that you have filled in.",
            "max_length": "The name of the file is too long. Give it a shorter one.",
        },
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Results are far smaller.")
        return file

    def clean_held_to(self) -> date:
        first, last = self.cleaned_data.get("held_from"), self.cleaned_data["held_to"]
        if last > timezone.localdate():
            raise ValidationError("The survey is still going on then. Import it once its last day is over.")
        if first and last < first:
            raise ValidationError("The last day lies before the first. Check both.")
        return last  # type: ignore[no-any-return]  # what the field of a day cleans

    def about(self) -> About:
        """What was typed, as the services take it."""
        said = self.cleaned_data
        return About(said["name"], said["held_from"], said["held_to"], said["points"], said["source"])


class WithdrawalForm(forms.Form):
    """Why a survey’s results are taken back."""

    because = WordsField(
        label="Why are the results withdrawn?",
        help_text=f"Whoever reads the list of surveys sees it. {NOBODY}",
        max_words=REASON_WORDS,
        rows=3,
        error_messages={"required": "Say why the results are withdrawn."},
    )


class GroupFilterForm(forms.Form):
    """Which business group’s units are shown."""

    group = forms.ModelChoiceField(
        label="Business group",
        queryset=BusinessGroup.objects.none(),
        required=False,
        empty_label="All",
        to_field_name="slug",
    )
