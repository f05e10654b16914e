"""A form about one thing: shown, refused with what to mend, or done and back to where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from actions.forms import RaisedForm
from organisation.requests import SignedInRequest
from risks.models import Risk
from risks.rules import Refused

POST_OR_LOOK = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page says around its form: what it is about (`caption`), and where it leads `back` to."""

    title: str
    button: str
    done: str
    caption: str
    back: str
    back_label: str
    note: str = ""


def ask(request: SignedInRequest, form: forms.Form, act: Callable[[], Any], asked: Asked) -> HttpResponse:
    """Show the form; where it was sent and is in order, act, and go back."""
    if form.is_valid():
        try:
            act()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, asked.done)
            return redirect(asked.back)
    has_file = any(isinstance(field, forms.FileField) for field in form.fields.values())
    context = {"form": form, "asked": asked, "has_file": has_file}
    return render(request, "risks/ask.html", context, status=422 if form.is_bound else 200)


def ask_of_risk(
    request: SignedInRequest,
    risk: Risk,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    title: str,
    button: str,
    done: str,
) -> HttpResponse:
    """Ask something of a risk, and go back to its page."""
    caption, back = f"Risk {risk.reference}: {risk.title}", reverse("risks:risk", args=[risk.reference])
    return ask(request, form, act, Asked(title, button, done, caption, back, f"Risk {risk.reference}"))


def raised(form: RaisedForm) -> dict[str, Any]:
    """Return what a valid form says of an action, as it is raised."""
    said = form.cleaned_data
    names = ("title", "lead", "supporters", "starts_on", "measure", "baseline", "target")
    return {"due": said["due"], **{name: said[name] for name in names}}
