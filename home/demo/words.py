"""What the units of an invented force write: evidence, actions, reasons. Varied, general, and about nobody.

Numbers and choices come from the caller's generator, so that the same seed writes the same words.
"""

from __future__ import annotations

from random import Random

# For each theme: what a unit points to. {n} is a count, {share} a percentage.
EVIDENCE = {
    "leadership": (
        "Safety is a standing item at the senior team's meeting, and {n} walkabouts were made this quarter.",
        "The head of the unit opened {n} safety tours; what was seen is logged with a date for putting it right.",
        "Each member of the senior team sponsors one hazard and reports on it to the quarterly meeting.",
    ),
    "policy-governance": (
        "The local policy was reviewed and put on the notice boards of {n} sites; {share}% of staff have confirmed "
        "reading it.",
        "The meeting sat with a quorum and minutes went out within a week. Standing instructions point to the current "
        "versions.",
        "Responsibilities are written into {share}% of role profiles; the rest follow with this year's reviews.",
    ),
    "capability-competence": (
        "{share}% of officers are in date for personal safety training, and {n} supervisors passed the managers' "
        "course.",
        "The skills register is checked monthly. {n} people were booked on refreshers before their certificates "
        "lapsed.",
        "Newcomers get a local safety briefing in their first week: {share}% did this quarter.",
    ),
    "communication": (
        "{n} safety notices were issued and talked through at briefings; a spot check found that {share}% had seen "
        "the latest.",
        "Representatives were consulted on {n} changes. Answers to suggestions are posted within a fortnight.",
        "The monthly bulletin carries one lesson from an incident, here or elsewhere.",
    ),
    "risk-management": (
        "{share}% of risk assessments are in date, and {n} were rewritten after incidents.",
        "Dynamic assessments are debriefed after larger operations: {n} debriefs led to a changed control.",
        "The register of assessments was cut down to those in use and each has a named post as its owner.",
    ),
    "wellbeing": (
        "Wellbeing conversations are part of one-to-ones, and {n} champions are in post.",
        "The wellbeing group met and looked at the absence figures for each team.",
    ),
    "monitoring": (
        "{n} inspections were carried out of those planned, and {share}% of their findings are closed.",
        "Near misses reported rose to {n}. Every one had an answer from a supervisor.",
        "Incident reports are looked at within three working days; trends go to the quarterly meeting.",
    ),
    "infrastructure-assets": (
        "{share}% of vehicle and equipment checks were done on time; {n} items were taken out of use and replaced.",
        "Fire doors, lighting and stairways of {n} buildings were walked through with the facilities team.",
        "Statutory inspections of lifting gear and pressure systems are up to date, with the certificates on file.",
    ),
    "partnerships-contracts": (
        "{n} contractors signed in under the permit scheme, and two were asked for better method statements.",
        "Shared premises have a joint fire plan, and the partners' duty holders met this quarter.",
        "Safety terms are part of {share}% of local contracts; the remainder are due for renewal.",
    ),
    "change-management": (
        "An assessment went with {n} of the moves and shift changes made this quarter.",
        "The reorganisation plan has a safety section, and staff were asked before rosters were altered.",
        "A checklist for new equipment is used at the trial stage rather than at hand-over.",
    ),
    "performance-benchmarking": (
        "The unit's figures are compared with {n} similar units, and the differences were discussed at the meeting.",
        "A page of measures goes to the senior team: reports made, findings open, training in date ({share}%).",
        "Two practices were taken over from another unit after a visit.",
    ),
    "audit": (
        "The self-inspection covered {n} sites. {share}% of recommendations from the last audit are closed.",
        "A colleague from another unit sampled our assessments and agreed with most of our ratings.",
        "The audit action log is reviewed each month and overdue items go to the head of the unit.",
    ),
}
ANY_THEME = ("The quarterly meeting looked at this theme and {n} items were followed up.",)

# What a unit adds about where it stands, by level.
STANDING = {
    1: (
        "There is little in place yet and we know it; a start has been agreed.",
        "Work has not begun in most teams, and the risk is on the unit's list.",
    ),
    2: (
        "What we do still follows incidents more than it prevents them.",
        "Some teams are good at this and others wait to be told.",
        "We lean on advisers for most of it.",
    ),
    3: (
        "The basics are kept to across the unit, with few gaps.",
        "Teams know what is wanted of them and records bear it out.",
        "We meet the standard and are looking at how to do more than that.",
    ),
    4: (
        "Teams bring matters up before they become incidents.",
        "We look for problems ahead of time and can show what changed as a result.",
        "Other units have asked to see how we do this.",
    ),
    5: (
        "It runs without prompting, and holds when people move on.",
        "Staff lead on this themselves and the results have been steady for a year.",
    ),
}

# For each theme: what a unit sets out to do.
ACTIONS = {
    "leadership": ("Hold safety tours on every shift pattern", "Give each senior lead a hazard to sponsor"),
    "policy-governance": ("Rewrite the local arrangements on one page", "Set next year's meeting dates and quorum"),
    "capability-competence": ("Book lapsed personal safety training", "Brief acting supervisors on their duties"),
    "communication": ("Answer every suggestion within two weeks", "Put the latest notices on the briefing screens"),
    "risk-management": ("Review the assessments older than two years", "Debrief high-risk deployments for lessons"),
    "wellbeing": ("Name a wellbeing champion for each site",),
    "monitoring": ("Close inspection findings older than a month", "Make near misses easier to report from a phone"),
    "infrastructure-assets": ("Replace worn storage racking", "Complete the overdue vehicle equipment checks"),
    "partnerships-contracts": ("Agree a joint fire plan with co-located partners", "Check contractors' method papers"),
    "change-management": ("Add a safety step to the local change form", "Review the shift pattern after three months"),
    "performance-benchmarking": (
        "Compare injury rates with three similar units",
        "Publish a quarterly page of measures",
    ),
    "audit": ("Clear the open recommendations of the last audit", "Run a self-inspection of the smaller sites"),
}
ANY_ACTION = ("Agree the next step for this theme at the quarterly meeting",)
# What the unit says was achieved when it closes an action.
ACHIEVED = (
    "Done at every site; {n} people took part and the records are with the safety co-ordinator.",
    "Finished a month late. {share}% of what was found has been put right and the rest is on the local register.",
    "The new way of working stands in the unit’s own instructions since the last meeting.",
    "{n} checks made, no repeat of what led to the action.",
)
LEADS = (
    "Safety co-ordinator",
    "Operations manager",
    "Training lead",
    "Premises lead",
    "Duty inspector",
    "Business manager",
)

COMPLETERS = ("Safety co-ordinator", "Business support manager", "Inspector, operations support")
SIGNERS = {
    "bcu": ("Chief superintendent", "Superintendent, operations"),
    "ocu": ("Superintendent", "Chief inspector"),
    "department": ("Head of department", "Deputy head of department"),
    "directorate": ("Director", "Deputy director"),
}

NO_MEETING = (
    "The meeting was put off because of a major operation and falls in the next quarter.",
    "There was no quorum; the senior team agreed the statement by correspondence.",
)
REASONS_TO_RETURN = (
    "The evidence for {theme} describes plans rather than what was done. Say what happened this quarter.",
    "The level for {theme} went up without anything new behind it. Give the evidence or look at the level again.",
    "There is no action against {theme}, the lowest of your levels. Add what you will do and by when.",
)
REVISED = "Since it was returned: {n} records were checked and the figures above are theirs."
RETURN_NOTES = ("See the reasons below.", "Mostly, but not for the theme named below.")
ACCEPT_NOTES = ("", "", "", "Clear and to the point.", "Good use of figures.", "Improvement on last quarter.")


def evidence(theme: str, level: int | None, *, random: Random) -> str:
    """What the unit gives as evidence for its level of a theme (None where the theme is not scored)."""
    text = _filled(random.choice(EVIDENCE.get(theme, ANY_THEME)), random)
    return text if level is None else f"{text} {random.choice(STANDING[level])}"


def action_title(theme: str, *, random: Random) -> str:
    """What the unit sets out to do about a theme."""
    return random.choice(ACTIONS.get(theme, ANY_ACTION))


COMMENT_ON_RETURN = "Say what was done this quarter, with figures, and who has checked that it holds."
OWN_LOG = "The unit's own safety log has {n} entries on it."
ONE_POINT_SHORT = (
    "The last point is met in most teams and planned for the others; taken together the unit works at this level."
)


def achieved(random: Random) -> str:
    """What came of an action."""
    return _filled(random.choice(ACHIEVED), random)


def revised(text: str, *, random: Random) -> str:
    """The evidence after a return: what it said, and what was added."""
    return f"{text} {_filled(REVISED, random)}"


def _filled(text: str, random: Random) -> str:
    return text.format(n=random.randint(3, 24), share=random.randint(71, 98))
