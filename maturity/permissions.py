"""Who may read the model and its targets: everybody inside the police service. The Head alone sets targets."""

from __future__ import annotations

from organisation.permissions import Person, administers, roles_anywhere
from organisation.roles import INSIDE_THE_FORCE, Role


def can_read_model(user: Person) -> bool:
    """Whether the person holds any role inside the police service today."""
    return bool(roles_anywhere(user) & INSIDE_THE_FORCE)


def can_set_targets(user: Person) -> bool:
    """Whether the person enters and supersedes targets. Reading them goes with the model."""
    return Role.HEAD in roles_anywhere(user) and not administers(user)
