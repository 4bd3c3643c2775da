"""Draws small photos for the demo municipality, so that nobody else's pictures are needed."""

from __future__ import annotations

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

WIDTH_PX, HEIGHT_PX = 800, 600
_HORIZON_PX = 330

_Colour = tuple[int, int, int]


def draw_picture(main_category: str, *, seed: int, is_repaired: bool = False) -> bytes:
    """Return a JPEG of a street scene with the thing a main category is about.

    The same seed gives the same picture; a repaired one has brighter light and a tick.
    """
    chance = Random(seed)  # noqa: S311  # a picture, not a secret
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX))
    pen = ImageDraw.Draw(image)
    _scene(pen, chance, is_dark=main_category == "verlichting" and not is_repaired)
    draw_thing = _THINGS.get(main_category, _sign)
    draw_thing(pen, chance, is_repaired=is_repaired)
    if is_repaired:
        pen.line([(660, 520), (690, 555), (760, 470)], fill=(40, 160, 70), width=18, joint="curve")
    written = BytesIO()
    image.save(written, "JPEG", quality=82)
    return written.getvalue()


def _scene(pen: ImageDraw.ImageDraw, chance: Random, *, is_dark: bool) -> None:
    sky = (38, 44, 68) if is_dark else _shade((176, 203, 226), chance)
    ground = (58, 60, 62) if is_dark else _shade((150, 148, 143), chance)
    pen.rectangle([0, 0, WIDTH_PX, _HORIZON_PX], fill=sky)
    pen.rectangle([0, _HORIZON_PX, WIDTH_PX, HEIGHT_PX], fill=ground)
    left = -30
    while left < WIDTH_PX:
        width = chance.randint(90, 160)
        top = _HORIZON_PX - chance.randint(110, 190)
        wall = _shade((120, 74, 62), chance) if not is_dark else (52, 44, 50)
        pen.rectangle([left, top, left + width, _HORIZON_PX], fill=wall)
        roof = [(left - 6, top), (left + width // 2, top - 60), (left + width + 6, top)]
        pen.polygon(roof, fill=tuple(part // 2 for part in wall))
        for column in range(2):
            window = left + 20 + column * (width - 60)
            pane = (228, 206, 130) if is_dark and chance.random() < 0.5 else (90, 110, 128)
            pen.rectangle([window, top + 25, window + 24, top + 60], fill=pane)
        left += width + chance.randint(0, 20)
    pen.polygon(
        [(300, _HORIZON_PX), (500, _HORIZON_PX), (900, 600), (-100, 600)], fill=(84, 86, 90)
    )
    pen.line([(400, _HORIZON_PX), (400, HEIGHT_PX)], fill=(225, 225, 220), width=5)


def _lamp(pen: ImageDraw.ImageDraw, chance: Random, *, is_repaired: bool) -> None:
    foot = chance.randint(140, 260)
    pen.line([(foot, 560), (foot, 140), (foot + 90, 120)], fill=(70, 76, 80), width=12)
    pen.ellipse(
        [foot + 80, 105, foot + 140, 140], fill=(255, 236, 160) if is_repaired else (60,) * 3
    )
    if is_repaired:
        pen.polygon(
            [(foot + 85, 140), (foot + 135, 140), (foot + 220, 560), (foot, 560)],
            fill=(235, 224, 170),
        )


def _tiles(pen: ImageDraw.ImageDraw, chance: Random, *, is_repaired: bool) -> None:
    loose = chance.randint(5, 18)
    for place in range(24):
        column, row = place % 6, place // 6
        left, top = 90 + column * 105, 380 + row * 54
        shift = 0 if is_repaired or place != loose else chance.randint(14, 26)
        pen.rectangle(
            [left + shift, top - shift, left + 98 + shift, top + 48 - shift],
            fill=_shade((176, 172, 166), chance) if not shift else (140, 132, 122),
            outline=(96, 92, 88),
            width=3,
        )


def _tree(pen: ImageDraw.ImageDraw, chance: Random, *, is_repaired: bool) -> None:
    foot = chance.randint(180, 560)
    pen.rectangle([foot - 18, 250, foot + 18, 540], fill=(92, 66, 44))
    for _ in range(26):
        x, y, size = (
            foot + chance.randint(-110, 110),
            chance.randint(90, 270),
            chance.randint(40, 80),
        )
        pen.ellipse([x - size, y - size, x + size, y + size], fill=_shade((66, 118, 58), chance))
    if not is_repaired:
        pen.line([(foot + 20, 300), (foot + 230, 470)], fill=(92, 66, 44), width=16)


def _bin(pen: ImageDraw.ImageDraw, chance: Random, *, is_repaired: bool) -> None:
    left = chance.randint(200, 480)
    pen.rectangle([left, 330, left + 130, 540], fill=(44, 92, 66), outline=(24, 52, 38), width=6)
    pen.rectangle([left - 8, 310, left + 138, 340], fill=(30, 66, 48))
    for _ in range(0 if is_repaired else 18):
        x, y = left + chance.randint(-90, 200), chance.randint(270, 570)
        pen.rectangle([x, y, x + 34, y + 22], fill=_shade((200, 190, 170), chance))


def _water(pen: ImageDraw.ImageDraw, chance: Random, *, is_repaired: bool) -> None:
    if not is_repaired:
        for _ in range(5):
            x, y = chance.randint(120, 560), chance.randint(400, 520)
            pen.ellipse([x - 130, y - 36, x + 180, y + 44], fill=_shade((118, 146, 170), chance))
    pen.rectangle([360, 470, 470, 520], fill=(50, 52, 54))
    for slot in range(6):
        pen.line([(372 + slot * 17, 474), (372 + slot * 17, 516)], fill=(110, 112, 114), width=5)


def _bench(pen: ImageDraw.ImageDraw, chance: Random, *, is_repaired: bool) -> None:
    left = chance.randint(150, 380)
    for place, top in enumerate((350, 385, 430, 455)):
        if place == 1 and not is_repaired:
            continue
        pen.rectangle([left, top, left + 290, top + 18], fill=_shade((140, 96, 56), chance))
    for leg in (left + 20, left + 250):
        pen.rectangle([leg, 345, leg + 14, 545], fill=(52, 54, 56))


def _animal(pen: ImageDraw.ImageDraw, chance: Random, *, is_repaired: bool) -> None:
    if is_repaired:
        return
    x, y = chance.randint(220, 520), chance.randint(440, 520)
    pen.ellipse([x - 70, y - 30, x + 70, y + 30], fill=(80, 70, 62))
    pen.ellipse([x + 50, y - 42, x + 105, y + 4], fill=(90, 80, 72))


def _sign(pen: ImageDraw.ImageDraw, chance: Random, *, is_repaired: bool) -> None:
    foot = chance.randint(220, 560)
    lean = 0 if is_repaired else chance.randint(40, 90)
    pen.line([(foot, 560), (foot + lean, 250)], fill=(150, 152, 154), width=12)
    pen.ellipse(
        [foot + lean - 60, 150, foot + lean + 60, 270],
        fill=(244, 244, 240),
        outline=(190, 40, 40),
        width=16,
    )


def _shade(colour: _Colour, chance: Random) -> _Colour:
    by = chance.randint(-18, 18)
    red, green, blue = (max(0, min(255, part + by)) for part in colour)
    return red, green, blue


_THINGS = {
    "verlichting": _lamp,
    "wegen": _tiles,
    "groen": _tree,
    "afval": _bin,
    "water": _water,
    "meubilair": _bench,
    "dieren": _animal,
}
