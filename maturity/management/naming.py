"""Finding the edition that a command names."""

from django.core.management.base import CommandError

from maturity.models import Edition


def edition_named(code: str) -> Edition:
    """Return the edition with that code. Raises CommandError, which says what there is."""
    loaded = list(Edition.objects.order_by("starts_on"))
    chosen = next((edition for edition in loaded if edition.code == code), None)
    if chosen is None:
        there = (
            f"Loaded are: {', '.join(each.code for each in loaded)}." if loaded else "Load one with load_model FILE."
        )
        raise CommandError(f"There is no edition “{code}”. {there}")
    return chosen
