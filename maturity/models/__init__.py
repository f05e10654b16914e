from maturity.models.edition import Criterion, Edition, EvidencePrompt, Level, NotComparable, Theme
from maturity.models.target import Target

__all__ = ["Criterion", "Edition", "EvidencePrompt", "Level", "NotComparable", "Target", "Theme"]
