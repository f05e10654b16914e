"""A statement that moved on while somebody was writing on one of its pages."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from assurance.models import Revision
from organisation.conflicts import typed_texts
from organisation.requests import SignedInRequest

CLOSED = "This statement is {state}, so it cannot be changed. Reopen it first if something has to be mended."


def moved_on(request: SignedInRequest, revision: Revision, pages: Sequence[forms.BaseForm]) -> HttpResponse:
    """409: the statement was completed, or another revision begun, while the person was writing."""
    context = {"revision": revision, "statement": revision.statement, "texts": typed_texts(pages)}
    return render(request, "assurance/statement_moved_on.html", context, status=409)


def is_the_one_on_the_page(request: SignedInRequest, revision: Revision) -> bool:
    """Whether the page was opened on this revision: the next one counts its fields' versions afresh."""
    return revision.is_open and request.POST.get("revision") == str(revision.number)


def closed(request: SignedInRequest, revision: Revision) -> HttpResponseRedirect:
    messages.info(request, CLOSED.format(state=revision.get_state_display().lower()))
    return redirect("assurance:statement", revision.statement.unit.slug, revision.statement.quarter)
