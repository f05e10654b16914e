"""Turning what is typed or chosen to be verified into a digest."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from home.hashing import MOST_BYTES, HashedFile
from records.verification import is_digest
from rendering import formats

LENGTH = 64
# How people and programs part the groups of a digest, and what they write before it.
_BETWEEN = re.compile(r"[\s\u200b\u2060\ufeff:.,·–—-]+")
_BEFORE = re.compile(r"^\s*sha-?256\s*[:=(]?\s*", re.IGNORECASE)
_IN_AN_ADDRESS = re.compile(r"(?:/|^)([0-9a-f]{64})(?:/|$)", re.IGNORECASE)


class DigestField(forms.CharField):
    """A SHA-256 as it is printed, typed in groups, or copied with the address it stands in."""

    def to_python(self, value: Any) -> str:
        """Return the 64 digits, or say what is missing."""
        text = super().to_python(value) or ""
        if found := _IN_AN_ADDRESS.search(text):
            return found[1].lower()
        digits = _BETWEEN.sub("", _BEFORE.sub("", text)).lower()
        if not digits:
            return ""
        if strange := sorted(set(digits) - set("0123456789abcdef")):
            raise ValidationError(
                f"A digest has the digits 0 to 9 and the letters a to f only, and there is “{strange[0]}” in it."
            )
        if not is_digest(digits):
            wrong = abs(LENGTH - len(digits))
            what = f"{wrong} {'is' if wrong == 1 else 'are'} {'missing' if len(digits) < LENGTH else 'too many'}"
            raise ValidationError(
                f"A digest has {LENGTH} characters. This has {len(digits)}, so {what}: compare it with the document."
            )
        return digits


class VerifyForm(forms.Form):
    """A digest, or a file to take one of."""

    digest = DigestField(
        label="Digest",
        help_text="64 digits and letters, as printed on the document. Blanks between groups do not matter.",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label="Or choose a file",
        help_text="For example a PDF that you were sent. Its digest is taken; the file is not kept. "
        f"At most {MOST_BYTES // 1024 // 1024} MB.",
        required=False,
        error_messages={"empty": "The file is empty, so there is nothing to take a digest of."},
    )

    def clean_file(self) -> HashedFile | None:
        """Refuse what is too large."""
        file: HashedFile | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > MOST_BYTES:
            size = formats.decimal((file.size or 0) / 1024 / 1024)
            raise ValidationError(
                f"“{file.name}” has {size} MB, and at most {MOST_BYTES // 1024 // 1024} MB are taken. "
                "Work out its SHA-256 on your computer and enter that."
            )
        return file

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        values: dict[str, Any] = super().clean() or {}
        if self.errors:
            return values
        if values["digest"] and values["file"]:
            self.add_error("file", "Enter a digest or choose a file, not both.")
        elif not values["digest"] and not values["file"]:
            self.add_error("digest", "Enter a digest, or choose a file.")
        return values

    @property
    def found(self) -> str:
        """The digest that was typed, or the file's."""
        file: HashedFile | None = self.cleaned_data["file"]
        digest: str = self.cleaned_data["digest"]
        return file.sha256 if file else digest
