"""What can go wrong when a document is printed, in words for the person who has to mend it."""

from collections.abc import Sequence


class PrintingError(Exception):
    """Any reason why no PDF came out."""


class MissingLibrary(PrintingError):
    """A system library is not installed. `packages` are the Debian packages that bring it."""

    def __init__(self, packages: Sequence[str]) -> None:
        self.packages = tuple(packages)
        names = " ".join(self.packages)
        super().__init__(f"PDFs cannot be made: a system library is missing. Install it: apt-get install {names}")


class RefusedDocument(PrintingError):
    """The HTML breaks a rule without which the PDF would not be accessible, archivable or safe."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("The document was not printed. " + " ".join(self.faults))


class RenderingFailed(PrintingError):
    """The renderer could not carry out what the HTML asked for. `complaints` are its own lines."""

    def __init__(self, complaints: Sequence[str]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("The document could not be printed: " + "; ".join(self.complaints))
