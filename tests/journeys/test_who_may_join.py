"""Whoever reports joins what everyone sees, and learns nothing of what is hidden or blurred."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.foundation.provided import Provided
from app.intake.operations import move_reports
from app.photos.operations.coming_in import examine, stored_originals
from app.photos.storage import PhotoStore
from app.triage.operations import category
from app.work.model import ActedBy, DeskReason
from app.work.operations.cases import case_by_reference
from app.work.operations.desk import close_without_work, merge_case, reopen_case
from app.work.operations.lists import desk_entries_of_case
from app.work.operations.recategorising import change_category
from app.work.operations.repair_photos import add_repair_photos
from app.work.operations.tasks import tasks_of_case
from app.work.refusals import CaseOpenAtAsset
from tests.makers.places import IN_DISTRICT, SmallMunicipality, a_small_municipality
from tests.photos.pictures import a_jpeg

LAMP = "verlichting.lamp-brandt-niet"
TILE = "wegen.losse-tegel"
DESK = ActedBy("account")

Report = Callable[..., dict[str, Any]]


@pytest.fixture
def place(provided: Provided) -> SmallMunicipality:
    with provided.get(Database).transaction() as transaction:
        return a_small_municipality(transaction)


@pytest.fixture
def report(web: FlaskClient, place: SmallMunicipality) -> Report:  # it is there
    """Report as a phone does; somebody else's tile is open near by."""

    def hand_in(words: str = "Lamp uit", **more: object) -> dict[str, Any]:
        longitude, latitude = IN_DISTRICT
        body = {
            "description": words,
            "location": {"type": "Point", "coordinates": [longitude, latitude]},
            **more,
        }
        answered = web.post("/api/v1/reports", json=body)
        assert answered.status_code == 201, answered.text
        said: dict[str, Any] = answered.get_json()
        return said

    hand_in("Iets anders hier vlakbij", category="overig.anders")
    return hand_in


def show(provided: Provided, code: str, visibility: str) -> None:
    with provided.get(Database).transaction() as transaction:
        transaction.connection.execute(
            text("UPDATE category SET public_visibility = :visibility WHERE code = :code"),
            {"visibility": visibility, "code": code},
        )


def suspected(provided: Provided, reference: str) -> list[object]:
    """Return of which cases the desk is asked whether this one is the same."""
    with provided.get(Database).transaction() as transaction:
        found = case_by_reference(transaction, reference)
        return [
            entry.details["case"]
            for entry in desk_entries_of_case(transaction, found.id)
            if entry.reason is DeskReason.POSSIBLE_DUPLICATE
        ]


def repair(provided: Provided, reference: str) -> None:
    """Let the party of a case add a photo of the repair."""
    with (
        stored_originals(provided.get(PhotoStore), [examine(a_jpeg())]) as originals,
        provided.get(Database).transaction() as transaction,
    ):
        found = case_by_reference(transaction, reference)
        (task,) = tasks_of_case(transaction, found.id)
        add_repair_photos(
            transaction, task, originals, by=ActedBy("partner"), now=provided.get(Clock).now()
        )


def repair_photos_seen(web: FlaskClient, said: dict[str, Any]) -> int:
    answered = web.get(
        f"/api/v1/reports/{said['id']}", headers={"Authorization": f"Bearer {said['token']}"}
    )
    return len(answered.get_json()["repairPhotos"])


def joined_by(provided: Provided, said: dict[str, Any]) -> object:
    with provided.get(Database).transaction() as transaction:
        return transaction.connection.scalar(
            text("SELECT joined_by FROM report WHERE id = :id"), {"id": said["id"]}
        )


class TestAReportAtAnObject:
    @pytest.mark.parametrize("visibility", ["blurred", "hidden"])
    def test_opens_a_case_beside_one_that_strangers_may_not_see(
        self, report: Report, provided: Provided, place: SmallMunicipality, visibility: str
    ) -> None:
        show(provided, LAMP, visibility)
        secret = report(category=LAMP, asset=str(place.lamp_id))

        said = report(category=LAMP, asset=str(place.lamp_id))

        assert said["case"] == {
            "reference": said["reference"],
            "status": "assigned",
            "joined": False,
        }
        assert secret["reference"] not in str(said)
        assert suspected(provided, said["reference"]) == [secret["reference"]]
        assert suspected(provided, secret["reference"]) == []

    def test_joins_the_one_that_everyone_sees_though_a_secret_one_is_older(
        self, report: Report, provided: Provided, place: SmallMunicipality
    ) -> None:
        show(provided, LAMP, "hidden")
        report(category=LAMP, asset=str(place.lamp_id))
        seen = report(category=TILE, asset=str(place.lamp_id))
        with provided.get(Database).transaction() as transaction:
            transaction.connection.execute(
                text("UPDATE defect_case SET category_group = 'verlichting'")
            )
            transaction.connection.execute(
                text("UPDATE category SET join_group = 'verlichting' WHERE code = :code"),
                {"code": TILE},
            )

        said = report(category=LAMP, asset=str(place.lamp_id))

        assert (said["case"]["joined"], said["case"]["reference"]) == (True, seen["reference"])
        assert joined_by(provided, said) == "same-asset"
        assert joined_by(provided, seen) == "opened"


class TestARecategorisedCase:
    def test_becomes_no_second_one_that_everyone_sees(
        self, report: Report, provided: Provided, place: SmallMunicipality
    ) -> None:
        show(provided, LAMP, "hidden")
        hidden = report(category=LAMP, asset=str(place.lamp_id))
        seen = report(category=TILE, asset=str(place.lamp_id))
        database = provided.get(Database)

        with database.transaction() as transaction:
            tile = category(transaction, TILE)
            with pytest.raises(CaseOpenAtAsset) as refused:
                change_category(
                    transaction,
                    hidden["reference"],
                    category=tile,
                    by=DESK,
                    now=provided.get(Clock).now(),
                )

        assert refused.value.reference == seen["reference"]

    def test_is_reopened_beside_another_where_it_is_hidden(
        self, report: Report, provided: Provided, place: SmallMunicipality
    ) -> None:
        show(provided, LAMP, "hidden")
        first = report(category=LAMP, asset=str(place.lamp_id))
        now = provided.get(Clock).now()
        with provided.get(Database).transaction() as transaction:
            close_without_work(
                transaction, first["reference"], reason="not-a-defect", by=DESK, now=now
            )
        report(category=LAMP, asset=str(place.lamp_id))

        with provided.get(Database).transaction() as transaction:
            reopened = reopen_case(transaction, first["reference"], by=DESK, now=now)

        assert reopened.is_open


class TestNamingACase:
    def test_of_another_kind_opens_one_and_asks_the_desk(
        self, report: Report, provided: Provided
    ) -> None:
        tile = report("Losse tegel", category=TILE)

        said = report("Lamp uit", category=LAMP, sameAs=tile["reference"])

        assert said["case"]["joined"] is False
        assert suspected(provided, said["reference"]) == [tile["reference"]]

    def test_of_another_kind_by_its_words_opens_one_too(
        self, report: Report, provided: Provided
    ) -> None:
        tile = report("Losse tegel", category=TILE)

        said = report("De lamp doet het niet", sameAs=tile["reference"])

        assert said["category"]["code"] == LAMP
        assert said["case"]["joined"] is False
        assert suspected(provided, said["reference"]) == [tile["reference"]]

    def test_joins_where_the_words_point_to_no_kind(
        self, report: Report, provided: Provided
    ) -> None:
        tile = report("Losse tegel", category=TILE)

        said = report("Het is er nog steeds", sameAs=tile["reference"])

        assert said["case"]["reference"] == tile["reference"]
        assert joined_by(provided, said) == "reporter"

    def test_that_is_blurred_tells_at_no_object_whether_it_is_there(
        self, report: Report, provided: Provided, place: SmallMunicipality
    ) -> None:
        show(provided, LAMP, "blurred")
        blurred = report(category=LAMP, asset=str(place.lamp_id))
        with provided.get(Database).transaction() as transaction:
            # Two objects close by: one of them is where the case is.
            transaction.connection.execute(
                text("UPDATE asset SET spot = (SELECT spot FROM asset WHERE id = :id)"),
                {"id": place.lamp_id},
            )

        answers = [
            report(category=LAMP, asset=str(asset), sameAs=blurred["reference"])["case"]["joined"]
            for asset in (place.lamp_id, place.lamp_on_motorway_id)
        ]

        assert answers == [False, False]


class TestPhotosOfTheRepair:
    @pytest.mark.parametrize(("visibility", "seen"), [("exact", 1), ("blurred", 0)])
    def test_are_for_whoever_joined_by_their_word_only_where_everyone_sees_the_case(
        self, web: FlaskClient, report: Report, provided: Provided, visibility: str, seen: int
    ) -> None:
        show(provided, TILE, visibility)
        tile = report("Losse tegel", category=TILE)
        said = report("Ook gezien", category=TILE, sameAs=tile["reference"])
        repair(provided, tile["reference"])

        assert said["case"]["joined"] is True
        assert repair_photos_seen(web, said) == seen
        assert repair_photos_seen(web, tile) == 1
        page = web.get(said["followUrl"].removeprefix("http://localhost"))
        assert page.status_code == 200

    def test_stay_closed_when_the_case_they_joined_becomes_part_of_another(
        self, web: FlaskClient, report: Report, provided: Provided
    ) -> None:
        show(provided, TILE, "blurred")
        other, tile = (report("Losse tegel", category=TILE) for _ in range(2))
        said = report("Ook gezien", category=TILE, sameAs=tile["reference"])
        repair(provided, other["reference"])

        with provided.get(Database).transaction() as transaction:
            merged, into = merge_case(
                transaction,
                tile["reference"],
                other["reference"],
                by=DESK,
                now=provided.get(Clock).now(),
            )
            move_reports(transaction, from_case=merged.id, to_case=into.id)

        assert (joined_by(provided, said), joined_by(provided, tile)) == ("reporter", "staff")
        assert repair_photos_seen(web, said) == 0
        assert repair_photos_seen(web, tile) == 1
