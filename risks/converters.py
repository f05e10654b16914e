"""A risk’s reference in addresses. Importing this lets `path()` use it."""

from __future__ import annotations

from django.urls import register_converter

from risks.models.risk import REFERENCE


class ReferenceConverter:
    """A risk’s reference: 17, or 3a-d."""

    regex = REFERENCE.strip("^$").replace("(", "(?:")

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "reference")
