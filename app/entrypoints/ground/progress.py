"""One line per step with the seconds it took, and errors that say what to do next."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_DOT_EVERY_SECONDS = 2.0


class CannotStart(Exception):
    """The system cannot start; the message says what to do next."""


def say(line: str) -> None:
    """Print `line` at once, also into a pipe."""
    print(line, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print `what`, a dot for every two seconds that pass, and then the seconds."""
    begun = time.monotonic()
    print(f"  {what} ", end="", flush=True)
    ended = threading.Event()

    def show_that_it_lives() -> None:
        while not ended.wait(_DOT_EVERY_SECONDS):
            print(".", end="", flush=True)

    dots = threading.Thread(target=show_that_it_lives, daemon=True)
    dots.start()
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    finally:
        ended.set()
        dots.join()
    print(f" {time.monotonic() - begun:.1f} s", flush=True)


def complain(problem: Exception) -> int:
    """Print why it did not work; return the exit status."""
    print(f"\n{problem}", file=sys.stderr, flush=True)
    return 1
