"""Clashes of agreements as people read them, on every page that tells of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import flash
from flask_babel import get_locale, gettext

from app.foundation.clock import Clock
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.routing.operations.overview import Clash, are_quickly_tried, clashes, clashes_of
from app.triage.operations import category_tree


def clash_shown(one: Clash, names: dict[str, str]) -> dict[str, Any]:
    """Return what a page shows of a clash, with the address that tries its place."""
    query = {"category": one.category_code}
    if one.spot is not None:
        query |= {
            "longitude": f"{one.spot.longitude:.6f}",
            "latitude": f"{one.spot.latitude:.6f}",
        }
    return {
        "category": names.get(one.category_code, one.category_code),
        "where": ", ".join(one.where) or gettext("at the objects of an owner"),
        "chosen": one.chosen,
        "party": one.chosen_party,
        "others": one.others,
        "try": "/beheer/routering?" + urlencode(query) if one.spot is not None else None,
    }


def category_names(transaction: Transaction) -> dict[str, str]:
    """Return the names of the kinds of reports in the reader's language, by code."""
    language = str(get_locale() or "nl")
    return {
        inner.code: inner.name.in_language(language)
        for main in category_tree(transaction).main_categories
        for inner in main.categories
    }


def clashing_now(transaction: Transaction) -> dict[str, list[str]] | None:
    """Return which agreements clash today, each with those it clashes with; None is too many."""
    if not are_quickly_tried(transaction, at=provided().get(Clock).now()):
        return None
    found = clashes(
        transaction,
        list(category_names(transaction)),
        at=provided().get(Clock).now(),
        municipality_code=provided().get(Settings).municipality_code,
    )
    together: dict[str, set[str]] = {}
    for one in found:
        for code in (one.chosen, *one.others):
            together.setdefault(code, set()).update({one.chosen, *one.others} - {code})
    return {code: sorted(others) for code, others in together.items()}


def warn_of_clashes(code: str) -> None:
    """Say which agreements clash with one that was just kept: nobody waits for that any more."""
    with provided().get(Database).transaction() as transaction:
        found = clashes_of(
            transaction,
            code,
            list(category_names(transaction)),
            at=provided().get(Clock).now(),
            municipality_code=provided().get(Settings).municipality_code,
        )
    others = sorted({other for one in found for other in (one.chosen, *one.others)} - {code})
    if others:
        flash(
            gettext(
                "Another agreement gives the same work to another party, just as precisely:"
                " %(codes)s. Look at the clashes.",
                codes=", ".join(others[:5]),
            ),
            "warning",
        )
