"""Tables of the room: panel papers, what is said of them, their templates and outcomes, and the Board's packs."""

from papers.models.board_pack import BoardPack
from papers.models.comment import SectionComment, Settled
from papers.models.outcome import OutcomeKind, PanelOutcome
from papers.models.paper import READS_ALL, RELEASED, SEARCHED_IN, Paper, PaperSection, PaperState
from papers.models.public_version import PublicVersion
from papers.models.template import PaperTemplate

__all__ = [
    "READS_ALL",
    "RELEASED",
    "SEARCHED_IN",
    "BoardPack",
    "OutcomeKind",
    "PanelOutcome",
    "Paper",
    "PaperSection",
    "PaperState",
    "PaperTemplate",
    "PublicVersion",
    "SectionComment",
    "Settled",
]
