"""Write editions of the maturity model out."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from maturity import modelfile
from maturity.models import Edition
from maturity.services import editions


class Command(BaseCommand):
    help = "Write an edition of the maturity model, or all, as files that load_model reads, or as CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("edition", nargs="?", help="the edition's code, such as 2019")
        which.add_argument("--all", action="store_true", help="every edition, earliest first")
        parser.add_argument("--format", choices=["toml", "csv"], default="toml", help="csv: one row a criterion")
        parser.add_argument(
            "--output",
            type=Path,
            metavar="DIR",
            help="write one file for each edition into this folder, never over one",
        )

    def handle(self, *, edition: str | None, format: str, output: Path | None, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        models = [editions.export(row) for row in _chosen(edition)]
        if output is not None:
            for path in _written(models, format, output):
                self.stdout.write(f"Wrote {path}")
        elif format == "csv":
            self.stdout.write(modelfile.write_csv(models), ending="")
        elif edition is not None:
            self.stdout.write(modelfile.write(models[0]), ending="")
        else:
            for model in models:
                self.stdout.write(f"# {_name(model, format)}\n{modelfile.write(model)}")


def _chosen(code: str | None) -> list[Edition]:
    """Return the edition with that code, or all where none is named."""
    loaded = list(Edition.objects.order_by("starts_on"))
    chosen = [edition for edition in loaded if code in (None, edition.code)]
    if not loaded:
        raise CommandError("No edition is loaded, so there is nothing to write. Load one with load_model FILE.")
    if not chosen:
        raise CommandError(f"There is no edition “{code}”. Loaded are: {', '.join(each.code for each in loaded)}.")
    return chosen


def _name(model: modelfile.ModelFile, extension: str) -> str:
    return f"maturity-{model.code}.{extension}"


def _written(models: list[modelfile.ModelFile], extension: str, folder: Path) -> list[Path]:
    """Write one file for each model and return their paths. Refuses to write over anything."""
    paths = [folder / _name(model, extension) for model in models]
    taken = [str(path) for path in paths if path.exists()]
    if taken:
        raise CommandError(f"{', '.join(taken)}: already there. Choose another folder, or move the file away first.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, model in zip(paths, models, strict=True):
            text = modelfile.write(model) if extension == "toml" else modelfile.write_csv([model])
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(
            f"{folder}: cannot be written to ({error.strerror}). Choose a folder you may write to."
        ) from None
    return paths
