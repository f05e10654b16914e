"""Whether what is stored of an issued roll-up is what was issued. Pure.

Its content carries the digest of the version before, so that whoever changes one would have to change all that follow.
Who issued it and when, and which bytes were printed, stand in the trail too, apart from the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from records.canonical import content_digest

ISSUED, PRINTED = "rollup.issued", "rollup.printed"
IN_WORDS = {
    "group": "whose it is",
    "half": "its half-year",
    "number": "its number",
    "because": "why it follows an earlier version",
    "figures_digest": "the digest of its figures",
    "as_at": "the day of its figures",
    "issued_at": "when it was issued",
    "issuer_name": "the name of who issued it",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the trail about a version: `by` is the id of the person who did it."""

    act: str
    at: datetime
    by: int | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """An issued version as its rows have it, and as the trail does.

    `row` has what content and row both say, in the content's form; `used` the digests of the revisions it is said to
    count, `previous` that of the version before, `pdf` that of its document.
    """

    content: Any
    digest: str
    row: Mapping[str, Any]
    issued: tuple[datetime, int]
    used: Sequence[str]
    previous: str | None
    pdf: str | None
    told: Sequence[Told]


def differences(version: Version) -> Iterator[str]:
    """Yield what of the version is not as it was issued."""
    if not isinstance(version.content, dict):
        yield "its content is gone"
        return
    try:
        found = content_digest(version.content)
    except TypeError as error:
        yield f"it holds what is never issued: {error}"
        return
    if found != version.digest:
        yield f"its content has the digest {found}, and {version.digest} is stored with it"
    for name, what in IN_WORDS.items():
        if version.row[name] != version.content.get(name):
            yield f"{what} differs between its row and its content"
    if content_digest(version.content.get("figures")) != version.content.get("figures_digest"):
        yield "its figures are not the ones that were built"
    if version.previous != version.content.get("previous"):
        yield "it does not name the digest of the version before it"
    if sorted(version.used) != sorted(one["digest"] for one in version.content.get("revisions", ())):
        yield "the statements that it counts differ between its rows and its content"
    yield from _from_the_trail(version)


def _from_the_trail(version: Version) -> Iterator[str]:
    issued = [one for one in version.told if one.act == ISSUED]
    if len(issued) != 1:
        yield f"the trail has {len(issued)} issues of it"
    elif issued[0].detail.get("content_digest") != version.digest:
        yield "the trail has another digest of it"
    elif (issued[0].at, issued[0].by) != version.issued:
        yield "who issued it, or when, differs from the trail"
    printed = [one.detail.get("sha256") for one in version.told if one.act == PRINTED]
    if printed != ([version.pdf] if version.pdf else []):
        yield "its document is not the one that the trail says was printed"
