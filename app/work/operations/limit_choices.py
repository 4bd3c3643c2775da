"""To which areas and main kinds an account can be limited: those of today, by their names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import get_locale

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.geography.model import TEAM_DISTRICT, VILLAGE
from app.geography.sampling import named_areas
from app.geography.words import area_kind_words
from app.identity.administration.limit_choices import LimitChoice
from app.triage.operations import category_tree

#: By which areas work is divided among people.
_KINDS = (TEAM_DISTRICT, VILLAGE)


class AreasAndKinds:
    """The areas and main kinds of today."""

    def areas(self, transaction: Transaction, *, now: datetime) -> Sequence[LimitChoice]:
        """Return the team districts and villages of today, by kind and name. One statement."""
        named = named_areas(transaction, on=now.astimezone(LOCAL_ZONE).date())
        return [
            LimitChoice(f"{one.kind}:{one.code}", f"{area_kind_words(one.kind)} {one.name}")
            for kind in _KINDS
            for one in named
            if one.kind == kind
        ]

    def categories(self, transaction: Transaction) -> Sequence[LimitChoice]:
        """Return the main kinds in use, in their order."""
        language = str(get_locale() or "nl")
        return [
            LimitChoice(one.code, one.name.in_language(language))
            for one in category_tree(transaction).main_categories
        ]
