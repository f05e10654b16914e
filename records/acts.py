"""What the acts of this room are called where people read the trail. `{thing}` stands for what it was done to.

Every room has such a list; the front door puts them together (home/acts.py).
"""

ACTS = {
    "file.taken_away": "took away the bytes of {thing}",
    "file.infected": "found malicious software in {thing}",
    "hold.kept": "kept {thing}, which somebody had asked to lift",
    "hold.lift_asked": "asked to lift {thing}",
    "hold.lifted": "lifted {thing}",
    "hold.placed": "placed {thing}",
    "trail.exported": "took the trail away as a file",
    "trail.identities_erased": "erased names or network addresses from the trail",
}
