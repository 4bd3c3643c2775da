"""Takes a call in: looks it through and keeps it as far as it came, and hands it in once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.foundation.database import Database
from app.geography.addresses import AddressBook
from app.geography.model import Spot
from app.identity.model import Limits
from app.reception.drafts import keep_content, open_draft, send_draft
from app.reception.front_desk.looking import (
    Looked,
    in_village,
    looked_at,
    placed,
    proposed,
    proposed_kind,
    villages_known,
)
from app.reception.front_desk.places import FoundPlace
from app.reception.front_desk.reading import Asked
from app.reception.model import DraftContent
from app.triage.operations import category_tree
from app.work.model import ActedBy


def look_through(
    database: Database,
    book: AddressBook,
    content: DraftContent,
    asked: Asked,
    *,
    municipality_code: str,
    limits: Limits,
    now: datetime,
    key: str | None = None,
) -> tuple[DraftContent, Looked]:
    """Return a call with all that follows from it, and what is known; with a key it is kept.

    The place is looked up before the transaction: the register of addresses may take its time.
    """
    choices: Sequence[FoundPlace] = ()
    if not (asked.is_typing_place or asked.village):
        content, choices = placed(content, book, database)
    content = _named(content, book)
    with database.transaction() as transaction:
        tree, proposals = category_tree(transaction), proposed(transaction, content.words)
        if asked.kind_follows:
            content = replace(content, category=proposed_kind(proposals))
        looked = Looked(tree, proposals, choices)
        has_words_alone = bool(content.address) and content.spot is None
        if has_words_alone and not (choices or asked.is_typing_place):
            looked = replace(looked, villages=villages_known(transaction), is_away=book.is_away())
            content = in_village(content, asked.village, looked.villages)
        content, looked = looked_at(
            transaction, content, looked, code=municipality_code, limits=limits, now=now
        )
        if key is not None:
            draft = open_draft(transaction, key, now=now)
            if not draft.is_sent:
                keep_content(transaction, draft, content, now=now)
    return content, looked


def hand_in(
    database: Database,
    key: str,
    content: DraftContent,
    *,
    language: str,
    municipality_code: str,
    by: ActedBy,
    now: datetime,
) -> None:
    """Make the report of a call, once: whoever sends it again finds the one that was made.

    Raises:
        what `receive_report` raises; then nothing was sent and what was typed is as it was.
    """
    with database.transaction() as transaction:
        draft = open_draft(transaction, key, now=now)
        if draft.is_sent:
            return
        send_draft(
            transaction,
            replace(draft, content=content),
            language=language,
            municipality_code=municipality_code,
            now=now,
            by=by,
        )


def _named(content: DraftContent, book: AddressBook) -> DraftContent:
    """Return a place on the map with the address that is nearest to it."""
    if content.spot is None or content.place_name or not content.is_pointed_at:
        return content
    nearest = book.nearest(Spot(*content.spot))
    return replace(content, place_name=nearest.label if nearest else "")
