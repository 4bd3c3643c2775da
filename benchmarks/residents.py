"""What residents send: reports in the demo's words and streets, no two alike, mixed as in life."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from uuid import uuid4

from app.entrypoints.demo.places import bins, lamp_posts, streets
from app.entrypoints.demo.stories import writings
from benchmarks.load import Request

#: Of a hundred reports: so many name their category, point at a lamp post or bin, leave an
#: address, and are said to be dangerous.
WITH_CATEGORY, WITH_ASSET, WITH_CONTACT, DANGEROUS = 60, 20, 50, 3

_BOUNDARY = "straatbeeld-6f1c2f"


def reports(port: int, *, seed: int, photo: bytes | None = None) -> Iterator[Request]:
    """Yield requests that post a report without end, with this photo or none."""
    chance = Random(seed)
    here = streets()
    lengths = [street.length_metres for street in here]
    things = {"lamp-post": lamp_posts(), "bin": bins()}
    written = writings()
    shares = [one.share for one in written]
    number = 0
    while True:
        number += 1
        one = chance.choices(written, shares)[0]
        street = chance.choices(here, lengths)[0]
        spot = street.spot(chance.uniform(0, street.length_metres), chance.uniform(-90, 90))
        body: dict[str, object] = {
            "description": f"{chance.choice(one.texts)} Nummer {seed}-{number}.",
            "location": {"type": "Point", "coordinates": [spot.longitude, spot.latitude]},
            "language": "nl",
        }
        if chance.random() * 100 < WITH_CATEGORY:
            body["category"] = one.category
        kind = "bin" if one.category.startswith("afval.") else "lamp-post"
        if chance.random() * 100 < WITH_ASSET:
            thing = chance.choice(things[kind])
            body["asset"] = str(thing.id)
            body["location"] = {
                "type": "Point",
                "coordinates": [thing.spot.longitude, thing.spot.latitude],
            }
        if chance.random() * 100 < WITH_CONTACT:
            body["contact"] = {"email": f"melder-{seed}-{number}@straatbeeld.example"}
        if chance.random() * 100 < DANGEROUS:
            body["danger"] = True
        yield _request(port, json.dumps(body).encode(), photo)


def _request(port: int, report: bytes, photo: bytes | None) -> Request:
    if photo is None:
        return [_head(port, "application/json", len(report)) + report]
    before = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="report"\r\n'
        "Content-Type: application/json\r\n\r\n"
    ).encode()
    between = (
        f'\r\n--{_BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; '
        'filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    ).encode()
    after = f"\r\n--{_BOUNDARY}--\r\n".encode()
    length = len(before) + len(report) + len(between) + len(photo) + len(after)
    head = _head(port, f"multipart/form-data; boundary={_BOUNDARY}", length)
    return [head + before + report + between, photo, after]


def _head(port: int, content_type: str, length: int) -> bytes:
    return (
        f"POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {length}\r\n"
        f"Idempotency-Key: {uuid4()}\r\nAccept: application/json\r\n\r\n"
    ).encode()
