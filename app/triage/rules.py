"""Decisions of triage: which category the words point to, and when they are too unsure."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from app.triage.model import ANYTHING_ELSE, KeywordMatch, Suggestion

#: Below this the words decide nothing: the report goes to "anders" and to the desk.
#: Chosen on the sentences in tests/triage/sentences.py.
CERTAIN_ENOUGH = 0.45

#: What a single plain keyword scores; evidence of this much counts as half certain.
HALF_CERTAIN = 0.9

#: What past reports can add to a category, or take from it, at the most: less than a plain keyword
#: does, so that what administrators wrote stays first and no habit runs away with the proposals.
LEARNED_AT_MOST = 0.6
#: Words that tell so much together count for all of it; a single word never does.
ALL_OF_IT = 1.5

#: What a keyword counts for when it only says where or when: "rommel bij het bankje".
WEIGHT_OF_A_CIRCUMSTANCE = 0.3

_WHERE = re.compile(
    r"\b(?:bij|naast|achter|tegenover|langs|nabij|tussen|rond|onder|boven|op"
    r"|near|by|at|behind|beside|opposite|next to|along|around|under|above|over|on)"
    r"\s+(?:de|het|een|'t|die|dat|onze|ons|mijn|the|a|an|our|my)\s+\w+"
    # "Bij het uitlaten van de hond", "op de hoek van de straat".
    r"(?:\s+(?:van|of)\s+(?:de|het|onze|mijn|the|our|my)\s+\w+)?",
    re.IGNORECASE,
)
#: "als je de hond uitlaat," is when it was noticed, and no dog is what it is about.
_WHEN = re.compile(
    r"\b(?:als|wanneer|terwijl|when|while|walking)\s+(?:\w+\s+){0,6}\w+(?=\s*(?:[,.;!?]|$))",
    re.IGNORECASE,
)


#: Verbs whose stem is that of a thing: "gaat" is no hole ("gat"). Phrases may hold them.
_FALSE_FRIENDS = re.compile(r"\bgaat\b", re.IGNORECASE)


def without_false_friends(words: str) -> str:
    """Return the text without the verbs that full-text search takes for a thing."""
    return _FALSE_FRIENDS.sub(" , ", words)


def without_circumstances(words: str) -> str:
    """Return the text without the phrases that only say where something is, or when."""
    return _WHERE.sub(" , ", _WHEN.sub(" , ", words))


def scores(
    matches: Iterable[KeywordMatch], *, categories: int, learned: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return the score of every category that a keyword points to.

    A keyword counts for its weight times its inverse document frequency (a word that many
    categories share tells little), and a phrase for more than a single word. What past reports
    taught of the words (`learned`, for or against a category) adds to it within bounds.
    """
    total: dict[str, float] = defaultdict(float)
    for match in matches:
        rarity = math.log((categories + 1) / match.shared_by) / math.log(categories + 1)
        subject = 1.0 if match.is_the_subject or match.words > 1 else WEIGHT_OF_A_CIRCUMSTANCE
        total[match.category_code] += match.weight * rarity * math.sqrt(match.words) * subject
    for code, weight in (learned or {}).items():
        total[code] += LEARNED_AT_MOST * max(-1.0, min(1.0, weight / ALL_OF_IT))
    return {code: score for code, score in total.items() if score > 0}


def certainties(scored: dict[str, float]) -> dict[str, float]:
    """Return a certainty from 0 to 1 per category: how much it has, against all the others.

    The first factor grows with the evidence, the second falls with the strongest rival; so one
    weak word is never certain.
    """
    ranked = [*sorted(scored.values(), reverse=True), 0.0]
    certain: dict[str, float] = {}
    for code, score in scored.items():
        # The best has the second as its rival, all others have the best.
        rival = ranked[0] if score < ranked[0] else ranked[1]
        evidence = score / (score + HALF_CERTAIN)
        certain[code] = round(min(1.0, evidence * 1.25) * score / (score + 0.5 * rival), 2)
    return certain


def decide_category(suggestions: Sequence[Suggestion]) -> tuple[str, float]:
    """Return the code that the words decide on, with its certainty.

    Too unsure, two that are as likely, or nothing at all, is `overig.anders` with the certainty
    that was too low.
    """
    if not suggestions:
        return ANYTHING_ELSE, 0.0
    best = max(suggestions, key=lambda suggestion: suggestion.certainty)
    as_likely = [one for one in suggestions if one.certainty == best.certainty]
    if best.certainty < CERTAIN_ENOUGH or len(as_likely) > 1:
        return ANYTHING_ELSE, best.certainty
    return best.code, best.certainty
