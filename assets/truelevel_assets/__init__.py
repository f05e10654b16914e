"""Third-party files the product shows and prints with; the build fetches them, none is in the repository.

`static/govuk/` holds govuk-frontend's style sheet and script, as a Django app's static files. `FONTS` names the files
of the documents' fonts, `licenses/` their terms.
"""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent / "fonts"

# By file name without its ending: family, script, weight and style, as in "source-sans-3-latin-400-italic". The
# symbols' file holds only signs that no text file has.
FONTS: dict[str, Path] = {path.stem: path for path in sorted(_FOLDER.glob("*.woff2"))}
