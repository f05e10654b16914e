"""What stands behind a digest: a paper, its public version or an agenda pack, by what it says or by its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from organisation.permissions import Person
from papers.models import BoardPack, Paper, PaperState, PublicVersion
from records.canonical import content_digest
from records.verification import Finding, Match, Matched, finding_on_bytes
from rendering import formats

STANDING = {
    PaperState.FINAL: ("It is final and has not been published. It may still be taken back to draft.", False),
    PaperState.PUBLISHED: ("It is published: this is what the panel reads.", True),
    PaperState.SUPERSEDED: ("It was published, and {successor} has taken its place since.", False),
    PaperState.WITHDRAWN: ("It was published and has been withdrawn since.", False),
}


def find_by_digest(digest: str, *, reader: Person) -> list[Match]:
    """Return the papers and agenda packs that have the digest and that `reader` may see."""
    has_it = Q(content_digest=digest) | Q(pdf__sha256=digest)
    papers = Paper.objects.visible_to(reader).filter(has_it).select_related("pdf").order_by("pk")
    packs = BoardPack.objects.visible_to(reader).filter(has_it).select_related("pdf", "meeting").order_by("pk")
    public = PublicVersion.objects.visible_to(reader).filter(has_it).select_related("pdf", "paper").order_by("pk")
    return [
        *(_match(paper, digest, reader) for paper in papers),
        *(_public(version, digest) for version in public),
        *_packs(packs, digest),
    ]


def changed_papers() -> Iterator[tuple[str, str]]:
    """Yield (title, what is wrong) of papers whose frozen content is not what their digest was taken of."""
    frozen = Paper.objects.exclude(content=None).order_by("pk")
    rows = frozen.values_list("title", "content", "content_digest").iterator(chunk_size=20)
    for title, content, digest in rows:
        if (found := content_digest(content)) != digest:
            yield title, f"its content has the digest {found}, and {digest} is stored with it"


def changed_packs() -> Iterator[tuple[str, str]]:
    """Yield (name, what is wrong) of agenda packs whose frozen content is not what their digest was taken of."""
    return _changed(BoardPack.objects.select_related("meeting"))


def changed_public_versions() -> Iterator[tuple[str, str]]:
    """Yield (name, what is wrong) of public versions whose frozen content is not what their digest was taken of."""
    return _changed(PublicVersion.objects.select_related("paper"))


def _changed(versions: QuerySet[BoardPack] | QuerySet[PublicVersion]) -> Iterator[tuple[str, str]]:
    for version in versions.order_by("pk").iterator(chunk_size=20):
        if (found := content_digest(version.content)) != version.content_digest:
            yield str(version), f"its content has the digest {found}, and {version.content_digest} is stored with it"


def _match(paper: Paper, digest: str, reader: Person) -> Match:
    is_content = paper.content_digest == digest
    standing, stands = STANDING[PaperState(paper.state)]
    return Match(
        matched=Matched.CONTENT if is_content else Matched.FILE,
        thing=f"{'The paper' if is_content else 'The document of the paper'} “{paper.title}”",
        address=reverse("papers:paper", args=[paper.pk]),
        facts=(
            ("For", f"{paper.panel}, {formats.day(paper.meeting_on)}"),
            ("Report by", paper.report_by),
            *((("Made final", _moment(paper.finalised_at)),) if paper.finalised_at else ()),
            *((("Published", _moment(paper.published_at)),) if paper.published_at else ()),
        ),
        standing=standing.format(successor=_successor(paper, reader)) if paper.is_superseded else standing,
        stands=stands,
        findings=tuple(_findings(paper)),
    )


def _successor(paper: Paper, reader: Person) -> str:
    """Return what to call the paper that took its place, by its name for whoever may read it."""
    found = paper.replacements.was_released().visible_to(reader).first()
    return f"“{found.title}” (meeting of {formats.day(found.meeting_on)})" if found else "another paper"


def _public(version: PublicVersion, digest: str) -> Match:
    is_content = version.content_digest == digest
    stands = version.published_at is not None and version.paper.is_published and not version.is_overtaken
    return Match(
        matched=Matched.CONTENT if is_content else Matched.FILE,
        thing=str(version) if is_content else f"The document of the {version.name_in_trail}",
        address=reverse("papers:paper", args=[version.paper_id]),
        facts=(
            ("Paper", f"{version.paper}, {formats.day(version.paper.meeting_on)}"),
            ("Made", _moment(version.made_at)),
            *((("Published", _moment(version.published_at)),) if version.published_at else ()),
        ),
        standing=_standing_of(version),
        stands=stands,
        findings=tuple(_findings(version)),
    )


def _standing_of(version: PublicVersion) -> str:
    if version.paper.is_withdrawn:
        return "The paper has been withdrawn since, and this version with it."
    if version.published_at is None:
        return "It has not been published."
    if version.is_overtaken:
        return "It was published, and a newer public version has taken its place since."
    if version.paper.is_superseded:
        return "It was published, and another paper has taken the place of this one since."
    return "It is published: passages of the paper have been taken out of it."


def _packs(packs: QuerySet[BoardPack], digest: str) -> Iterator[Match]:
    later = BoardPack.objects.filter(meeting=OuterRef("meeting"), number__gt=OuterRef("number"))
    for pack in packs.annotate(is_newest=~Exists(later)):
        is_content = pack.content_digest == digest
        yield Match(
            matched=Matched.CONTENT if is_content else Matched.FILE,
            thing=str(pack) if is_content else f"The document of the {pack.name_in_trail}",
            address=reverse("papers:packs", args=[pack.meeting_id]),
            facts=(
                ("Meeting", f"{pack.meeting}, {formats.day(pack.meeting.held_on)}"),
                ("Version", str(pack.number)),
                ("Made", _moment(pack.made_at)),
            ),
            standing="It is the newest version." if pack.is_newest else "A newer version has been made since.",
            stands=pack.is_newest,
            findings=tuple(_findings(pack)),
        )


def _findings(paper: Paper | BoardPack | PublicVersion) -> Iterator[Finding]:
    found = content_digest(paper.content)
    if found == paper.content_digest:
        yield Finding("The digest, worked out again from the stored text, is the one on record.", is_well=True)
    else:
        yield Finding(f"The stored text has another digest than is on record: {found}.", is_well=False)
    if paper.pdf is not None:
        yield finding_on_bytes(paper.pdf)


def _moment(moment: datetime) -> str:
    return f"{formats.day(moment)} at {formats.clock(moment)}"
