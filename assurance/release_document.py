"""The document that answers a request for information: its HTML, which `rendering.pdf` turns into a PDF.

It is made from what is given out, where marks stand in the place of what is kept back: the texts as they were signed
do not come here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from assurance.models import Release, RequestedStatement, Revision
from assurance.reading import ReadStatement
from rendering import stylesheet
from rendering.assets import Asset

MARKING = "OFFICIAL"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the schedule of what is kept back."""

    number: int
    statement: str
    text: str
    what: str
    exemption: str
    reason: str


@dataclass(frozen=True, slots=True)
class Given:
    """A statement as it is given out."""

    item: RequestedStatement
    content: dict[str, Any]
    read: ReadStatement
    signer_name: str
    signer_position: str

    @property
    def revision(self) -> Revision:
        return self.item.revision


def html(release: Release, statements: Sequence[Given], schedule: Sequence[Line]) -> str:
    """Return what is given out, and the schedule of what is not, as HTML for printing."""
    request = release.request
    context = {
        "release": release,
        "request": request,
        "statements": statements,
        "schedule": schedule,
        "marking": MARKING,
        "title": f"Information request {request.reference}: answer",
    }
    return render_to_string("assurance/documents/release.html", context)


def assets() -> Mapping[str, Asset]:
    """What the document may load."""
    return stylesheet.assets()
