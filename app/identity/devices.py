"""Devices on which somebody signed in before: guessing elsewhere does not keep those out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from flask import Response, request

from app.foundation.clock import Clock
from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.rates import (
    SECOND_STEP,
    SECOND_STEP_ON,
    SIGNING_IN,
    SIGNING_IN_AS,
    SIGNING_IN_AS_FROM,
    SIGNING_IN_ON,
    Rate,
    client_network,
)
from app.identity.signed import signed, stated_in
from app.identity.throttle import give_back, hold

#: Counted from the last time somebody signed in there.
KNOWN_FOR = timedelta(days=180)

#: One computer at a desk is used by so many; who signed in longest ago makes room.
_MOST_PEOPLE = 8

_KIND = "known device"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in, with what it was counted under."""

    counted: tuple[tuple[Rate, str], ...]

    def succeeded(self) -> None:
        """Give its own count back: whoever knows the password, or has the code, guesses nothing.

        What was guessed wrong before stays counted, or somebody with one account would guess at
        another without end.
        """
        for rate, who in self.counted:
            give_back(rate, who=who)


def hold_to_rates_of_signing_in(email: str, *, known_as: str | None) -> Attempt:
    """Count one more attempt to sign in as `email`, before the password is looked at.

    `known_as` is the word of the account that changes with its password, or none without an
    account. See `docs/decisions/guessing-elsewhere-keeps-nobody-out.md`.

    Raises:
        TooOften: this device, this address, or all that nobody knows, tried often enough.
    """
    device, people = _device()
    counted: tuple[tuple[Rate, str], ...]
    if device and known_as and _digest(known_as) in people:
        counted = ((SIGNING_IN_ON, f"{email}|{device}"),)
    else:
        address = client_network(request.remote_addr)
        counted = (
            (SIGNING_IN, address),
            (SIGNING_IN_AS_FROM, f"{email}|{address}"),
            (SIGNING_IN_AS, email),
        )
    for rate, who in counted:
        hold(rate, who=who)
    return Attempt(counted)


def hold_to_rates_of_second_step(email: str, *, known_as: str) -> Attempt:
    """Count one more code of `email`, before it is looked at.

    Raises:
        TooOften: this device, or all that nobody knows, tried often enough.
    """
    device, people = _device()
    if device and _digest(known_as) in people:
        counted = ((SECOND_STEP_ON, f"{email}|{device}"),)
    else:
        counted = ((SECOND_STEP, email),)
    for rate, who in counted:
        hold(rate, who=who)
    return Attempt(counted)


def remember_device(answer: Response, *, known_as: str) -> None:
    """Let the browser that gets this answer be a device that the account knows."""
    services = provided()
    settings = services.get(Settings)
    device, people = _device()
    here = _digest(known_as)
    token = signed(
        {
            "device": device or secrets.token_urlsafe(12),
            "people": [here, *(one for one in people if one != here)][:_MOST_PEOPLE],
        },
        kind=_KIND,
        until=services.get(Clock).now() + KNOWN_FOR,
        settings=settings,
    )
    answer.set_cookie(
        cookie_name(settings),
        token,
        max_age=KNOWN_FOR,
        secure=settings.is_https,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def cookie_name(settings: Settings) -> str:
    """Return the name of the cookie by which a device is known."""
    return f"{'__Host-' if settings.is_https else ''}straatbeeld-device"


def _device() -> tuple[str, list[str]]:
    services = provided()
    settings = services.get(Settings)
    stated = stated_in(
        request.cookies.get(cookie_name(settings), ""),
        kind=_KIND,
        now=services.get(Clock).now(),
        settings=settings,
    )
    if stated is None:
        return "", []
    return str(stated.get("device", "")), [str(one) for one in stated.get("people", ())]


def _digest(known_as: str) -> str:
    return sha256(f"device {known_as}".encode()).hexdigest()[:24]
