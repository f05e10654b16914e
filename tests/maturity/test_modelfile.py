"""The model's file: what is read, what is refused and where, what is written."""

from __future__ import annotations

import csv
import io
import tomllib
from datetime import date
from pathlib import Path

import pytest
from django.db.models import CharField
from hypothesis import given
from hypothesis import strategies as st

from maturity import modelfile
from maturity.modelfile.lines import Lines
from maturity.modelfile.sections import LONGEST
from maturity.models import Edition, Level, Theme

# The numbers of these lines are what the table below expects.
GOOD = """\
format = 1

[edition]
code = "2027"
name = "Example, 2027"
source = "Written for this test"
starts_on = 2027-04-01
notes = "Two levels."

[[levels]]
number = 1
name = "Starting"

[[levels]]
number = 2
name = "Established"

[[bands]]
levels = [1, 2]
heading = "Everything"
behaviour = ""

[[not_comparable]]
edition = "2019"
identities = ["leadership"]
reason = "Supervision was added."

[[themes]]
number = 1
identity = "leadership"
name = "Leadership"
scored = true

[themes.criteria]
1 = [
    "Teams are briefed after an accident.",
]
2 = [
    "Teams are briefed before each operation.",
    "Briefings are checked.",
]

[[themes]]
number = 2
identity = "wellbeing"
name = "Wellbeing"
scored = false
note = "Not released yet."
"""


def without(line: str) -> tuple[str, str]:
    return f"{line}\n", ""


def evidence(line: str) -> tuple[str, str]:
    """Say under the first theme what evidence looks like."""
    return "[[themes]]\nnumber = 2", f"[themes.evidence]\n{line}\n[[themes]]\nnumber = 2"


# What is done to the good file (old text, new text), the line that is named, a part of what is said.
BROKEN = {
    "no format": (without("format = 1"), 1, "Add the line `format = 1`"),
    "a format of the future": (("format = 1", "format = 2"), 1, "This version reads format 1"),
    "a format in words": (("format = 1", 'format = "1"'), 1, "This version reads format 1"),
    "a format that is only truthy": (("format = 1", "format = true"), 1, "This version reads format 1"),
    "no edition": (("[edition]", "[editions]"), 3, "Did you mean `edition`?"),
    "no code": (without('code = "2027"'), 3, '`code` is missing. Add a line `code = "…"`'),
    "a code with spaces": (('"2027"', '"The 2027"'), 4, "small letters, digits and single hyphens"),
    "a code that is an address": (('"2027"', '"themes"'), 4, "Choose another code"),
    "a code that is the targets' address": (('"2027"', '"targets"'), 4, "Choose another code"),
    "a code without quotes": (('"2027"', "2027"), 4, "must be text, and is 2027"),
    "an empty name": (('"Example, 2027"', '" "'), 5, "`name` is empty"),
    "a name too long": (('"Example, 2027"', f'"{"x" * 201}"'), 5, "has 201 characters. Shorten it to 200"),
    "a misspelt field": (('source = "', 'sorce = "'), 6, "Did you mean `source`?"),
    "a field nobody knows": (("notes =", "zzz ="), 8, "Remove it; known here are: code, name"),
    "no first day": (without("starts_on = 2027-04-01"), 3, "`starts_on` is missing"),
    "a day in quotes": (("2027-04-01", '"1 April 2027"'), 7, "must be a date, and is “1 April 2027”"),
    "a day with a time": (("2027-04-01", "2027-04-01T09:00:00Z"), 7, "Write the date alone: `starts_on = 2027-04-01`"),
    "a day that does not exist": (("2027-04-01", "2027-02-30"), 7, "This is not TOML"),
    "a character nobody can print": (("Two levels.", "Two \\u0000 levels."), 8, "cannot be printed (U+0000)"),
    "levels in single brackets": (("[[levels]]\nnumber = 2", "[levels]\nnumber = 2"), 14, "stands in the file already"),
    "a level's number in words": (
        ('number = 1\nname = "Starting"', 'number = "1"\nname = "Starting"'),
        11,
        "a whole number",
    ),
    "a level's number that is true": (
        ('number = 1\nname = "Starting"', 'number = true\nname = "Starting"'),
        11,
        "is true",
    ),
    "a level twice": (('number = 2\nname = "Est', 'number = 1\nname = "Est'), 15, "taken already, in line 11"),
    "a gap in the levels": (
        ('number = 2\nname = "Est', 'number = 3\nname = "Est'),
        15,
        "jump to number 3; 2 is missing",
    ),
    "a level below one": (('number = 1\nname = "Starting"', 'number = 0\nname = "Starting"'), 11, "count from 1 to 20"),
    "two levels of one name": (('"Established"', '"starting"'), 16, "same name as the one in line 12"),
    "a band of unknown levels": (("levels = [1, 2]", "levels = [1, 7]"), 19, "names level 7"),
    "a band upside down": (("levels = [1, 2]", "levels = [2, 1]"), 19, "lowest first"),
    "a band of words": (("levels = [1, 2]", 'levels = "1-2"'), 19, "such as `levels = [1, 2]`"),
    "a band that says nothing": (('"Everything"', '""'), 18, "This band says nothing"),
    "a level in two bands": (
        ('behaviour = ""', 'behaviour = ""\n[[bands]]\nlevels = [2]\nheading = "More"'),
        23,
        "stands in a band already, in line 19",
    ),
    "not comparable with itself": (('edition = "2019"', 'edition = "2027"'), 24, "not with itself"),
    "not comparable, unknown theme": (('["leadership"]', '["leadershop"]'), 25, "Did you mean “leadership”?"),
    "not comparable, said twice": (('["leadership"]', '["leadership", "leadership"]'), 25, "already, in line 25"),
    "not comparable, no reason": (without('reason = "Supervision was added."'), 23, "`reason` is missing"),
    "a theme twice": (("number = 2\nidentity", "number = 1\nidentity"), 44, "taken already, in line 29"),
    "a gap in the themes": (("number = 2\nidentity", "number = 4\nidentity"), 44, "jump to number 4; 2 is missing"),
    "no number": (("number = 2\nidentity", "identity"), 43, "`number` is missing"),
    "an identity twice": (('"wellbeing"', '"leadership"'), 45, "taken already, in line 30"),
    "an identity in capitals": (('"wellbeing"', '"Wellbeing"'), 45, "small letters"),
    "no scored": (without("scored = true"), 28, "`scored` is missing"),
    "scored in quotes": (("scored = true", 'scored = "yes"'), 32, "Write true or false, without quotation marks"),
    "a note on a scored theme": (("scored = true", 'scored = true\nnote = "So."'), 33, "this one is. Remove it"),
    "unscored without a note": (without('note = "Not released yet."'), 43, "does not say why"),
    "unscored with criteria": (("scored = true", 'scored = false\nnote = "So."'), 35, "or set scored = true"),
    "scored without criteria": (('scored = false\nnote = "Not released yet."', "scored = true"), 43, "has no criteria"),
    "a missing cell": (
        without('1 = [\n    "Teams are briefed after an accident.",\n]'),
        34,
        "Theme 1 has no criteria for level 1. Add a line `1 = [...]` under [themes.criteria], or set scored = false.",
    ),
    "a cell of an unknown level": (("2 = [", '3 = ["More."]\n2 = ['), 38, "criteria for level “3”"),
    "a cell that is text": (
        ('1 = [\n    "Teams are briefed after an accident.",\n]', '1 = "Teams."'),
        35,
        "must be a list",
    ),
    "an empty cell": (('    "Teams are briefed after an accident.",\n', ""), 35, "Write at least one criterion"),
    "an empty criterion": (('"Briefings are checked."', '""'), 40, "This criterion is empty"),
    "a criterion that is a number": (('"Briefings are checked."', "3"), 40, "must be text, and is 3"),
    "a criterion twice": (
        ('"Briefings are checked."', '"Teams are  briefed before each OPERATION."'),
        40,
        "in the same cell already, in line 39",
    ),
    "two equal cells": (
        (
            '2 = [\n    "Teams are briefed before each operation.",\n    "Briefings are checked.",\n]',
            '2 = ["Teams are briefed after an accident."]',
        ),
        38,
        "says the same at level 2 as at level 1",
    ),
    "evidence that is no section": (("scored = true", 'scored = true\nevidence = "Notes."'), 33, "[themes.evidence]"),
    "evidence of an unknown level": (evidence('3 = "More."'), 44, "at level “3”"),
    "evidence that is a list": (evidence('1 = ["Notes."]'), 44, "must be text, and is a list"),
    "evidence that says nothing": (evidence('1 = ""'), 44, "Write it, or remove the line"),
    "unscored with evidence": (
        ('note = "Not released yet."', 'note = "Not released yet."\n[themes.evidence]\n1 = "Notes."'),
        49,
        "or set scored = true",
    ),
    "a cell twice": (("2 = [", "1 = ["), 41, "stands in the file already"),
    "a quotation mark left out": (('"Briefings are checked."', '"Briefings are checked.'), 40, "This is not TOML"),
    "a comma left out": (('before each operation.",', 'before each operation."'), 40, "closed"),
    "a bracket left out": (('["leadership"]', '["leadership"'), 26, "closed"),
}


def faults_of(text: str) -> tuple[modelfile.Fault, ...]:
    with pytest.raises(modelfile.ModelFileError) as refused:
        modelfile.parse(text, filename="fixtures/x.toml")
    return refused.value.faults


@pytest.mark.parametrize(("change", "line", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_the_line_and_the_mend(change: tuple[str, str], line: int, said: str) -> None:
    old, new = change
    assert GOOD.count(old) == 1 or GOOD.startswith(old), "the change must hit one place"
    faults = faults_of(GOOD.replace(old, new, 1))
    assert [fault for fault in faults if fault.line == line and said in f"{fault.message}"], faults


def test_an_error_reads_file_line_and_what_to_do() -> None:
    with pytest.raises(modelfile.ModelFileError) as refused:
        modelfile.parse(GOOD.replace("format = 1", "format = 2"), filename="fixtures/x.toml")
    assert str(refused.value) == (
        "fixtures/x.toml, line 1: `format` is 2. This version reads format 1: write `format = 1`."
    )


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace('"Starting"', '""').replace("scored = true", "scored = 1").replace("format = 1", "format = 9")
    assert [fault.line for fault in faults_of(text)] == [1, 12, 32]


def test_a_faulty_level_does_not_make_its_cells_faulty_too() -> None:
    assert [fault.line for fault in faults_of(GOOD.replace("number = 2\nname", 'number = "2"\nname'))] == [15]


def test_a_long_list_of_faults_is_cut_short() -> None:
    text = GOOD + "".join(f"unknown_{number} = 1\n" for number in range(100))
    with pytest.raises(modelfile.ModelFileError) as refused:
        modelfile.parse(text, filename="x.toml")
    assert len(refused.value.faults) == 100
    assert str(refused.value).endswith("x.toml: and 60 more. Mend these first.")


def test_an_empty_file_says_what_belongs_in_it() -> None:
    said = " ".join(fault.message for fault in faults_of(""))
    assert "`format = 1`" in said
    assert "[edition]" in said
    assert "[[levels]]" in said
    assert "[[themes]]" in said


def test_levels_written_as_a_plain_value_are_refused() -> None:
    text = "levels = 5\n" + GOOD.replace('[[levels]]\nnumber = 1\nname = "Starting"\n', "").replace(
        '[[levels]]\nnumber = 2\nname = "Established"\n', ""
    )
    assert any(fault.line == 1 and "double brackets" in fault.message for fault in faults_of(text))


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5000 + "]" * 5000, "a = " + "9" * 5000, "\x00", "[[[", "=", "a = {", "[a]\n[a]", '"\\q" = 1'],
    ids=["nested", "a huge number", "a null", "brackets", "no key", "open table", "twice", "a bad escape"],
)
def test_nonsense_never_ends_in_a_traceback(text: str) -> None:
    assert faults_of(text)


@given(st.text(alphabet="[]{}=\"'#\\\n, a1.", max_size=60))
def test_no_text_ends_in_a_traceback(text: str) -> None:
    with pytest.raises(modelfile.ModelFileError):
        modelfile.parse(text, filename="x.toml")


def test_what_a_good_file_says_is_what_is_read() -> None:
    model = modelfile.parse(GOOD, filename="x.toml")
    assert (model.code, model.starts_on, model.notes) == ("2027", date(2027, 4, 1), "Two levels.")
    assert model.levels == (modelfile.Level(1, "Starting"), modelfile.Level(2, "Established"))
    assert model.bands == (modelfile.Band((1, 2), "Everything", ""),)
    assert model.not_comparable == (modelfile.NotComparable("2019", ("leadership",), "Supervision was added."),)
    leadership, wellbeing = model.themes
    assert leadership.cells == (
        ("Teams are briefed after an accident.",),
        ("Teams are briefed before each operation.", "Briefings are checked."),
    )
    assert wellbeing == modelfile.Theme(2, "wellbeing", "Wellbeing", False, "Not released yet.", ())


def test_what_evidence_looks_like_is_read_level_by_level_and_may_be_left_out() -> None:
    said = GOOD.replace(*evidence('2 = "Notes  of\\nbriefings."'), 1)
    model = modelfile.parse(said, filename="x.toml")
    assert [theme.evidence for theme in model.themes] == [("", "Notes of briefings."), ()]
    assert modelfile.parse(modelfile.write(model), filename="y.toml") == model
    silent = modelfile.parse(GOOD, filename="x.toml")
    assert [theme.evidence for theme in silent.themes] == [(), ()]
    assert silent == model.without_evidence() != model


def test_the_order_of_sections_in_the_file_does_not_matter() -> None:
    head, first, second = (
        GOOD.partition("[[themes]]")[0],
        *["[[themes]]" + part for part in GOOD.split("[[themes]]")[1:]],
    )
    assert modelfile.parse(head + second + first, filename="x") == modelfile.parse(GOOD, filename="y")


def test_a_file_saved_on_windows_is_read_alike() -> None:
    assert modelfile.parse("\ufeff" + GOOD.replace("\n", "\r\n"), filename="x") == modelfile.parse(GOOD, filename="x")


def test_lines_are_counted_right_in_a_file_saved_on_windows() -> None:
    text = GOOD.replace('"Briefings are checked."', '""').replace("\n", "\r\n")
    assert [fault.line for fault in faults_of(text)] == [40]


# --- reading from the disk -------------------------------------------------------------------------------------------


def refusal_of(path: Path) -> str:
    with pytest.raises(modelfile.ModelFileError) as refused:
        modelfile.read(path)
    return str(refused.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / "gone.toml").endswith(
        "gone.toml: There is no such file. Check the spelling and the folder you are in."
    )


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    assert "This is a folder" in refusal_of(tmp_path)


def test_a_file_that_is_not_utf_8_is_told_by_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(GOOD.replace("Example", "Ex\xe4mple").encode("latin-1"))
    assert refusal_of(path).endswith(
        "latin.toml, line 5: This line is not written in UTF-8. Open the file in your editor and save it as UTF-8."
    )


def test_a_file_that_is_far_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_text(GOOD + "#" * 1_000_000, encoding="utf-8")
    assert "larger than 1,000,000 bytes" in refusal_of(path)


# --- writing -------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_as_the_same_model() -> None:
    model = modelfile.parse(GOOD, filename="x.toml")
    assert modelfile.parse(modelfile.write(model), filename="y.toml") == model


TEXT = st.text(st.characters(blacklist_categories=["Cc", "Cs"], whitelist_characters='\t"\\'), min_size=1, max_size=30)
LINE = TEXT.map(lambda text: " ".join(text.split())).filter(bool)
PARAGRAPHS = st.lists(LINE, min_size=1, max_size=3).map("\n\n".join)


@given(
    cell=st.lists(LINE, min_size=1, max_size=4, unique_by=str.casefold),
    notes=PARAGRAPHS,
    name=LINE,
    evidence=st.just(()) | st.tuples(LINE),
)
def test_any_text_comes_back_as_it_was(cell: list[str], notes: str, name: str, evidence: tuple[str, ...]) -> None:
    model = modelfile.ModelFile(
        code="x",
        name=name,
        source="s",
        starts_on=date(2027, 4, 1),
        notes=notes,
        levels=(modelfile.Level(1, name),),
        bands=(),
        themes=(modelfile.Theme(1, "one", name, True, "", (tuple(cell),), evidence),),
        not_comparable=(),
    )
    assert modelfile.parse(modelfile.write(model), filename="x.toml") == model


def test_a_csv_has_one_row_a_criterion_and_none_for_what_is_not_scored() -> None:
    rows = list(csv.reader(io.StringIO(modelfile.write_csv([modelfile.parse(GOOD, filename="x")]))))
    assert rows == [
        ["edition", "theme", "level", "criterion"],
        ["2027", "leadership", "1", "Teams are briefed after an accident."],
        ["2027", "leadership", "2", "Teams are briefed before each operation."],
        ["2027", "leadership", "2", "Briefings are checked."],
    ]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_criterion_that_looks_like_a_formula_is_made_inert(start: str) -> None:
    text = GOOD.replace("Briefings are checked.", start)
    rows = list(csv.reader(io.StringIO(modelfile.write_csv([modelfile.parse(text, filename="x")]))))
    assert rows[3][3] == f"'{start}"


@pytest.mark.parametrize("start", ["\t", "\r", "\n"])
def test_a_text_that_starts_with_an_invisible_character_is_made_inert(start: str) -> None:
    """The file's reader strips them; rows that came into the database another way still may not run."""
    model = modelfile.parse(GOOD, filename="x")
    theme = model.themes[0]
    sly = modelfile.Theme(1, theme.identity, theme.name, True, "", ((f"{start}=1+1",), ("Fine.",)))
    hostile = modelfile.ModelFile(
        "x", "X", "s", model.starts_on, "", model.levels, (), (sly,), (), filename="", starts_on_line=None
    )
    rows = list(csv.reader(io.StringIO(modelfile.write_csv([hostile]), newline="")))
    assert rows[1][3] == f"'{start}=1+1"


# --- the rest ------------------------------------------------------------------------------------------------------


def test_the_longest_texts_are_what_the_database_keeps() -> None:
    def kept(model: type[Edition | Level | Theme], name: str) -> int | None:
        field = model._meta.get_field(name)
        assert isinstance(field, CharField)
        return field.max_length

    kept_by_the_database = {
        "code": kept(Edition, "code"),
        "name": kept(Edition, "name"),
        "source": kept(Edition, "source"),
        "level": kept(Level, "name"),
        "identity": kept(Theme, "identity"),
        "band": kept(Level, "band_heading"),
    }
    assert kept_by_the_database == LONGEST
    assert kept(Theme, "name") == LONGEST["name"]
    assert kept(Level, "band_behaviour") == LONGEST["band"]


def test_lines_are_found_under_every_way_of_writing_a_value() -> None:
    text = '''\
a = 1 # [not a list
"b.c" = ["x", # "y"
  "]", """
two
lines""", 'z' ]
[d.e]
f = { g = 1, h = [ 2,
 3 ] }
[[i]]
j.k = "\\"[["
[[i.l]]
m = \'\'\'
#
\'\'\'
[[i]]
n = 1
'''
    tomllib.loads(text)
    lines = Lines(text)
    found = {
        ("a",): 1,
        ("b.c",): 2,
        ("b.c", 1): 3,
        ("b.c", 2): 3,
        ("b.c", 3): 5,
        ("d", "e"): 6,
        ("d", "e", "f", "g"): 7,
        ("d", "e", "f", "h", 1): 8,
        ("i", 0): 9,
        ("i", 0, "j", "k"): 10,
        ("i", 0, "l", 0, "m"): 12,
        ("i", 1): 15,
        ("i", 1, "n"): 16,
        ("i", 1, "missing"): 15,
        ("missing",): 1,
    }
    assert {path: lines.of(*path) for path in found} == found


def test_the_example_of_the_guide_is_a_model() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "model-format.md").read_text(encoding="utf-8")
    model = modelfile.parse(guide.split("```toml\n")[1].split("```")[0], filename="docs/model-format.md")
    assert [theme.identity for theme in model.themes] == ["leadership", "wellbeing"]
