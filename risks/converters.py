"""A risk’s reference, and a sort of entry about the HSE, in addresses. Importing this lets `path()` use them."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter

from risks.models.risk import REFERENCE


class ReferenceConverter:
    """A risk’s reference: 17, or 3a-d."""

    regex = REFERENCE.strip("^$").replace("(", "(?:")

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "reference")


class SortConverter(StringConverter):
    """What is kept about the Health and Safety Executive (HSE): meetings with it, its notices, or notifications."""

    regex = "meetings|notices|notifications"


register_converter(SortConverter, "sort")
