"""What any room knows by a digest."""

from __future__ import annotations

from assurance import verification as statements
from organisation.permissions import Person
from papers import verification as papers
from records.verification import Match, is_digest
from risks import verification as risks


def find_by_digest(digest: str, *, reader: Person) -> list[Match]:
    """Ask every room what has the digest and may be seen by `reader`; nothing for what is no digest."""
    if not is_digest(digest):
        return []
    return [
        *statements.find_by_digest(digest, reader=reader),
        *papers.find_by_digest(digest, reader=reader),
        *risks.find_by_digest(digest, reader=reader),
    ]
