"""The blocks that a template can place, by kind. A new one is a module here and a line in `BLOCKS`."""

from __future__ import annotations

from papers.contents.blocks import (
    actions,
    agreement,
    blank,
    board,
    custody,
    injuries,
    injury_charts,
    liaison,
    maturity,
    movement,
    previous_paper,
    services,
    statements,
    targets,
    working_time,
)

BLOCKS = {
    block.kind: block
    for block in (
        *maturity.BLOCKS,
        *movement.BLOCKS,
        *targets.BLOCKS,
        *agreement.BLOCKS,
        *statements.BLOCKS,
        *actions.BLOCKS,
        *blank.BLOCKS,
        *injuries.BLOCKS,
        *injury_charts.BLOCKS,
        *custody.BLOCKS,
        *working_time.BLOCKS,
        *board.BLOCKS,
        *liaison.BLOCKS,
        *services.BLOCKS,
        *previous_paper.BLOCKS,
    )
}
# The kinds a template's file may name, with the options that each one takes.
KINDS = {kind: block.options for kind, block in BLOCKS.items()}
