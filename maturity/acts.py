"""What the acts of this room are called where people read the trail."""

ACTS = {
    "edition.loaded": "loaded {thing} of the maturity model",
    "edition.prompts_reworded": "reworded the prompts of {thing}",
    "edition.put_in_use": "put {thing} of the maturity model in use",
    "edition.standards_loaded": "loaded the standards of {thing} of the maturity model",
    "target.entered": "entered the target {thing}",
    "target.superseded": "superseded the target {thing}",
}
