"""What the acts of this room are called where people read the trail."""

ACTS = {
    "indicators.loaded": "loaded what injury figures count",
    "injury-figures.custody_corrected": "corrected {thing}",
    "injury-figures.custody_recorded": "recorded {thing}",
    "injury-figures.custody_withdrawn": "withdrew {thing}",
    "injury-figures.downloaded": "took injury figures away as a file",
    "injury-figures.imported": "imported {thing}",
    "injury-figures.mapping_loaded": "loaded how the columns of incident files are read",
    "injury-figures.undone": "undid the import of {thing}",
    "working-time.corrected": "corrected a reading: {thing}",
    "working-time.recorded": "recorded a reading: {thing}",
    "working-time.target_set": "set a target: {thing}",
    "working-time.target_superseded": "superseded a target by another: {thing}",
    "working-time.withdrawn": "withdrew a reading: {thing}",
}
