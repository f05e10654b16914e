"""Which papers follow which: the one whose changes a paper tells, and the one whose place it takes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from organisation.models import User
from papers.models import Paper, PaperState
from records.services import trail
from rendering.formats import day

CANNOT_FOLLOW = (
    "“{title}” (meeting of {on}) cannot be the previous paper. Choose a published one for a meeting not after "
    "{until}, or none."
)
CANNOT_REPLACE = (
    "“{title}” is {state}, so this paper cannot take its place. Choose another paper under the details, or none; a "
    "final paper has to be taken back to draft for that."
)
WITHDRAWN_SINCE = (
    "This paper prints what “{title}” said, which has been withdrawn since. Take it back to draft, choose another "
    "previous paper under its details, or none, and make it final again."
)


def usual_previous(paper: Paper) -> Paper | None:
    """Return what a new paper follows: the last released paper of its template before it, or else of its panel."""
    before = Paper.objects.published().filter(meeting_on__lt=paper.meeting_on, audience=paper.audience)
    before = before.order_by("-meeting_on", "-pk")
    return before.filter(template=paper.template).first() or before.filter(panel=paper.panel).first()


def what_it_cannot_follow(paper: Paper, *, changed: Collection[str]) -> str:
    """Return why the paper, of which these fields have been changed, cannot follow those papers; empty where it can."""
    before = paper.previous
    is_asked = before is not None and not {"previous", "meeting_on"}.isdisjoint(changed)
    if before is not None and is_asked and not _can_follow(paper, before):
        return CANNOT_FOLLOW.format(title=before.title, on=day(before.meeting_on), until=day(paper.meeting_on))
    return why_it_cannot_replace(paper) if "replaces" in changed else ""


def _can_follow(paper: Paper, before: Paper) -> bool:
    is_alike = before != paper and before.audience == paper.audience
    return is_alike and before.is_released and before.meeting_on <= paper.meeting_on


def why_it_cannot_replace(paper: Paper) -> str:
    """Return why the paper cannot take the place of the one it names; empty where it can, or names none."""
    replaced = paper.replaces
    if replaced is None or (replaced != paper and replaced.audience == paper.audience and replaced.is_published):
        return ""
    return CANNOT_REPLACE.format(title=replaced.title, state=replaced.get_state_display().lower())


def why_it_cannot_tell_of(paper: Paper) -> str:
    """Return why what was frozen of the previous paper cannot be published; empty where it can, or there is none."""
    told = (paper.content or {}).get("data", {}).get("previous_paper")
    if not told or (paper.previous is not None and paper.previous.is_released):
        return ""
    return WITHDRAWN_SINCE.format(title=told["title"])


def locked_with_the_replaced(paper: Paper) -> Paper:
    """Return the paper as it is now, locked with the one whose place it takes.

    Locks are taken in the order of ids, so that no two publishers wait for each other. Only drafts name another paper:
    where it has been one in between, the digest that its publisher saw is not its digest any more.
    """
    ids = {paper.pk, *Paper.objects.filter(pk=paper.pk).values_list("replaces_id", flat=True)} - {None}
    locked = {one.pk: one for one in Paper.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")}
    current = locked[paper.pk]
    if current.replaces_id in locked:
        current.replaces = locked[current.replaces_id]
    return current


def supersede(replaced: Paper, *, by_paper: Paper, because: str, by: User, at: datetime) -> None:
    """Let a published paper give way to the one that is published in its place. It stays readable."""
    replaced.state, replaced.superseded_at, replaced.superseded_because = PaperState.SUPERSEDED, at, because
    replaced.save(update_fields=["state", "superseded_at", "superseded_because"])
    words = {"reason": because}
    trail.record(act="paper.superseded", thing=replaced, by=by, at=at, words=words, replaced_by=by_paper.pk)
