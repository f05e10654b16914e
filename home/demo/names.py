"""Names of an invented force: groups, what their units do, and places that are on no map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

FORCE_NAME = "Northmoor Police"
FORCE_SHORT_NAME = "Northmoor"
DEMO_DOMAIN = "demo.example"


@dataclass(frozen=True)
class GroupKind:
    """A business group: what its units are, how many of each hundred units it has, and their likely risk bands.

    `bands` holds the shares of low, medium and high risk, in per cent. A group without functions has areas only.
    """

    name: str
    unit_kind: str
    share: int
    bands: tuple[int, int, int]
    functions: tuple[str, ...] = ()


GROUPS = (
    GroupKind("Local Policing", "bcu", 31, (5, 65, 30)),
    GroupKind(
        "Operations",
        "ocu",
        19,
        (5, 35, 60),
        (
            "Roads and Traffic", "Armed Response", "Public Order", "Custody", "Contact Centre", "Dogs and Horses",
            "River and Reservoir Patrol", "Drones and Air Liaison", "Event Planning", "Search and Rescue Liaison",
            "Officer Safety Training", "Rural Response",
        ),
    ),
    GroupKind(
        "Crime",
        "ocu",
        17,
        (20, 55, 25),
        (
            "Major Investigations", "Scenes of Crime", "Laboratories", "Fraud and Money", "Online Harm",
            "Organised Offending", "Intelligence", "Safeguarding", "Witness Care", "Property Stores",
            "Surveillance Support",
        ),
    ),
    GroupKind(
        "Support Services",
        "department",
        12,
        (35, 50, 15),
        (
            "Estates", "Fleet Workshops", "Purchasing", "Uniform and Equipment", "Learning and Development",
            "People Services", "Finance", "Catering and Cleaning",
        ),
    ),
    GroupKind(
        "Technology and Data",
        "department",
        8,
        (75, 25, 0),
        ("Networks and Radio", "Service Desk", "Data and Analysis", "Applications", "Records"),
    ),
    GroupKind(
        "Standards",
        "directorate",
        8,
        (70, 30, 0),
        ("Conduct", "Vetting", "Inspection and Review", "Complaints", "Public Inquiry Response"),
    ),
    GroupKind(
        "Headquarters",
        "directorate",
        5,
        (85, 15, 0),
        ("Strategy and Planning", "Press and Engagement", "Legal Services"),
    ),
)  # fmt: skip

_FIRST = (
    "Thorn", "Quill", "Marrow", "Sedge", "Hollin", "Caldro", "Wrenna", "Tarn", "Brindle", "Elder", "Foxen", "Gorse",
    "Hazel", "Juniper", "Larken", "Mossen", "Bracken", "Otter", "Peregrine", "Rushen", "Sorrel", "Teasel",
    "Umber", "Yarrow",
)  # fmt: skip
_SECOND = ("reach", "garth", "hollow", "combe", "cross", "fold", "haven", "watch", "holt", "rigg", "wold", "ness")
_QUARTERS_OF_A_PLACE = ("North", "South", "East", "West", "Central")


def places() -> Iterator[str]:
    """Names of invented places, without end: first the plain ones, then their parts, then numbered ones."""
    plain = [first + _SECOND[(row + shift) % len(_SECOND)] for shift in range(12) for row, first in enumerate(_FIRST)]
    yield from plain
    for part in _QUARTERS_OF_A_PLACE:
        for place in plain:
            yield f"{place} {part}"
    for number in count(2):
        for place in plain:
            yield f"{place} {number}"


def unit_names(kind: GroupKind) -> Iterator[str]:
    """Names of a group's units, without end and without repeats."""
    if not kind.functions:
        for place in places():
            yield f"{place} Basic Command Unit"
    yield from kind.functions
    for place in places():
        for function in kind.functions:
            yield f"{function}, {place}"
