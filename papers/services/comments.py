"""Reviewing a draft: comments on its sections, suggestions of other words, and what becomes of both."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from organisation.models import User
from papers.models import Paper, SectionComment, Settled
from papers.services.papers import LONGEST_TEXT, Refused, locked_draft, save_section
from records.canonical import normal
from records.edits import Edit
from records.services import trail

NOTHING_SAID = "Write a comment, or suggest other words for some of the section’s."
NO_REASON = "Say why the suggestion is declined: whoever made it will read that."


@transaction.atomic
def add(
    *,
    paper: Paper,
    key: str,
    text: str = "",
    quoted: str = "",
    instead: str = "",
    is_suggestion: bool = False,
    by: User,
    at: datetime,
) -> SectionComment:
    """Say something about a section of a draft, prose or block. `instead` is a suggestion's: for words of prose.

    Raises Refused where there is nothing said, or the words to replace do not stand in the section just once.
    """
    current = locked_draft(paper)
    if key not in {section.key for section in current.structure.sections}:
        raise ValueError(f"A paper has no section {key}.")
    text, quoted, instead = normal(text).strip(), normal(quoted).strip(), normal(instead).strip()
    if is_suggestion:
        _place_of(quoted, _prose(current, key))
    elif not text:
        raise Refused(NOTHING_SAID)
    comment = SectionComment.objects.create(
        paper=current,
        key=key,
        text=text,
        quoted=quoted,
        instead=instead if is_suggestion else "",
        is_suggestion=is_suggestion,
        written_at=at,
        written_by=by,
    )
    trail.record(act="paper.commented", thing=current, by=by, at=at, section=key, comment=comment.pk)
    return comment


@transaction.atomic
def settle(*, comment: SectionComment, how: Settled, answer: str, by: User, at: datetime) -> SectionComment:
    """Answer a comment, take over a suggestion (its words then stand in the section), or decline it with a reason.

    Raises Refused where the paper is no draft any more, somebody has settled it before, or its words are gone.
    """
    paper = locked_draft(comment.paper)
    current = SectionComment.objects.select_for_update().get(pk=comment.pk)
    if current.settled:
        raise Refused(f"Somebody has settled this already: {current.get_settled_display().lower()}.")
    if how is Settled.TAKEN:
        _take_over(paper, current, by=by, at=at)
    answer = normal(answer).strip()
    if how is Settled.DECLINED and not answer:
        raise Refused(NO_REASON)
    current.settled, current.answer, current.settled_at, current.settled_by = how, answer, at, by
    current.save(update_fields=["settled", "answer", "settled_at", "settled_by"])
    said = {"section": current.key, "comment": current.pk, "settled": how.value}
    trail.record(act="paper.comment_settled", thing=paper, by=by, at=at, **said)
    return current


def _take_over(paper: Paper, suggestion: SectionComment, *, by: User, at: datetime) -> None:
    if not suggestion.is_suggestion:
        raise Refused("This is a comment: it has no words to take over. Answer it.")
    text = _prose(paper, suggestion.key)
    place = _place_of(suggestion.quoted, text)
    changed = text[:place] + suggestion.instead + text[place + len(suggestion.quoted) :]
    if len(changed) > LONGEST_TEXT:
        raise Refused(f"The section would be longer than {LONGEST_TEXT:,} characters. Shorten it first.")
    version = paper.sections.get(key=suggestion.key).version
    save_section(paper=paper, key=suggestion.key, edit=Edit(version, changed), by=by, at=at)


def _prose(paper: Paper, key: str) -> str:
    """Return the section's text as it stands. The paper is locked, so nobody is changing it."""
    if key not in paper.structure.prose:
        raise Refused("This section is drawn from data, so no other words can be suggested for it. Write a comment.")
    return paper.sections.values_list("text", flat=True).get(key=key)


def _place_of(quoted: str, text: str) -> int:
    """Return where the quoted words stand in the text."""
    if not quoted:
        raise Refused("Copy the words that you suggest others for from the section.")
    times = text.count(quoted)
    if times == 0:
        raise Refused("The quoted words do not stand in the section as it is now. Copy them from it anew.")
    if times > 1:
        raise Refused(f"The quoted words stand {times} times in the section. Quote more, so that the place is clear.")
    return text.index(quoted)
