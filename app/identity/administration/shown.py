"""The page of one account and what stands on it: for the views of `/beheer/accounts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.foundation.clock import LOCAL_ZONE, Clock
from app.foundation.database import Transaction
from app.foundation.provided import provided
from app.foundation.rule_changes import rule_changes
from app.foundation.settings import Settings
from app.foundation.texts import clean_text
from app.identity import operations, own_sign_ins
from app.identity.access import acting
from app.identity.administration.form import (
    FormChoices,
    TypedAccount,
    labels_of,
    limited_roles,
    party_roles,
    role_options,
)
from app.identity.administration.limit_choices import LimitChoice, LimitChoices
from app.identity.administration.operations import account_version
from app.identity.administration.words import role_sentence, role_words, ways_in_words
from app.identity.invitations import invitation
from app.identity.permissions import ROLES_WITH_SECOND_FACTOR, Role
from app.identity.records import Account, Party
from app.identity.second_factor import has_second_factor
from app.identity.ways_in import ways_in

#: The fields of the form that a second administrator may have changed meanwhile.
_COMPARED = ("name", "email", "role", "party", "areas", "categories")


def account_page(
    transaction: Transaction,
    kept: Account,
    choices: FormChoices,
    *,
    typed: TypedAccount | None = None,
    meanwhile: Mapping[str, Any] | None = None,
    refused: str | None = None,
) -> str:
    """Return the page of an account; `meanwhile` and `refused` say why nothing was done."""
    party = transaction.session.get(Party, kept.party_id) if kept.party_id else None
    role = Role(kept.role)
    present = _present(kept, party)
    return render_template(
        "identity/accounts/account.html",
        account=kept,
        role=role_words(role),
        role_sentence=role_sentence(role),
        party=party.name if party else None,
        areas=labels_of(kept.within_areas, choices.areas),
        categories=labels_of(kept.within_categories, choices.categories),
        signs_in_with=ways_in_words(ways_in(transaction, kept)),
        has_second_factor=has_second_factor(transaction, kept),
        needs_second_factor=role in ROLES_WITH_SECOND_FACTOR,
        sign_ins=own_sign_ins.sign_ins(transaction, kept.id, now=_now()),
        this_one=g.get("sign_in_id"),
        is_own=kept.id == acting().id,
        version=account_version(transaction, kept),
        seen=present,
        values=typed.values if typed else present,
        ticked=typed.ticked_ones
        if typed
        else {"areas": kept.within_areas, "categories": kept.within_categories},
        errors=typed.errors if typed else {},
        meanwhile=meanwhile,
        refused=refused,
        **form_words(choices),
    )


def changed_meanwhile(
    transaction: Transaction, kept: Account, choices: FormChoices
) -> dict[str, Any]:
    """Return what somebody else changed since the form was shown, and who that was."""
    transaction.session.refresh(kept)
    party = transaction.session.get(Party, kept.party_id) if kept.party_id else None
    present = _present(kept, party)
    latest = rule_changes(transaction, what="account", code=str(kept.id), at_most=1)
    who = None
    if latest and latest[0].by.account_id:
        people = operations.who_they_are(transaction, [latest[0].by.account_id])
        colleague = people.get(latest[0].by.account_id)
        who = colleague.name if colleague else None
    return {
        "who": who,
        "at": latest[0].at if latest else None,
        "differences": [
            (label, _in_words(name, seen, choices), _in_words(name, present[name], choices))
            for name, label in _field_labels().items()
            if (seen := clean_text(request.form.get(f"seen_{name}", ""))[:5000]) != present[name]
        ],
    }


def take_over_what_was_left_alone(
    transaction: Transaction, kept: Account, typed: TypedAccount
) -> None:
    """Let the form hold what somebody else saved, where the person who typed changed nothing."""
    party = transaction.session.get(Party, kept.party_id) if kept.party_id else None
    present = _present(kept, party)
    for name in _COMPARED:
        seen = clean_text(request.form.get(f"seen_{name}", ""))
        if name in typed.ticked_ones:
            if sorted(typed.ticked_ones[name]) == sorted(seen.split()):
                typed.ticked_ones[name] = present[name].split()
        elif typed.values.get(name) == seen:
            typed.values[name] = present[name]


def _present(kept: Account, party: Party | None) -> dict[str, str]:
    return {
        "name": kept.name,
        "email": kept.email,
        "role": kept.role,
        "party": party.code if party else "",
        "areas": " ".join(kept.within_areas),
        "categories": " ".join(kept.within_categories),
    }


def _in_words(name: str, value: str, choices: FormChoices) -> str:
    if name == "role" and value in set(Role):
        return role_words(Role(value))
    if name == "party":
        names = {one["value"]: one["label"] for one in choices.parties}
        return names.get(value, value) or "–"
    if name in {"areas", "categories"}:
        offered = choices.areas if name == "areas" else choices.categories
        return ", ".join(labels_of(value.split(), offered)) or "–"
    return value or "–"


def _field_labels() -> dict[str, str]:
    labels = (
        gettext("Name"),
        gettext("E-mail address"),
        gettext("Role"),
        gettext("Party"),
        gettext("Only in these areas"),
        gettext("Only these main kinds"),
    )
    return dict(zip(_COMPARED, labels, strict=True))


def link_page(account: Account, *, is_new: bool) -> ResponseReturnValue:
    """Show the link with which somebody chooses a password; it is kept nowhere."""
    link = invitation(account, settings=provided().get(Settings), now=_now())
    answer = make_response(
        render_template("identity/accounts/link.html", account=account, link=link, is_new=is_new)
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def form_choices(transaction: Transaction, *, kept: Account | None) -> FormChoices:
    """Return what can be chosen for an account, and what it has besides. Three statements."""
    limits = provided().get(LimitChoices)
    today = _now().astimezone(LOCAL_ZONE).date()
    return FormChoices(
        roles=role_options(),
        parties=[
            {"value": one.code, "label": one.name}
            for one in operations.parties(transaction)
            if one.ended_on is None
            or one.ended_on > today
            or (kept is not None and one.id == kept.party_id)
        ],
        areas=_with(limits.areas(transaction, now=_now()), kept.within_areas if kept else ()),
        categories=_with(limits.categories(transaction), kept.within_categories if kept else ()),
    )


def _with(offered: Sequence[LimitChoice], held: Sequence[str]) -> list[LimitChoice]:
    """Return what is offered, and what the account has though it is offered no more."""
    known = {one.value for one in offered}
    return [*offered, *(LimitChoice(one, one) for one in held if one not in known)]


def form_words(choices: FormChoices) -> dict[str, Any]:
    """Return what the fields of the form say."""
    return {
        "choices": choices,
        "party_roles": party_roles(),
        "limited_roles": limited_roles(),
        "second_factor_roles": ", ".join(
            role_words(one) for one in sorted(ROLES_WITH_SECOND_FACTOR)
        ),
    }


def _now() -> datetime:
    return provided().get(Clock).now()
