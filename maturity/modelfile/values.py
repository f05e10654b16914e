"""Taking single values out of a TOML document, noting what is wrong with them and on which line."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from maturity.modelfile.lines import Lines
from maturity.modelfile.model import Fault

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Values:
    """A document whose values are asked for one by one. One with a fault is noted and returned as None."""

    def __init__(self, document: dict[str, Any], lines: Lines) -> None:
        self.document = document
        self.lines = lines
        self.faults: list[Fault] = []

    def fault(self, message: str, *path: str | int) -> None:
        self.faults.append(Fault(self.lines.of(*path), message))

    def no_strangers(self, table: dict[str, Any], known: tuple[str, ...], *path: str | int) -> None:
        for key in table:
            if key in known:
                continue
            close = get_close_matches(key, known, n=1)
            hint = f"Did you mean `{close[0]}`?" if close else f"Remove it; known here are: {', '.join(known)}."
            self.fault(f"`{clipped(key)}` is not a field of the format. {hint}", *path, key)

    def tables(self, key: str, *, required: bool) -> list[tuple[int, dict[str, Any]]]:
        """Return the tables of `[[key]]` with their positions in the file."""
        value = self.document.get(key)
        if value is None or value == []:
            if required:
                self.fault(f"The model has no {key}. Add a section `[[{key}]]` for each.", key)
            return []
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            self.fault(f"`{key}` must be written as sections, each headed `[[{key}]]` in double brackets.", key)
            return []
        return list(enumerate(value))

    def text(
        self,
        table: dict[str, Any],
        key: str,
        *path: str | int,
        longest: int | None = None,
        required: bool = True,
    ) -> str | None:
        """Return the text under `key` in one line; "" where it is left out and may be."""
        text = self.paragraphs(table, key, *path, required=required)
        text = None if text is None else " ".join(text.split())
        if text is not None and longest is not None and len(text) > longest:
            self.fault(f"`{key}` has {len(text)} characters. Shorten it to {longest}.", *path, key)
            return None
        return text

    def paragraphs(self, table: dict[str, Any], key: str, *path: str | int, required: bool = False) -> str | None:
        """Return the text under `key` with its line breaks."""
        if key not in table:
            if required:
                self.fault(f'`{key}` is missing. Add a line `{key} = "…"`.', *path)
            return None if required else ""
        text = self.clean(table[key], f"`{key}`", *path, key)
        if text == "" and required:
            self.fault(f"`{key}` is empty. Write its text between the quotation marks.", *path, key)
            return None
        return text

    def clean(self, value: Any, what: str, *path: str | int) -> str | None:
        if not isinstance(value, str):
            self.fault(f"{what} must be text, and is {shown(value)}. Put the text between quotation marks.", *path)
            return None
        found = _UNPRINTABLE.search(value)
        if found:
            code = f"U+{ord(found[0]):04X}"
            self.fault(f"{what} holds a character that cannot be printed ({code}). Remove it.", *path)
            return None
        return "\n".join(line.rstrip() for line in value.strip().splitlines())

    def slug(self, table: dict[str, Any], key: str, *path: str | int, longest: int) -> str | None:
        text = self.text(table, key, *path, longest=longest)
        if text is not None and not _SLUG.fullmatch(text):
            self.fault(
                f"`{key}` is “{clipped(text)}”. Use small letters, digits and single hyphens between "
                "them only.",
                *path, key,
            )  # fmt: skip
            return None
        return text

    def number(self, table: dict[str, Any], key: str, *path: str | int) -> int | None:
        if key not in table:
            self.fault(f"`{key}` is missing. Add a line `{key} = …` with a whole number.", *path)
            return None
        if type(table[key]) is not int:
            self.fault(
                f"`{key}` must be a whole number, and is {shown(table[key])}. Write it without "
                "quotation marks or "
                "a decimal point.",
                *path, key,
            )  # fmt: skip
            return None
        return int(table[key])


def shown(value: Any) -> str:
    """Return a value as the file has it, short enough for a message."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"“{clipped(value)}”"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return clipped(str(value))


def clipped(text: str) -> str:
    text = _UNPRINTABLE.sub("�", " ".join(text.split()))
    return text if len(text) <= 40 else f"{text[:39]}…"
