"""Makes a photo safe in a process of its own, so that no picture can take the worker along."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Final

from app.photos.model import PhotoKind, Rendition
from app.photos.rendering import HeicNotInstalled, SafePhoto, Undecodable, make_safe

#: By the clock, on a machine that has no processor to spare. That is not the picture's fault.
_LONGEST_WAIT_SECONDS: Final = 240
#: Photos that need no process of their own go first.
_NICER: Final = 10


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one picture may take: bytes of address space, which is more than is used, and seconds
    of a processor.

    Of the photos that may come in, the largest takes half a gigabyte and the slowest two seconds.
    """

    memory_bytes: int = 640 * 1024 * 1024
    seconds: int = 20


_BOUNDS: Final = Bounds()

#: None of our secrets; and threads that do not each take address space for memory of their own.
_WHAT_IT_KNOWS: Final = {
    "MALLOC_ARENA_MAX": "1",
    **{name: os.environ[name] for name in ("LD_LIBRARY_PATH", "LANG") if name in os.environ},
}

_NO_PICTURE, _NO_HEIC = 3, 4
#: How a process ends that a picture broke: in its decoder, or by its bounds.
_BROKEN_BY_THE_PICTURE = {
    -signal.SIGSEGV,
    -signal.SIGABRT,
    -signal.SIGBUS,
    -signal.SIGFPE,
    -signal.SIGILL,
    -signal.SIGXCPU,
}


class OwnProcessDied(Exception):
    """The process that made a photo safe was killed by others, or got no time. Worth a try."""


def make_safe_apart(original: bytes, kind: PhotoKind, bounds: Bounds = _BOUNDS) -> SafePhoto:
    """Return the renditions of `original`, as `make_safe` does, made in a process of its own.

    Raises:
        Undecodable: no picture can be made of it within the bounds.
        HeicNotInstalled: it is a HEIC photo, and nothing here reads those.
        OwnProcessDied: it is not known whether a picture can be made.
    """
    command = [sys.executable, "-I", "-m", __name__, kind.value]
    command += [str(bounds.memory_bytes), str(bounds.seconds)]
    try:
        ended = subprocess.run(
            command,
            env=_WHAT_IT_KNOWS,
            input=original,
            capture_output=True,
            timeout=_LONGEST_WAIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as waited:
        raise OwnProcessDied(f"no end after {_LONGEST_WAIT_SECONDS} seconds") from waited
    said = ended.stderr.decode("utf-8", "replace").strip()
    if ended.returncode == 0:
        return _read(BytesIO(ended.stdout))
    if ended.returncode == _NO_HEIC:
        raise HeicNotInstalled
    if ended.returncode == _NO_PICTURE:
        raise Undecodable(said)
    if ended.returncode in _BROKEN_BY_THE_PICTURE:
        raise Undecodable(f"its process ended by {signal.Signals(-ended.returncode).name}")
    last_line = said.splitlines()[-1] if said else ""
    raise OwnProcessDied(f"its process ended with {ended.returncode}: {last_line}")


def _write(safe: SafePhoto, to: BinaryIO) -> None:
    told = {
        "width_px": safe.width_px,
        "height_px": safe.height_px,
        "sizes": {rendition.value: len(content) for rendition, content in safe.renditions.items()},
    }
    to.write(json.dumps(told).encode() + b"\n")
    for content in safe.renditions.values():
        to.write(content)


def _read(written: BinaryIO) -> SafePhoto:
    told = json.loads(written.readline())
    renditions = {Rendition(name): written.read(size) for name, size in told["sizes"].items()}
    return SafePhoto(renditions, told["width_px"], told["height_px"])


def _main() -> int:
    # Ctrl-C is for the worker, which waits for this process to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICER)
    kind, memory_bytes, seconds = PhotoKind(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        safe = make_safe(sys.stdin.buffer.read(), kind)
    except HeicNotInstalled:
        return _NO_HEIC
    except (Undecodable, MemoryError) as why:
        sys.stderr.write(f"{type(why).__name__}: {why}"[:500])
        return _NO_PICTURE
    _write(safe, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
