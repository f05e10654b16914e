"""Who may do what with panel papers: the table of domain.md. The row filter stands on the model."""

from __future__ import annotations

from organisation.permissions import Person, administers, roles_anywhere
from organisation.roles import Role
from papers.models import READS_ALL, Paper

WRITES = frozenset({Role.SHRMT, Role.HEAD})
RELEASES = frozenset({Role.HEAD})


def can_list_papers(user: Person) -> bool:
    """Whether the person sees the published papers: everybody with an appointment, the panel included."""
    return bool(roles_anywhere(user))


def can_read_paper(user: Person, paper: Paper) -> bool:
    roles = roles_anywhere(user)
    return bool(roles) if paper.is_published else bool(roles & READS_ALL)


def can_write_papers(user: Person) -> bool:
    """Whether the person prepares papers, makes them final and takes them back to draft."""
    return bool(roles_anywhere(user) & WRITES)


def can_release_papers(user: Person) -> bool:
    """Whether the person publishes and withdraws. That two people release a paper is the service's rule."""
    return bool(roles_anywhere(user) & RELEASES) and not administers(user)
