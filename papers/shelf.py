"""Published papers as they stand on the panel's shelf: by meeting, with outcomes and what took whose place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce

from papers.contents.layout import RECOMMENDATIONS, how_many_recommendations
from papers.models import PanelOutcome, Paper, PaperSection
from papers.models.paper import PaperQuerySet


@dataclass(frozen=True)
class Shelved:
    """A paper with the number of its recommendations, of their outcomes that stand, and what took its place."""

    paper: Paper
    recommendations: int
    outcomes: int
    successor: Paper | None


@dataclass(frozen=True)
class Meeting:
    """The papers of one meeting of a panel."""

    panel: str
    on: date
    papers: list[Shelved]


def shelved(papers: PaperQuerySet) -> PaperQuerySet:
    """Return the papers, the newest meeting first, with all that `by_meeting` needs: one query more."""
    asks = PaperSection.objects.filter(paper=OuterRef("pk"), key=RECOMMENDATIONS).values("text")[:1]
    standing = PanelOutcome.objects.filter(paper=OuterRef("pk"), replaced_by=None).order_by().values("paper")
    recorded = standing.annotate(number=Count("pk")).values("number")
    successors = Paper.objects.was_released().for_lists().order_by("pk")
    return (
        papers.annotate(asks=Subquery(asks), recorded=Coalesce(Subquery(recorded), 0))
        .prefetch_related(Prefetch("replacements", successors, to_attr="successors"))
        .order_by("-meeting_on", "panel", "-pk")
    )


def by_meeting(papers: Iterable[Paper]) -> list[Meeting]:
    """Return `shelved` papers by meeting and panel, in their order."""
    return [
        Meeting(panel, on, [_shelved(paper) for paper in of_one])
        for (on, panel), of_one in groupby(papers, key=lambda paper: (paper.meeting_on, paper.panel))
    ]


def _shelved(paper: Paper) -> Shelved:
    # What is not among a paper's columns, `shelved` has added.
    added = vars(paper)
    successor = next(iter(added["successors"]), None)
    return Shelved(paper, how_many_recommendations(added["asks"] or ""), added["recorded"], successor)
