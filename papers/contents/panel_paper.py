"""What a panel paper says: its prose and the data of its blocks, gathered as plain JSON values.

Made final, exactly that is frozen. Which parts a paper has is its skeleton's, a copy of its template's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from organisation.models import Force
from organisation.periods import HalfYear
from papers import abbreviations
from papers.contents import layout, previous, since
from papers.contents.abbreviating import explained_in, unexplained_in
from papers.contents.block import Asked, Source
from papers.contents.blocks import BLOCKS, previous_paper
from papers.contents.references import Fault, Figure, faults_in
from papers.contents.typed_numbers import doubts_in
from papers.models import Paper
from papers.skeleton import Skeleton
from records.marking import is_sensitive
from rendering import fonts, glyphs, markdown

UNPRINTABLE = (
    "{signs} cannot be printed: the PDF has a box in the place of each. Write it in other letters or in words."
)
NAMED_TWICE = (
    "{both} are both called {name}, so nobody can tell which is meant. Give one of them another name under its "
    "options, where it has such an option, or take one out of the template."
)
MARKED_HIGHER = (
    "“{title}” is OFFICIAL-SENSITIVE, and this paper prints what it says. Give this one the same marking under its "
    "details, or choose another previous paper there."
)


@dataclass(frozen=True)
class Missing:
    """What a paper lacks before it can be made final. `section` None: nothing in the paper itself mends it."""

    section: str | None
    message: str


def gather(
    paper: Paper, *, today: date, typed: Mapping[str, str] | None = None, skeleton: Skeleton | None = None
) -> dict[str, Any]:
    """Return all the paper says, with figures as the data stand now: a fixed number of queries.

    `typed` are texts of sections that have not been saved yet, in the place of those that have; a `skeleton` other than
    the paper's own is one that somebody tries out.
    """
    texts = dict(paper.sections.values_list("key", "text")) | dict(typed or {})
    force = Force.objects.first()
    skeleton = skeleton or paper.structure
    asked = Asked(paper.half, paper.meeting_on, today, options_in(skeleton))
    data = {source.name: source.gather(asked) for source in sources_of(skeleton)}
    figures = {figure.name: figure.text for figure in figures_of(data)}
    if previous_paper.SOURCE.name in data:
        data[previous_paper.SOURCE.name] = _told_of_the_previous(paper, data, figures)
    return {
        "force": force.name if force else "",
        "panel": paper.panel,
        "title": paper.title,
        "meeting_on": paper.meeting_on.isoformat(),
        "report_by": paper.report_by,
        "replaces": _replaced(paper),
        "half": str(paper.half),
        "marking": paper.marked,
        "numbering": skeleton.numbering.value,
        "abbreviations": abbreviations.read(paper.abbreviations),
        "parts": [
            {
                "heading": part.heading,
                "is_appendix": part.is_appendix,
                "sections": [
                    {
                        "key": section.key,
                        "heading": section.heading,
                        "kind": section.kind,
                        "chapter": section.chapter,
                        "options": dict(section.options),
                        "is_needed": bool(section.needed),
                        "text": texts.get(section.key, ""),
                    }
                    for section in part.sections
                ],
            }
            for part in skeleton.parts
        ],
        "data": data,
        "figures": figures,
    }


def _told_of_the_previous(paper: Paper, data: Mapping[str, Any], figures: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what is told of the previous paper, with the figures that differ; nothing of one that was withdrawn."""
    if paper.previous is None or not paper.previous.is_released:
        return None
    changes = changes_since(paper.previous.content, {"data": data, "figures": figures})
    return previous.told_of(paper.previous) | {"changes": since.as_json(changes)}


def changes_since(before: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[since.Group, ...]:
    """Return the figures that differ between two papers, of the sources of both: nothing else can have changed."""
    now, then = ({name: found for name, found in one["data"].items() if found is not None} for one in (content, before))
    what = {
        figure.name: figure.what
        for data, other in ((now, then), (then, now))
        for figure in figures_of({name: found for name, found in data.items() if name in other})
    }

    def texts_of(one: Mapping[str, Any]) -> dict[str, str]:
        return {name: text for name, text in one["figures"].items() if name in what}

    return since.differences(texts_of(before), texts_of(content), what)


def _replaced(paper: Paper) -> dict[str, str] | None:
    """Return which paper this one takes the place of: whoever publishes it has seen that, by its digest."""
    if (replaced := paper.replaces) is None:
        return None
    return {
        "title": replaced.title,
        "meeting_on": replaced.meeting_on.isoformat(),
        "content_digest": replaced.content_digest,
    }


@dataclass(frozen=True)
class LookedOver:
    """A section's prose as the checkers see it: `figures` can be named in it, and `places` of the paper.

    Neither `doubts` about numbers, words in capitals left `unexplained` nor what is `unprintable` keep anybody from
    anything.
    """

    figures: list[Figure]
    places: list[Figure]
    faults: list[Fault]
    doubts: list[Fault]
    unexplained: list[Fault]
    unprintable: list[Fault]


def look_over(content: Mapping[str, Any], text: str) -> LookedOver:
    """Return what a text in a paper with this content can name, names wrongly, and may have typed by hand."""
    figures, named = list(figures_of(content["data"])), layout.named_in(content)
    return LookedOver(
        figures,
        named.to_pick,
        faults_in(text, named.names),
        doubts_in(text, figures),
        unexplained_in(text, _explained(content)),
        unprintable_in(text),
    )


def doubts_about(skeleton: Skeleton, content: Mapping[str, Any]) -> list[Missing]:
    """Return the numbers of a paper's prose that may contradict its tables, section by section."""
    figures = list(figures_of(content["data"]))
    return list(_told(skeleton, content, lambda text: doubts_in(text, figures)))


def unexplained(skeleton: Skeleton, content: Mapping[str, Any]) -> list[Missing]:
    """Return the words in capitals of a paper's prose that nothing in it explains, section by section."""
    explained = _explained(content)
    return list(_told(skeleton, content, lambda text: unexplained_in(text, explained)))


def unprintable(skeleton: Skeleton, content: Mapping[str, Any]) -> list[Missing]:
    """Return the signs of a paper's prose for which documents have no letters, section by section."""
    return list(_told(skeleton, content, unprintable_in))


def _told(skeleton: Skeleton, content: Mapping[str, Any], check: Callable[[str], Iterable[Fault]]) -> Iterator[Missing]:
    for part in content["parts"]:
        for section in part["sections"]:
            for doubt in check(section["text"]):
                where = f"{skeleton.name_of(section['key'])}, line {doubt.line}"
                yield Missing(section["key"], f"{where}: {doubt.message}")


def unprintable_in(text: str) -> list[Fault]:
    """Return which signs of a text a document prints as a box, line by line."""
    if text.isascii():
        return []
    letters = fonts.repertoire(fonts.font_assets())
    lines = ((number, glyphs.unprintable(line, letters)) for number, line in enumerate(text.splitlines(), start=1))
    return [Fault(number, UNPRINTABLE.format(signs=" ".join(signs[:10]))) for number, signs in lines if signs]


def _explained(content: Mapping[str, Any]) -> set[str]:
    written = (section["text"] for part in content["parts"] for section in part["sections"])
    return {*content["abbreviations"], *explained_in(written)}


def sources_of(skeleton: Skeleton) -> list[Source]:
    """Return where the blocks of a skeleton are drawn from, each once."""
    found = [BLOCKS[section.kind].source for section in skeleton.sections if section.kind in BLOCKS]
    return list({source.name: source for source in found}.values())


def options_in(skeleton: Skeleton) -> dict[str, list[Mapping[str, Any]]]:
    """Return the options of the blocks that are drawn from each source."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for section in skeleton.sections:
        if section.kind in BLOCKS:
            found.setdefault(BLOCKS[section.kind].source.name, []).append(section.options)
    return found


def figures_of(data: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield the figures that prose can name, of the sources that have data."""
    sources = {block.source.name: block.source for block in BLOCKS.values()}
    for name, found in data.items():
        if found is not None:
            yield from sources[name].figures(found)


def left_out(skeleton: Skeleton, content: Mapping[str, Any]) -> list[Missing]:
    """Return the blocks that print nothing as the data stand, each with why that is."""
    return [
        Missing(key, f"{skeleton.name_of(key)}: {block.nothing}".rstrip(": "))
        for key, section in skeleton.blocks.items()
        if (block := BLOCKS.get(section.kind)) and content["data"].get(block.source.name) is None
    ]


def what_is_missing(skeleton: Skeleton, content: Mapping[str, Any]) -> list[Missing]:
    """Return everything that stands in the way of making a paper with this content final."""
    written = {section["key"]: section["text"] for part in content["parts"] for section in part["sections"]}
    missing = [
        Missing(key, f"{skeleton.name_of(key)}: {section.needed}")
        for key, section in skeleton.prose.items()
        if section.needed and not markdown.paragraphs(written[key])
    ]
    named = layout.named_in(content)
    names = named.names
    missing += _told(skeleton, content, lambda text: faults_in(text, names))
    missing += [Missing(None, NAMED_TWICE.format(name=name, both=both)) for name, both in named.twice.items()]
    position = content["data"].get("position")
    if position is not None and not position["groups"]:
        half = HalfYear.parse(content["half"]).name
        missing.append(
            Missing(None, f"No roll-up of {half} has been built. Ask the COG leads to build theirs, then come back.")
        )
    told = content["data"].get(previous_paper.SOURCE.name)
    if told is not None and is_sensitive(told["marking"]) and not is_sensitive(content["marking"]):
        missing.append(Missing(None, MARKED_HIGHER.format(title=told["title"])))
    return missing
