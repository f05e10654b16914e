"""What a paper tells of the one before it: its recommendations with what the panel made of them, as plain values."""

from __future__ import annotations

from typing import Any

from papers.contents.layout import recommendations_in
from papers.contents.words import plain
from papers.models import PanelOutcome, Paper
from rendering.formats import day


def told_of(before: Paper) -> dict[str, Any]:
    """Return title, meeting, and each recommendation with its outcome as it stands now: one query."""
    outcomes = {outcome.number: outcome for outcome in PanelOutcome.objects.standing_of(before)}
    asked = enumerate(recommendations_in(before.content), start=1)
    return {
        "title": before.title,
        "meeting_on": before.meeting_on.isoformat(),
        "on": day(before.meeting_on),
        "content_digest": before.content_digest,
        "marking": before.marked,
        "recommendations": [
            {"text": " ".join(plain(html).split()), **_outcome(outcomes.get(number))} for number, html in asked
        ],
    }


def _outcome(outcome: PanelOutcome | None) -> dict[str, str]:
    if outcome is None:
        return {"outcome": "", "note": "", "owner": "", "due_on": ""}
    return {
        "outcome": outcome.get_kind_display(),
        "note": outcome.note,
        "owner": outcome.owner,
        "due_on": day(outcome.due_on) if outcome.due_on else "",
    }
