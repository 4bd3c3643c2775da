"""Every address book keeps the same promise: it knows, or it answers nothing, and never waits."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from werkzeug.wrappers import Request, Response

from app.foundation.database import Database, make_engine
from app.foundation.provided import Provided
from app.geography.address_register import LONGEST_WAIT_SECONDS, REST_SECONDS, PdokAddresses
from app.geography.addresses import (
    AddressBook,
    DemoAddresses,
    NoAddresses,
    address_book,
)
from app.geography.model import Spot
from tests.geography.register import (
    ELSEWHERE,
    KADE,
    MARKT,
    OURS,
    SECOND_MARKT,
    Register,
    a_register,
    a_silent_server,
    documents_answer,
)
from tests.makers.form_places import an_address

#: Short enough for a test; a busy machine may take as long again before it looks at the clock.
WAIT = 0.3
AT_MOST = WAIT + 1.0


@pytest.fixture
def register() -> Iterator[Register]:
    with a_register() as register:
        yield register


@dataclass
class Ticks:
    """A clock that is moved by hand."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@contextmanager
def asking(url: str, ticks: Callable[[], float], wait: float = WAIT) -> Iterator[PdokAddresses]:
    book = PdokAddresses("GM0851", url=url, wait_seconds=wait, ticks=ticks)
    try:
        yield book
    finally:
        book.close()


@pytest.fixture
def national(register: Register, ticks: Ticks) -> Iterator[PdokAddresses]:
    # Nothing here is about time, so a busy machine gets all it needs.
    with asking(register.url, ticks, wait=20) as book:
        yield book


@pytest.fixture
def own(provided: Provided) -> DemoAddresses:
    database = provided.get(Database)
    with database.transaction() as transaction:
        for one in OURS:
            transaction.connection.execute(
                text(
                    "INSERT INTO address (street, number, postcode, village, spot) VALUES"
                    " (:street, :number, :postcode, :village, ST_Point(:x, :y, 4326))"
                ),
                {
                    "street": one.street,
                    "number": one.number,
                    "postcode": one.postcode,
                    "village": one.village,
                    "x": one.spot.longitude,
                    "y": one.spot.latitude,
                },
            )
    return DemoAddresses(database)


@pytest.fixture
def nobody() -> NoAddresses:
    return NoAddresses()


@pytest.fixture(params=["own", "national"])
def knowing(request: pytest.FixtureRequest) -> AddressBook:
    """A book that knows the addresses of `OURS`."""
    book: AddressBook = request.getfixturevalue(request.param)
    return book


@pytest.fixture(params=["own", "national", "nobody"])
def book(request: pytest.FixtureRequest) -> AddressBook:
    """Any book."""
    found: AddressBook = request.getfixturevalue(request.param)
    return found


class TestABookThatKnows:
    def test_finds_an_address_by_its_words_in_any_case(self, knowing: AddressBook) -> None:
        assert list(knowing.search("markt 1 STEENBERGEN")) == [MARKT]

    def test_finds_an_address_by_its_postcode(self, knowing: AddressBook) -> None:
        assert list(knowing.search("4651BB")) == [KADE]

    def test_finds_several_but_no_more_than_asked_for(self, knowing: AddressBook) -> None:
        assert set(knowing.search("markt")) == {MARKT, SECOND_MARKT}
        assert len(knowing.search("markt", at_most=1)) == 1

    def test_finds_nothing_for_a_street_there_is_not(self, knowing: AddressBook) -> None:
        assert list(knowing.search("Champs-Élysées")) == []

    def test_tells_the_nearest_address(self, knowing: AddressBook) -> None:
        assert knowing.nearest(Spot(4.3201, 51.5859)) == KADE

    def test_tells_none_that_is_further_away_than_200_metres(self, knowing: AddressBook) -> None:
        # 0.0018 of a degree of latitude is 200.2 metres.
        assert knowing.nearest(Spot(4.3694, 51.635 + 0.00175)) == SECOND_MARKT
        assert knowing.nearest(Spot(4.3694, 51.635 + 0.00185)) is None


class TestAnyBook:
    @pytest.mark.parametrize("words", ["", "   ", "\n\t", "\x00", "\ud800", ",,,"])
    def test_finds_nothing_for_nothing(self, book: AddressBook, words: str) -> None:
        assert list(book.search(words)) == []

    @pytest.mark.parametrize(
        "words",
        [
            "%",
            "_____",
            "\\",
            "'; DROP TABLE address; --",
            "markt\x00 1",
            "mark\ud800t",
            "q=*:*&fq=gemeentecode:0363",
            "🏠",
            "<b>markt</b>",
            "a" * 100_000,
            "a " * 50_000,
        ],
    )
    def test_takes_whatever_is_typed(self, book: AddressBook, words: str) -> None:
        assert set(book.search(words)) <= set(OURS)

    @pytest.mark.parametrize("place", [(180, 90), (-180, -90), (0, 0), (51.58, 4.32)])
    def test_tells_nothing_of_a_place_far_away(
        self, book: AddressBook, place: tuple[float, float]
    ) -> None:
        assert book.nearest(Spot(*place)) is None


class TestTheAddressOfAnInstallation:
    @pytest.mark.parametrize(
        ("service", "kind"),
        [("pdok", PdokAddresses), ("demo", DemoAddresses), ("none", NoAddresses)],
    )
    def test_comes_from_the_book_that_is_set(
        self, provided: Provided, service: str, kind: type[AddressBook]
    ) -> None:
        book = address_book(service, database=provided.get(Database), municipality_code="GM0851")

        assert isinstance(book, kind)
        if isinstance(book, PdokAddresses):
            book.close()


class TestOurOwnBook:
    def test_answers_nothing_while_the_database_is_away(self) -> None:
        engine = make_engine("postgresql://127.0.0.1:1/nowhere", connections=1)

        book = DemoAddresses(Database(engine))

        assert list(book.search("markt")) == []
        assert book.nearest(MARKT.spot) is None
        assert book.is_away()

    @pytest.mark.parametrize(
        ("written", "numbers"),
        [
            # The 5 of a postcode is no number of a house.
            ("Kerkstraat 5", ["5", "5a", "54"]),
            ("kerkstraat5", ["5", "5a", "54"]),
            ("Kerkstraat 5A", ["5a"]),
            ("Kerkstraat 4651", ["1", "5", "5a", "54"]),
            ("2e Dwarsstraat 1", ["1"]),
        ],
    )
    def test_has_just_the_number_first(
        self, own: DemoAddresses, provided: Provided, written: str, numbers: list[str]
    ) -> None:
        with provided.get(Database).transaction() as transaction:
            for number in ("54", "1", "5a", "5"):
                an_address(transaction, "Kerkstraat", number, (4.32, 51.58))
            an_address(transaction, "2e Dwarsstraat", "1", (4.32, 51.58))

        assert [one.number for one in own.search(written)] == numbers

    def test_is_not_away_because_it_knows_no_such_street(self, own: DemoAddresses) -> None:
        assert list(own.search("Champs-Élysées")) == []
        assert not own.is_away()


class TestTheNationalRegister:
    def test_is_asked_for_our_own_municipality_alone(
        self, national: PdokAddresses, register: Register
    ) -> None:
        assert ELSEWHERE not in national.search("markt 1")
        assert national.nearest(ELSEWHERE.spot) == MARKT
        assert all("gemeentecode:0851" in one.args.getlist("fq") for one in register.asked)

    def test_that_tells_of_another_municipality_all_the_same_is_not_believed(
        self, national: PdokAddresses, register: Register
    ) -> None:
        register.instead = lambda _: documents_answer(
            [register.document(ELSEWHERE), register.document(MARKT)]
        )

        assert list(national.search("markt 1")) == [MARKT]

    def test_that_tells_more_than_asked_is_cut_short(
        self, national: PdokAddresses, register: Register
    ) -> None:
        register.instead = lambda _: documents_answer([register.document(MARKT)] * 9)

        assert len(national.search("markt", at_most=3)) == 3

    def test_that_proposes_without_places_is_asked_for_each(
        self, national: PdokAddresses, register: Register
    ) -> None:
        register.leaves_places_out = True

        assert list(national.search("kade")) == [KADE]
        assert [one.path.rsplit("/", 1)[-1] for one in register.asked] == ["suggest", "lookup"]

    @pytest.mark.parametrize(
        "broken",
        [
            {},
            None,
            "adr-1",
            ["id"],
            {"centroide_ll": None, "id": 7},
            {"centroide_ll": "POINT(1.2.3 4)"},
            {"centroide_ll": "POINT(999 51)"},
            {"centroide_ll": "POINT(nan nan)"},
            {"centroide_ll": {"x": 1}},
        ],
    )
    def test_that_tells_one_thing_wrong_is_believed_for_the_rest(
        self, national: PdokAddresses, register: Register, broken: object
    ) -> None:
        register.instead = lambda _: documents_answer([broken, register.document(KADE)])

        assert list(national.search("kade")) == [KADE]

    def test_is_asked_once_in_an_hour_for_the_same(
        self, national: PdokAddresses, register: Register, ticks: Ticks
    ) -> None:
        for words in ("Kade 12", " kade  12 "):
            national.search(words)
        for aside in (0.0, 0.000001):
            national.nearest(Spot(4.32 + aside, 51.586))
        within_an_hour = len(register.asked)
        ticks.now += 3601

        national.search("Kade 12")

        assert [within_an_hour, len(register.asked)] == [2, 3]

    def test_is_asked_once_also_for_what_it_does_not_know(
        self, national: PdokAddresses, register: Register
    ) -> None:
        for _ in range(3):
            assert national.nearest(Spot(4.0, 51.0)) is None

        assert len(register.asked) == 1


def fails(status: int) -> Callable[[Request], Response]:
    return lambda _: Response("sorry", status=status)


def says(body: str | bytes) -> Callable[[Request], Response]:
    return lambda _: Response(body, content_type="application/json")


FAULTS = {
    "500": fails(500),
    "503": fails(503),
    "too many requests": fails(429),
    "a redirect": lambda _: Response(status=302, headers={"Location": "http://127.0.0.1:1/"}),
    "nothing": says(""),
    "no JSON": says("<html>"),
    "no text": says(b"\xff\xfe\x00"),
    "another JSON": says("[1, 2]"),
    "null": says("null"),
    "documents that are none": says('{"response": {"docs": 7}}'),
    "deep": says("[" * 200_000),
    "long": says(b'{"response": {"docs": []}}' + b" " * 600_000),
}


class TestARegisterThatFails:
    @pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
    def test_answers_nothing_and_is_left_alone_for_a_while(
        self,
        national: PdokAddresses,
        register: Register,
        ticks: Ticks,
        fault: Callable[[Request], Response],
    ) -> None:
        register.instead = fault

        first = list(national.search("kade"))
        meanwhile = [*national.search("markt"), national.nearest(MARKT.spot)]
        was_away = national.is_away()
        asked_while_it_rests = len(register.asked)
        register.instead = None
        ticks.now += REST_SECONDS + 0.1
        afterwards = list(national.search("kade"))

        assert (first, meanwhile, asked_while_it_rests) == ([], [None], 1)
        assert (was_away, national.is_away()) == (True, False)
        assert afterwards == [KADE]

    @pytest.mark.parametrize("status", [400, 403, 404, 414])
    def test_is_asked_the_next_question_when_it_only_said_no_to_one(
        self, national: PdokAddresses, register: Register, status: int
    ) -> None:
        register.instead = fails(status)
        first = list(national.search("(("))
        register.instead = None

        assert first == []
        assert not national.is_away()
        assert list(national.search("kade")) == [KADE]

    def test_still_tells_what_is_kept(self, national: PdokAddresses, register: Register) -> None:
        national.search("kade")
        register.instead = fails(500)
        national.search("markt")

        assert list(national.search("kade")) == [KADE]


def hangs(_: socket.socket) -> None:
    time.sleep(AT_MOST + 1)


def drips(connection: socket.socket) -> None:
    """Send a header for ever, a little at a time: no read of it ever takes long."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(60):
        connection.sendall(b"X-%d: x\r\n" % number)
        time.sleep(0.05)


def drips_its_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    for _ in range(60):
        connection.sendall(b" ")
        time.sleep(0.05)


def hangs_up(_: socket.socket) -> None:
    return


class TestARegisterThatIsSlow:
    @pytest.mark.parametrize("say", [hangs, drips, drips_its_body, hangs_up])
    def test_is_not_waited_for_longer_than_it_may_take(
        self, ticks: Ticks, say: Callable[[socket.socket], None]
    ) -> None:
        with a_silent_server(say) as url, asking(url, ticks) as book:
            begun = time.monotonic()
            found = list(book.search("markt"))
            waited = time.monotonic() - begun
            while_it_rests = book.nearest(MARKT.spot)
            waited_again = time.monotonic() - begun - waited

        assert (found, while_it_rests) == ([], None)
        assert waited < AT_MOST
        assert waited_again < WAIT

    def test_that_is_not_there_answers_nothing(self, ticks: Ticks) -> None:
        with asking("http://127.0.0.1:1/", ticks) as book:
            assert list(book.search("markt")) == []

    def test_has_two_seconds_in_an_installation(self, register: Register) -> None:
        def answer_late(request: Request) -> Response:
            time.sleep(3)
            return register.answer(request)

        register.instead = answer_late
        book = PdokAddresses("GM0851", url=register.url)

        begun = time.monotonic()
        found = list(book.search("markt"))
        waited = time.monotonic() - begun
        book.close()

        assert LONGEST_WAIT_SECONDS == 2.0
        assert found == []
        assert 1.9 < waited < 2.9

    def test_is_asked_so_many_questions_at_once_and_no_more(
        self, register: Register, ticks: Ticks
    ) -> None:
        may_answer = threading.Event()

        def answer_late(request: Request) -> Response:
            may_answer.wait(20)
            return register.answer(request)

        register.instead = answer_late
        with asking(register.url, ticks, wait=20) as book:
            threads = [
                threading.Thread(target=book.search, args=(f"markt {number}",))
                for number in range(8)
            ]
            for thread in threads:
                thread.start()
            deadline = time.monotonic() + 10
            while len(register.asked) < len(threads) and time.monotonic() < deadline:
                time.sleep(0.02)
            one_more = list(book.search("kade"))
            may_answer.set()
            for thread in threads:
                thread.join()

        assert one_more == []
        assert len(register.asked) == 8
