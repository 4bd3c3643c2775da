"""What the demo's desk writes more often, and the short lists it chooses from."""

from __future__ import annotations

from datetime import datetime

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_DEMO
from app.triage.model import Name
from app.work.operations.choices import ChoiceList, add_choice
from app.work.operations.standard_texts import UsedFor, add_standard_text

_TEXTS = (
    (
        UsedFor.WAITING,
        None,
        "Wacht op onderdelen van een ander",
        "[naam] moet dit eerst herstellen. Wij verwachten dat dit klaar is op [datum].",
    ),
    (
        UsedFor.WAITING,
        None,
        "Vraag naar de plek",
        "Wij kunnen de plek niet vinden. Kunt u zeggen bij welk huisnummer het is?",
    ),
    (
        UsedFor.CLOSING,
        None,
        "Gaat mee met gepland werk",
        "Wij werken hier vanaf [datum]. Dan pakken wij dit meteen mee.",
    ),
    (
        UsedFor.CLOSING,
        None,
        "Niet van de gemeente",
        "Deze plek is van [eigenaar]. U kunt het daar melden.",
    ),
)

_CAUSES = (
    ("Slijtage", "Wear"),
    ("Weer", "Weather"),
    ("Aanrijding", "Collision"),
    ("Vandalisme", "Vandalism"),
    ("Boomwortels", "Tree roots"),
    ("Werk van een ander", "Work of somebody else"),
)

_THIRD_PARTIES = ("Netbeheerder", "Waterbedrijf", "Telecombedrijf", "Verzekeraar")


def load_texts_and_lists(transaction: Transaction, *, now: datetime) -> None:
    """Give the demo municipality standard texts, causes and third parties."""
    for used_for, category, title, words in _TEXTS:
        add_standard_text(
            transaction,
            used_for=used_for,
            category_code=category,
            title=title,
            words=words,
            by=BY_DEMO,
            now=now,
            is_demo=True,
        )
    lists = {
        ChoiceList.CAUSE: _CAUSES,
        ChoiceList.THIRD_PARTY: tuple((name, name) for name in _THIRD_PARTIES),
    }
    for on, names in lists.items():
        for dutch, english in names:
            add_choice(transaction, on, Name(dutch, english), by=BY_DEMO, now=now, is_demo=True)
