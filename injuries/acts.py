"""What the acts of this room are called where people read the trail."""

ACTS = {
    "indicators.loaded": "loaded what injury figures count",
    "injury-figures.downloaded": "took injury figures away as a file",
}
