"""Searching what papers say: PostgreSQL's full text, over title and words of the papers that a reader may read."""

from __future__ import annotations

import re

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector
from django.db import connection
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from papers.models import SEARCHED_IN
from papers.models.paper import PaperQuerySet

# As the index has it, word for word: another expression is not found in it.
WORDS = SearchVector("title", "words", config=SEARCHED_IN)
# Nobody can type them, and `papers.contents.words` lets none through.
HIT_BEGINS, HIT_ENDS = "\x02", "\x03"
HIT = re.compile(f"{HIT_BEGINS}([^{HIT_BEGINS}{HIT_ENDS}]*){HIT_ENDS}")
BETWEEN_PASSAGES = " … "


def found_in(papers: PaperQuerySet, said: str) -> PaperQuerySet:
    """Return those of the papers that say what was asked for, the best first, each with its `passages` unescaped.

    `said` is as people write into search engines: words that all have to stand there, “a phrase”, OR, -without.
    """
    query = _query(said)
    return (
        papers.alias(searched=WORDS)
        .filter(searched=query)
        .annotate(
            rank=SearchRank(WORDS, query),
            passages=SearchHeadline(
                "words",
                query,
                config=SEARCHED_IN,
                start_sel=HIT_BEGINS,
                stop_sel=HIT_ENDS,
                max_fragments=2,
                min_words=8,
                max_words=28,
                fragment_delimiter=BETWEEN_PASSAGES,
            ),
        )
        .order_by("-rank", "-meeting_on", "-pk")
    )


def says_nothing(said: str) -> bool:
    """Whether nothing is left to look for: words such as “the” alone, or signs. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT numnode(websearch_to_tsquery(%s::regconfig, %s)) = 0", [SEARCHED_IN, said])
        return bool(cursor.fetchone()[0])


def marked(passages: str) -> SafeString:
    """Return passages of a paper for a page: escaped, and its hits marked."""
    pieces = HIT.split(passages)  # between hits, hit, between, hit …
    between, hits = pieces[::2], [*pieces[1::2], ""]
    return format_html_join(
        "",
        "{}{}",
        (
            (_bare(text), format_html("<mark>{}</mark>", hit) if hit else "")
            for text, hit in zip(between, hits, strict=True)
        ),
    )


def _bare(text: str) -> str:
    return text.replace(HIT_BEGINS, "").replace(HIT_ENDS, "")


def _query(said: str) -> SearchQuery:
    return SearchQuery(said, config=SEARCHED_IN, search_type="websearch")
