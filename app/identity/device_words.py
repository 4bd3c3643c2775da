"""On what somebody signed in, in two words: the browser and the system, nothing else of it."""

from __future__ import annotations

from typing import NamedTuple


class DeviceWords(NamedTuple):
    """A browser and a system by the names that people know; empty for what nobody recognises."""

    browser: str
    system: str


UNKNOWN_DEVICE = DeviceWords("", "")

#: What a browser says of itself → its name. The first that fits: most say they are Chrome too,
#: and nearly all that they are Safari.
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

#: The same of systems: Android says it is Linux, and an iPhone that it is like a Mac.
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> DeviceWords:
    """Return what a browser and its system are called, by what the browser says of itself."""
    return DeviceWords(_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in known if mark in user_agent), "")
