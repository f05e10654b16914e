"""Tables of the room: panel papers, their templates and outcomes, and the packs of the Board's meetings."""

from papers.models.board_pack import BoardPack
from papers.models.outcome import OutcomeKind, PanelOutcome
from papers.models.paper import READS_ALL, Paper, PaperSection, PaperState
from papers.models.template import PaperTemplate

__all__ = [
    "READS_ALL",
    "BoardPack",
    "OutcomeKind",
    "PanelOutcome",
    "Paper",
    "PaperSection",
    "PaperState",
    "PaperTemplate",
]
