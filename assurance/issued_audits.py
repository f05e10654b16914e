"""Whether what is stored of an issued audit is what was issued. Pure.

Its rows and its content say the same twice; who issued it and when, and which bytes were printed, stand in the trail
too, apart from both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assurance.issued_versions import Told
from records.canonical import content_digest

ISSUED, PRINTED = "audit.issued", "audit.printed"
IN_WORDS = {
    "reference": "its reference",
    "summary": "its summary",
    "good_practice": "the good practice that it names",
    "issued_at": "when it was issued",
    "issuer_name": "the name of who issued it",
}


@dataclass(frozen=True, slots=True)
class IssuedAudit:
    """An issued audit as its rows have it, and as the trail does.

    `row` has what content and row both say, in the content's form; `verdicts` (theme, level, whether there was not
    enough evidence), in the order of the themes; `validated` the digest of what it validates, `pdf` of its document.
    """

    content: Any
    digest: str
    row: Mapping[str, Any]
    verdicts: Sequence[tuple[str, int | None, bool]]
    validated: str | None
    issued: tuple[datetime, int]
    pdf: str | None
    told: Sequence[Told]


def differences(audit: IssuedAudit) -> Iterator[str]:
    """Yield what of the audit is not as it was issued."""
    if not isinstance(audit.content, dict):
        yield "its content is gone"
        return
    try:
        found = content_digest(audit.content)
    except TypeError as error:
        yield f"it holds what is never issued: {error}"
        return
    if found != audit.digest:
        yield f"its content has the digest {found}, and {audit.digest} is stored with it"
    for name, what in IN_WORDS.items():
        if audit.row[name] != audit.content.get(name):
            yield f"{what} differs between its row and its content"
    frozen = [(one["theme"], one["level"], one["not_enough_evidence"]) for one in audit.content.get("themes", ())]
    if list(audit.verdicts) != frozen:
        yield "its verdicts differ between their rows and its content"
    if audit.validated != (audit.content.get("validates") or {}).get("digest"):
        yield "what it validates differs between its row and its content"
    yield from _from_the_trail(audit)


def _from_the_trail(audit: IssuedAudit) -> Iterator[str]:
    issued = [one for one in audit.told if one.act == ISSUED]
    if len(issued) != 1:
        yield f"the trail has {len(issued)} issues of it"
    elif issued[0].detail.get("content_digest") != audit.digest:
        yield "the trail has another digest of it"
    elif (issued[0].at, issued[0].by) != audit.issued:
        yield "who issued it, or when, differs from the trail"
    printed = [one.detail.get("sha256") for one in audit.told if one.act == PRINTED]
    if printed != ([audit.pdf] if audit.pdf else []):
        yield "its document is not the one that the trail says was printed"
