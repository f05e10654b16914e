"""People's words for where there is no markup to keep them in: the lines of an e-mail, or of a log."""

from __future__ import annotations

import unicodedata

# Control and formatting characters, lone surrogates, line and paragraph separators: nothing to read in any of them.
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def inert(text: str) -> str:
    """Return `text` on one line, without control characters and without marks that change the direction of reading."""
    seen = "".join(" " if character.isspace() else character for character in text)
    return " ".join("".join(one for one in seen if unicodedata.category(one) not in _INVISIBLE).split())
