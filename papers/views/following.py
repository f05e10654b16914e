"""What a paper's page says of the papers around it: whose place it takes, what took its own, what differs since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from organisation.permissions import Person
from papers.contents import panel_paper, previous
from papers.contents.since import Group
from papers.models import Paper
from papers.permissions import can_read_paper


@dataclass(frozen=True)
class Since:
    """The previous paper, what the panel made of its recommendations, and the figures that differ."""

    paper: Paper
    recommendations: list[Mapping[str, str]]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Following:
    """The papers around one. Of the paper that took its place, or whose place it takes, None: the reader may not
    read it, or there is none; `is_replacing` and the paper's own state tell which."""

    successor: Paper | None
    replaced: Paper | None
    is_replacing: bool
    since: Since | None


def around(paper: Paper, content: Mapping[str, Any], *, reader: Person) -> Following:
    """Return the papers around one with this content, as its reader may see them: a fixed number of queries."""
    successor = _successor(paper) if paper.superseded_at else None
    return Following(
        successor=_if_readable(successor, reader),
        replaced=_if_readable(paper.replaces, reader),
        is_replacing=paper.replaces is not None,
        since=_since(_if_readable(paper.previous, reader), content),
    )


def _successor(paper: Paper) -> Paper | None:
    return paper.replacements.was_released().for_lists().first()


def _if_readable(paper: Paper | None, reader: Person) -> Paper | None:
    return paper if paper is not None and can_read_paper(reader, paper) else None


def _since(before: Paper | None, content: Mapping[str, Any]) -> Since | None:
    if before is None or not before.is_released:
        return None
    told = previous.told_of(before)
    return Since(before, told["recommendations"], panel_paper.changes_since(before.content, content))
