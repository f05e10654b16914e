"""The chain of a unit's signatures: whether what is stored of a signed revision is what was signed. Pure.

Signed content carries the digest of the unit's signed revision before it, so that whoever changes one would have to
change all that follow. Who completed and signed it, and when, stands in the trail too, apart from the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from records.canonical import content_digest

COMPLETED, SIGNED, REDACTED = "statement.completed", "statement.signed", "statement.redacted"
# What the content and the rows both say of a revision and of each of its themes, under the same names.
DETAILS = ("completer_name", "completer_position", "meeting_on", "no_meeting_reason")
ANSWERS = (
    "level",
    "no_level",
    "not_sure_note",
    "held_without_shrmt",
    "criteria",
    "criteria_note",
    "evidence",
    "no_level_reason",
    "carried",
    "carried_from",
    "links",
    "files",
)
# The states that a review gives, called as its decision is.
DECIDED = ("accepted", "returned")
IN_WORDS = {
    "completer_name": "the name of the person completing it",
    "completer_position": "the position of the person completing it",
    "meeting_on": "the date of the meeting",
    "no_meeting_reason": "why there was no meeting",
    "no_level": "why there is no level",
    "not_sure_note": "what is not sure",
    "held_without_shrmt": "whether it is held without SHRMT",
    "criteria": "the criteria ticked",
    "criteria_note": "the note on criteria",
    "no_level_reason": "the reason for no level",
    "carried": "what was carried forward",
    "carried_from": "the quarter it was carried forward from",
}


@dataclass(frozen=True, slots=True)
class Act:
    """A line of the trail. `by` is the id of the person who did it."""

    act: str
    at: datetime
    by: int | None
    thing: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """A signed revision as its rows have it, and as the trail does. `entries` are answers by theme identity.

    `details` and `entries` are in the form in which the content holds them: dates as ISO texts. `circumstances` and
    `review` are digests of the rest of its rows and of its review (assurance/circumstances.py).
    """

    unit: str
    quarter: str
    edition: str
    number: int
    state: str
    decision: str | None
    details: Mapping[str, Any]
    entries: Mapping[str, Mapping[str, Any]]
    completed: tuple[datetime, int]
    signed: tuple[datetime, int]
    signer: tuple[str, str]
    content: Any
    digest: str
    acts: Sequence[Act]
    circumstances: str
    review: str | None

    @property
    def name(self) -> str:
        return f"{self.unit}, {self.quarter}, revision {self.number}"


def differences(link: Link, *, previous: str | None) -> list[str]:
    """Return in words what is not as it was signed, nothing where all of it is.

    `previous` is the digest stored with the unit's signed revision before this one.
    """
    if not isinstance(link.content, Mapping):
        return ["its content is gone"]
    return [
        *_of_the_digest(link),
        *_of_what_went_before(link, previous),
        *_of_the_revision(link),
        *_of_the_themes(link),
        *_of_the_signature(link),
        *_of_the_state(link),
    ]


def _of_the_digest(link: Link) -> Iterator[str]:
    found = digest_of(link.content)
    expected: str | None = link.digest
    for act in redactions(link):  # each from where the last one ended
        if act.detail.get("before") != expected:
            yield f"the trail has it redacted from {act.detail.get('before')}, and it was {expected}"
        expected = act.detail.get("after")
    if found != expected:
        yield f"its content has the digest {found}, and {expected} is stored with it"


def redactions(link: Link) -> list[Act]:
    """Return the acts by which something was taken out of the revision since it was signed, in their order."""
    return [act for act in link.acts if act.act == REDACTED]


def digest_of(content: Any) -> str:
    """Return the content's digest, worked out now; in words where what is stored cannot have been signed."""
    try:
        return content_digest(content)
    except TypeError:
        return "(none: it holds what is never signed)"


def _of_what_went_before(link: Link, previous: str | None) -> Iterator[str]:
    named = link.content.get("previous")
    if named != previous:
        yield (
            f"it names {named or 'nothing'} as the digest of the unit’s signed revision before it, "
            f"which is {previous or 'nothing: there is none'}"
        )


def _of_the_revision(link: Link) -> Iterator[str]:
    content = link.content
    kept = {"unit": link.unit, "quarter": link.quarter, "edition": link.edition, "revision": link.number}
    for name, value in kept.items():
        if content.get(name) != value:
            yield f"its row is of {name} {value}, its content of {content.get(name)}"
    for name in DETAILS:
        if content.get(name) != link.details[name]:
            yield f"{IN_WORDS[name]} differs between its row and its content"


def _of_the_themes(link: Link) -> Iterator[str]:
    stated = {entry.get("theme"): entry for entry in link.content.get("entries", ())}
    for identity in sorted(set(stated) ^ set(link.entries), key=str):
        yield f"the theme {identity} is {'in its content' if identity in stated else 'among its rows'} only"
    for identity, answers in link.entries.items():
        for name in ANSWERS:
            # Content signed before an answer was asked for does not have it.
            if name in stated.get(identity, ()) and stated[identity][name] != answers[name]:
                yield f"{IN_WORDS.get(name, f'the {name}')} of the theme {identity} differs from what was signed"


def _of_the_signature(link: Link) -> Iterator[str]:
    acts = [act for act in link.acts if act.act == SIGNED]
    if len(acts) != 1:
        yield f"the trail has {len(acts)} signatures of it"
        return
    (act,) = acts
    if act.detail.get("content_digest") != link.digest:
        yield f"the trail has it signed with the digest {act.detail.get('content_digest')}"
    if act.thing != link.name[:300]:
        yield f"the trail has this signature on {act.thing}"
    if (act.at, act.by) != link.signed:
        yield "who signed it, or when, differs from the trail"
    names = (act.detail.get("signer_name"), act.detail.get("signer_position"))
    if names != (None, None) and names != link.signer:  # the trail has them since they are kept there
        yield "the signer’s name or position differs from the trail"
    # Signed before the trail kept this digest: there is nothing to hold the rows against.
    if act.detail.get("circumstances_digest", link.circumstances) != link.circumstances:
        yield "who wrote it last and when, how often, or why it was opened differs from when it was signed"
    completed = max((one for one in link.acts if one.act == COMPLETED), key=lambda one: one.at, default=None)
    if completed is None or (completed.at, completed.by) != link.completed:
        yield "who completed it, or when, differs from the trail"


def _of_the_state(link: Link) -> Iterator[str]:
    decided = link.state if link.state in DECIDED else None
    if decided != link.decision:
        yield f"it is {link.state}, but its review says {link.decision or 'nothing'}"
        return
    given = [act for act in link.acts if act.act in {f"statement.{one}" for one in DECIDED}]
    if [act.act for act in given] != ([f"statement.{decided}"] if decided else []):
        told = " and ".join(act.act.removeprefix("statement.") for act in given) or "not reviewed"
        yield f"it is {link.state}, but the trail has it {told}"
    elif any(act.detail.get("review_digest", link.review) != link.review for act in given):
        yield "its review is not the one that was given"
