"""Loading, exporting and fixing editions of the maturity model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from django.db import connection, transaction

from maturity import modelfile
from maturity.models import Criterion, Edition, EvidencePrompt, Level, NotComparable, Standard, Theme
from records.services import trail


class CannotLoad(Exception):
    """The model cannot be loaded as things stand; the text says where, why and what to do."""

    def __init__(self, model: modelfile.ModelFile, line: int | None, message: str) -> None:
        where = f"{modelfile.place(model.filename, line)}: " if model.filename else ""
        super().__init__(f"{where}{message}")


class EditionInUse(CannotLoad):
    """Statements use the edition already, and its content would change."""


class Outcome(StrEnum):
    CREATED = "created"
    REPLACED = "replaced"
    REWORDED_PROMPTS = "reworded prompts"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What loading did to the edition."""

    edition: Edition
    outcome: Outcome


@transaction.atomic
def load(model: modelfile.ModelFile, *, at: datetime) -> LoadResult:
    """Make the edition what the file says. The same content again changes nothing and leaves no trail.

    Raises EditionInUse where statements use the edition and the content differs; CannotLoad where it does not fit the
    other editions. What evidence usually looks like is guidance, not content: it may change at any time.
    """
    one_load_at_a_time()
    edition = Edition.objects.filter(code=model.code).first()
    if edition is not None:
        standing = export(edition)
        if standing == model:
            return LoadResult(edition, Outcome.UNCHANGED)
        if standing.without_evidence() == model.without_evidence():
            return _reword_prompts(edition, model, at=at)
        _refuse_if_in_use(edition, model)
    _refuse_a_shared_first_day(model)
    earlier = _earlier_editions(model)
    _refuse_to_come_after_a_later_edition(edition, model)
    outcome = Outcome.CREATED if edition is None else Outcome.REPLACED
    edition = edition or Edition(code=model.code)
    edition.name, edition.source, edition.notes = model.name, model.source, model.notes
    edition.starts_on = model.starts_on
    edition.save()
    tested = list(Standard.objects.filter(theme__edition=edition).select_related("theme", "level"))
    if outcome is Outcome.REPLACED:
        _empty(edition)
    _fill(edition, model, earlier)
    _put_back(tested, edition, model)
    trail.record(
        act="edition.loaded", thing=edition, by=None, at=at, outcome=outcome.value, code=model.code, **_counts(model)
    )
    return LoadResult(edition, outcome)


def load_all(models: Iterable[modelfile.ModelFile], *, at: datetime) -> list[LoadResult]:
    """Load several editions, earliest first so that later ones may name them: all of them or, on an error, none."""
    with transaction.atomic():
        return [load(model, at=at) for model in sorted(models, key=lambda model: model.starts_on)]


def export(edition: Edition) -> modelfile.ModelFile:
    """Return the edition as a file's content: `load(export(edition))` finds it unchanged. Five queries."""
    levels = list(edition.levels.order_by("number"))
    cells: dict[int, dict[int, list[str]]] = {}
    rows = Criterion.objects.filter(theme__edition=edition).order_by("number")
    for theme_id, level_id, text in rows.values_list("theme_id", "level_id", "text"):
        cells.setdefault(theme_id, {}).setdefault(level_id, []).append(text)
    prompts = {
        (prompt.theme_id, prompt.level_id): prompt.text
        for prompt in EvidencePrompt.objects.filter(theme__edition=edition)
    }
    themes = list(edition.themes.order_by("number"))
    return modelfile.ModelFile(
        code=edition.code,
        name=edition.name,
        source=edition.source,
        starts_on=edition.starts_on,
        notes=edition.notes,
        levels=tuple(modelfile.Level(level.number, level.name) for level in levels),
        bands=_bands(levels),
        themes=tuple(
            modelfile.Theme(
                number=theme.number,
                identity=theme.identity,
                name=theme.name,
                scored=theme.scored,
                note=theme.note,
                cells=tuple(tuple(cells.get(theme.pk, {}).get(level.pk, ())) for level in levels)
                if theme.scored
                else (),
                evidence=_exported_evidence(theme, levels, prompts),
            )
            for theme in themes
        ),
        not_comparable=_exported_not_comparable(edition, themes),
    )


@transaction.atomic
def mark_in_use(edition: Edition, *, at: datetime) -> None:
    """Fix the edition's content for good. Call it before the first statement reads the edition's themes.

    It waits for a load under way and is then what the next load meets. Further calls change nothing.
    """
    fixed = Edition.objects.filter(pk=edition.pk, in_use_since=None).update(in_use_since=at)
    if fixed:
        edition.in_use_since = at
        trail.record(act="edition.put_in_use", thing=edition, by=None, at=at, code=edition.code)


def one_load_at_a_time() -> None:
    """Hold every other load and every mark of use until this one is through; readers go on.

    What is refused depends on all editions, some of them perhaps just being made: there is no row to lock for those.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {connection.ops.quote_name(Edition._meta.db_table)} IN SHARE ROW EXCLUSIVE MODE")


# --- what load refuses -------------------------------------------------------------------------------------------


def _refuse_if_in_use(edition: Edition, model: modelfile.ModelFile) -> None:
    if edition.in_use_since is not None:
        raise EditionInUse(
            model,
            model.code_line,
            f"Edition {edition.code} ({edition.name}) is in use: people have chosen levels against its words, so they "
            "do not change. To change the words from a later quarter on, give the file a new `code` and a `starts_on` "
            "of its own and load that.",
        )


def _refuse_a_shared_first_day(model: modelfile.ModelFile) -> None:
    other = Edition.objects.filter(starts_on=model.starts_on).exclude(code=model.code).first()
    if other is not None:
        raise CannotLoad(
            model,
            model.starts_on_line,
            f"Edition {other.code} starts on {model.starts_on} already. Give this one another `starts_on`, or, where "
            f'it is meant to take the place of that one, the same `code = "{other.code}"`.',
        )


def _earlier_editions(model: modelfile.ModelFile) -> dict[str, Edition]:
    """Return the editions that `not_comparable` names, by code, having checked that they fit."""
    codes = {entry.edition for entry in model.not_comparable}
    found = {edition.code: edition for edition in Edition.objects.filter(code__in=codes)}
    themes = set(Theme.objects.filter(edition__in=found.values()).values_list("edition__code", "identity"))
    for entry in model.not_comparable:
        if entry.edition not in found:
            raise CannotLoad(
                model,
                entry.line,
                f"Edition {entry.edition} is not loaded. Load its file first, or name both files in one command; if "
                "there is no such edition, correct the code.",
            )
        if found[entry.edition].starts_on >= model.starts_on:
            raise CannotLoad(
                model,
                entry.line,
                f"Edition {entry.edition} does not start before this one. Say what is not comparable in the later "
                "edition's file.",
            )
        for identity in entry.identities:
            if (entry.edition, identity) not in themes:
                raise CannotLoad(
                    model,
                    entry.line,
                    f"Edition {entry.edition} has no theme “{identity}”, so nothing is compared. Remove it here.",
                )
    return found


def _refuse_to_come_after_a_later_edition(edition: Edition | None, model: modelfile.ModelFile) -> None:
    """A later edition that says what is not comparable with this one must stay later, and its themes known."""
    if edition is None:
        return
    identities = {theme.identity for theme in model.themes}
    for said in NotComparable.objects.filter(earlier=edition).select_related("edition"):
        if said.edition.starts_on <= model.starts_on:
            raise CannotLoad(
                model,
                model.starts_on_line,
                f"Edition {said.edition.code} follows this one and starts on {said.edition.starts_on}. Choose an "
                "earlier `starts_on`.",
            )
        if said.identity not in identities:
            raise CannotLoad(
                model,
                model.code_line,
                f"Edition {said.edition.code} says that its theme “{said.identity}” is not comparable with this "
                "edition's, which is gone from this file. Put the theme back, or load that edition without the "
                "remark first.",
            )


# --- writing rows --------------------------------------------------------------------------------------------------


def _empty(edition: Edition) -> None:
    edition.not_comparable.all().delete()
    Criterion.objects.filter(theme__edition=edition).delete()
    edition.themes.all().delete()
    edition.levels.all().delete()


def _fill(edition: Edition, model: modelfile.ModelFile, earlier: dict[str, Edition]) -> None:
    bands = {number: band for band in model.bands for number in band.levels}
    levels = Level.objects.bulk_create(
        Level(
            edition=edition,
            number=level.number,
            name=level.name,
            band_heading=bands[level.number].heading if level.number in bands else "",
            band_behaviour=bands[level.number].behaviour if level.number in bands else "",
        )
        for level in model.levels
    )
    themes = Theme.objects.bulk_create(
        Theme(
            edition=edition,
            number=theme.number,
            identity=theme.identity,
            name=theme.name,
            scored=theme.scored,
            note=theme.note,
        )
        for theme in model.themes
    )
    Criterion.objects.bulk_create(
        Criterion(theme=row, level=level, number=number, text=text)
        for row, theme in zip(themes, model.themes, strict=True)
        for level, cell in zip(levels, theme.cells, strict=theme.scored)
        for number, text in enumerate(cell, start=1)
    )
    _write_prompts(themes, levels, model)
    NotComparable.objects.bulk_create(
        NotComparable(edition=edition, earlier=earlier[entry.edition], identity=identity, reason=entry.reason)
        for entry in model.not_comparable
        for identity in entry.identities
    )


def _put_back(tested: Iterable[Standard], edition: Edition, model: modelfile.ModelFile) -> None:
    """Give the standards that were loaded for the edition their place in its new themes and levels."""
    themes = {theme.identity: theme for theme in edition.themes.filter(scored=True)}
    levels = {level.number: level for level in edition.levels.all()}
    for one in tested:
        if one.theme.identity not in themes or one.level.number not in levels:
            raise CannotLoad(
                model,
                model.code_line,
                f"Standard {one.reference} is for level {one.level.number} of the theme “{one.theme.identity}”, which "
                "this file does not have or does not score. Put it back, or load the standards without that line "
                "first (load_standards).",
            )
        one.pk, one.theme, one.level = None, themes[one.theme.identity], levels[one.level.number]
    Standard.objects.bulk_create(tested)


def _write_prompts(themes: Iterable[Theme], levels: Sequence[Level], model: modelfile.ModelFile) -> None:
    EvidencePrompt.objects.bulk_create(
        EvidencePrompt(theme=row, level=level, text=text)
        for row, theme in zip(themes, model.themes, strict=True)
        for level, text in zip(levels, theme.evidence, strict=bool(theme.evidence))
        if text
    )


def _reword_prompts(edition: Edition, model: modelfile.ModelFile, *, at: datetime) -> LoadResult:
    """Say anew what evidence looks like, beside criteria that stay as they are."""
    EvidencePrompt.objects.filter(theme__edition=edition).delete()
    _write_prompts(edition.themes.order_by("number"), list(edition.levels.order_by("number")), model)
    trail.record(
        act="edition.prompts_reworded", thing=edition, by=None, at=at, code=model.code, prompts=_prompts_in(model)
    )
    return LoadResult(edition, Outcome.REWORDED_PROMPTS)


def _prompts_in(model: modelfile.ModelFile) -> int:
    return sum(1 for theme in model.themes for text in theme.evidence if text)


def _counts(model: modelfile.ModelFile) -> dict[str, int]:
    return {
        "levels": len(model.levels),
        "themes": len(model.themes),
        "criteria": sum(len(cell) for theme in model.themes for cell in theme.cells),
    }


# --- reading rows --------------------------------------------------------------------------------------------------


def _bands(levels: list[Level]) -> tuple[modelfile.Band, ...]:
    """Neighbouring levels with the same heading and behaviour stand in one band; with neither, in none."""
    return tuple(
        modelfile.Band(tuple(level.number for level in together), heading, behaviour)
        for (heading, behaviour), together in groupby(levels, key=lambda each: (each.band_heading, each.band_behaviour))
        if heading or behaviour
    )


def _exported_evidence(
    theme: Theme, levels: Iterable[Level], prompts: Mapping[tuple[int, int], str]
) -> tuple[str, ...]:
    said = tuple(prompts.get((theme.pk, level.pk), "") for level in levels)
    return said if any(said) else ()


def _exported_not_comparable(edition: Edition, themes: list[Theme]) -> tuple[modelfile.NotComparable, ...]:
    order = {theme.identity: theme.number for theme in themes}
    together: dict[tuple[str, str], list[str]] = {}
    for said in edition.not_comparable.select_related("earlier"):
        together.setdefault((said.earlier.code, said.reason), []).append(said.identity)
    entries = [
        modelfile.NotComparable(code, tuple(sorted(identities, key=order.__getitem__)), reason)
        for (code, reason), identities in together.items()
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.edition, order[entry.identities[0]])))
