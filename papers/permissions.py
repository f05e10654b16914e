"""Who may do what with panel papers and Board packs: the table of domain.md. Row filters stand on the models."""

from __future__ import annotations

from organisation.permissions import Person, administers, roles_anywhere
from organisation.roles import Role
from papers.models import READS_ALL, Paper, PublicVersion
from risks.permissions import can_read_meetings, can_write_meetings

WRITES = frozenset({Role.SHRMT, Role.HEAD})
RELEASES = frozenset({Role.HEAD})


def can_list_papers(user: Person) -> bool:
    """Whether the person sees the published papers: everybody with an appointment, the panel included."""
    return bool(roles_anywhere(user))


def can_read_paper(user: Person, paper: Paper) -> bool:
    roles = roles_anywhere(user)
    if not paper.is_released:
        return bool(roles & READS_ALL)
    return can_read_meetings(user) if paper.is_for_the_board else bool(roles)


def can_read_public_version(user: Person, version: PublicVersion) -> bool:
    """Whether the person reads a paper's public version: published ones with the paper, others while they are made."""
    if not can_read_paper(user, version.paper):
        return False
    if roles_anywhere(user) & READS_ALL:
        return True
    return version.published_at is not None and not version.is_overtaken


def can_write_papers(user: Person) -> bool:
    """Whether the person prepares papers, makes them final and takes them back to draft."""
    return bool(roles_anywhere(user) & WRITES)


def can_release_papers(user: Person) -> bool:
    """Whether the person publishes and withdraws. That two people release a paper is the service's rule."""
    return bool(roles_anywhere(user) & RELEASES) and not administers(user)


# --- Packs of the Board's meetings ------------------------------------------------------------------------------------


def can_read_packs(user: Person) -> bool:
    """Whether the person reads the agenda packs of the Board: whoever reads its meetings."""
    return can_read_meetings(user)


def can_make_packs(user: Person) -> bool:
    """Whether the person has agenda packs made: whoever plans the Board’s meetings."""
    return can_write_meetings(user)
