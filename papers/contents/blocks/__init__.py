"""The blocks that a template can place, by kind. A new one is a module here and a line in `BLOCKS`."""

from __future__ import annotations

from papers.contents.blocks import board, custody, injuries, liaison, maturity, previous_paper, working_time

BLOCKS = {
    block.kind: block
    for block in (
        *maturity.BLOCKS,
        *injuries.BLOCKS,
        *custody.BLOCKS,
        *working_time.BLOCKS,
        *board.BLOCKS,
        *liaison.BLOCKS,
        *previous_paper.BLOCKS,
    )
}
# The kinds a template's file may name, with the options that each one takes.
KINDS = {kind: tuple(block.options) for kind, block in BLOCKS.items()}
