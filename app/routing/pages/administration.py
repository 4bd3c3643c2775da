"""`/beheer`: the way to every page of administration, and what was changed of the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, get_locale, gettext
from werkzeug.exceptions import HTTPException

from app.foundation.clock import LOCAL_ZONE
from app.foundation.database import Database, Transaction
from app.foundation.provided import provided
from app.foundation.rule_changes import (
    ChangedThrough,
    RuleChange,
    rule_change_counts,
    rule_changes,
)
from app.foundation.texts import clean_text
from app.foundation.windows import windows_of, windows_written
from app.identity.access import open_to
from app.identity.administration.words import account_value_words
from app.identity.operations import parties, who_they_are
from app.identity.permissions import Permission
from app.routing.asked import Asked
from app.routing.change_words import called_words, code_words, field_words, thing_words, value_words
from app.routing.operations.asking import asked_of_reports
from app.routing.pages.answers_shown import conditions_written
from app.triage.operations import names_of_categories
from app.triage.words import noted_value_words

blueprint = Blueprint("administration", __name__, url_prefix="/beheer")

ON_A_PAGE = 30

#: Values that say nothing was filled in.
_NOTHING: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """A change as people read it; `differences` are (what, before, after)."""

    when: str
    who: str
    thing: str
    code: str
    #: The code as people read it, with the kind of area in words.
    called: str
    what: str
    how: str
    differences: list[tuple[str, str, str]]


@blueprint.get("")
@open_to(Permission.ADMINISTER)
def index() -> ResponseReturnValue:
    """Show the pages of administration that there are, with a sentence each."""
    wanted = (
        (
            "gebieden",
            "areas",
            gettext("Areas"),
            gettext("Villages, districts and roads, with their edges."),
        ),
        (
            "objecten",
            "objects",
            gettext("Objects"),
            gettext("Lamp posts, bins and what else has a number."),
        ),
        (
            "accounts",
            "people",
            gettext("Accounts"),
            gettext("Who works here: invite, change, end, sign-ins."),
        ),
        (
            "inzage",
            "clock",
            gettext("Openings of contact details"),
            gettext("Who looked at the details of a reporter, and when."),
        ),
        ("werkafspraken", "agreement", gettext("Agreements"), gettext("Who does what where.")),
        (
            "uitvoerders",
            "people",
            gettext("Parties"),
            gettext("Teams, contractors and authorities, with hours and a stand-in."),
        ),
        (
            "soorten",
            "kinds",
            gettext("Kinds of reports"),
            gettext("Names, questions and how fast each kind is handled."),
        ),
        (
            "standaardteksten",
            "text",
            gettext("Standard texts"),
            gettext("Texts that reporters read more often, causes, and third parties to wait for."),
        ),
        (
            "kalender",
            "calendar",
            gettext("Calendar"),
            gettext("Days off, and when a working day begins and ends."),
        ),
        (
            "routering",
            "pin",
            gettext("Try a place"),
            gettext("Point at a place and see who gets a report, and why."),
        ),
        (
            "wat-als",
            "what-if",
            gettext("What if"),
            gettext("Compare changed rules with the past first."),
        ),
        ("wijzigingen", "clock", gettext("Changes"), gettext("Who changed which rule, when.")),
    )
    # What an installation has not is not offered.
    return render_template(
        "routing/administration.html",
        entries=[
            {"href": f"/beheer/{path}", "icon": icon, "name": name, "sentence": sentence}
            for path, icon, name, sentence in wanted
            if _is_there(f"/beheer/{path}")
        ],
    )


@blueprint.get("/wijzigingen")
@open_to(Permission.ADMINISTER)
def changes() -> ResponseReturnValue:
    """Show what was changed of the rules, the newest first; of one thing where it is asked for."""
    what = clean_text(request.args.get("what", ""))[:40] or None
    code = clean_text(request.args.get("code", ""))[:200] or None
    typed = request.args.get("page", "")
    page = max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
    with provided().get(Database).transaction() as transaction:
        counts = rule_change_counts(transaction)
        found = rule_changes(
            transaction, what=what, code=code, at_most=ON_A_PAGE + 1, skip=(page - 1) * ON_A_PAGE
        )
        accounts = who_they_are(transaction, _accounts_in(found))
        names = {str(one.id): one.name for one in parties(transaction)}
        names |= _category_names(transaction, found)
        asked = asked_of_reports(transaction)
    return render_template(
        "routing/changes.html",
        changes=[
            _shown(one, {key: who.name for key, who in accounts.items()}, names, asked)
            for one in found[:ON_A_PAGE]
        ],
        things=[
            {"value": one, "label": f"{thing_words(one)} ({many})"} for one, many in counts.items()
        ],
        what=what or "",
        code=code or "",
        page=page,
        newer=_link(page - 1) if page > 1 else None,
        older=_link(page + 1) if len(found) > ON_A_PAGE else None,
    )


def _accounts_in(found: Sequence[RuleChange]) -> set[UUID]:
    """Return the accounts that made the changes, and those that were changed."""
    changed = {UUID(one.code) for one in found if one.what == "account"}
    return changed | {one.by.account_id for one in found if one.by.account_id}


def _category_names(transaction: Transaction, found: Sequence[RuleChange]) -> dict[str, str]:
    told = (noted.get("category") for one in found for noted in (one.before, one.after) if noted)
    known = names_of_categories(transaction, {code for code in told if isinstance(code, str)})
    language = str(get_locale() or "nl")
    return {code: name.in_language(language) for code, name in known.items()}


def _link(page: int) -> str:
    return "/beheer/wijzigingen?" + urlencode({**request.args.to_dict(), "page": page})


def _is_there(path: str) -> bool:
    try:
        current_app.create_url_adapter(request).match(path, method="GET")  # type: ignore[union-attr]  # there is a request
    except HTTPException:
        return False
    return True


def _shown(
    one: RuleChange, accounts: Mapping[Any, str], parties: Mapping[str, str], asked: Asked
) -> ChangeShown:
    if one.by.through is ChangedThrough.PAGE:
        who = accounts.get(one.by.account_id, gettext("Somebody"))
    elif one.by.through is ChangedThrough.COMMAND:
        who = gettext("A command")
    elif one.by.through is ChangedThrough.PROVIDER:
        who = gettext("The account of the organisation")
    else:
        who = gettext("The demo")
    if one.before is None:
        how = gettext("made")
    elif one.after is None:
        how = gettext("taken away")
    else:
        how = gettext("changed")
    before, after = one.before or {}, one.after or {}
    is_whole = one.before is None or one.after is None
    return ChangeShown(
        when=str(format_datetime(one.at.astimezone(LOCAL_ZONE), "d MMM y HH:mm")),
        who=who,
        thing=thing_words(one.what),
        code=one.code,
        called=accounts.get(UUID(one.code), one.code)
        if one.what == "account"
        else called_words(one.what, one.code, after or before),
        what=one.what,
        how=how,
        differences=[
            (
                field_words(name),
                _value(name, before.get(name), parties, asked),
                _value(name, after.get(name), parties, asked),
            )
            for name in dict.fromkeys([*before, *after])
            if before.get(name) != after.get(name)
            # Made without it, or taken away without it: a dash says nothing.
            and not (is_whole and before.get(name) in _NOTHING and after.get(name) in _NOTHING)
        ],
    )


def _value(name: str, value: object, parties: Mapping[str, str], asked: Asked) -> str:
    language = str(get_locale() or "nl")
    if name in {"windows", "hours"} and isinstance(value, list) and value:
        return "\n".join(windows_written(windows_of(value), language=language))
    if name != "code" and isinstance(value, str) and value in parties:
        return parties[value]
    if name == "answers" and isinstance(value, Mapping) and value:
        return "\n".join(conditions_written(asked, value, None))
    if name == "area" and isinstance(value, str):
        return called_words("area", value, {})
    return (
        code_words(name, value)
        or noted_value_words(name, value)
        or account_value_words(name, value)
        or value_words(value)
    )
