"""What the acts of this room are called where people read the trail."""

ACTS = {
    "indicators.loaded": "loaded what injury figures count",
}
