"""Writing a maturity model out: as a file that can be loaded again, and as rows for a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable

from maturity.modelfile.model import FORMAT, ModelFile, Theme
from rendering.cells import csv_lines

CSV_COLUMNS = ("edition", "theme", "level", "criterion")


def write(model: ModelFile) -> str:
    """Return the model as a file: `parse(write(model)) == model`, and equal models give equal texts."""
    blocks = [f"format = {FORMAT}", _block("[edition]", _edition_fields(model))]
    blocks += [
        _block("[[levels]]", [f"number = {level.number}", f"name = {_quoted(level.name)}"]) for level in model.levels
    ]
    blocks += [
        _block(
            "[[bands]]",
            [
                f"levels = [{', '.join(map(str, band.levels))}]",
                f"heading = {_quoted(band.heading)}",
                f"behaviour = {_quoted(band.behaviour)}",
            ],
        )
        for band in model.bands
    ]
    blocks += [
        _block(
            "[[not_comparable]]",
            [
                f"edition = {_quoted(entry.edition)}",
                f"identities = [{', '.join(map(_quoted, entry.identities))}]",
                f"reason = {_quoted_paragraphs(entry.reason)}",
            ],
        )
        for entry in model.not_comparable
    ]
    for theme in model.themes:
        blocks.append(_block("[[themes]]", _theme_fields(theme)))
        if theme.cells:
            blocks.append(_block("[themes.criteria]", _cell_lines(theme)))
        if theme.evidence:
            blocks.append(_block("[themes.evidence]", _evidence_lines(theme)))
    return "\n\n".join(blocks) + "\n"


def write_csv(models: Iterable[ModelFile]) -> str:
    """Return one row a criterion (CSV_COLUMNS; the theme by its identity) under one heading row.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    rows = (
        (model.code, theme.identity, level.number, text)
        for model in models
        for theme in model.themes
        for level, cell in zip(model.levels, theme.cells, strict=bool(theme.cells))
        for text in cell
    )
    return "".join(csv_lines(CSV_COLUMNS, rows, end="\n"))


def _block(heading: str, lines: list[str]) -> str:
    return "\n".join([heading, *lines])


def _edition_fields(model: ModelFile) -> list[str]:
    return [
        f"code = {_quoted(model.code)}",
        f"name = {_quoted(model.name)}",
        f"source = {_quoted(model.source)}",
        f"starts_on = {model.starts_on.isoformat()}",
        *([f"notes = {_quoted_paragraphs(model.notes)}"] if model.notes else []),
    ]


def _theme_fields(theme: Theme) -> list[str]:
    return [
        f"number = {theme.number}",
        f"identity = {_quoted(theme.identity)}",
        f"name = {_quoted(theme.name)}",
        f"scored = {str(theme.scored).lower()}",
        *([f"note = {_quoted_paragraphs(theme.note)}"] if theme.note else []),
    ]


def _cell_lines(theme: Theme) -> list[str]:
    lines = []
    for number, cell in enumerate(theme.cells, start=1):
        lines += [f"{number} = [", *(f"    {_quoted(text)}," for text in cell), "]"]
    return lines


def _evidence_lines(theme: Theme) -> list[str]:
    return [f"{number} = {_quoted(text)}" for number, text in enumerate(theme.evidence, start=1) if text]


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _quoted_paragraphs(text: str) -> str:
    if "\n" not in text:
        return _quoted(text)
    return '"""\n' + "\n".join(map(_escaped, text.split("\n"))) + '\n"""'


def _escaped(text: str) -> str:
    """Escape quotes, backslashes and what may not stand in a TOML text as it is."""
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04X}", text)
