from maturity.models.edition import (
    Criterion,
    Edition,
    EvidencePrompt,
    Level,
    NotComparable,
    Standard,
    StandardKind,
    Theme,
)
from maturity.models.target import Target

__all__ = [
    "Criterion",
    "Edition",
    "EvidencePrompt",
    "Level",
    "NotComparable",
    "Standard",
    "StandardKind",
    "Target",
    "Theme",
]
