"""Redactions of what is signed: choosing what has to go, proposing it, and the second person's decision."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assurance import redaction as rules
from assurance.forms.redaction import CARRY_OUT, DecisionForm, GroundsForm, PassagesForm
from assurance.models import EvidenceItem, Redaction, Revision
from assurance.permissions import can_decide_redaction, can_read_redactions
from assurance.rules import Refused
from assurance.services import redactions as services
from assurance.views.loading import asked_revision_or_404
from organisation.periods import Quarter
from organisation.requests import SignedInRequest
from rendering.differences import segments

PER_PAGE = 25
SECOND_PERSON = (
    "A Head of Safety, Health and Wellbeing who did not propose this redaction, and who administers no accounts, "
    "decides on it. You can read it."
)


@require_safe
def redactions(request: SignedInRequest) -> HttpResponse:
    """Every redaction, those that wait first."""
    if not can_read_redactions(request.user):
        raise Http404
    found = Redaction.objects.visible_to(request.user).select_related("revision__statement__unit", "proposed_by")
    page = Paginator(found.order_by("decided_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "assurance/redactions.html", {"page": page})


@require_safe
def redact(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Choose the text or file of a signed revision that has to be redacted."""
    revision = _signed_or_404(request, unit, quarter)
    at = reverse("assurance:new_redaction", args=[unit, quarter])
    number = revision.number
    texts = [
        (text, f"{at}?{urlencode({'revision': number, 'text': text.path})}") for text in rules.texts(revision.content)
    ]
    files = [(item, f"{at}?{urlencode({'revision': number, 'file': item.pk})}") for item in _files(revision)]
    return render(request, "assurance/redact.html", {**_about(revision), "texts": texts, "files": files})


@require_http_methods(["GET", "HEAD", "POST"])
def new_redaction(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Propose that passages of one text, or one file, be taken out."""
    revision = _signed_or_404(request, unit, quarter)
    text = rules.text_at(revision.content, request.GET.get("text", ""))
    item = None if text else _asked_file(request, revision)
    if text is None and item is None:
        raise Http404
    form = _proposal_form(request, text)
    if request.method == "POST" and form.is_valid():
        try:
            proposed = services.propose(
                revision=revision, text=text, item=item, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The redaction is proposed. Nothing has been taken out yet.")
            return redirect("assurance:redaction", proposed.pk)
    context = {**_about(revision), "form": form, "text": text, "item": item, "mark": rules.MARK}
    return render(request, "assurance/redaction_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def redaction(request: SignedInRequest, pk: int) -> HttpResponse:
    """One redaction: what it takes out and why; the second person decides here."""
    found = Redaction.objects.visible_to(request.user).filter(pk=pk)
    current = found.select_related(
        "revision__statement__unit", "revision__statement__edition", "item__file__blob", "proposed_by", "decided_by"
    ).first()
    if current is None:
        raise Http404
    may_decide = can_decide_redaction(request.user, current)
    if request.method == "POST" and not may_decide:
        raise PermissionDenied(SECOND_PERSON)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _decided(request, current, form):
        return redirect("assurance:redaction", current.pk)
    context = {
        **_about(current.revision),
        "redaction": current,
        "may_decide": may_decide,
        "form": form,
        **(_what_goes(current) if current.waits else {}),
    }
    return render(request, "assurance/redaction.html", context, status=422 if form.errors else 200)


def _decided(request: SignedInRequest, current: Redaction, form: DecisionForm) -> bool:
    """Do what the form decides; say why not, and return False, where it cannot be done."""
    at = timezone.now()
    try:
        if form.cleaned_data["decision"] == CARRY_OUT:
            services.carry_out(redaction=current, by=request.user, at=at)
            messages.success(request, "It has been taken out. The digest that was signed stays on record.")
        else:
            services.refuse(redaction=current, because=form.cleaned_data["because"], by=request.user, at=at)
            messages.success(request, "You refused the redaction. The statement stays as it was signed.")
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _what_goes(waiting: Redaction) -> dict[str, Any]:
    """What a waiting redaction takes out, and where else the same stands."""
    text = rules.text_at(waiting.revision.content, waiting.path) if waiting.path else None
    try:
        places = services.elsewhere(waiting)
    except Refused:  # another redaction has changed the text since: this one can only be refused
        return {"overtaken": True}
    return {"segments": segments(text.text, waiting.redacted) if text else (), "elsewhere": places}


def _signed_or_404(request: SignedInRequest, unit: str, quarter: Quarter) -> Revision:
    if not can_read_redactions(request.user):
        raise Http404
    revision = asked_revision_or_404(request, unit, quarter)
    if not revision.is_frozen:
        raise Http404
    return revision


def _files(revision: Revision) -> Any:
    given = EvidenceItem.objects.filter(entry__revision=revision, file__blob__removed_at=None, file__isnull=False)
    return given.select_related("entry__theme", "file__blob").order_by("entry__theme__number", "pk")


def _asked_file(request: SignedInRequest, revision: Revision) -> EvidenceItem | None:
    asked = request.GET.get("file", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        return None
    found: EvidenceItem | None = _files(revision).filter(pk=int(asked)).first()
    return found


def _proposal_form(request: SignedInRequest, text: rules.Text | None) -> GroundsForm:
    data = request.POST if request.method == "POST" else None
    if text is None:
        return GroundsForm(data)
    return PassagesForm(data, original=text.text, initial={"redacted": text.text})


def _about(revision: Revision) -> dict[str, Any]:
    statement = revision.statement
    return {"revision": revision, "statement": statement, "unit": statement.unit, "quarter": statement.quarter}
