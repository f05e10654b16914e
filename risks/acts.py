"""What the acts of this room are called where people read the trail."""

ACTS = {
    "board-meeting.planned": "planned a meeting of the Board: {thing}",
    "control.added": "added {thing}",
    "control.ended": "ended {thing}",
    "proposal.declined": "recorded that the Board declined {thing}",
    "risk.accepted": "recorded that the Board accepted {thing}",
    "risk.assessed": "assessed a risk: {thing}",
    "risk.assessment-withdrawn": "took back {thing}",
    "risk.changed": "changed what is said of {thing}",
    "risk.decided": "recorded {thing}",
    "risk.lead-ended": "ended a {thing}",
    "risk.lead-named": "named a {thing}",
    "risk.loaded": "loaded {thing} onto the register",
    "risk.proposed": "proposed a risk to the Board: {thing}",
    "risk.told": "wrote for the Board how a risk stands: {thing}",
    "risk-scale.loaded": "loaded what likelihood, impact and scores are called",
}
