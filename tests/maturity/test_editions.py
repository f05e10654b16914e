"""Loading, exporting and fixing editions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from maturity import modelfile
from maturity.models import Criterion, Edition, EvidencePrompt, Level, NotComparable, Theme
from maturity.services import editions
from records.models import TrailEntry
from tests.factories import maturity as make

pytestmark = pytest.mark.django_db
AT = datetime(2030, 1, 7, 12, 30, tzinfo=UTC)


def test_writing_the_shipped_editions_again_for_a_test_leaves_what_loading_them_does() -> None:
    def acts() -> list[Any]:
        return list(TrailEntry.objects.filter(act="edition.loaded").order_by("pk").values_list("thing_id", "detail"))

    with transaction.atomic():
        first, told = [edition.pk for edition in make.shipped("2017", "2019")], acts()
        transaction.set_rollback(True)
    assert not Edition.objects.exists()
    assert [edition.pk for edition in make.shipped("2017", "2019")] == first
    assert acts() == told
    models = [make.read(code) for code in ("2017", "2019")]
    assert [result.outcome for result in editions.load_all(models, at=AT)] == ["unchanged"] * 2
    assert make.edition("2030").pk not in first  # what comes after has numbers of its own


def test_loading_makes_the_rows() -> None:
    bands = (modelfile.Band((1, 2), "Both", "Mixed"),)
    result = editions.load(make.model(themes=3, criteria=2, unscored=(3,), bands=bands), at=AT)
    assert result.outcome == "created"
    edition = Edition.objects.get()
    assert (edition.code, edition.starts_on, edition.in_use_since) == ("2030", date(2030, 4, 1), None)
    assert list(edition.levels.values_list("number", "name", "band_heading", "band_behaviour")) == [
        (1, "Step 1", "Both", "Mixed"),
        (2, "Step 2", "Both", "Mixed"),
    ]
    assert list(edition.themes.values_list("identity", "scored")) == [
        ("theme-1", True),
        ("theme-2", True),
        ("theme-3", False),
    ]
    second = Criterion.objects.filter(theme__identity="theme-2", level__number=1)
    assert list(second.values_list("number", "text")) == [(1, "Asks for 2.1.1."), (2, "Asks for 2.1.2.")]


def test_loading_leaves_one_trail_row_with_the_counts() -> None:
    result = editions.load(make.model(themes=3, criteria=2, unscored=(3,)), at=AT)
    entry = TrailEntry.objects.get()
    assert (entry.act, entry.at, entry.actor, entry.thing_id) == ("edition.loaded", AT, None, result.edition.pk)
    assert entry.detail == {"outcome": "created", "code": "2030", "levels": 2, "themes": 3, "criteria": 8}


def test_loading_the_shipped_editions_twice_changes_nothing() -> None:
    first = make.shipped("2017", "2019")
    rows = [
        list(model.objects.order_by("pk").values_list()) for model in (Edition, Level, Theme, Criterion, NotComparable)
    ]
    trail = TrailEntry.objects.count()
    models = [modelfile.read(make.FIXTURES / f"maturity-{code}.toml") for code in ("2019", "2017")]
    results = editions.load_all(models, at=AT)
    assert [(result.edition, result.outcome) for result in results] == [
        (first[0], "unchanged"),
        (first[1], "unchanged"),
    ]
    assert rows == [
        list(model.objects.order_by("pk").values_list()) for model in (Edition, Level, Theme, Criterion, NotComparable)
    ]
    assert TrailEntry.objects.count() == trail


def test_changed_words_take_the_place_of_the_old_ones() -> None:
    before = make.edition(themes=3)
    result = editions.load(make.model(themes=2, levels=3), at=AT)
    assert (result.outcome, result.edition.pk) == ("replaced", before.pk)
    assert editions.export(result.edition) == make.model(themes=2, levels=3)


@pytest.mark.parametrize("code", ["2017", "2019"])
def test_an_exported_edition_loads_as_unchanged(code: str) -> None:
    edition = {each.code: each for each in make.shipped("2017", "2019")}[code]
    text = modelfile.write(editions.export(edition))
    again = modelfile.parse(text, filename="exported.toml")
    assert again == modelfile.read(make.FIXTURES / f"maturity-{code}.toml")
    assert editions.load(again, at=AT).outcome == "unchanged"


def test_an_exported_edition_loads_into_an_empty_database_as_it_was() -> None:
    text = modelfile.write(editions.export(make.shipped("2017")[0]))
    Edition.objects.all().delete()
    editions.load(modelfile.parse(text, filename="exported.toml"), at=AT)
    assert modelfile.write(editions.export(Edition.objects.get())) == text


def test_what_evidence_looks_like_is_read_with_the_levels(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    edition = make.shipped("2017", "2019")[1]
    leadership, wellbeing = edition.themes.filter(identity__in=["leadership", "wellbeing"])
    with django_assert_num_queries(1):
        levels: list[Any] = list(edition.levels.with_prompts_for(leadership))
    (shipped,) = (
        theme.evidence
        for theme in modelfile.read(make.FIXTURES / "maturity-2019.toml").themes
        if theme.identity == "leadership"
    )
    assert tuple(level.prompt for level in levels) == shipped
    assert all(shipped)
    levels = list(edition.levels.with_prompts_for(wellbeing))
    assert [level.prompt for level in levels] == [""] * 5


def test_loading_takes_as_many_queries_for_a_large_edition_as_for_a_small_one() -> None:
    def queries(model: modelfile.ModelFile) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            editions.load(model, at=AT)
        return len(captured)

    small = queries(make.model("small", starts_on=date(2030, 4, 1)))
    large = queries(make.model("large", starts_on=date(2031, 4, 1), levels=5, themes=20, criteria=5))
    assert large == small


def test_exporting_takes_five_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    edition = make.shipped("2017")[0]
    with django_assert_num_queries(5):
        editions.export(edition)


# --- what evidence looks like ----------------------------------------------------------------------------------------


def prompted(*prompts: str, themes: int = 2) -> modelfile.ModelFile:
    """The small model with what evidence looks like at each level of its first theme."""
    model = make.model(themes=themes)
    return replace(model, themes=(replace(model.themes[0], evidence=prompts), *model.themes[1:]))


def test_prompts_of_an_edition_in_use_are_reworded_and_its_criteria_keep_their_rows() -> None:
    edition = editions.load(prompted("Minutes.", "Plans."), at=AT).edition
    editions.mark_in_use(edition, at=AT)
    rows = [list(model.objects.order_by("pk").values_list()) for model in (Edition, Level, Theme, Criterion)]
    result = editions.load(prompted("", "Plans and what came of them."), at=AT)
    assert (result.edition, result.outcome) == (edition, "reworded prompts")
    assert [(one.theme.number, one.level.number, one.text) for one in EvidencePrompt.objects.all()] == [
        (1, 2, "Plans and what came of them.")
    ]
    assert rows == [list(model.objects.order_by("pk").values_list()) for model in (Edition, Level, Theme, Criterion)]
    entry = TrailEntry.objects.latest("pk")
    assert (entry.act, entry.thing_id, entry.detail) == (
        "edition.prompts_reworded",
        edition.pk,
        {"code": "2030", "prompts": 1},
    )


def test_an_edition_in_use_without_prompts_takes_them_and_loses_them_again() -> None:
    editions.mark_in_use(make.edition(), at=AT)
    assert editions.load(prompted("Minutes.", ""), at=AT).outcome == "reworded prompts"
    assert editions.load(prompted("Minutes.", ""), at=AT).outcome == "unchanged"
    assert editions.load(make.model(), at=AT).outcome == "reworded prompts"
    assert not EvidencePrompt.objects.exists()


def test_prompts_do_not_carry_other_changes_into_an_edition_in_use() -> None:
    edition = make.edition()
    editions.mark_in_use(edition, at=AT)
    with pytest.raises(editions.EditionInUse):
        editions.load(prompted("Minutes.", "", themes=3), at=AT)
    assert not EvidencePrompt.objects.exists()


# --- in use ----------------------------------------------------------------------------------------------------------


def test_an_edition_in_use_is_not_changed() -> None:
    edition = make.edition()
    editions.mark_in_use(edition, at=AT)
    changed = replace(make.model(themes=3), filename="mine.toml", code_line=4)
    with pytest.raises(editions.EditionInUse) as refused:
        editions.load(changed, at=AT)
    assert str(refused.value).startswith("mine.toml, line 4: Edition 2030 (Edition 2030) is in use")
    assert "a new `code` and a `starts_on` of its own" in str(refused.value)
    assert editions.export(Edition.objects.get()) == make.model()


@pytest.mark.parametrize(
    "changed",
    [
        replace(make.model(), name="Another"),
        replace(make.model(), source="Another"),
        replace(make.model(), notes="Another"),
        replace(make.model(), starts_on=date(2030, 7, 1)),
        make.model(unscored=(2,)),
        make.model(bands=(modelfile.Band((1,), "Lowest", ""),)),
    ],
    ids=["name", "source", "notes", "starts_on", "scored", "bands"],
)
def test_nothing_else_of_it_is_changed_either(changed: modelfile.ModelFile) -> None:
    editions.mark_in_use(make.edition(), at=AT)
    with pytest.raises(editions.EditionInUse):
        editions.load(changed, at=AT)
    assert editions.export(Edition.objects.get()) == make.model()


def test_the_same_words_are_accepted_for_an_edition_in_use() -> None:
    editions.mark_in_use(make.edition(), at=AT)
    assert editions.load(make.model(), at=AT).outcome == "unchanged"


def test_the_first_use_counts_and_leaves_one_trail_row() -> None:
    edition = make.edition()
    editions.mark_in_use(edition, at=AT)
    editions.mark_in_use(edition, at=datetime(2031, 1, 1, tzinfo=UTC))
    edition.refresh_from_db()
    assert edition.in_use_since == AT
    assert TrailEntry.objects.filter(act="edition.put_in_use").count() == 1


# --- how editions fit together ---------------------------------------------------------------------------------------


def not_comparable(edition: str, *identities: str) -> tuple[modelfile.NotComparable, ...]:
    return (modelfile.NotComparable(edition, identities, "It asks for more.", line=23),)


def refusal_of(model: modelfile.ModelFile) -> str:
    with pytest.raises(editions.CannotLoad) as refused:
        editions.load(replace(model, filename="x.toml", starts_on_line=7, code_line=4), at=AT)
    return str(refused.value)


def test_an_edition_that_names_one_not_loaded_says_to_load_that_first() -> None:
    said = refusal_of(make.model(not_comparable=not_comparable("2025", "theme-1")))
    assert said.startswith("x.toml, line 23: Edition 2025 is not loaded. Load its file first")
    assert not Edition.objects.exists()


def test_an_edition_names_only_earlier_ones() -> None:
    make.edition("2040", starts_on=date(2040, 4, 1))
    said = refusal_of(make.model(not_comparable=not_comparable("2040", "theme-1")))
    assert said.startswith("x.toml, line 23: Edition 2040 does not start before this one.")


def test_an_edition_names_only_themes_that_the_earlier_one_has() -> None:
    make.edition("2025", starts_on=date(2025, 4, 1), themes=1)
    said = refusal_of(make.model(not_comparable=not_comparable("2025", "theme-2")))
    assert said.startswith("x.toml, line 23: Edition 2025 has no theme “theme-2”")


def test_no_two_editions_start_on_one_day() -> None:
    make.edition("2025", starts_on=date(2030, 4, 1))
    said = refusal_of(make.model())
    assert said.startswith("x.toml, line 7: Edition 2025 starts on 2030-04-01 already.")
    assert '`code = "2025"`' in said


def test_an_earlier_edition_stays_earlier_than_one_that_names_it() -> None:
    make.edition("2025", starts_on=date(2025, 4, 1))
    editions.load(make.model(not_comparable=not_comparable("2025", "theme-1")), at=AT)
    said = refusal_of(make.model("2025", starts_on=date(2035, 4, 1)))
    assert said.startswith("x.toml, line 7: Edition 2030 follows this one and starts on 2030-04-01.")


def test_a_theme_that_a_later_edition_names_stays() -> None:
    make.edition("2025", starts_on=date(2025, 4, 1))
    editions.load(make.model(not_comparable=not_comparable("2025", "theme-2")), at=AT)
    said = refusal_of(make.model("2025", starts_on=date(2025, 4, 1), themes=1))
    assert said.startswith("x.toml, line 4: Edition 2030 says that its theme “theme-2” is not comparable")


def test_of_several_editions_all_are_loaded_or_none() -> None:
    fine = make.model("2025", starts_on=date(2025, 4, 1))
    with pytest.raises(editions.CannotLoad):
        editions.load_all([fine, make.model(not_comparable=not_comparable("1999", "theme-1"))], at=AT)
    assert not Edition.objects.exists()
    assert not TrailEntry.objects.exists()


def test_the_edition_in_force_is_the_one_that_started_last() -> None:
    make.shipped("2017", "2019")
    in_force = {
        day: getattr(Edition.objects.in_force(day), "code", None)
        for day in (date(2017, 10, 31), date(2017, 11, 1), date(2019, 3, 31), date(2019, 4, 1))
    }
    assert list(in_force.values()) == [None, "2017", "2017", "2019"]


# --- at the same time ------------------------------------------------------------------------------------------------


def while_in_a_transaction(act: Callable[[], object], meanwhile: Callable[[], object]) -> list[object]:
    """Start `meanwhile` on its own connection while `act` is done but not committed; return what came of it."""
    came_of_it: list[object] = []

    def run() -> None:
        try:
            came_of_it.append(meanwhile())
        except editions.CannotLoad as refusal:
            came_of_it.append(refusal)
        finally:
            connection.close()

    other = threading.Thread(target=run)
    with transaction.atomic():
        act()
        other.start()
        other.join(timeout=0.5)
        assert other.is_alive(), "it should wait for the transaction"
    other.join(timeout=20)
    assert not other.is_alive()
    return came_of_it


@pytest.mark.django_db(transaction=True)
def test_two_loads_of_one_edition_at_once_load_it_once() -> None:
    (second,) = while_in_a_transaction(
        lambda: editions.load(make.model(), at=AT), lambda: editions.load(make.model(), at=AT).outcome
    )
    assert second == "unchanged"
    assert Theme.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_load_that_meets_the_first_use_is_refused() -> None:
    edition = make.edition()
    (refusal,) = while_in_a_transaction(
        lambda: editions.mark_in_use(edition, at=AT), lambda: editions.load(make.model(themes=3), at=AT)
    )
    assert isinstance(refusal, editions.EditionInUse)
    assert Theme.objects.count() == 2
