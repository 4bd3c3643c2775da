"""Measures one 12-megapixel photo made safe, beside Pillow alone making the same pictures."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict

_SIZE = (4000, 3000)
_ROUNDS = 15
#: What a phone makes of 12 megapixels.
_WANTED_BYTES = 3_000_000


class PhotoFigures(TypedDict):
    """One photo made safe, in a process that does nothing else; medians of several rounds.

    `ratio_to_pillow` is our CPU time over that of Pillow's own draft, decode, resize and encode of
    the same three pictures in the same process; `memory_mb` is what the first photo raised
    the peak by, codecs included; `examine_ms` is what the request pays at the door.
    """

    photo_bytes: int
    wall_ms: float
    cpu_ms: float
    memory_mb: float
    pillow_cpu_ms: float
    ratio_to_pillow: float
    examine_ms: float


def measure(drawn: bytes) -> PhotoFigures:
    """Measure with this photo in a fresh process."""
    with TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        photo.write_bytes(drawn)
        answer = subprocess.run(
            [sys.executable, "-m", "benchmarks.photo_made_safe", "--inside", str(photo)],
            check=True,
            capture_output=True,
            text=True,
        )
    figures: PhotoFigures = json.loads(answer.stdout)
    return figures


def noisy_photo() -> bytes:
    """Return a JPEG of 12 megapixels and about 3 MB, with EXIF that turns it."""
    from PIL import Image

    shape = Image.radial_gradient("L").resize(_SIZE)
    grain = Image.effect_noise(_SIZE, 30)
    streets = Image.linear_gradient("L").rotate(30).resize(_SIZE)
    picture = Image.merge(
        "RGB",
        [
            Image.blend(part, grain, 0.25)
            for part in (shape, streets, Image.blend(shape, streets, 0.5))
        ],
    )
    exif = Image.Exif()
    exif[0x0112] = 6
    quality, content = 95, b""
    while quality > 50:
        file = BytesIO()
        picture.save(file, "JPEG", quality=quality, exif=exif)
        content = file.getvalue()
        if len(content) <= _WANTED_BYTES * 1.1:
            break
        quality -= 1
    return content


def _measure_inside(photo: Path) -> PhotoFigures:
    content = photo.read_bytes()
    # Before anything was decoded: afterwards Pillow's emptied memory hides what a photo takes.
    # The first run pays for loading the codecs too; every process does that once.
    import app.photos.rendering  # noqa: F401  # loaded before it is measured

    memory_mb = _peak_growth_mb(lambda: _make_safe(content))
    ours: list[tuple[float, float]] = []
    pillow: list[tuple[float, float]] = []
    examined: list[tuple[float, float]] = []
    for _ in range(_ROUNDS):
        # In turn, so that a busy moment of the machine falls on both.
        ours.append(_times(lambda: _make_safe(content)))
        pillow.append(_times(lambda: _pillow_alone(content)))
        examined.append(_times(lambda: _examine(content)))
    cpu_ms = statistics.median(cpu for _, cpu in ours)
    pillow_cpu_ms = statistics.median(cpu for _, cpu in pillow)
    return PhotoFigures(
        photo_bytes=len(content),
        wall_ms=round(statistics.median(wall for wall, _ in ours), 1),
        cpu_ms=round(cpu_ms, 1),
        memory_mb=round(memory_mb, 1),
        pillow_cpu_ms=round(pillow_cpu_ms, 1),
        ratio_to_pillow=round(cpu_ms / pillow_cpu_ms, 3),
        examine_ms=round(statistics.median(wall for wall, _ in examined), 2),
    )


def _make_safe(content: bytes) -> None:
    from app.photos.model import PhotoKind
    from app.photos.rendering import make_safe

    make_safe(content, PhotoKind.JPEG)


def _examine(content: bytes) -> None:
    from app.photos.operations.coming_in import examine

    examine(content)


def _pillow_alone(content: bytes) -> None:
    """Make the same three pictures in the shortest way Pillow has, lying on their side.

    The settings are ours, so that the ratio says what our care costs and nothing else.
    """
    from PIL import Image

    with Image.open(BytesIO(content)) as photo:
        photo.draft("RGB", (1600, 1200))
        large = photo.resize((1600, 1200), Image.Resampling.BICUBIC, reducing_gap=2.0)
    small = large.resize((320, 240), Image.Resampling.BICUBIC, reducing_gap=2.0)
    large.save(BytesIO(), "WEBP", quality=78, method=2)
    small.save(BytesIO(), "WEBP", quality=78, method=2)
    large.save(BytesIO(), "JPEG", quality=80)


def _times(do: Callable[[], None]) -> tuple[float, float]:
    """Return wall and CPU milliseconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    do()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def _peak_growth_mb(do: Callable[[], None]) -> float:
    """Return by how much the peak of memory in use rose; nought where the system tells no peak."""
    peak_reset = Path("/proc/self/clear_refs")
    if not peak_reset.exists():
        return 0.0
    # 5 sets the peak back to what is in use now (man 5 proc).
    peak_reset.write_text("5")
    before = _status_kb("VmRSS")
    do()
    return (_status_kb("VmHWM") - before) / 1024


def _status_kb(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    return 0


def main() -> None:
    """Print the figures as JSON."""
    figures = (
        _measure_inside(Path(sys.argv[2])) if "--inside" in sys.argv else measure(noisy_photo())
    )
    json.dump(figures, sys.stdout, indent=None if "--inside" in sys.argv else 2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
