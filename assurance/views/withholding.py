"""Going through the texts of one statement that somebody asks for, and keeping back what must not be given out."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assurance import disclosure
from assurance.forms.information_request import PASSAGES, WithholdForm
from assurance.models import Withholding
from assurance.rules import Refused
from assurance.services import information_requests as services
from assurance.views.information_requests import item_or_404
from organisation.requests import SignedInRequest


@require_safe
def requested_statement(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Every text of the statement, what is kept back of it marked."""
    found = item_or_404(request, pk, item)
    withheld = services.withheld_of(found)
    groups = [
        (
            group,
            [(text, disclosure.pieces(text.text, services.plain(withheld.get(text.path, ())))) for text in group.texts],
        )
        for group in disclosure.groups(services.content_of(found.revision))
    ]
    context = {"asked": found.request, "item": found, "groups": groups, "kept_back": sum(map(len, withheld.values()))}
    return render(request, "assurance/requested_statement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withhold(request: SignedInRequest, pk: int, item: int, text: str) -> HttpResponse:
    """One text: keep back all of it or passages of it, and undo what was kept back before."""
    found = item_or_404(request, pk, item)
    asked_text = disclosure.text_at(services.content_of(found.revision), text)
    if asked_text is None:
        raise Http404
    decisions = services.withheld_of(found).get(text, [])
    already = services.plain(decisions)
    form = WithholdForm(
        request.POST if request.method == "POST" else None,
        initial={"edited": disclosure.given_out(asked_text.text, already), "how": PASSAGES},
    )
    if form.is_valid():
        try:
            services.withhold(
                item=found,
                text=asked_text,
                edited=form.marks,
                exemption=form.cleaned_data["exemption"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error("edited", str(refusal))
        else:
            messages.success(request, f"Kept back: {asked_text.label}.")
            return redirect("assurance:requested_statement", pk, item)
    context = {
        "asked": found.request,
        "item": found,
        "text": asked_text,
        "pieces": disclosure.pieces(asked_text.text, already),
        "decisions": decisions,
        "form": form,
        "mark": disclosure.MARK,
    }
    return render(request, "assurance/withhold.html", context, status=422 if form.is_bound else 200)


@require_POST
def undo_withholding(request: SignedInRequest, pk: int, item: int, number: int) -> HttpResponse:
    """Give out after all what one decision kept back."""
    found = item_or_404(request, pk, item)
    decision = get_object_or_404(
        Withholding.objects.in_force().select_related("statement__request"), statement=found, number=number
    )
    services.undo(withholding=decision, by=request.user, at=timezone.now())
    messages.success(request, f"Mark {number} is undone: that text is given out again.")
    return redirect("assurance:requested_statement", pk, item)
