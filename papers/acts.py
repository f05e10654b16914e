"""What the acts of this room are called where people read the trail."""

ACTS = {
    "board-pack.built": "printed the {thing}",
    "board-pack.document_cancelled": "cancelled the printing of the {thing}",
    "board-pack.document_requested": "asked for the {thing} to be printed",
    "board-pack.downloaded": "downloaded the {thing}",
    "board-pack.made": "put together the {thing}",
    "paper-template.loaded": "loaded the paper template {thing}",
    "paper.built": "printed the paper {thing}",
    "paper.comment_settled": "settled a comment on the paper {thing}",
    "paper.commented": "commented on the paper {thing}",
    "paper.created": "began the paper {thing}",
    "paper.document_cancelled": "cancelled the printing of the paper {thing}",
    "paper.document_requested": "asked for the paper {thing} to be printed",
    "paper.downloaded": "downloaded the unpublished paper {thing}",
    "paper.finalised": "made the paper {thing} final",
    "paper.outcome_recorded": "recorded what the panel made of a recommendation of the paper {thing}",
    "paper.published": "published the paper {thing}",
    "paper.reopened": "reopened the paper {thing}",
    "paper.withdrawn": "withdrew the paper {thing}",
}
