"""On which line each value of a TOML document stands, which `tomllib` does not say.

The document must have passed `tomllib` first: the scanner relies on quotes and brackets being in pairs and
judges nothing itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2}(?!"))'  # up to two quotes may stand right before the closing three
    r"|'''.*?'''(?:'{0,2}(?!'))"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")


class Lines:
    """Line numbers, from 1, of the values of one TOML document.

    A path is the keys and list positions that lead to a value: `("themes", 0, "criteria", "4", 2)`.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._line_of: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}
        self._at = 0
        self._counted_to, self._line = 0, 1
        self._scan()

    def of(self, *path: str | int) -> int:
        """Return the line of a value, or of the nearest thing around it that the document has."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._line_of:
                return self._line_of[path[:length]]
        return 1

    def _scan(self) -> None:
        table: Path = ()
        self._skip_blank()
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip_blank()

    def _skip_blank(self) -> None:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _note(self, path: Path) -> None:
        """Remember that `path` stands here. Positions only ever grow, so each line end is counted once."""
        self._line += self._text.count("\n", self._counted_to, self._at)
        self._counted_to = self._at
        self._line_of.setdefault(path, self._line)

    def _header(self) -> Path:
        start = self._at
        repeated = self._text.startswith("[[", start)
        self._at += 2 if repeated else 1
        path: Path = ()
        keys = list(self._dotted_key())
        for depth, key in enumerate(keys):
            path = (*path, key)
            if depth == len(keys) - 1 and repeated:
                self._tables[path] = self._tables.get(path, -1) + 1
            if path in self._tables:
                path = (*path, self._tables[path])
        end, self._at = self._text.index("]", self._at) + (2 if repeated else 1), start
        for length in range(1, len(path) + 1):
            self._note(path[:length])
        self._at = end
        return path

    def _dotted_key(self) -> Iterator[str]:
        while True:
            self._skip_blank()
            match = _BARE_KEY.match(self._text, self._at) or _STRING.match(self._text, self._at)
            if match is None:
                return
            self._at = match.end()
            yield _unquoted(match[0])
            self._skip_blank()
            if not self._text.startswith(".", self._at):
                return
            self._at += 1

    def _pair(self, table: Path) -> None:
        start = self._at
        path = (*table, *self._dotted_key())
        equals, self._at = self._at, start
        for length in range(len(table) + 1, len(path) + 1):
            self._note(path[:length])
        self._at = equals + 1
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip_blank()
        if self._text.startswith("[", self._at):
            self._items(path, closing="]")
        elif self._text.startswith("{", self._at):
            self._items(path, closing="}")
        else:
            match = _STRING.match(self._text, self._at) or _SCALAR.match(self._text, self._at)
            self._at = match.end() if match else len(self._text)

    def _items(self, path: Path, *, closing: str) -> None:
        self._at += 1
        position = 0
        while True:
            self._skip_blank()
            if self._text.startswith(closing, self._at) or self._at >= len(self._text):
                self._at += 1
                return
            if closing == "}":
                self._pair(path)
            else:
                self._note((*path, position))
                self._value((*path, position))
            position += 1
            self._skip_blank()
            if self._text.startswith(",", self._at):
                self._at += 1


def _unquoted(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    if key.startswith('"'):
        return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else m[3], key[1:-1])
    return key
