"""What is counted is data: read from a file, brought up to date by code, nothing removed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from injuries import indicatorsfile
from injuries.models import Indicator, InterventionCause, ReportingChange, StaffGroup
from injuries.services import indicators
from records.models import TrailEntry

SHIPPED = Path(__file__).parents[2] / "fixtures" / "injury-indicators.toml"
AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
SMALL = """
format = 1
[[staff_groups]]
code = "officers"
name = "Officers"
short_name = "Off."
members = "All of them."
[[indicators]]
code = "falls"
name = "Falls"
better = "lower"
by_staff_group = ["officers"]
"""


def shipped() -> indicatorsfile.IndicatorsFile:
    return indicatorsfile.read(SHIPPED.read_text(encoding="utf-8"))


def test_the_shipped_file_has_the_indicators_of_the_source() -> None:
    """[001, paragraphs 1.1 and 1.2 and Table 1], and near misses (domain.md)."""
    found = shipped()
    assert [one.code for one in found.indicators] == [
        "total-accidents",
        "major-injuries",
        "lost-time-injuries",
        "assaults-with-injury",
        "major-injuries-after-assault",
        "slips-trips-falls",
        "moving-vehicle",
        "handling",
        "near-misses",
    ]
    by_group = {one.code: one.by_staff_group for one in found.indicators if one.by_staff_group}
    assert by_group == {"assaults-with-injury": ("police-officers", "pcsos", "ddos")}
    assert [one.short_name for one in found.staff_groups][:3] == ["Police", "PCSO", "DDO"]
    assert {one.name: one.starts_on for one in found.reporting_changes} == {
        "eSafety": date(2017, 7, 1),
        "Operation Hampshire": date(2016, 5, 1),
    }
    assert [one.code for one in found.indicators if one.better == "neutral"] == ["near-misses"]


def test_the_shipped_file_has_what_custody_figures_are_counted_by() -> None:
    """[001, paragraphs 1.22 to 1.27] and domain.md."""
    custody = {name: [one.code for one in terms] for name, terms in shipped().custody.items()}
    assert custody == {
        "custody_denominators": ["custody-records", "detainees"],
        "intervention_causes": ["inadequate-search", "concealed-item", "clothing", "other-cause"],
        "detainee_injury_types": ["self-harm", "head-or-face", "other-injury"],
        "custody_exceptions": ["serious-cases", "medicines", "delayed-examiner"],
        "custody_referrals": ["professional-standards", "iopc", "medical-director", "nursing-director"],
    }


def test_lists_of_custody_are_judged_as_the_others_are() -> None:
    text = SMALL + '[[intervention_causes]]\ncode = "Fire"\nname = "Fire"\n' * 2 + "[custody_referrals]\n"
    with pytest.raises(indicatorsfile.NotIndicators) as raised:
        indicatorsfile.read(text)
    assert raised.value.faults == (
        "intervention_causes, entry 1: code has small letters, digits and hyphens only, not “Fire”.",
        "intervention_causes, entry 2: code has small letters, digits and hyphens only, not “Fire”.",
        "custody_referrals is no list of entries. Begin each with [[custody_referrals]].",
        "intervention_causes: code = “Fire” is there twice.",
        "intervention_causes: name = “Fire” is there twice.",
    )


@pytest.mark.django_db
def test_lists_of_custody_are_brought_up_to_date_by_code() -> None:
    indicators.load(indicatorsfile.read(SMALL), at=AT)  # a file without them
    assert not InterventionCause.objects.exists()
    for name in ("Fire", "Fire or smoke"):
        text = SMALL + f'[[intervention_causes]]\ncode = "fire"\nname = "{name}"\n'
        loaded = indicators.load(indicatorsfile.read(text), at=AT)
    assert [one.name for one in InterventionCause.objects.all()] == ["Fire or smoke"]
    assert loaded.custody_terms == 1


def test_every_fault_of_a_file_is_said_at_once() -> None:
    text = SMALL.replace('better = "lower"', 'better = "more"').replace('["officers"]', '["dogs"]')
    text += '[[reporting_changes]]\nindicator = "trips"\nstarts_on = "soon"\nname = "New forms"\ncolour = "red"\n'
    with pytest.raises(indicatorsfile.NotIndicators) as raised:
        indicatorsfile.read(text)
    assert raised.value.faults == (
        "indicators, entry 1: better is lower, higher or neutral, not “more”.",
        "indicators, entry 1: the file has no staff group “dogs”.",
        "reporting_changes, entry 1: “colour” is not known here. Known are indicator, starts_on, name, effect, "
        "limits_begin_anew.",
        "reporting_changes, entry 1: the file has no indicator “trips”.",
        "reporting_changes, entry 1: starts_on is a day, such as 2017-07-01.",
        "reporting_changes, entry 1: effect is missing.",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format = ", "The file is no TOML"),
        ("format = 2", "does not say format = 1"),
        ("format = 1", "names no indicator"),
        ("format = 1\nindicators = 3", "no list of entries"),
        (SMALL + SMALL.replace("format = 1", ""), "indicators: code = “falls” is there twice."),
        (SMALL.replace("falls", "Falls!"), "small letters, digits and hyphens"),
        (SMALL.replace('name = "Falls"', "name = 4"), "name is no text"),
        (SMALL.replace('"Falls"', f'"{"F" * 101}"'), "name is longer than 100 characters"),
    ],
)
def test_a_file_that_says_something_else_is_refused(text: str, said: str) -> None:
    with pytest.raises(indicatorsfile.NotIndicators, match=re.escape(said)):
        indicatorsfile.read(text)


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_another_file_adds_to_what_is_there() -> None:
    first = indicators.load(shipped(), at=AT)
    assert indicators.load(shipped(), at=AT) == first
    assert (first.indicators, first.staff_groups, first.reporting_changes) == (9, 4, 2)
    indicators.load(indicatorsfile.read(SMALL), at=AT)
    assert Indicator.objects.count() == 10
    assert [one.code for one in Indicator.objects.get(code="falls").staff_groups.all()] == ["officers"]
    assert TrailEntry.objects.filter(act="indicators.loaded").count() == 3


@pytest.mark.django_db
def test_what_an_indicator_is_compared_for_follows_the_file() -> None:
    indicators.load(indicatorsfile.read(SMALL), at=AT)
    indicators.load(indicatorsfile.read(SMALL.replace('by_staff_group = ["officers"]', "")), at=AT)
    assert not Indicator.objects.get(code="falls").staff_groups.exists()


@pytest.mark.django_db
def test_a_name_that_belongs_to_another_code_is_refused_and_nothing_is_loaded() -> None:
    indicators.load(indicatorsfile.read(SMALL), at=AT)
    other = SMALL.replace('code = "falls"', 'code = "trips"').replace("All of them.", "Nobody.")
    with pytest.raises(indicators.CannotLoad, match="another code"):
        indicators.load(indicatorsfile.read(other), at=AT)
    assert StaffGroup.objects.get().members == "All of them."


@pytest.mark.django_db
def test_the_command_loads_a_file_and_names_the_faults_of_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_indicators", SHIPPED)
    assert "There are 9 indicators, 4 staff groups and 2 changes of reporting." in capsys.readouterr().out
    assert ReportingChange.objects.get(name="eSafety").indicator is None
    broken = tmp_path / "broken.toml"
    broken.write_text("format = 3", encoding="utf-8")
    with pytest.raises(CommandError, match=r"broken\.toml: The file does not say format = 1\.\nNothing was loaded\."):
        call_command("load_indicators", broken)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_indicators", tmp_path / "missing.toml")
