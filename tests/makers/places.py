"""Makes a small municipality: an outline, a district, a road, lamp posts, agreements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy import text

from app.foundation.database import Transaction
from app.foundation.rule_changes import BY_COMMAND
from app.identity.model import PartyKind
from app.identity.operations import create_party
from app.routing.operations.agreements import AgreementToMake, make_agreement
from app.triage.model import Keyword, Name, Norm, Term
from app.triage.operations import CategoryToLoad, load_categories

LONG_AGO = date(2020, 1, 1)

#: A spot in the district, and one on the motorway that crosses it.
IN_DISTRICT = (4.32, 51.58)
ON_MOTORWAY = (4.375, 51.58)
ELSEWHERE = (5.0, 52.0)


@dataclass(frozen=True)
class SmallMunicipality:
    """What the maker made."""

    team_id: UUID
    contractor_id: UUID
    lamp_id: UUID
    lamp_on_motorway_id: UUID


def a_small_municipality(transaction: Transaction) -> SmallMunicipality:
    """Make it, with nothing in it but what a first report needs."""
    team = create_party(transaction, code="team", name="Team Zuid", kind=PartyKind.TEAM)
    contractor = create_party(
        transaction, code="lux", name="Lux Verlichting", kind=PartyKind.CONTRACTOR
    )
    state = create_party(
        transaction,
        code="rws",
        name="Rijkswaterstaat",
        kind=PartyKind.AUTHORITY,
        email="meldingen@rws.example",
        phone="088 000 00 02",
        web_form="https://rws.example/melden",
    )
    _area(transaction, "municipality", "GM0851", "Steenbergen", (4.2, 51.5, 4.5, 51.7))
    _area(transaction, "team-district", "zuid", "Zuid", (4.3, 51.5, 4.4, 51.7))
    _area(transaction, "road-authority", "a4", "A4", (4.37, 51.5, 4.38, 51.7))
    load_categories(
        transaction,
        [
            _main("verlichting", "Verlichting", "Lighting", 1),
            _main("wegen", "Wegen en stoepen", "Roads and pavements", 2),
            _main("overig", "Overig", "Other", 3),
            _inner("verlichting.lamp-brandt-niet", "Lamp brandt niet", "Lamp is out", 5, "lamp"),
            _inner("wegen.losse-tegel", "Losse tegel", "Loose tile", 5, "tegel"),
            _inner("overig.anders", "Anders", "Something else", 5, "iets"),
        ],
        is_demo=False,
    )
    for code, party, category, area in (
        ("lighting", contractor, "verlichting", ("team-district", "zuid")),
        ("all-in-zuid", team, None, ("team-district", "zuid")),
        ("motorway", state, None, ("road-authority", "a4")),
    ):
        make_agreement(
            transaction,
            AgreementToMake(
                code=code,
                party_id=party.id,
                category_code=category,
                area=area,
                asset_owner_id=None,
                valid_from=LONG_AGO,
            ),
            by=BY_COMMAND,
            now=datetime(2020, 1, 1, tzinfo=UTC),
        )
    return SmallMunicipality(
        team_id=team.id,
        contractor_id=contractor.id,
        lamp_id=_lamp(transaction, "L-1", IN_DISTRICT),
        lamp_on_motorway_id=_lamp(transaction, "L-2", ON_MOTORWAY),
    )


def _main(code: str, dutch: str, english: str, position: int) -> CategoryToLoad:
    return CategoryToLoad(code, None, Name(dutch, english), position)


def _inner(code: str, dutch: str, english: str, days: int, word: str) -> CategoryToLoad:
    main = code.partition(".")[0]
    return CategoryToLoad(
        code,
        main,
        Name(dutch, english),
        1,
        norm=Norm(Term(days)),
        asset_kind="lamp-post" if main == "verlichting" else None,
        join_group=main,
        keywords=(Keyword("nl", word, 2),),
    )


def _area(
    transaction: Transaction,
    kind: str,
    code: str,
    name: str,
    box: tuple[float, float, float, float],
) -> None:
    transaction.connection.execute(
        text(
            """
            INSERT INTO area (kind, code, name, shape, valid_from, source, is_demo)
            VALUES (:kind, :code, :name,
                    ST_Multi(ST_MakeEnvelope(:west, :south, :east, :north, 4326)),
                    :since, 'made for a test', false)
            """
        ),
        {
            "kind": kind,
            "code": code,
            "name": name,
            "since": LONG_AGO,
            **dict(zip(("west", "south", "east", "north"), box, strict=True)),
        },
    )


def _lamp(transaction: Transaction, number: str, spot: tuple[float, float]) -> UUID:
    lamp_id = uuid4()
    transaction.connection.execute(
        text(
            """
            INSERT INTO asset (id, kind, number, spot)
            VALUES (:id, 'lamp-post', :number, ST_SetSRID(ST_MakePoint(:x, :y), 4326))
            """
        ),
        {"id": lamp_id, "number": number, "x": spot[0], "y": spot[1]},
    )
    return lamp_id
