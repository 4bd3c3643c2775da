"""Granian's command line with the application's modules loaded, so that its processes share them.

Granian forks its processes: what is imported here is imported once, whoever is started again
begins at once, and the memory of the modules is shared. Nothing is opened before the fork.
"""

from __future__ import annotations

import gc

from granian.cli import entrypoint

import app.entrypoints.web  # noqa: F401  # loaded for the processes to come

if __name__ == "__main__":
    # A collection in a child would copy the pages it only looks at.
    gc.freeze()
    entrypoint()  # type: ignore[no-untyped-call]  # a Click command
