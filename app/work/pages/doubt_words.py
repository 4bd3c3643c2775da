"""Why two reports are hardly about the same, in words: on the page that asks, and for many."""

from __future__ import annotations

from flask_babel import gettext

from app.work.rules import JoinDoubts
from app.work.words import distance_words


def doubt_sentences(doubts: JoinDoubts, kind: str, other_kind: str) -> list[str]:
    """Return in a sentence each how two cases differ; `kind` and `other_kind` are their names."""
    said: list[str] = []
    if doubts.is_other_kind:
        said.append(
            str(
                gettext(
                    "They are of different kinds: “%(one)s” and “%(other)s”.",
                    one=kind,
                    other=other_kind,
                )
            )
        )
    if doubts.metres is not None:
        said.append(
            str(gettext("They are %(distance)s apart.", distance=distance_words(doubts.metres)))
        )
    return said


def doubt_words(doubts: JoinDoubts) -> str:
    """Return in a few words how a case differs from the one that it would join."""
    said: list[str] = []
    if doubts.is_other_kind:
        said.append(gettext("another kind"))
    if doubts.metres is not None:
        said.append(gettext("%(distance)s away", distance=distance_words(doubts.metres)))
    return ", ".join(said)
