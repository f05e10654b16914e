"""Who may read the model: everybody inside the police service. The panel receives papers and nothing else."""

from __future__ import annotations

from organisation.permissions import Person, roles_anywhere
from organisation.roles import INSIDE_THE_FORCE


def can_read_model(user: Person) -> bool:
    """Whether the person holds any role inside the police service today."""
    return bool(roles_anywhere(user) & INSIDE_THE_FORCE)
