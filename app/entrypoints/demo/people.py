"""The demo's parties, agreements, and sign-ins with random passwords."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_DEMO
from app.foundation.settings import Settings
from app.foundation.windows import kept_windows, read_windows
from app.identity.model import PartyKind
from app.identity.operations import create_account, create_partner_client, create_party
from app.identity.permissions import ROLES_WITH_SECOND_FACTOR, Role
from app.identity.second_factor import give_app
from app.routing.operations.agreements import AgreementToMake, make_agreement

CREDENTIALS = "demo-credentials.json"

#: Demo agreements hold from before the oldest report that `demo fill` makes.
AGREED_SINCE = date(2020, 1, 1)

_PARTIES = (
    ("buiten-noord", "Buitendienst noord", PartyKind.TEAM),
    ("buiten-zuid", "Buitendienst zuid", PartyKind.TEAM),
    ("groen", "Groenploeg", PartyKind.TEAM),
    ("lichtwacht", "Lichtwacht BV", PartyKind.CONTRACTOR),
    ("piket", "Piketdienst", PartyKind.CONTRACTOR),
    ("provincie-noord-brabant", "Provincie Noord-Brabant", PartyKind.AUTHORITY),
    ("rijkswaterstaat", "Rijkswaterstaat", PartyKind.AUTHORITY),
    ("waterschap-brabantse-delta", "Waterschap Brabantse Delta", PartyKind.AUTHORITY),
)

#: Where the demo's authorities are reached. Names that are reserved for examples, and numbers that
#: nobody has: so nobody bothers a real authority with the demo.
_PHONES = {
    "provincie-noord-brabant": "088 000 00 01",
    "rijkswaterstaat": "088 000 00 02",
    "waterschap-brabantse-delta": "088 000 00 03",
}

#: The waters of the water board, and what it does there; drains and a tile beside them stay ours.
_WATERS = ("vliet", "haven-steenbergen", "dintel", "sloot-molendijk")
_WATER_CATEGORY = "water.sloot-of-oever"

#: When the teams and the lighting contractor are at work; what is urgent goes to the on-call party
#: outside these hours.
_HOURS = {
    "buiten-noord": "doordeweeks 7:30-16:00",
    "buiten-zuid": "doordeweeks 7:30-16:00",
    "lichtwacht": "doordeweeks 8:00-17:00",
}
_ON_CALL = "piket"

#: What both outdoor teams do in their own district. Nobody has agreed on wasps, and "anders" is
#: for the desk: so the demo shows what happens then.
_TEAM_CATEGORIES = (
    "wegen",
    "afval",
    "water",
    "meubilair",
    "dieren.dood-dier",
    "dieren.ratten",
    "dieren.hondenpoep",
    "overig.voertuigwrak",
)

_STAFF = (
    ("beheer", "Ans Vermeulen", Role.ADMINISTRATOR, None),
    ("balie", "Bram de Wit", Role.DESK, None),
    ("regie", "Hanna Smits", Role.COORDINATOR, None),
    ("analyse", "Ivo Claessen", Role.ANALYST, None),
    ("ploegbaas", "Jet Adriaansen", Role.TEAM_LEAD, "buiten-noord"),
    ("noord", "Carla Hoek", Role.CREW, "buiten-noord"),
    ("zuid", "Daan Maas", Role.CREW, "buiten-zuid"),
    ("groen", "Els van Dongen", Role.CREW, "groen"),
    ("licht", "Faris Amrani", Role.CONTRACTOR, "lichtwacht"),
    ("piket", "Gijs van Dijk", Role.CONTRACTOR, "piket"),
)


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """The ids of the demo's parties by code, and of its accounts by the name before the @."""

    parties: dict[str, UUID]
    accounts: dict[str, UUID]


def make_parties(transaction: Transaction) -> dict[str, UUID]:
    """Make the demo's parties, with the hours of some; return their ids by code."""
    made = {
        code: create_party(
            transaction,
            code=code,
            name=name,
            kind=kind,
            email=f"meldingen@{code}.example" if kind is PartyKind.AUTHORITY else None,
            phone=_PHONES.get(code),
            web_form=f"https://{code}.example/melden" if kind is PartyKind.AUTHORITY else None,
            is_demo=True,
        )
        for code, name, kind in _PARTIES
    }
    for code, hours in _HOURS.items():
        made[code].hours = kept_windows(read_windows([hours]))
        made[code].stand_in_id = made[_ON_CALL].id
    transaction.session.flush()
    return {code: party.id for code, party in made.items()}


def make_agreements(
    transaction: Transaction, parties: dict[str, UUID], *, municipality_code: str, now: datetime
) -> None:
    """Make the demo's agreements: who does what where."""

    def agree(
        code: str,
        party: str,
        category: str | None,
        *,
        area: tuple[str, str] | None = None,
        owner: str | None = None,
    ) -> None:
        make_agreement(
            transaction,
            AgreementToMake(
                code=code,
                party_id=parties[party],
                category_code=category,
                area=area,
                asset_owner_id=parties[owner] if owner else None,
                valid_from=AGREED_SINCE,
                is_demo=True,
            ),
            by=BY_DEMO,
            now=now,
        )

    agree("verlichting", "lichtwacht", "verlichting", area=("lighting-contract", "verlichting"))
    agree("groen", "groen", "groen", area=("municipality", municipality_code))
    for district in ("noord", "zuid"):
        for category in _TEAM_CATEGORIES:
            agree(
                f"{district}-{category.replace('.', '-')}",
                f"buiten-{district}",
                category,
                area=("team-district", district),
            )
    for water in _WATERS:
        agree(
            water,
            "waterschap-brabantse-delta",
            _WATER_CATEGORY,
            area=("water-authority", water),
        )
    agree("a4", "rijkswaterstaat", None, area=("road-authority", "a4"))
    for road in ("n257", "n268"):
        agree(road, "provincie-noord-brabant", None, area=("road-authority", road))
    agree("lampen-provincie", "provincie-noord-brabant", None, owner="provincie-noord-brabant")


def make_sign_ins(
    transaction: Transaction, parties: dict[str, UUID], *, settings: Settings, now: datetime
) -> tuple[dict[str, UUID], dict[str, object]]:
    """Make accounts and a partner's client; return the accounts' ids and what signs them in."""
    accounts: dict[str, UUID] = {}
    staff: list[dict[str, str | None]] = []
    for name_before_at, name, role, party in _STAFF:
        email = f"{name_before_at}@straatbeeld.example"
        password = "-".join(secrets.token_hex(3) for _ in range(3))
        account = create_account(
            transaction,
            email=email,
            name=name,
            role=role,
            password=password,
            now=now,
            party_id=parties[party] if party else None,
            is_demo=True,
        )
        accounts[name_before_at] = account.id
        told = {"email": email, "password": password, "role": role.value, "party": party}
        if role in ROLES_WITH_SECOND_FACTOR:
            told["one_time_key"] = give_app(transaction, account, settings=settings)
        staff.append(told)
    client, secret = create_partner_client(
        transaction, party_id=parties["lichtwacht"], now=now, is_demo=True
    )
    partner = {"client_id": client.client_id, "client_secret": secret, "party": "lichtwacht"}
    return accounts, {"staff": staff, "partners": [partner]}


def write_credentials(data_dir: Path, credentials: dict[str, object]) -> Path:
    """Write what signs the demo's people in, readable by the owner of the installation alone."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / CREDENTIALS
    being_written = path.with_suffix(".new")
    being_written.unlink(missing_ok=True)
    handle = os.open(being_written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(credentials, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    being_written.replace(path)
    return path
