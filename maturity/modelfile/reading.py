"""Reading and checking the file of a maturity model."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from maturity.modelfile.lines import Lines
from maturity.modelfile.model import Fault, ModelFile, ModelFileError
from maturity.modelfile.sections import Sections

LARGEST_FILE = 1_000_000  # bytes; the shipped editions have under 50,000
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_AT_END = " (at end of document)"


def read(path: Path) -> ModelFile:
    """Return the model in the file at `path`, which messages name as given. Raises ModelFileError."""
    return parse(_text_of(path), filename=str(path))


def parse(text: str, *, filename: str) -> ModelFile:
    """Return the model written in `text`. Raises ModelFileError with every fault; it names `filename`."""
    text = text.removeprefix("\ufeff")
    if len(text.encode("utf-8", errors="replace")) > LARGEST_FILE:
        raise ModelFileError(filename, [_too_large()])
    try:
        document = tomllib.loads(text)
        lines = Lines(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise ModelFileError(filename, [_not_toml(str(error), text)]) from None
    except RecursionError:
        nested = "The brackets are nested hundreds deep. A model has lists of texts, never lists of lists."
        raise ModelFileError(filename, [Fault(None, nested)]) from None
    except ValueError:  # what Python says to a whole number of thousands of digits
        number = "A number in this file is far too long. Levels and themes are counted 1, 2, 3 …"
        raise ModelFileError(filename, [Fault(None, number)]) from None
    return Sections(document, lines).model(filename)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise ModelFileError(
            str(path), [Fault(None, "There is no such file. Check the spelling and the folder you are in.")]
        ) from None
    except IsADirectoryError:
        raise ModelFileError(str(path), [Fault(None, "This is a folder. Name the file in it.")]) from None
    except OSError as error:
        raise ModelFileError(
            str(path), [Fault(None, f"The file cannot be read: {error.strerror}. Check who may read it.")]
        ) from None
    if len(content) > LARGEST_FILE:
        raise ModelFileError(str(path), [_too_large()])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "This line is not written in UTF-8. Open the file in your editor and save it as UTF-8."
        raise ModelFileError(str(path), [Fault(line, message)]) from None


def _too_large() -> Fault:
    return Fault(
        None,
        f"The file is larger than {LARGEST_FILE:,} bytes, which no model needs. Check that it is the "
        "right file, "
        "or shorten it.",
    )


def _not_toml(message: str, text: str) -> Fault:
    """Say in plain words what tomllib found, with the line it found it on."""
    found = _AT_LINE.search(message)
    line = int(found[1]) if found else len(text.rstrip().splitlines()) or 1
    what = _AT_LINE.sub("", message).removesuffix(_AT_END)
    if "overwrite" in what:
        return Fault(line, "The value that ends here has a key that stands in the file already. Keep one of them.")
    if "twice" in what or "redefine" in what or "mutate" in what:
        return Fault(
            line,
            "This heading stands in the file already. Keep one; where there are several, each is in double brackets, "
            "such as [[themes]].",
        )
    if message.endswith(_AT_END) or "Unclosed" in what or "Unterminated" in what:
        return Fault(
            line,
            "Something is opened and never closed. Look for a missing quotation mark or bracket, from here upwards.",
        )
    return Fault(
        line,
        f"This is not TOML ({what}). Check the quotation marks, brackets and commas on this line and "
        "the one above; "
        'inside a text write \\" for " and \\\\ for \\.',
    )
