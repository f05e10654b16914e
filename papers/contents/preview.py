"""What a block will print with other options, numbered as it will be in its paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from papers import skeleton
from papers.contents import layout, panel_paper
from papers.contents.layout import LaidSection
from papers.models import Paper


def previewed(paper: Paper, key: str, options: Mapping[str, Any], *, today: date) -> LaidSection | None:
    """Return the block's section laid out with these options; None where there are no data for it.

    The whole paper is gathered for it: the numbers of tables and paragraphs depend on what stands before.
    """
    tried = skeleton.of_json(skeleton.with_options(paper.skeleton, key, options))
    document = layout.laid_out(panel_paper.gather(paper, today=today, skeleton=tried))
    sections = (section for part in document.parts for section in part.sections)
    return next((section for section in sections if section.key == key), None)
