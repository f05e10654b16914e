"""Issuing a roll-up, and reading what was issued: always from the frozen content, never from the rows of today."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assurance import rollup_exports, rollup_rules
from assurance.documents import verification_address
from assurance.forms.rollup import IssueForm
from assurance.models import IssuedRollup, Rollup
from assurance.permissions import can_issue_rollup, can_read_rollup
from assurance.rollup_tables import units_counted
from assurance.rollup_words import issued_content, sums_statements, words_in
from assurance.rules import Blocker, Refused
from assurance.services import issuing, rollup_words
from assurance.views.loading import issued_or_404, rollup_or_404
from assurance.views.printing import Printing, progress_of, stored_file
from assurance.views.rollups import figures_shown, issued_versions, reports_shown
from assurance.views.signing import Problem
from organisation.periods import HalfYear
from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest
from organisation.sessions import called_by_itself
from records.canonical import content_digest
from records.models import HeavyWork, Job
from records.services import allowances
from rendering.tables import MEDIA_TYPES

ONLY_LEADS = "Only the Chief Officer Group (COG) lead of the business group issues its roll-up."
ONLY_THE_HEAD = "Only the Head of Safety, Health and Wellbeing issues the force summary."
# Radio buttons carry the number of the option in their id; a link to the question goes to the first.
RADIOS = {"level", "opinion_level", "reported_at_meeting", "shows_comparison"}


# --- Issuing ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: SignedInRequest, group: str, half: HalfYear) -> HttpResponse:
    """What is still missing, what will be frozen, and the button that issues it."""
    rollup = rollup_or_404(request, group, half)
    if not can_issue_rollup(request.user, rollup):
        usually = ONLY_THE_HEAD if rollup.is_of_the_force else ONLY_LEADS
        raise PermissionDenied(DECIDES_NOTHING if administers(request.user) else usually)
    is_first = issuing.newest_issue(rollup) is None
    if request.method != "POST":
        return _show_issue(request, rollup, IssueForm(is_first=is_first))
    form = IssueForm(request.POST, is_first=is_first)
    if form.is_valid():
        try:
            issued = issuing.issue(
                rollup=rollup,
                seen_figures_digest=form.cleaned_data["figures_digest"],
                seen_words_digest=form.cleaned_data["words_digest"],
                because=form.cleaned_data.get("because", ""),
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Version {issued.number} is issued. Its document is being printed.")
            return redirect("assurance:issued_rollup", group, half, issued.number)
    return _show_issue(request, rollup_or_404(request, group, half), form, status=422)


def _show_issue(request: SignedInRequest, rollup: Rollup, form: IssueForm, *, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    words = rollup_words.words_of(rollup)
    # Of what is on this very page: where it has changed since, the person reads it again and decides anew.
    digests = {"figures_digest": rollup.figures_digest, "words_digest": content_digest(words)}
    if form.is_bound and any(form.data.get(name) != digest for name, digest in digests.items()):
        posted: Any = request.POST.copy()
        posted.pop("confirmed", None)
        form.data = posted
    blockers = rollup_rules.blocks_issuing(issuing.facts_of(rollup, words, today=today))
    context: dict[str, Any] = {
        "rollup": rollup,
        "half": rollup.half,
        "form": form,
        "missing": [_problem(rollup, blocker) for blocker in blockers],
        "words": words_in(words, rollup_words.scale_of(rollup).level_names),
        "units": 0 if rollup.figures is None else units_counted(rollup.figures),
        "since_built": [] if rollup.figures is None else issuing.changes_since_build(rollup, today=today),
        "versions": issued_versions(rollup),
        **digests,
    }
    if rollup.is_of_the_force:
        context |= reports_shown(issuing.reports_of(rollup.half), rollup.half, reader=request.user)
    return render(request, "assurance/rollup_issue.html", context, status=status)


def _problem(rollup: Rollup, blocker: Blocker) -> Problem:
    place = [rollup.slug, rollup.half]
    if blocker.field == rollup_rules.FIGURES:
        return Problem(blocker.message, reverse("assurance:rollup", args=place))
    page = (
        reverse("assurance:rollup_theme", args=[*place, blocker.theme])
        if blocker.theme
        else reverse("assurance:rollup_words", args=place)
    )
    return Problem(blocker.message, f"{page}#id_{blocker.field}{'_0' if blocker.field in RADIOS else ''}")


# --- Reading what was issued --------------------------------------------------------------------------------------


@require_safe
def issued(request: SignedInRequest, group: str, half: HalfYear, number: int) -> HttpResponse:
    """What was issued, word for word, with its digest and document, and the other versions."""
    found = issued_or_404(request, group, half, number)
    content = issued_content(found.content)
    versions = issued_versions(found.rollup)
    reads_drafts = can_read_rollup(request.user, found.rollup)
    is_newest = versions[0].number == number
    context = {
        "rollup": found.rollup,
        "half": half,
        "issued": found,
        "content": content,
        "sums": sums_statements(content.half, content.as_at) if content.is_of_the_force else "",
        "words": content.words,
        "shows_comparison": content.words.shows_comparison,
        "versions": versions,
        "is_newest": is_newest,
        "reads_drafts": reads_drafts,
        "changes": issuing.changes_since(found, today=timezone.localdate()) if reads_drafts and is_newest else None,
        "may_issue": can_issue_rollup(request.user, found.rollup),
        "printing": _printing(found),
        "address": verification_address(found.content_digest),
        **figures_shown(request, content.figures, comparison=content.words.shows_comparison),
        **reports_shown(found.content["reports"], half, reader=request.user),
    }
    return render(request, "assurance/issued_rollup.html", context)


def _printing(issued: IssuedRollup) -> Printing:
    place = [issued.rollup.slug, issued.rollup.half, issued.number]
    return Printing(
        what="PDF",
        printed=issued.pdf,
        job=Job.objects.filter(key=issued.job_key).order_by("-pk").first(),
        page_url=reverse("assurance:issued_rollup", args=place),
        progress_url=reverse("assurance:issued_rollup_progress", args=place),
        download_url=reverse("assurance:issued_rollup_pdf", args=place),
    )


def print_issued(request: SignedInRequest, group: str, half: HalfYear, number: int) -> HttpResponse:
    """Have the document printed where that has failed."""
    found = issued_or_404(request, group, half, number, with_content=False)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
    issuing.request_document(issued=found, by=request.user, at=timezone.now())
    return redirect("assurance:issued_rollup", group, half, number)


@called_by_itself
@require_safe
def issued_progress(request: SignedInRequest, group: str, half: HalfYear, number: int) -> HttpResponse:
    """How far the printing is: a fragment that asks again while there is more to say; without htmx the page."""
    return progress_of(request, _printing(issued_or_404(request, group, half, number, with_content=False)))


# --- Taking it away -----------------------------------------------------------------------------------------------


@require_safe
def issued_pdf(request: SignedInRequest, group: str, half: HalfYear, number: int) -> HttpResponseBase:
    """The document as it was stored."""
    found = issued_or_404(request, group, half, number, with_content=False)
    if found.pdf is None:
        raise Http404
    response = stored_file(request, found.pdf, name=f"{_file_name(found)}.pdf")
    if request.method == "GET" and response.status_code == 200:  # a look at the headers takes nothing away
        _record(request, found, "pdf", found.pdf.sha256)
    return response


@require_safe
def issued_workbook(request: SignedInRequest, group: str, half: HalfYear, number: int) -> HttpResponse:
    """The frozen content as a workbook: a sheet for each of its tables."""
    return _table_file(request, issued_or_404(request, group, half, number), "xlsx")


@require_safe
def issued_csv(request: SignedInRequest, group: str, half: HalfYear, number: int) -> HttpResponse:
    """The frozen content as one list of values, for every program."""
    return _table_file(request, issued_or_404(request, group, half, number), "csv")


def _table_file(request: SignedInRequest, issued: IssuedRollup, form: str) -> HttpResponse:
    file = rollup_exports.WRITERS[form](issued.content, issued.content_digest)
    if request.method == "GET":
        _record(request, issued, form, hashlib.sha256(file).hexdigest())
    disposition = f'attachment; filename="{_file_name(issued)}.{form}"'
    return HttpResponse(file, content_type=MEDIA_TYPES[form], headers={"Content-Disposition": disposition})


def _file_name(issued: IssuedRollup) -> str:
    return f"roll-up-{issued.rollup.slug}-{issued.rollup.half.slug}-version-{issued.number}"


def _record(request: SignedInRequest, issued: IssuedRollup, form: str, sha256: str) -> None:
    issuing.record_download(issued=issued, form=form, sha256=sha256, by=request.user, at=timezone.now())
