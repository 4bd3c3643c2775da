"""The outside services of a running installation, looked up by their Protocol or class."""

from __future__ import annotations

from typing import TypeVar, cast

from flask import current_app

T = TypeVar("T")

_EXTENSION = "straatbeeld"


class NotProvided(Exception):
    """The wiring table does not provide this service."""


class Provided:
    """One instance per kind, built once at start by `entrypoints/wiring.py`."""

    def __init__(self) -> None:
        self._instances: dict[type[object], object] = {}

    def put(self, kind: type[T], instance: T) -> None:
        """Let `kind` be answered by `instance`; a second time replaces the first."""
        self._instances[kind] = instance

    def get(self, kind: type[T]) -> T:
        """Return the instance for `kind`.

        Raises:
            NotProvided: nothing was put for this kind.
        """
        try:
            return cast(T, self._instances[kind])
        except KeyError:
            raise NotProvided(kind.__name__) from None


def provided() -> Provided:
    """Return the services of the running Flask application."""
    return cast(Provided, current_app.extensions[_EXTENSION])


def attach(extensions: dict[str, object], services: Provided) -> None:
    """Make `services` what `provided()` returns for the application with these extensions."""
    extensions[_EXTENSION] = services
