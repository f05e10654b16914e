"""Turning what is said of a file of injury figures into clean values. Nothing is saved here; it is read elsewhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from injuries.models import ColumnMapping, UploadKind
from organisation.formfields import NOBODY, WordsField
from records.filetypes import MOST_BYTES

REASON_WORDS = 200
LARGER = (
    f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it by months, or have it imported on the server."
)


class FileForm(forms.Form):
    """What kind of figures a file holds, and the file."""

    kind = forms.ChoiceField(
        label="What the lines of the file are",
        choices=UploadKind.choices,
        initial=UploadKind.COUNTS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the lines of the file are."},
    )
    mapping = forms.ModelChoiceField(
        label="How the columns of a file of incidents are read",
        help_text="Only for one line for each incident. Whoever runs the server loads these descriptions.",
        queryset=ColumnMapping.objects.none(),
        required=False,
        empty_label="Not a file of incidents",
        to_field_name="code",
    )
    file = forms.FileField(
        label="The file",
        help_text="A workbook (.xlsx) or text (CSV). Nothing counts before you have seen what it comes to.",
        max_length=200,
        error_messages={
            "required": "Choose the file.",
            "empty": "The file is empty. Choose the one that you have filled in.",
            "max_length": "The name of the file is too long. Give it a shorter one.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boxes: dict[str, Any] = self.fields
        boxes["mapping"].queryset = ColumnMapping.objects.all()

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(LARGER)
        return file

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("kind") == UploadKind.INCIDENTS and not said.get("mapping"):
            self.add_error("mapping", "Choose how the columns are read.")
        if said.get("kind") != UploadKind.INCIDENTS:
            said["mapping"] = None
        return said


class UndoForm(forms.Form):
    """Why an import is undone."""

    because = WordsField(
        label="Why is the import undone?",
        help_text=f"Whoever imports figures sees it. {NOBODY}",
        max_words=REASON_WORDS,
        rows=3,
        error_messages={"required": "Say why the import is undone."},
    )
