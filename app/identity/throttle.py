"""Holds the client of this request to a rate, unless it is this machine and limits are off."""

from __future__ import annotations

from flask import request

from app.foundation.provided import provided
from app.foundation.settings import Settings
from app.identity.rates import Rate, Rates, client_network, is_loopback


def hold(rate: Rate, *, who: str | None = None) -> None:
    """Count one more of `rate` for `who`, by default the client's address.

    Raises:
        TooOften: more often than the rate allows.
    """
    services = provided()
    if is_exempt(services.get(Settings)):
        return
    services.get(Rates).hold(rate, who or client_network(request.remote_addr))


def give_back(rate: Rate, *, who: str) -> None:
    """Let one time of `rate` that was counted for `who` not count after all."""
    services = provided()
    if not is_exempt(services.get(Settings)):
        services.get(Rates).give_back(rate, who)


def is_exempt(settings: Settings) -> bool:
    """Whether limits are off and the client is on this machine itself.

    A request that some proxy passed on did not come from this machine, even when the proxy runs
    here and nobody told us about it; what a header claims can make it stricter, never looser.
    """
    if settings.rate_limits != "off" or not is_loopback(request.remote_addr):
        return False
    return settings.trusted_proxies > 0 or not (
        "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    )
