"""Who is responsible: the order of the rules, whatever order the agreements come in."""

from __future__ import annotations

from itertools import permutations
from uuid import UUID, uuid4

from app.routing.model import Agreement, Because, Defect, PartyOfAgreement
from app.routing.rules import responsible_party

DISTRICT = ("team-district", "zuid")
ROAD = ("road-authority", "a4")
OWNER = uuid4()


def an_agreement(
    code: str,
    *,
    category: str | None = None,
    area: tuple[str, str] | None = DISTRICT,
    owner: UUID | None = None,
    priority: int = 0,
) -> Agreement:
    return Agreement(
        id=uuid4(),
        code=code,
        party=PartyOfAgreement(uuid4(), f"party-of-{code}", code.title(), "team"),
        category_code=category,
        area_kind=area[0] if area else None,
        area_code=area[1] if area else None,
        asset_owner_id=owner,
        priority=priority,
    )


def a_defect(*areas: tuple[str, str], owner: UUID | None = None, has_asset: bool = False) -> Defect:
    return Defect(
        category_code="wegen.losse-tegel",
        areas=frozenset(areas or {DISTRICT}),
        area_names={DISTRICT: "Zuid", ROAD: "A4"},
        has_asset=has_asset,
        asset_owner_id=owner,
    )


class TestTheMostPreciseAgreement:
    def test_wins_in_every_order(self) -> None:
        agreements = [
            an_agreement("everything"),
            an_agreement("main", category="wegen"),
            an_agreement("inner", category="wegen.losse-tegel"),
            an_agreement("another", category="groen"),
        ]

        chosen = {
            responsible_party(order, defect=a_defect()).agreement
            for order in permutations(agreements)
        }

        assert chosen == {agreements[2]}

    def test_of_equal_ones_has_the_highest_priority_then_the_first_code(self) -> None:
        agreements = [
            an_agreement("b", priority=1),
            an_agreement("c", priority=1),
            an_agreement("a"),
        ]

        decision = responsible_party(agreements, defect=a_defect())

        assert decision.agreement is agreements[0]


class TestARoadOfAnotherAuthority:
    def test_takes_everything_on_it(self) -> None:
        ours = an_agreement("ours", category="wegen.losse-tegel")
        theirs = an_agreement("theirs", area=ROAD)

        decision = responsible_party([ours, theirs], defect=a_defect(DISTRICT, ROAD))

        assert decision.because is Because.ROAD_AUTHORITY
        assert decision.area_name == "A4"

    def test_leaves_an_asset_of_ours_to_us_and_says_so(self) -> None:
        ours = an_agreement("ours", category="wegen.losse-tegel")
        theirs = an_agreement("theirs", area=ROAD)

        decision = responsible_party(
            [ours, theirs], defect=a_defect(DISTRICT, ROAD, has_asset=True)
        )

        assert decision.agreement is ours
        assert [(looked.agreement, looked.why) for looked in decision.considered] == [
            ("theirs", "an-asset-of-ours-was-named"),
            ("ours", "covers-the-place-and-the-category"),
        ]


class TestTheOwnerOfAnAsset:
    def test_comes_before_the_road(self) -> None:
        owners = an_agreement("owners", area=None, owner=OWNER)
        theirs = an_agreement("theirs", area=ROAD)

        decision = responsible_party(
            [theirs, owners], defect=a_defect(ROAD, owner=OWNER, has_asset=True)
        )

        assert decision.because is Because.ASSET_OWNER


class TestNobody:
    def test_is_an_answer_with_what_was_considered(self) -> None:
        decision = responsible_party(
            [an_agreement("elsewhere", area=("team-district", "noord"))], defect=a_defect()
        )

        assert decision.party is None
        assert [looked.why for looked in decision.considered] == ["another-area"]
