"""What was issued as tables to take away: a workbook with a sheet for each, or one list of values as CSV.

Both are written from the same frozen content as page and PDF. Counts are numbers here, so that they can be added up;
levels are numbers and never averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from assurance.rollup_findings import QUESTIONS, findings_of, interval
from assurance.rollup_words import IssuedContent, issued_content, sums_statements
from rendering.tables import Cell, Table, list_csv, xlsx

# --- The tables ---------------------------------------------------------------------------------------------------


def _about(issued: IssuedContent, digest: str) -> Table:
    rows: list[tuple[Cell, Cell]] = [
        ("Of", issued.name),
        ("Half-year", issued.half.name),
        ("Version", issued.number),
        *((("Why it follows an earlier version", issued.because),) if issued.because else ()),
        ("Figures as at", issued.as_at),
        *((("What the figures sum up", sums_statements(issued.half, issued.as_at)),) if issued.is_of_the_force else ()),
        ("Issued on", issued.issued_on),
        ("Issued by", issued.issuer),
        *issued.words.facts,
        ("The half-year before is shown", "Yes" if issued.words.shows_comparison else "No"),
        *((("The Head’s opinion", issued.words.opinion.text),) if issued.words.opinion else ()),
        ("What the figures mean", issued.words.narrative),
        ("Content digest (SHA-256)", digest),
        ("Digest of the version before", issued.previous or "none"),
    ]
    return Table("This version", (("What", 40), ("Answer", 90)), rows)


def _assessment(issued: IssuedContent, _: str) -> Table:
    texts = [(name, 60) for name in ("Evidence", "Actions", "What the figures mean")]
    columns = [("Theme", 34), ("Level stated", 12), ("Name of the level", 26), *texts]
    rows = [
        (theme.name, theme.level, theme.level_name, theme.evidence, theme.actions, theme.narrative)
        for theme in issued.words.themes
    ]
    return Table("Own assessment", columns, rows)


def _reports(issued: IssuedContent, _: str) -> Table:
    columns = (("Business group", 34), ("Version", 10), ("Issued on", 14), ("Content digest (SHA-256)", 70))
    return Table("Reports", columns, [(one.group, one.number, one.issued_on, one.digest) for one in issued.reports])


def _coverage(issued: IssuedContent, _: str) -> Table:
    counted = [(name, 16) for name in ("Expected", "Signed", "Accepted", "Signed late", "Nothing signed")]
    columns = [("Quarter", 14), *counted]
    names = ("quarter", "expected", "signed", "accepted", "signed_late", "nothing_signed")
    return Table("Coverage", columns, [[row[name] for name in names] for row in issued.figures["coverage"]])


def _by_theme(issued: IssuedContent, _: str) -> Table:
    levels = issued.figures["level_names"]
    counted = [(f"Level {number}: {name}", 16) for number, name in enumerate(levels, start=1)]
    more = [(name, 14) for name in ("No level given", "Nothing signed", "Median", "Lowest", "Merely carried")]
    columns = [("Theme", 34), ("Scored", 10), *counted, *more]
    names = ("no_level", "nothing_signed", "median", "lowest", "carried")
    rows = [
        [row["name"], "Yes", *row["counts"], *(row[name] for name in names)]
        if row["scored"]
        else [row["name"], "No", *(None for _ in (*levels, *names))]
        for row in issued.figures["distribution"]
    ]
    return Table("Levels by theme", columns, rows)


def _shares(issued: IssuedContent, _: str) -> Table:
    counted = ("At or above the target", "Of units with a level", "95% interval", "Of all expected", "Self-sustaining")
    columns = [("Theme", 34), ("Target", 10), *((name, 16) for name in counted)]
    rows = []
    for row in _counted(issued.figures["distribution"] if findings_of(issued.figures) else ()):
        with_level = sum(row["counts"])
        in_all = with_level + row["no_level"] + row["nothing_signed"]
        between = interval(row["at_target"], with_level)
        shares = (row["at_target"], with_level, between, in_all, row["self_sustaining"])
        rows.append((row["name"], row["target"], *shares))
    return Table("At the target", columns, rows)


def _counted(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (row for row in rows if row["scored"])


MOVES = ("improved", "same", "worse", "new", "gone", "not_comparable")


def _movement_by_theme(issued: IssuedContent, _: str) -> Table:
    return _movement(issued, "themes", "Theme")


def _movement_by_unit(issued: IssuedContent, _: str) -> Table:
    return _movement(issued, "units", "Business group" if issued.figures.get("groups") else "Unit")


def _movement(issued: IssuedContent, of: str, first: str) -> Table:
    """What moved since the half-year before; nothing where that is left out of what was issued."""
    found = issued.figures.get("movement") if issued.words.shows_comparison else None
    columns = [(first, 34), *((name.capitalize().replace("_", " "), 16) for name in MOVES)]
    rows = [(row["name"], *(row[name] for name in MOVES)) for row in found[of]] if found else []
    return Table(f"Movement by {first.lower()}", columns, rows)


def _questions(issued: IssuedContent, _: str) -> Table:
    found = issued.figures.get("questions") or {}
    columns = (("Question", 40), ("Yes", 10), ("No", 10), ("Not reviewed", 14), ("Statements used", 16))
    rows = [
        (words, found[key]["yes"], found[key]["no"], found["not_reviewed"], found["used"])
        for key, words in QUESTIONS
        if found
    ]
    return Table("Reviewers’ answers", columns, rows)


def _targets(issued: IssuedContent, _: str) -> Table:
    found = findings_of(issued.figures)
    texts = ("At the target", "Short of it", "Pace", "Range of recent pace at the day", "By quarter", "Endorsed")
    columns = [("Target", 50), *((name, 40) for name in texts)]
    rows = [
        (row.asks, row.at_target, row.short, row.pace, row.range, row.history, row.endorsed)
        for row in (found.targets if found else ())
    ]
    return Table("Targets", columns, rows)


def _by_group(issued: IssuedContent, _: str) -> Table:
    groups = issued.figures.get("groups", ())
    themes = [theme["name"] for theme in issued.figures["themes"] if theme["scored"]]
    columns = [("Business group", 34), ("Units", 10), *((f"Median: {name}", 16) for name in themes)]
    rows = [
        (group["name"], group["units"], *(row["median"] or None for row in _counted(group["themes"])))
        for group in groups
    ]
    return Table("Levels by business group", columns, rows)


def _excluded(issued: IssuedContent, _: str) -> Table:
    columns = (("Unit", 34), ("Opened on", 14), ("Ended on", 14))
    rows = [
        (one["name"], date.fromisoformat(one["opened_on"]), date.fromisoformat(one["closed_on"]))
        if one["closed_on"]
        else (one["name"], date.fromisoformat(one["opened_on"]), None)
        for one in issued.figures.get("excluded", ())
    ]
    return Table("Not expected", columns, rows)


def _by_unit(issued: IssuedContent, _: str) -> Table:
    themes = issued.figures["themes"]
    used = (("Quarter used", 14), ("Revision", 10), ("Status", 14), ("A later one awaits acceptance", 18))
    columns = [("Unit", 34), *used, *((theme["name"], 16) for theme in themes)]
    rows = [
        [
            unit["name"],
            unit["quarter"],
            unit["revision"],
            unit["status"] or "nothing signed",
            "Yes" if unit["later_awaits_acceptance"] else "No",
            *(unit["levels"].get(theme["identity"]) for theme in themes),
        ]
        for unit in issued.figures["units"]
    ]
    return Table("Levels by unit", columns, rows)


def _actions(issued: IssuedContent, _: str) -> Table:
    found = issued.figures.get("actions")
    columns = (("Unit", 34), ("Open", 10), ("Overdue", 10), ("Closed in the half-year", 18))
    units = found["units"] if found else ()
    return Table("Actions", columns, [(row["name"], row["open"], row["overdue"], row["closed"]) for row in units])


def _statements(issued: IssuedContent, _: str) -> Table:
    columns = (("Unit", 34), ("Quarter", 14), ("Revision", 10), ("Status", 12), ("Content digest (SHA-256)", 70))
    names = ("unit", "quarter", "revision", "status", "digest")
    return Table("Statements used", columns, [[one[name] for name in names] for one in issued.revisions])


TABLES: tuple[Callable[[IssuedContent, str], Table], ...] = (
    _about,
    _assessment,
    _reports,
    _coverage,
    _by_theme,
    _shares,
    _movement_by_theme,
    _movement_by_unit,
    _questions,
    _targets,
    _by_group,
    _by_unit,
    _excluded,
    _actions,
    _statements,
)


def tables_in(content: Mapping[str, Any], digest: str) -> list[Table]:
    """Return the tables of frozen content that have any rows."""
    issued = issued_content(content)
    return [table for table in (make(issued, digest) for make in TABLES) if table.rows]


# --- The files ----------------------------------------------------------------------------------------------------


def as_csv(content: Mapping[str, Any], digest: str) -> bytes:
    """Return every value on a line of its own: tables of different shapes make one list."""
    return list_csv(tables_in(content, digest))


def as_xlsx(content: Mapping[str, Any], digest: str) -> bytes:
    """Return a workbook with a sheet for each table, dated with the day of the issue."""
    return xlsx(tables_in(content, digest), dated=issued_content(content).issued_on)


WRITERS: dict[str, Callable[[Mapping[str, Any], str], bytes]] = {"csv": as_csv, "xlsx": as_xlsx}
