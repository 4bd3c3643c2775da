"""The form of an account: what was typed, what is not right about it, what has changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import request
from flask_babel import gettext

from app.foundation.errors import FieldError
from app.foundation.typed_forms import Typed
from app.identity.administration.limit_choices import LimitChoice
from app.identity.administration.model import LONGEST_NAME, AccountToKeep
from app.identity.administration.words import role_words
from app.identity.model import Limits
from app.identity.permissions import ROLES_OF_A_PARTY, ROLES_WITH_LIMITS, Role

#: Fields of which there may be several.
_SEVERAL = ("areas", "categories")


@dataclass(slots=True)
class TypedAccount(Typed):
    """The form as it was sent, with the areas and main kinds that were ticked."""

    ticked_ones: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormChoices:
    """What can be chosen in the form."""

    roles: Sequence[Mapping[str, str]]
    parties: Sequence[Mapping[str, str]]
    areas: Sequence[LimitChoice]
    categories: Sequence[LimitChoice]


def read_account(typed: TypedAccount, choices: FormChoices) -> AccountToKeep | None:
    """Return the account that was typed, or None with the reasons in `typed.errors`."""
    name = typed.text("name", most=LONGEST_NAME)
    email = typed.text("email", most=254)
    if not email and "email" not in typed.errors:
        typed.errors["email"] = gettext("This is not an e-mail address.")
    role = typed.choice("role", [one.value for one in Role])
    party = typed.text("party", most=60)
    for several, offered in (("areas", choices.areas), ("categories", choices.categories)):
        sent = request.form.getlist(several)[:1000]
        known = {one.value for one in offered}
        typed.ticked_ones[several] = [one for one in sent if one in known]
        if set(sent) - known:
            typed.errors[several] = gettext("Choose from the list.")
    if not role and "role" in typed.errors:
        typed.errors["role"] = gettext("Choose what this person does.")
    if typed.errors:
        return None
    return AccountToKeep(
        email=email,
        name=name,
        role=Role(role),
        party=party or None,
        limits=Limits(*(tuple(typed.ticked_ones[several]) for several in _SEVERAL)),
    )


def say_errors(typed: Typed, errors: Sequence[FieldError]) -> None:
    """Say what was refused in the reader's language, at its field."""
    sentences: Mapping[tuple[str, str], str] = {
        ("name", "missing"): gettext("Write the name as colleagues know it."),
        ("email", "no-address"): gettext("This is not an e-mail address."),
        ("email", "taken"): gettext(
            "There is an account with this address already. Look for it in the list, also among"
            " the ended ones."
        ),
        ("party", "missing"): gettext("This role works for a party: choose which."),
    }
    for one in errors:
        typed.errors[one.field] = sentences.get((one.field, one.code), one.detail)


def role_options() -> list[dict[str, str]]:
    """Return the roles to choose from."""
    return [{"value": one.value, "label": role_words(one)} for one in Role]


def party_roles() -> str:
    """Return the roles that need a party, in a sentence."""
    return ", ".join(role_words(one) for one in Role if one in ROLES_OF_A_PARTY)


def limited_roles() -> str:
    """Return the roles that can be limited, in a sentence."""
    return ", ".join(role_words(one) for one in Role if one in ROLES_WITH_LIMITS)


def labels_of(values: Sequence[str], choices: Sequence[LimitChoice]) -> list[str]:
    """Return what was chosen in words; what is offered no more by its code."""
    named = {one.value: one.label for one in choices}
    return [named.get(one, one) for one in values]
