"""How often one client may do one kind of thing, and the counting of it.

What must hold whichever process answers (signing in, posting, tokens) is counted in the database,
one statement each; reading is counted in the memory of each web process.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from math import ceil
from threading import Lock
from typing import NamedTuple, Protocol

from sqlalchemy import Engine, text

from app.foundation.database import Database
from app.foundation.settings import Settings
from app.identity.model import TooOften


@dataclass(frozen=True, slots=True)
class Rate:
    """A kind of thing that one client may do so many times in so many seconds."""

    name: str
    times: int
    in_seconds: int
    #: Counted for all web processes together; otherwise in each for itself.
    is_shared: bool = True
    is_signing_in: bool = False


#: From one client address, over all accounts, on devices that no account knows.
SIGNING_IN = Rate("signing-in", 120, 3600, is_signing_in=True)
#: As one account from one address, on such devices.
SIGNING_IN_AS_FROM = Rate("signing-in-as-from", 10, 1800, is_signing_in=True)
#: As one account on all such devices together: whoever guesses, from wherever, gets no more.
SIGNING_IN_AS = Rate("signing-in-as", 30, 3600, is_signing_in=True)
#: As one account on one device where it signed in before.
SIGNING_IN_ON = Rate("signing-in-on", 10, 900, is_signing_in=True)
#: Codes and recovery codes after the password, as one account on all devices it does not know.
SECOND_STEP = Rate("second-step", 10, 3600, is_signing_in=True)
#: The same on one device where it signed in before.
SECOND_STEP_ON = Rate("second-step-on", 10, 900, is_signing_in=True)
ASKING_TOKENS = Rate("asking-tokens", 30, 60)
POSTING_REPORTS = Rate("posting-reports", 30, 60)
POSTING_PHOTOS = Rate("posting-photos", 60, 60)
WRITING = Rate("writing", 240, 60)
READING = Rate("reading", 3000, 60, is_shared=False)


class Counted(NamedTuple):
    """How often in the present window, this time included, and when the window is over."""

    times: int
    seconds_left: float


class Counts(Protocol):
    """Counts per key, in windows that begin with the first time."""

    def count(self, key: str, *, in_seconds: int) -> Counted:
        """Count `key` once more."""
        ...

    def give_back(self, key: str) -> None:
        """Take one time off the count of `key`, in the window that it is in."""
        ...


_COUNT = text(
    """
    INSERT INTO rate_count AS kept (key, hits, ends_at)
    VALUES (:key, 1, clock_timestamp() + make_interval(secs => :in_seconds))
    ON CONFLICT ON CONSTRAINT pk_rate_count DO UPDATE SET
        hits = CASE WHEN kept.ends_at <= clock_timestamp() THEN 1 ELSE kept.hits + 1 END,
        ends_at = CASE WHEN kept.ends_at <= clock_timestamp()
                       THEN excluded.ends_at ELSE kept.ends_at END
    RETURNING hits, extract(epoch FROM ends_at - clock_timestamp())
    """
)

_GIVE_BACK = text("UPDATE rate_count SET hits = hits - 1 WHERE key = :key AND hits > 0")


class SharedCounts:
    """Counts in an unlogged table, for all web processes together.

    A count is one statement that commits by itself, so two at once cannot both be the last one
    that was allowed; what happens to the request afterwards does not undo it.
    """

    def __init__(self, database: Database) -> None:
        bind = database.bind
        # A test hands over a connection, whose transaction everything has to stay within.
        self._bind = (
            bind.execution_options(isolation_level="AUTOCOMMIT")
            if isinstance(bind, Engine)
            else bind
        )

    def count(self, key: str, *, in_seconds: int) -> Counted:
        """Count `key` once more, in one statement."""
        values = {"key": key, "in_seconds": in_seconds}
        if isinstance(self._bind, Engine):
            with self._bind.connect() as connection:
                times, left = connection.execute(_COUNT, values).one()
        else:
            times, left = self._bind.execute(_COUNT, values).one()
        return Counted(int(times), float(left))

    def give_back(self, key: str) -> None:
        """Take one time off the count of `key`, in one statement."""
        values = {"key": key}
        if isinstance(self._bind, Engine):
            with self._bind.connect() as connection:
                connection.execute(_GIVE_BACK, values)
        else:
            self._bind.execute(_GIVE_BACK, values)


class OwnCounts:
    """Counts in the memory of this process; gone when it stops."""

    #: Windows that are over are dropped when there are more keys than this.
    MOST_KEYS = 20_000

    def __init__(self) -> None:
        self._windows: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    def count(self, key: str, *, in_seconds: int) -> Counted:
        """Count `key` once more."""
        now = time.monotonic()
        with self._lock:
            times, ends = self._windows.get(key, (0, 0.0))
            if ends <= now:
                times, ends = 0, now + in_seconds
                self._drop_what_is_over(now)
            self._windows[key] = (times + 1, ends)
        return Counted(times + 1, ends - now)

    def give_back(self, key: str) -> None:
        """Take one time off the count of `key`."""
        with self._lock:
            times, ends = self._windows.get(key, (0, 0.0))
            if times > 0:
                self._windows[key] = (times - 1, ends)

    def _drop_what_is_over(self, now: float) -> None:
        if len(self._windows) >= self.MOST_KEYS:
            self._windows = {k: w for k, w in self._windows.items() if w[1] > now}


class Rates:
    """Holds the clients to the rates; a client is kept as a keyed digest, not as an address."""

    def __init__(self, settings: Settings, *, shared: Counts, own: Counts) -> None:
        self._shared = shared
        self._own = own
        self._key = hmac.digest(
            settings.secret_key.get_secret_value().encode(), b"rate count 1", "sha256"
        )

    def hold(self, rate: Rate, who: str) -> None:
        """Count that `who` did this once more.

        Raises:
            TooOften: it was more often than `rate` allows; it says how long to wait.
        """
        counted = self._counts(rate).count(self._place(rate, who), in_seconds=rate.in_seconds)
        if counted.times > rate.times:
            raise TooOften(
                retry_after_seconds=max(1, ceil(counted.seconds_left)),
                is_signing_in=rate.is_signing_in,
            )

    def give_back(self, rate: Rate, who: str) -> None:
        """Let one time that was counted for `who` not count after all."""
        self._counts(rate).give_back(self._place(rate, who))

    def _counts(self, rate: Rate) -> Counts:
        return self._shared if rate.is_shared else self._own

    def _place(self, rate: Rate, who: str) -> str:
        digest = hmac.new(self._key, who.encode(), "sha256").hexdigest()[:32]
        return f"{rate.name}:{digest}"


def rates(settings: Settings, database: Database) -> Rates:
    """Return the rates of an installation."""
    return Rates(settings, shared=SharedCounts(database), own=OwnCounts())


def client_network(address: str | None) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 that one IPv6 line has."""
    parsed = _parsed(address)
    if parsed is None:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, 64), strict=False))
    return str(parsed)


def is_loopback(address: str | None) -> bool:
    """Whether this is the machine itself."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


def _parsed(address: str | None) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped
    return parsed
