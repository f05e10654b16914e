"""Turning a file of the register, and what is said to confirm it, into clean values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from records.filetypes import MOST_BYTES
from risks.forms.risks import MinutedForm


class RegisterFileForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label="The file",
        help_text="A workbook (.xlsx) or text (CSV). Nothing changes before you have seen what it comes to.",
        max_length=200,
        error_messages={
            "required": "Choose the file.",
            "empty": "The file is empty. Choose the one that you have filled in.",
            "max_length": "The name of the file is too long. Give it a shorter one.",
        },
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(f"The file is larger than {MOST_BYTES // 1024**2} MB. Choose the right one.")
        return file


class ConfirmForm(MinutedForm):
    """At which meeting the Board accepted the new risks of a file."""

    field_order = ["meeting", "minute", "because"]
