"""Load editions of the maturity model from their files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from maturity import modelfile
from maturity.services import editions

SAID = {
    editions.Outcome.CREATED: "loaded",
    editions.Outcome.REPLACED: "loaded in place of what was there",
    editions.Outcome.REWORDED_PROMPTS: "unchanged, except for what evidence at its levels usually looks like",
    editions.Outcome.UNCHANGED: "unchanged",
}


class Command(BaseCommand):
    help = "Load editions of the maturity model from TOML files (docs/model-format.md). All of them, or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a model in the documented format")

    def handle(self, *, files: list[Path], **options: Any) -> None:  # noqa: ARG002  # Django's signature
        models = _read_all(files)
        _refuse_the_same_edition_twice(models)
        try:
            results = editions.load_all(models, at=timezone.now())
        except editions.CannotLoad as refusal:
            raise CommandError(f"{refusal}\nNothing was loaded.") from None
        for result in results:
            self.stdout.write(f"Edition {result.edition.code} ({result.edition.name}): {SAID[result.outcome]}.")


def _read_all(files: list[Path]) -> list[modelfile.ModelFile]:
    """Read every file before saying anything, so that one run shows the faults of all of them."""
    models, faults = [], []
    for path in files:
        try:
            models.append(modelfile.read(path))
        except modelfile.ModelFileError as error:
            faults.append(str(error))
    if faults:
        raise CommandError("\n".join([*faults, "Nothing was loaded."]))
    return models


def _refuse_the_same_edition_twice(models: list[modelfile.ModelFile]) -> None:
    first_in: dict[str, str] = {}
    for model in models:
        if model.code in first_in:
            raise CommandError(
                f"{modelfile.place(model.filename, model.code_line)}: Edition {model.code} stands in "
                f"{first_in[model.code]} too. Name one of the two files.\nNothing was loaded."
            )
        first_in[model.code] = model.filename
