"""A small application with every part of the look and every map, for eyes and for tests."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, flash, g, make_response, render_template, request, url_for
from flask_babel import Babel

from app.foundation.assets import STATIC_FOLDER, asset_url
from app.maps.model import GeoJSON, TileSource
from app.maps.operations import picker_map, public_map, spot_map

ROOT = STATIC_FOLDER.parent
STAGES = (
    "received",
    "assigned",
    "planned",
    "in-progress",
    "waiting",
    "resolved",
    "closed-without-work",
    "referred",
)
CATEGORIES = {
    "verlichting": "Verlichting",
    "verlichting.lamp-brandt-niet": "Lamp brandt niet",
    "wegen": "Wegen en stoepen",
    "wegen.losse-tegel": "Losse of verzakte tegel",
    "groen": "Groen en bomen",
    "groen.boom-of-tak": "Boom of tak",
    "afval": "Afval",
    "afval.volle-prullenbak": "Volle prullenbak",
    "water": "Riool en water",
    "water.verstopte-put": "Verstopte put of kolk",
    "meubilair": "Straatmeubilair en spelen",
    "meubilair.bank": "Bank",
    "dieren": "Dieren",
    "dieren.ratten": "Ratten",
    "overig": "Overig",
    "overig.anders": "Anders",
}
INNER = [code for code in CATEGORIES if "." in code]
VILLAGES = {
    "Steenbergen": (4.320, 51.584),
    "Dinteloord": (4.370, 51.634),
    "Nieuw-Vossemeer": (4.218, 51.589),
    "Kruisland": (4.401, 51.571),
    "De Heen": (4.271, 51.609),
    "Welberg": (4.322, 51.571),
}
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'self'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: A transparent pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63600000"
    "00000200015e6af72b0000000049454e44ae426082"
)


def demo_areas(kind: str) -> GeoJSON:
    """Return the demo municipality's own areas of one kind."""
    path = ROOT / "app/entrypoints/demo/data/areas.geojson"
    everything = json.loads(path.read_text(encoding="utf-8"))
    return {
        "type": "FeatureCollection",
        "features": [f for f in everything["features"] if f["properties"]["kind"] == kind],
    }


def some_cases(how_many: int = 60) -> list[dict[str, Any]]:
    """Return cases spread over the villages, the same every time."""
    dice = random.Random(7)
    found = []
    for number in range(how_many):
        longitude, latitude = dice.choice(list(VILLAGES.values()))
        category = dice.choice(INNER)
        found.append(
            {
                "type": "Feature",
                "id": f"SB-{1000 + number}",
                "geometry": {
                    "type": "Point",
                    "coordinates": [
                        round(longitude + dice.gauss(0, 0.006), 5),
                        round(latitude + dice.gauss(0, 0.0035), 5),
                    ],
                },
                "properties": {
                    "category": category,
                    "main": category.split(".")[0],
                    "status": dice.choice(STAGES[:5]),
                    "reportedOn": f"2026-11-{1 + number % 22:02}",
                    "dueOn": "2026-11-30",
                    "party": "Buitendienst Steenbergen",
                },
            }
        )
    return found


def some_works() -> list[dict[str, Any]]:
    """Return two planned works: a street and a square."""

    def a_work(title: str, geometry: dict[str, Any], hindrance: str) -> dict[str, Any]:
        return {
            "type": "Feature",
            "id": title,
            "geometry": geometry,
            "properties": {
                "title": {"nl": title, "en": title},
                "startsOn": "2026-12-01",
                "endsOn": "2026-12-18",
                "kind": "road",
                "hindrance": hindrance,
            },
        }

    line = [[4.310, 51.592], [4.318, 51.594], [4.330, 51.592]]
    square = [[4.366, 51.640], [4.372, 51.640], [4.372, 51.643], [4.366, 51.643], [4.366, 51.640]]
    return [
        a_work("Nieuw asfalt Westdam", {"type": "LineString", "coordinates": line}, "detour"),
        a_work("Riolering Havenkwartier", {"type": "Polygon", "coordinates": [square]}, "closed"),
    ]


def make_app(*, tile_url: str = "none", templates: Path | None = None) -> Flask:
    """Return the application; `app.config["CASES"]` is what the map's data answers."""
    app = Flask(
        "tests.maps.pages_app",
        root_path=str(ROOT),
        static_folder=str(STATIC_FOLDER),
        template_folder=str(templates or ROOT / "templates"),
    )
    app.jinja_loader.searchpath.append(str(Path(__file__).parent / "templates"))  # type: ignore[union-attr]  # there is one
    app.config.update(
        SECRET_KEY="for trying alone",
        TESTING=True,
        CASES=some_cases(),
        UPLOADS=[],
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "app/translations"),
    )
    Babel(app, locale_selector=language, default_locale="nl")
    tile = TileSource.from_setting(tile_url, "Kaartgegevens © Kadaster")
    outline, villages = demo_areas("municipality"), demo_areas("village")

    @app.context_processor
    def of_every_page() -> dict[str, object]:
        staff = SimpleNamespace(name="Anja de Wit", may=lambda permission: True)
        return {
            "asset": asset_url,
            "csp_nonce": nonce,
            "csrf_token": lambda: "a-token",
            "language": language(),
            "settings": SimpleNamespace(
                municipality_name="Steenbergen",
                accent_colour=request.args.get("accent", "green"),
                contact_phone="14 0167",
            ),
            "acting": staff if request.args.get("staff") else None,
            "sign_out_url": "/uitloggen",
        }

    @app.after_request
    def with_policy(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce())
        return answer

    @app.get("/")
    def live_map() -> str:
        parts = public_map(
            outline=outline, villages=villages, tile=tile, nonce=nonce(), categories=CATEGORIES
        )
        return render_template(
            "publishing/map.html",
            map=parts,
            categories=CATEGORIES,
            cases=[row_of(case) for case in app.config["CASES"][:20]],
            total=len(app.config["CASES"]),
            works=[],
            chosen={"category": "", "status": ""},
            page=1,
            pages=3,
            page_link=lambda number: f"/?pagina={number}",
        )

    @app.get("/plek")
    def picker() -> str:
        parts = picker_map(
            outline=outline, villages=villages, tile=tile, nonce=nonce(), places_url="/places"
        )
        return render_template("picker_page.html", map=parts)

    @app.get("/hier")
    def spot() -> str:
        parts = spot_map(
            (4.3175, 51.5835),
            outline=outline,
            villages=villages,
            tile=tile,
            nonce=nonce(),
            label="Lamp brandt niet, Kade 4",
            category="verlichting.lamp-brandt-niet",
            stage="in-progress",
        )
        return render_template("spot_page.html", map=parts, title="Lamp brandt niet")

    @app.get("/onderdelen")
    def style_guide() -> str:
        if request.args.get("flash"):
            flash("Uw opmerking is bewaard.", "ok")
        wrong = {
            "description": "Schrijf op wat er aan de hand is.",
            "kind": "Kies een soort melding.",
        }
        return render_template(
            "style_guide.html", errors=wrong if request.args.get("errors") else {}, stages=STAGES
        )

    @app.get("/berichten/stand")
    def notices() -> dict[str, object]:
        return {"unseen": 2, "shown": "2", "words": "2 new notices", "newest": None}

    @app.get("/fout/<int:code>")
    def error(code: int) -> str:
        return render_template(f"_page/{code}.html", retry_after_seconds=12)

    @app.get("/map/cases.geojson")
    def cases() -> Response:
        shown = app.config["CASES"]
        if category := request.args.get("category"):
            shown = [
                case
                for case in shown
                if category in (case["properties"]["main"], case["properties"]["category"])
            ]
        return versioned({"type": "FeatureCollection", "features": shown})

    @app.get("/map/works.geojson")
    def works() -> Response:
        return versioned({"type": "FeatureCollection", "features": some_works()})

    @app.get("/places")
    def places() -> Response | tuple[dict[str, object], int]:
        longitude, latitude = float(request.args["lon"]), float(request.args["lat"])
        if latitude > 51.7:
            return {"title": "Outside"}, 422
        return make_response(
            {
                "address": {"text": "Kade 4, Steenbergen"},
                "areas": [{"kind": "village", "code": "steenbergen", "name": "Steenbergen"}],
                "assets": [
                    {
                        "id": f"lamp-{number}",
                        "kind": "lamp-post",
                        "number": f"STB-{number:04}",
                        "location": {
                            "type": "Point",
                            "coordinates": [longitude + 0.0002 * number, latitude + 0.0001],
                        },
                        "distanceMetres": 14.0 * number,
                        "openCase": {"reference": "SB-1001"} if number == 2 else None,
                    }
                    for number in (1, 2, 3)
                ],
            }
        )

    @app.post("/photos")
    def take_photo() -> tuple[dict[str, str], int]:
        photo = request.files["photo"]
        if photo.filename and "wrong" in photo.filename:
            return {"detail": "Dit is geen foto."}, 400
        app.config["UPLOADS"].append(photo.filename)
        return {"id": str(len(app.config["UPLOADS"])), "removeUrl": url_for("remove_photo")}, 201

    @app.post("/photos/remove")
    def remove_photo() -> tuple[str, int]:
        return "", 204

    @app.get("/tiles/<int:z>/<int:x>/<int:y>.png")
    def tiles(z: int, x: int, y: int) -> Response:
        return Response(PIXEL, mimetype="image/png")

    return app


def nonce() -> str:
    """Return the nonce of this answer."""
    if "nonce" not in g:
        g.nonce = b64encode(random.randbytes(16)).decode()
    return str(g.nonce)


def language() -> str:
    """Return the language asked for."""
    return "en" if request.args.get("taal") == "en" else "nl"


def versioned(answer: dict[str, Any]) -> Response:
    """Return GeoJSON with an entity tag, or 304."""
    response = make_response(answer)
    response.mimetype = "application/geo+json"
    response.add_etag()
    response.make_conditional(request)
    return response


def row_of(case: dict[str, Any]) -> SimpleNamespace:
    """Return a case as the page's list wants it."""
    properties = case["properties"]
    return SimpleNamespace(
        reference=case["id"],
        category_code=properties["category"],
        category_name=CATEGORIES[properties["category"]],
        stage=properties["status"],
        reported_on="3 november",
    )


if __name__ == "__main__":
    make_app().run(port=8765)
