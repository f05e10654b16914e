"""load_model and export_model as they are typed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from maturity.models import Edition
from tests.factories import maturity as make

pytestmark = pytest.mark.django_db
SHIPPED = [str(make.FIXTURES / "maturity-2019.toml"), str(make.FIXTURES / "maturity-2017.toml")]


def line_of(text: str, path: str) -> int:
    """The number of the one line of the file that is `text`."""
    (number,) = [at for at, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1) if line == text]
    return number


def said_by(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def refusal_of(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        call_command(*arguments)
    return str(refused.value)


def test_both_files_are_loaded_whatever_their_order_and_loading_again_changes_nothing() -> None:
    assert said_by("load_model", *SHIPPED) == (
        "Edition 2017 (Maturity matrix, 2017): loaded.\nEdition 2019 (Self-assurance template, 2019): loaded.\n"
    )
    assert said_by("load_model", *SHIPPED).count("unchanged.") == 2


def test_only_what_evidence_looks_like_may_change_in_an_edition_in_use(tmp_path: Path) -> None:
    make.shipped("2017", "2019")
    Edition.objects.update(in_use_since=make.LOADED_AT)
    text = Path(SHIPPED[0]).read_text(encoding="utf-8")
    reworded = tmp_path / "reworded.toml"
    reworded.write_text(text.replace("Peer feedback", "Feedback among peers"), encoding="utf-8")
    assert said_by("load_model", str(reworded)) == (
        "Edition 2019 (Self-assurance template, 2019): "
        "unchanged, except for what evidence at its levels usually looks like.\n"
    )
    assert "Feedback among peers" in said_by("export_model", "2019")


def test_one_file_that_needs_another_says_so() -> None:
    said = refusal_of("load_model", SHIPPED[0])
    line = line_of('edition = "2017"', SHIPPED[0])
    assert f"{SHIPPED[0]}, line {line}: Edition 2017 is not loaded." in said
    assert said.endswith("Nothing was loaded.")


def test_faults_of_all_files_are_told_and_nothing_is_loaded(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("format = 3\n", encoding="utf-8")
    said = refusal_of("load_model", SHIPPED[1], str(broken), str(tmp_path / "gone.toml"))
    assert f"{broken}, line 1: `format` is 3." in said
    assert "gone.toml: There is no such file." in said
    assert not Edition.objects.exists()


def test_two_files_of_one_edition_are_refused(tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_bytes(Path(SHIPPED[1]).read_bytes())
    said = refusal_of("load_model", SHIPPED[1], str(copy))
    line = line_of('code = "2017"', SHIPPED[1])
    assert f"{copy}, line {line}: Edition 2017 stands in {SHIPPED[1]} too." in said


def test_an_edition_goes_out_and_comes_in_as_it_was(tmp_path: Path) -> None:
    make.shipped("2017", "2019")
    path = tmp_path / "mine.toml"
    path.write_text(said_by("export_model", "2019"), encoding="utf-8")
    assert said_by("load_model", str(path)).endswith("unchanged.\n")


def test_all_editions_go_into_a_folder_one_file_each(tmp_path: Path) -> None:
    make.shipped("2017", "2019")
    said_by("export_model", "--all", "--output", str(tmp_path / "new"))
    paths = sorted(str(path) for path in (tmp_path / "new").iterdir())
    assert [Path(path).name for path in paths] == ["maturity-2017.toml", "maturity-2019.toml"]
    assert said_by("load_model", *paths).count("unchanged.") == 2


def test_nothing_is_written_over(tmp_path: Path) -> None:
    make.shipped("2017")
    (tmp_path / "maturity-2017.toml").write_text("mine", encoding="utf-8")
    assert "maturity-2017.toml: already there." in refusal_of("export_model", "2017", "--output", str(tmp_path))
    assert (tmp_path / "maturity-2017.toml").read_text(encoding="utf-8") == "mine"


def test_all_editions_on_the_terminal_are_told_apart_by_a_line_with_the_file_name() -> None:
    make.shipped("2017", "2019")
    lines = said_by("export_model", "--all").splitlines()
    assert [line for line in lines if line.startswith("#")] == ["# maturity-2017.toml", "# maturity-2019.toml"]


def test_a_csv_has_one_row_a_criterion() -> None:
    make.shipped("2017", "2019")
    rows = list(csv.DictReader(io.StringIO(said_by("export_model", "--all", "--format", "csv"))))
    assert list(rows[0]) == ["edition", "theme", "level", "criterion"]
    for code in ("2017", "2019"):
        reference = make.FIXTURES.parent / "tests" / "reference" / f"criteria-{code}.csv"
        expected = len(reference.read_text(encoding="utf-8").splitlines()) - 1
        assert len([row for row in rows if row["edition"] == code]) == expected


def test_an_edition_that_is_not_there_names_those_that_are() -> None:
    make.shipped("2017", "2019")
    assert refusal_of("export_model", "2018") == "There is no edition “2018”. Loaded are: 2017, 2019."


@pytest.mark.parametrize("which", ["2018", "--all"])
def test_with_no_edition_at_all_export_says_how_to_load_one(which: str) -> None:
    assert "Load one with load_model FILE" in refusal_of("export_model", which)


def test_export_wants_an_edition_or_all() -> None:
    assert "--all" in refusal_of("export_model")
