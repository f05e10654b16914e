"""What somebody had typed in a request that cannot be served, so that the page saying so can give it back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

# A request over Django's limits is read up to here to rescue its text; a person types nowhere near this much.
RESCUE_BYTES = 10 * 1024 * 1024
RESCUE_FIELDS = 5000
_SECRET = re.compile("pass|secret|token|code", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TypedText:
    """A text and the form field it was typed into."""

    name: str
    text: str

    @property
    def label(self) -> str:
        """The field's name as words: `actions-0-title` as “Actions 1 title”."""
        words = [str(int(part) + 1) if part.isdecimal() else part for part in re.split(r"[-_]", self.name)]
        return " ".join(filter(None, words)).capitalize()

    @property
    def rows(self) -> int:
        """How many lines its box needs, within reason."""
        return min(12, max(2, self.text.count("\n") + len(self.text) // 70 + 1))


def typed_texts(request: HttpRequest) -> list[TypedText]:
    """Return what a POST brought that a person wrote in words: no passwords, tokens, numbers or ticked boxes.

    Never raises: it serves pages that are shown when something has gone wrong already.
    """
    if request.method != "POST":
        return []
    return [
        TypedText(name, value.strip())
        for name, value in _posted(request)
        if not _SECRET.search(name) and re.search(r"\S\s+\S", value)
    ]


def _posted(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        pairs = [(name, value) for name, values in request.POST.lists() for value in map(str, values)]
        return pairs or _rescued(request)
    except Exception:  # whatever is wrong with the request, its error page must still appear
        return []


def _rescued(request: HttpRequest) -> list[tuple[str, str]]:
    """Read a form that Django refused for its size, within limits of our own."""
    if request.content_type != "application/x-www-form-urlencoded":
        return []
    try:
        body = request.body
    except RequestDataTooBig:
        # Refused before a byte was read, so that the whole text is still to be had.
        body = request.read(RESCUE_BYTES)
    return parse_qsl(body.decode(request.encoding or "utf-8", "replace"), max_num_fields=RESCUE_FIELDS)
