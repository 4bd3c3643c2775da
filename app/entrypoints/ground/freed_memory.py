"""Lets a web process keep the memory of a photo for the next one, instead of giving it back."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

_MEGABYTE = 1024 * 1024
#: The numbers of glibc's `mallopt`.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENAS = -1, -3, -8


def keep_freed_memory() -> None:
    """Have freed memory up to 64 MB in each of two arenas stay with this process.

    By default glibc gives every block of more than 128 kB back to the kernel and asks for it
    again, page by page: for a photo of 3 MB that costs more than reading and hashing it.
    """
    # Another C library has another way, or none.
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_ARENAS, 2)
        mallopt(_MMAP_THRESHOLD, 32 * _MEGABYTE)
        mallopt(_TRIM_THRESHOLD, 64 * _MEGABYTE)


def look_seldom_for_cycles() -> None:
    """Let Python look less often for objects that only hold one another, and never among ours.

    What the application is made of stays as long as the process does: some hundred thousand
    objects, which each long look went through for a page in six.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
