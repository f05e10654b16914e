"""What is claimed of each theme that an audit validates, as it was signed or issued: never changed by what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assurance.audit_permissions import can_read_revision
from assurance.models import Audit, IssuedRollup, Revision
from assurance.permissions import can_read_issued_rollup
from assurance.reading import ReadEntry, ReadLevel, read
from organisation.permissions import Person


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed of one theme. `entry` is all that a unit signed of it; None where a group's lead states it."""

    identity: str
    level: ReadLevel | None
    evidence: str
    entry: ReadEntry | None = None


def can_read_claim(user: Person, audit: Audit) -> bool:
    """Whether the person opens the statement, or the issued roll-up, that the audit validates."""
    if audit.revision is not None:
        return can_read_revision(user, audit.revision)
    return audit.claimed_in is not None and can_read_issued_rollup(user, audit.claimed_in)


def claims_of(audit: Audit, level_names: Mapping[int, str]) -> dict[str, Claim]:
    """Return what is claimed, by theme; nothing before fieldwork has named what it validates.

    `level_names` are those of the audit's edition. One query: what was signed or issued, read whole.
    """
    if audit.revision_id is not None:
        revision = Revision.objects.get(pk=audit.revision_id)
        entries = read(revision.content, level_names).entries
        return {one.identity: Claim(one.identity, one.level, one.evidence, one) for one in entries}
    if audit.claimed_in_id is None:
        return {}
    issued = IssuedRollup.objects.get(pk=audit.claimed_in_id)
    return {
        stated["identity"]: Claim(
            stated["identity"],
            ReadLevel(stated["level"], level_names.get(stated["level"], "")) if stated["level"] else None,
            stated["evidence"],
        )
        for stated in issued.content["words"]["themes"]
    }
