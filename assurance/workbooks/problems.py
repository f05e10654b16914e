"""What can be wrong with a workbook, said for the person who filled it in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault: in which cell (“Themes!C7”; empty where it is the workbook as a whole), and how to mend it."""

    cell: str
    message: str

    def __str__(self) -> str:
        return f"{self.cell}: {self.message}" if self.cell else self.message


class Unreadable(Exception):
    """The file cannot be read as one of our workbooks; `problem` says why and what to do."""

    def __init__(self, message: str, *, cell: str = "") -> None:
        self.problem = Problem(cell, message)
        super().__init__(str(self.problem))
