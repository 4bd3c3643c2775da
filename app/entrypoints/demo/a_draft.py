"""A draft of the demo, so that there is something to compare: Welberg goes to the northern team."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Transaction
from app.routing.operations.agreements import AgreementToMake
from app.routing.operations.drafting import draft_agreement
from app.routing.operations.drafts import draft, make_draft

_NAME = "Welberg van zuid naar noord"

#: What the northern team would do there.
_CATEGORIES = ("wegen", "afval", "meubilair")


def make_demo_draft(transaction: Transaction, parties: dict[str, UUID], *, now: datetime) -> None:
    """Begin the draft; nothing changes by it."""
    today = now.astimezone(LOCAL_ZONE).date()
    draft_id = make_draft(transaction, _NAME, by=None, now=now, is_demo=True)
    for category in _CATEGORIES:
        draft_agreement(
            transaction,
            draft_id,
            AgreementToMake(
                code=f"welberg-{category}",
                party_id=parties["buiten-noord"],
                category_code=category,
                area=("village", "welberg"),
                asset_owner_id=None,
                valid_from=today,
            ),
            instead_of=None,
            expected_version=draft(transaction, draft_id).version,
            today=today,
        )
