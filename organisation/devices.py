"""What a browser says it is, in words people know their devices by. Pure."""

from __future__ import annotations

# The first that fits counts: most browsers also name the ones they descend from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "a Chromebook"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)
UNKNOWN_BROWSER, UNKNOWN_SYSTEM = "A browser", "a device of unknown kind"


def device(user_agent: str) -> str:
    """Return such as “Edge on Windows”. What somebody's program says of itself is their own say: a hint, no proof."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), UNKNOWN_BROWSER)
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), UNKNOWN_SYSTEM)
    return f"{browser} on {system}"
