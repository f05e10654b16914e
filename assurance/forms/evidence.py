"""Evidence of a theme as people give it: files, a link, files that the unit has already. All on one form.

Whoever fills in several of them and sends them at once gets all that can be taken; what cannot stays on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from organisation.formfields import DayField, LineField
from records.filetypes import ENDINGS, IN_WORDS, MOST_BYTES
from records.uploads import MOST_FILES

LIMIT_IN_WORDS = f"{MOST_BYTES // 1024**2} MB"
NO_LONGER_THERE = (
    "A file that you ticked is in this theme already, or is not to be had any more. See the lists on this page."
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class LinkField(forms.CharField):
    """The address of a web page. It is shown as a link and never fetched."""

    widget = forms.URLInput
    default_error_messages = {
        "scheme": "“%(value)s” is not the address of a web page. It has to begin with https:// or http://. What lies "
        "on a drive or in a program cannot be opened by others: add it as a file.",
        "host": "“%(value)s” does not say which server it is on. Copy the whole address from the browser.",
        "blanks": "The address has blanks or invisible characters in it. Copy it from the browser again.",
        "person": "The address has a name or password in it (before the @). Take that out.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2000, **kwargs)

    def to_python(self, value: Any) -> str:
        """Read an address; one without its beginning is taken to begin with https://."""
        text = super().to_python(value) or ""
        if not text:
            return ""
        if _INVISIBLE.search(text):
            raise self._error("blanks", text)
        scheme = _SCHEME.match(text)
        if scheme is None or re.match(r"[^/:]+:\d+(/|$)", text):
            text = f"https://{text}"
        elif scheme[1].lower() not in ("http", "https"):
            raise self._error("scheme", text)
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise self._error("host", text) from error
        if not host or "\\" in text or ".." in host:
            raise self._error("scheme" if "\\" in text else "host", text)
        if "@" in parts.netloc:
            raise self._error("person", text)
        return text

    def _error(self, code: str, value: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"value": value[:200]})


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile[Any]]:  # noqa: ARG002  # Django's signature
        found: list[UploadedFile[Any]] = files.getlist(name)
        return found


class FilesField(forms.FileField):
    """Any number of files up to a limit; what each is, is judged when it is taken."""

    widget = _SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:  # noqa: ARG002  # Django's signature
        """Return the files that were sent, in their order."""
        sent: list[UploadedFile[Any]] = list(data or [])
        if len(sent) > MOST_FILES:
            raise ValidationError(
                f"You chose {len(sent)} files. At most {MOST_FILES} can be added at once: none of them was. Choose "
                "some now and the others after that.",
                code="too_many",
            )
        return sent


def _day(label: str) -> DayField:
    return DayField(label=label, required=False)


class EvidenceForm(forms.Form):
    """Three ways of giving evidence. Each stands or falls by itself: `is_given` and `is_right` say which."""

    SECTIONS = {
        "files": ("uploads", "uploads_title", "uploads_of_on"),
        "link": ("link_url", "link_title", "link_of_on"),
        "existing": ("existing",),
    }

    uploads = FilesField(
        label="Files",
        help_text=f"{IN_WORDS}. {LIMIT_IN_WORDS} each, {MOST_FILES} at once.",
        required=False,
        widget=_SeveralFiles(attrs={"accept": ",".join(f".{ending}" for ending in sorted(ENDINGS))}),
    )
    uploads_title = LineField(
        label="What they show",
        help_text="For example, minutes of the safety committee. Left empty, the name of the file is used.",
        max_length=200,
        required=False,
    )
    uploads_of_on = _day("Which day are they of? (if they have one)")
    link_url = LinkField(label="Address", help_text="For example, https://intranet.example/page", required=False)
    link_title = LineField(label="What it shows", max_length=200, required=False)
    link_of_on = _day("Which day is it of? (if it has one)")
    existing = forms.TypedMultipleChoiceField(
        label="Files the unit has sent before",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, existing: Iterable[tuple[int, str]], today: date, **kwargs: Any) -> None:
        """`existing` are the ids and labels of the files that may be ticked; `today` is the London date."""
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["existing"].choices = list(existing)  # type: ignore[attr-defined]  # a field with choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("uploads_of_on", "link_of_on"):
            day = cleaned.get(name)
            if day is not None and day > self.today:
                self.add_error(name, "The day lies in the future. Give the day the evidence is of.")
        if self.errors.pop("existing", None):
            # It may have been the last of the list, so there may be no box left to lead to.
            there = {str(pk): pk for pk, _ in self.fields["existing"].choices}  # type: ignore[attr-defined]  # as above
            cleaned["existing"] = [there[text] for text in self._sent("existing") if text in there]
            self.add_error(None, NO_LONGER_THERE)
        if self.is_given("link"):
            if not cleaned.get("link_url") and "link_url" not in self.errors:
                self.add_error("link_url", "Enter the address of the page.")
            if not cleaned.get("link_title") and "link_title" not in self.errors:
                self.add_error("link_title", "Say what the link shows.")
        if self.is_given("files") and not self.files.getlist("uploads"):
            self.add_error("uploads", "Choose the files that this is about.")
        if not any(map(self.is_given, self.SECTIONS)):
            self.add_error("uploads", "Choose a file, enter a link, or tick a file that the unit has sent before.")
        return cleaned

    def is_given(self, section: str) -> bool:
        """Whether anything of this way was filled in."""
        return any(self._sent(name) for name in self.SECTIONS[section])

    def is_right(self, section: str) -> bool:
        """Whether it was filled in and nothing is wrong with it."""
        return self.is_given(section) and not any(name in self.errors for name in self.SECTIONS[section])

    def _sent(self, name: str) -> list[Any]:
        data: Any = self.data
        return [*self.files.getlist(name), *(text for text in data.getlist(name) if text.strip())]

    def show_again(self, existing: Iterable[tuple[int, str]]) -> None:
        """Prepare for being shown with what was refused: what was taken is not offered twice."""
        data: Any = self.data
        self.data = data = data.copy()
        for section, names in self.SECTIONS.items():
            if self.is_right(section):
                for name in names:
                    data.pop(name, None)
        self.fields["existing"].choices = list(existing)  # type: ignore[attr-defined]  # a field with choices
