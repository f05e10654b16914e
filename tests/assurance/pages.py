"""Reading a page's form as a browser would, so that tests send what people send: hidden fields, versions and all."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assurance.models import Entry, Revision
from assurance.services import statements
from organisation.models import User
from records.edits import Edit
from tests.factories import assurance as factories

MANY = {"criteria_met", "decided"}


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Any] = {}
        self._textarea: str | None = None
        self._in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._in_form = not given.get("action", "").endswith(("account/sign-out/", "/carry/"))
        name = given.get("name")
        if not name or not (self._in_form or given.get("form")):
            return
        if tag == "textarea":
            self._textarea, self.fields[name] = name, ""
        elif tag == "input" and (given.get("type") not in {"radio", "checkbox"} or "checked" in given):
            value = given.get("value", "on" if given.get("type") == "checkbox" else "")
            # Boxes to tick share a name, and so do the questions that have been decided.
            before = self.fields.get(name, []) if name in MANY else None
            self.fields[name] = value if before is None else [*before, value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            # A browser drops the line end after the tag and sends the others as CR LF.
            text = self.fields[self._textarea].removeprefix("\n")
            self.fields[self._textarea] = text.replace("\n", "\r\n")
            self._textarea = None
        if tag == "form":
            self._in_form = False

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea] += data


def html_of(response: HttpResponse | Any) -> str:
    text: str = response.content.decode()
    return text


def form_on(response: HttpResponse | Any) -> dict[str, Any]:
    """Return what a browser would send from the page's form if nobody touched it."""
    parser = _Forms()
    parser.feed(html_of(response))
    return parser.fields


def address(name: str, revision: Revision, *more: object) -> str:
    """Where a page of the revision's statement is."""
    return reverse(f"assurance:{name}", args=[revision.statement.unit.slug, revision.statement.quarter, *more])


def signed_in(user: Any) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(user)
    return client


def entry_of(revision: Revision, identity: str = "leadership") -> Entry:
    return revision.entries.get(theme__identity=identity)


def save_elsewhere(revision: Revision, by: User, identity: str = "leadership", **values: object) -> None:
    """What another person saves while a page is open."""
    entry = entry_of(revision, identity)
    edits = {name: Edit(entry.field_versions.get(name, 0), value) for name, value in values.items()}
    statements.save_entry(entry=entry, edits=edits, by=by, at=timezone.now())


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def raise_actions(revision: Revision, count: int) -> None:
    for number in range(count):
        factories.raise_action(revision, title=f"Action {number}")
