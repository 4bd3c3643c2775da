"""Who else a case was passed on to, when it is not ours, and how its reporter reaches them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.foundation.database import Transaction
from app.identity.model import PartyKind
from app.identity.operations import party_with_id
from app.routing.model import Because, Decision
from app.routing.operations.deciding import decisions_of_case
from app.work.model import Case


@dataclass(frozen=True, slots=True)
class Authority:
    """Somebody a case was passed on to, how they are reached, and what there is theirs."""

    name: str
    email: str | None
    phone: str | None
    web_form: str | None
    #: Why it is theirs; none where somebody of the municipality passed it on.
    because: Because | None = None

    @property
    def phone_to_dial(self) -> str:
        """The number as a telephone takes it: without the spaces and brackets people read."""
        return "".join(sign for sign in self.phone or "" if sign in "+0123456789")


def authority_of(transaction: Transaction, case: Case) -> Authority | None:
    """Return the authority that a case was passed on to; none where the case is ours."""
    if case.party_id is None or case.party_kind != PartyKind.AUTHORITY:
        return None
    return _reached(transaction, case.party_id, because=_because(transaction, case))


def authority_found(transaction: Transaction, decision: Decision) -> Authority | None:
    """Return the authority that the rules found; none where it would stay with us."""
    party = decision.party
    if party is None or party.kind != PartyKind.AUTHORITY:
        return None
    return _reached(transaction, party.id, because=decision.because)


def _reached(transaction: Transaction, party_id: UUID, *, because: Because | None) -> Authority:
    party = party_with_id(transaction, party_id)
    return Authority(party.name, party.email, party.phone, party.web_form, because)


def told_to_phones(authority: Authority | None) -> dict[str, Any] | None:
    """Return an authority as the mobile API tells it."""
    if authority is None:
        return None
    return {
        "name": authority.name,
        "webForm": authority.web_form,
        "phone": authority.phone,
        "email": authority.email,
    }


def _because(transaction: Transaction, case: Case) -> Because | None:
    """Return why the rules found this party, unless a person chose it afterwards."""
    decisions = decisions_of_case(transaction, case.id)
    if not decisions or decisions[0]["grounds"].get("party") != case.party_name:
        return None
    return Because(decisions[0]["because"])
