"""A register of addresses on this machine that answers as PDOK's Locatieserver does."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from app.geography.model import Address, Spot
from app.geography.rules import metres_between

MARKT = Address("Markt", "1", "4651AA", "Steenbergen", Spot(4.3194, 51.5842))
KADE = Address("Kade", "12-a", "4651BB", "Steenbergen", Spot(4.32, 51.586))
SECOND_MARKT = Address("Markt", "2", "4671AA", "Dinteloord", Spot(4.3694, 51.635))
OURS = (MARKT, KADE, SECOND_MARKT)

#: There is a second Steenbergen, in Drenthe.
ELSEWHERE = Address("Markt", "1", "9307PA", "Steenbergen", Spot(4.3195, 51.58425))

_MUNICIPALITY_OF = dict.fromkeys(OURS, "0851") | {ELSEWHERE: "1699"}

Answer = Callable[[Request], Response]


@dataclass
class Register:
    """The double: what it was asked, and how it answers."""

    url: str = ""
    asked: list[Request] = field(default_factory=list)
    #: Replaces the answer, to be slow, wrong or silent.
    instead: Answer | None = None
    #: Whether proposals come without a place, so that each must be looked up.
    leaves_places_out: bool = False

    def __call__(self, environ: Any, start: Any) -> Any:  # noqa: ANN401  # as WSGI has it
        """Answer a request, as a WSGI application."""
        request = Request(environ)
        self.asked.append(request)
        answer = self.instead(request) if self.instead else self.answer(request)
        return answer(environ, start)

    def answer(self, request: Request) -> Response:
        """Answer as the register does: a Solr result with documents."""
        wanted = request.args
        service = request.path.rsplit("/", 1)[-1]
        found = list(_MUNICIPALITY_OF)
        for limit in wanted.getlist("fq"):
            name, _, value = limit.partition(":")
            if name == "gemeentecode":
                found = [one for one in found if _MUNICIPALITY_OF[one] == value]
        if service == "suggest":
            words = re.findall(r"\w+", wanted["q"].lower())
            found = [
                one for one in found if words and all(word in one.label.lower() for word in words)
            ]
        elif service == "reverse":
            here = Spot(float(wanted["lon"]), float(wanted["lat"]))
            found.sort(key=lambda one: metres_between(here, one.spot))
            within = float(wanted["distance"])
            found = [one for one in found if metres_between(here, one.spot) <= within]
        else:
            found = [one for one in found if _id(one) == wanted["id"]]
        leave_out = self.leaves_places_out and service == "suggest"
        documents = [self.document(one, leave_out=leave_out) for one in found]
        return documents_answer(documents[: int(wanted.get("rows", 10))])

    def document(self, address: Address, *, leave_out: bool = False) -> dict[str, object]:
        """Return an address as the register tells it."""
        told: dict[str, object] = {
            "id": _id(address),
            "straatnaam": address.street,
            "huis_nlt": address.number,
            "postcode": address.postcode,
            "woonplaatsnaam": address.village,
            "gemeentecode": _MUNICIPALITY_OF[address],
        }
        if not leave_out:
            told["centroide_ll"] = f"POINT({address.spot.longitude} {address.spot.latitude})"
        return told


def documents_answer(documents: object) -> Response:
    """Return documents the way Solr wraps them."""
    return Response(
        json.dumps({"response": {"numFound": 1, "start": 0, "docs": documents}}),
        content_type="application/json;charset=utf-8",
    )


def _id(address: Address) -> str:
    return f"adr-{abs(hash(address.label + _MUNICIPALITY_OF[address])):x}"


@contextmanager
def a_register() -> Iterator[Register]:
    """Run the double on a port of its own."""
    register = Register()
    server = make_server("127.0.0.1", 0, register, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]  # that of the threaded server
    register.url = f"http://127.0.0.1:{server.server_port}/search/v3_1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield register
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def a_silent_server(say: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that takes a connection and then does with it what `say` does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stopped = threading.Event()

        def serve() -> None:
            with suppress(OSError):
                while not stopped.is_set():
                    connection, _ = server.accept()
                    with connection, suppress(OSError):
                        say(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            stopped.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)
