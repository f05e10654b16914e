"""Names of files as people give them: made safe to keep and to hand out, and compared with what the file is."""

from __future__ import annotations

import re
import unicodedata

from records.filetypes.kinds import ENDINGS, FileType, NotTaken

MOST_NAME_BYTES = 180  # below what file systems take, with room for the “(1)” that browsers add
# What a double click starts, or a browser runs.
_STARTED = (
    "exe com scr pif bat cmd ps1 psm1 vbs vbe js jse mjs wsf wsh hta msi msp msix jar lnk reg dll cpl sh php phtml asp "
    "aspx jsp cgi html htm xhtml shtml mht mhtml svg svgz swf iso img vhd vhdx chm scf url application gadget "
    "docm dotm xlsm xltm xlam xlsb pptm potm ppam ppsm app dmg apk deb rpm py pl"
)
STARTED = frozenset(_STARTED.split())
# Endings that also occur in the middle of honest names (“visit to example.com.pdf”) tell nothing there.
INNOCENT_INSIDE = frozenset({"com", "url", "img", "app", "application", "py", "pl", "sh"})
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,12})$")


def safe_name(name: str) -> str:
    """Return `name` without folders, invisible or reversing characters, and no longer than file systems take.

    What is left is only a name to show and to hand out: on the disk the file has one of ours.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(" " if unicodedata.category(c) in ("Zs", "Zl", "Zp") else c for c in last if _can_be_seen(c))
    plain = " ".join(_NOT_IN_NAMES.sub("_", seen).split()).strip(". ")
    if _RESERVED.match(plain):
        plain = f"_{plain}"
    return _shortened(plain) if plain else "file"


def _can_be_seen(character: str) -> bool:
    """Whether it is neither a control character, nor one that only steers how others are shown, nor unassigned."""
    return not unicodedata.category(character).startswith("C")


def _shortened(name: str) -> str:
    ending = _ENDING.search(name)
    tail = ending[0] if ending else ""
    room = MOST_NAME_BYTES - len(tail.encode())
    stem = name[: len(name) - len(tail)].encode()[:room].decode(errors="ignore")
    return stem.rstrip(". ") + tail


def ending_of(name: str) -> str:
    """Return the name's ending in lower case without its dot; a date at the end of a name is none."""
    found = _ENDING.search(name)
    return found[1].lower() if found and not found[1].isdecimal() else ""


def refuse_hidden_ending(name: str) -> None:
    """Raise NotTaken where the name has the ending of a program or web page before its last one."""
    for part in name.lower().split(".")[1:-1]:
        if part.strip() in STARTED - INNOCENT_INSIDE:
            raise NotTaken(
                f"It has two endings in its name, .{part.strip()} and .{ending_of(name) or name.rpartition('.')[2]}, "
                "so nobody can tell what it is. Rename it so that it has one, and add it again."
            )


def named_as(kind: FileType, name: str) -> str:
    """Return the name with an ending of its kind; raise NotTaken where it has that of another."""
    ending = ending_of(name)
    if ending in kind.endings:
        return name
    if not ending:
        return safe_name(f"{name}.{kind.endings[0]}")
    other = "" if ending in ENDINGS else f" Files that end in .{ending} are not taken."
    raise NotTaken(
        f"It is {kind.name} by its content, and its name ends in .{ending}.{other} Check that it is the file you "
        f"mean; if it is, rename it to end in .{kind.endings[0]} and add it again."
    )
