"""Saving answers while they are being given: what was sent of a page, saved like the page itself.

The answer is a fragment (organisation/autosaving.py): which answers are saved now and with which stamps, what is wrong
with others, and two versions of what somebody else has changed too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assurance.forms.statement import ActionForm, DetailsForm, EntryForm, LevelOption
from assurance.history import text_at
from assurance.models import Entry, Revision
from assurance.rules import Refused
from assurance.services import statements
from assurance.services.saving import Saved
from assurance.views.answering import (
    ROWS,
    Rows,
    action_edits,
    action_links,
    entry_form,
    level_options,
    link_of,
    sent_rows,
    settle_rows,
)
from assurance.views.loading import writable_entry_or_404, writable_revision_or_404
from assurance.views.moved_on import is_the_one_on_the_page
from maturity.models import Criterion, Level
from organisation.autosaving import (
    Answer,
    Wrong,
    add_answers,
    fields_of,
    fragment,
    is_of_somebody_else,
    page_token,
    show,
    somebody_else,
    stamps_of,
)
from organisation.periods import Quarter
from organisation.requests import SignedInRequest
from organisation.versioned import version_name

# --- A theme ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def autosave(request: SignedInRequest, unit: str, quarter: Quarter, theme: str) -> HttpResponse:
    """Save what has been answered on a theme's page so far."""
    if is_of_somebody_else(request):
        return somebody_else()
    entry = writable_entry_or_404(request, unit, quarter, theme, entries=_with_choices())
    if not request.htmx or request.method != "POST":  # somebody who had to sign in first, or pressed "back"
        return redirect("assurance:theme", unit, quarter, theme)
    if not is_the_one_on_the_page(request, entry.revision):
        return _stopped(request, entry.revision)
    decided = request.POST.getlist("decided")
    form = entry_form(entry, _bare_levels(entry), request.POST, decided=decided, partial=True)
    rows = sent_rows(request.POST, decided=decided) if f"{ROWS}-TOTAL_FORMS" in request.POST else None
    form.is_valid()
    try:
        return show(request, _save(request, entry, form, rows))
    except Refused as refusal:
        entry.revision.refresh_from_db(fields=["state"])
        if not entry.revision.is_open:
            return _stopped(request, entry.revision)
        return show(request, _all_wrong(form, rows, str(refusal)))


def _with_choices() -> QuerySet[Entry]:
    """Entries with the levels and criteria that may be chosen, by number and id: what a form needs to judge them."""
    levels = Level.objects.filter(edition=OuterRef("theme__edition")).values("number")
    criteria = Criterion.objects.filter(theme=OuterRef("theme")).values("pk")
    return Entry.objects.annotate(level_numbers=ArraySubquery(levels), criterion_ids=ArraySubquery(criteria))


def _bare_levels(entry: Any) -> list[LevelOption]:
    levels = [LevelOption(number) for number in entry.level_numbers]
    return [*levels[:-1], LevelOption(levels[-1].number, criteria=tuple((pk, "") for pk in entry.criterion_ids))]


def _save(request: SignedInRequest, entry: Entry, form: EntryForm, rows: Rows | None) -> Answer:
    edits = form.edits()
    action_rows = action_edits(rows) if rows is not None and not _is_broken(rows) else []
    saved = Saved()
    if edits or action_rows:
        saved = statements.save_entry(
            entry=entry,
            edits=edits,
            action_rows=action_rows,
            token=page_token(request),
            by=request.user,
            at=timezone.now(),
        )
    if saved.conflicts:
        form.offer(level_options(entry.theme))  # both versions are shown in words
    answer = Answer()
    add_answers(answer, form, edits, saved, begun_on=lambda name: text_at(entry, name, edits[name].base_version))
    if rows is not None:
        _add_rows(answer, rows, action_links(entry), saved)
    return answer


def _is_broken(rows: Rows) -> bool:
    """Whether the rows cannot be read at all. Rows that are wrong are told from others one by one."""
    rows.is_valid()
    return not rows.management_form.is_valid()


def _add_rows(answer: Answer, rows: Rows, links: Sequence[Any], saved: Saved) -> None:
    answer.conflicts += settle_rows(rows, links, saved)
    too_many = " ".join(map(str, rows.non_form_errors()))
    for row in rows.forms:
        if not _was_sent(row):
            continue
        link = link_of(row, links)
        if link is None and too_many:
            answer.wrong.append(Wrong(str(row.prefix), row["title"].auto_id, too_many))
        overtaken = () if link is None else saved.action_conflicts.get(link.action_id, ())
        _add_row(answer, row, link, fields_of(overtaken))


def _was_sent(row: ActionForm) -> bool:
    return row.add_prefix(version_name("title")) in row.data


def _add_row(answer: Answer, row: ActionForm, link: Any, overtaken: set[str]) -> None:
    prefix = str(row.prefix)
    wrong = [Wrong(prefix, row[name].auto_id, text) for name, errors in row.errors.items() for text in map(str, errors)]
    answer.wrong += wrong
    if link is not None:
        answer.moved[row.add_prefix("action")] = link.action_id
        answer.moved |= stamps_of(row, [name for name in row.answers if name not in overtaken])
    if not wrong and not overtaken and prefix not in {one.answer for one in answer.wrong}:
        answer.kept.append(prefix)


# --- The details --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def autosave_details(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Save what has been answered on the page of the details so far."""
    if is_of_somebody_else(request):
        return somebody_else()
    revision = writable_revision_or_404(request, unit, quarter)
    if not request.htmx or request.method != "POST":
        return redirect("assurance:details", unit, quarter)
    if not is_the_one_on_the_page(request, revision):
        return _stopped(request, revision)
    form = DetailsForm(request.POST, decided=request.POST.getlist("decided"), partial=True)
    form.is_valid()
    edits, saved = form.edits(), Saved()
    if edits:
        try:
            saved = statements.save_details(
                revision=revision, edits=edits, token=page_token(request), by=request.user, at=timezone.now()
            )
        except Refused:
            revision.refresh_from_db(fields=["state"])
            return _stopped(request, revision)
    answer = Answer()
    add_answers(answer, form, edits, saved)
    return show(request, answer)


# --- Both ---------------------------------------------------------------------------------------------------------


def _all_wrong(form: EntryForm, rows: Rows | None, text: str) -> Answer:
    sent = [*form.sent, *(str(row.prefix) for row in (rows.forms if rows is not None else ()) if _was_sent(row))]
    return Answer(wrong=[Wrong(name, "", text) for name in sent])


def _stopped(request: SignedInRequest, revision: Revision) -> HttpResponse:
    """409: the statement was completed, or another revision begun, while the person was writing."""
    context = {"revision": revision, "statement": revision.statement}
    return fragment(request, "assurance/_autosave_stopped.html", context, outcome="stopped", status=409)
