"""What the Board may decide of a risk as it stands, and what is said to whoever asks for anything else. Pure."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """The act is not possible as things stand; the text says why and what to do."""


# What each decision makes of a risk, by what it was before.
MAY_BECOME: Mapping[str, Mapping[str, str]] = {
    "opened": {"emerging": "open"},
    "controlled": {"emerging": "controlled", "open": "controlled"},
    "reopened": {"controlled": "open", "closed": "open"},
    "closed": {"emerging": "closed", "open": "closed", "controlled": "closed"},
}


def decisions_on(status: str) -> list[str]:
    """Return what may be decided of a risk with this status, in the order of `MAY_BECOME`."""
    return [decision for decision, becomes in MAY_BECOME.items() if status in becomes]


def status_after(decision: str, status: str) -> str:
    """Return what a risk is after the decision. Raises Refused."""
    try:
        return MAY_BECOME[decision][status]
    except KeyError:
        raise Refused(
            f"The risk is {status} now, so this cannot be decided of it. Look at the risk again, then decide."
        ) from None
