"""The file of a maturity model: reading, checking and writing. docs/model-format.md describes the format.

A file is judged whole: every fault that can be seen is collected and raised together, so that the person who
writes the file mends it in one go.

    model = modelfile.read(Path("fixtures/maturity-2019.toml"))
    text = modelfile.write(model)
"""

from maturity.modelfile.model import (
    Band,
    Fault,
    Level,
    ModelFile,
    ModelFileError,
    NotComparable,
    Theme,
    place,
)
from maturity.modelfile.reading import parse, read
from maturity.modelfile.writing import write, write_csv

__all__ = [
    "Band",
    "Fault",
    "Level",
    "ModelFile",
    "ModelFileError",
    "NotComparable",
    "Theme",
    "parse",
    "place",
    "read",
    "write",
    "write_csv",
]
